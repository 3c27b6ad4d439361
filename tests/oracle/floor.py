"""A database of its own, driven only by the product's commands, as a person at a shell would."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VARIABLE_PREFIX = "FLOORWALKER_"


@dataclass(frozen=True)
class Floor:
    """One database. `folder` holds it and what is exported from it."""

    folder: Path

    def run(self, *arguments: str | Path, allowed: Sequence[int] = (0,)) -> str:
        """Run one command; what it prints. A wrong exit is an error that shows everything it said."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(VARIABLE_PREFIX)}
        variables = kept | {"FLOORWALKER_DATABASE_URL": f"sqlite:///{self.folder / 'floor.db'}"}
        command = [sys.executable, "-m", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False)
        said = f"{' '.join(command[1:6])} exited {done.returncode}\n{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}"
        assert done.returncode in allowed, said
        return done.stdout

    def load(self, *paths: Path, allowed: Sequence[int] = (0,)) -> dict[str, int]:
        """Load files and folders."""
        printed: dict[str, int] = json.loads(self.run("ingest", "load", *paths, "--json", allowed=allowed))
        return printed

    def report(self, *options: str) -> str:
        """The report as printed, to the byte."""
        return self.run("metrics", "report", "--format", "json", *options)

    def figures(self, *options: str) -> list[dict[str, Any]]:
        """The report, read."""
        rows: list[dict[str, Any]] = json.loads(self.report(*options))
        return rows

    def conversations(self, *options: str) -> list[dict[str, str]]:
        """The exported table of conversations."""
        target = self.folder / "conversations.csv"
        self.run("metrics", "export", "conversations", "-o", target, *options)
        with target.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def check(self) -> None:
        """Recount everything; a difference is an error."""
        self.run("metrics", "check")
