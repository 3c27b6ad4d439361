"""Who looks at the pages: an id that is the same in all their tabs, and the name that others see."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person who watches. The id stays on the server; the name is somebody's own word and shown as text only."""

    id: str
    name: str

    @property
    def badge(self) -> str:
        """What other viewers' browsers tell them apart by: it says nothing about the id."""
        return badge_of(self.id)


def badge_of(viewer_id: str) -> str:
    """The badge of whoever has this id."""
    return blake2b(viewer_id.encode("utf-8", "replace"), digest_size=8).hexdigest()


def clean_name(text: str) -> str:
    """A name as it may be shown in one line: no control or direction marks, single spaces, of a bearable length."""
    visible = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text[: MAX_NAME * 4])
    kept = "".join(each for each in visible if unicodedata.category(each) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(kept.split())[:MAX_NAME].rstrip()


def guest_name(viewer_id: str) -> str:
    """What somebody is called who has not given a name; always the same for an id."""
    return f"Guest {int(badge_of(viewer_id), 16) % 999 + 1}"
