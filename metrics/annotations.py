"""Annotations on the time line, such as "bot v2 released": what happened when, so that others see why a figure moved."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.filters import Filters
from metrics.windows import bucket_key
from store.annotations import add_annotation, annotations_in, change_annotation, delete_annotation
from store.engine import Store

MAX_TEXT = 200
LAST_MS = 253_402_300_800_000  # the end of the year 9999
# Marks that change the direction or the shape of text around them, and what cannot be seen.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class AnnotationError(ValueError):
    """An annotation that cannot be; the message says what it must be."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What happened at one moment. The text is somebody's own: it is shown as text only."""

    annotation_id: int
    at_ms: int
    text: str
    bot: str  # "": it concerns all
    changed_ms: int
    changed_by: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of one database. Each call is one short transaction."""

    store: Store
    now_ms: Callable[[], int]

    def within(self, filters: Filters) -> list[Annotation]:
        """Those of the period, the newest first; of the bots that are chosen, and those that concern all."""
        with self.store.read() as connection:
            rows = annotations_in(connection, filters.window.start_ms, filters.window.end_ms)
        found = [Annotation(**row) for row in rows]
        return [each for each in found if not (each.bot and filters.bots) or each.bot in filters.bots]

    def add(self, text: str, at_ms: int, *, bot: str = "", by: str) -> int:
        """Note something; its number. Raises AnnotationError."""
        values = self._values(text, at_ms, bot, by)
        with self.store.write() as connection:
            return add_annotation(connection, values)

    def change(self, annotation_id: int, text: str, at_ms: int, *, bot: str = "", by: str) -> None:
        """Note it otherwise. Raises AnnotationError, also where it is no more."""
        values = self._values(text, at_ms, bot, by)
        with self.store.write() as connection:
            if not change_annotation(connection, annotation_id, values):
                raise AnnotationError("It has been deleted meanwhile; add it again.")

    def delete(self, annotation_id: int) -> bool:
        """Forget it; False where it is no more."""
        with self.store.write() as connection:
            return delete_annotation(connection, annotation_id)

    def _values(self, text: str, at_ms: int, bot: str, by: str) -> dict[str, Any]:
        said = clean_text(text)
        if not said:
            raise AnnotationError("Write what happened.")
        if len(said) > MAX_TEXT:
            raise AnnotationError(f"Write it in {MAX_TEXT} characters or fewer.")
        if not 0 <= at_ms < LAST_MS:
            raise AnnotationError("Give a time from 1970 on.")
        return {"at_ms": at_ms, "text": said, "bot": bot, "changed_ms": self.now_ms(), "changed_by": clean_text(by)[:MAX_TEXT]}


def clean_text(text: str) -> str:
    """Text in one line, without what cannot be seen."""
    visible = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in text[: MAX_TEXT * 10])
    return " ".join(visible.split())


def by_bucket(found: Sequence[Annotation], keys: Sequence[str], tz: str) -> dict[str, list[Annotation]]:
    """Which of them fall into which bucket of a trend, by its key; in each the first that happened first."""
    known = dict.fromkeys(keys)
    placed: dict[str, list[Annotation]] = {}
    for each in sorted(found, key=lambda one: (one.at_ms, one.annotation_id)):
        key = bucket_key(each.at_ms, keys[0], tz) if keys else ""
        if key in known:
            placed.setdefault(key, []).append(each)
    return placed
