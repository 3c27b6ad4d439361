"""Where a conversation that was found says what was looked for: one message of it, cut to a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.search import highlight
from store.engine import Store
from store.search.marks import Span
from store.spoken import Spoken, spoken_in

LENGTH = 140  # of what is shown of a message, at most
BEFORE = 40  # of that, what stands before the first place
CUT = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A message that says it, or the part of it that does: `spans` are half-open places in `text`."""

    at_ms: int
    role: str
    text: str
    spans: tuple[Span, ...]


def snippets(store: Store, rows: Sequence[Mapping[Any, Any]], query: str) -> dict[int, Snippet]:
    """By conversation key, the message that says most of what is looked for, the earliest of these. Raises SearchError."""
    with store.read() as connection:
        said = spoken_in(connection, rows)
    messages = [(key, item) for key, items in said.items() for item in items]
    found: dict[int, tuple[int, Snippet]] = {}
    for (key, item), spans in zip(messages, highlight([item.text for _, item in messages], query), strict=True):
        if spans and len(spans) > found.get(key, (0, None))[0]:
            found[key] = (len(spans), _cut(item, spans))
    return {key: snippet for key, (_, snippet) in found.items()}


def _cut(item: Spoken, spans: Sequence[Span]) -> Snippet:
    text = item.text
    start = max(0, spans[0][0] - BEFORE) if len(text) > LENGTH else 0
    end = max(min(len(text), start + LENGTH), spans[0][1])
    front = CUT if start else ""
    moved = len(front) - start
    kept = tuple((low + moved, high + moved) for low, high in spans if high <= end)
    shown = front + text[start:end] + (CUT if end < len(text) else "")
    return Snippet(item.at_ms, item.role, shown.replace("\n", " "), kept)
