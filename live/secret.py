"""The secret that tokens are signed with, kept beside the database: open pages go on after a restart by the token they have."""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
from pathlib import Path

FILE = "session_secret"
LEAST_CHARACTERS = 16

_log = logging.getLogger(__name__)


def kept_secret(folder: Path) -> str:
    """The secret in the file of `folder`, made where there is none; only its owner may read it.

    Where it can neither be read nor kept, one for this start alone: open pages then ask for new tokens after the next.
    """
    place = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            _keep(place, secrets.token_urlsafe(32))
        kept = place.read_text(encoding="ascii").strip()
        if len(kept) >= LEAST_CHARACTERS:
            return kept
        _log.warning("session secret is too short, not used: %s", place)
    except (OSError, UnicodeDecodeError) as error:
        _log.warning("session secret cannot be kept at %s: %s", place, type(error).__name__)
    return secrets.token_urlsafe(32)


def _keep(place: Path, secret: str) -> None:
    """Write it whole or not at all. Of two processes that start at once, the first one's stands."""
    handle, written = tempfile.mkstemp(dir=place.parent, prefix=f".{FILE}-")  # readable by its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret + "\n")
        os.link(written, place)
    except FileExistsError:
        pass
    finally:
        Path(written).unlink()
