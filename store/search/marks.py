"""Where texts say what is looked for, by an index of their own in memory: so what is marked is what was found."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from store.search.tables import TOKENS
from store.search.words import spaced

Span = tuple[int, int]
# They are letters that no text holds once it is prepared.
_OPEN, _CLOSE = "\ue001", "\ue002"
_MARK = re.compile(f"[{_OPEN}{_CLOSE}]")


def marked(texts: Sequence[str], match: str) -> list[list[Span]]:
    """For each text the half-open places that match, in order, none within another."""
    prepared = [spaced(text) for text in texts]
    found: list[list[Span]] = [[] for _ in texts]
    with closing(sqlite3.connect(":memory:")) as own:
        own.execute(f"CREATE VIRTUAL TABLE own USING fts5(said, {TOKENS})")
        own.executemany("INSERT INTO own(rowid, said) VALUES (?, ?)", enumerate(text for text, _ in prepared))
        query = "SELECT rowid, highlight(own, 0, ?, ?) FROM own WHERE own MATCH ?"
        for number, text in own.execute(query, (_OPEN, _CLOSE, match)):
            found[number] = _spans(text, prepared[number][1])
    return found


def _spans(text: str, places: Sequence[int]) -> list[Span]:
    """The places of what stands between marks, in the text as it was before it was prepared."""
    edges = [mark.start() - number for number, mark in enumerate(_MARK.finditer(text))]
    spans = [(places[start], places[end - 1] + 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return _joined(spans)


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans that touch or overlap as one: letters of an unspaced script are words of their own."""
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
