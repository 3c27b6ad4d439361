"""How the simulated floor is routed: as it should be, or with a fault of each kind to see what is found."""

from __future__ import annotations

from pathlib import Path

_FILES = {"sound": "routing.toml", "faulty": "routing_with_faults.toml"}


def routing_file(name: str) -> Path:
    """The file of the configuration of that name: sound or faulty."""
    return Path(__file__).with_name(_FILES[name])
