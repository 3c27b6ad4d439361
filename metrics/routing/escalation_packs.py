"""Packed escalations: those of the conversations that ended on one UTC day, with the variables that stood when they were routed.

What routed them is packed, not what rules say of it: so packs outlive every change of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from metrics.packing import body_of
from metrics.routing.escalation_rows import WORDS, EscalationRows
from metrics.routing.escalations import Escalation, as_value, ended_escalations
from metrics.rows import Words
from metrics.unpacking import Unpacked
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.routing_records import Value

_PLAIN: dict[str, np.dtype[Any]] = {
    "key": np.dtype("<i8"),
    "at_ms": np.dtype("<i8"),
    "returned": np.dtype("u1"),
    "num_variables": np.dtype("<u4"),
}
COLUMNS = _PLAIN | {name: np.dtype("<u4") for name in WORDS}
_PAIR = np.dtype("<u4")


def escalations_of_day(connection: Connection, day: int) -> list[PackedDay]:
    """The pack of one UTC day, from the conversations that ended on it; none where none of them was escalated."""
    return pack_escalations(day, list(ended_escalations(connection, day * DAY_MS, (day + 1) * DAY_MS)))


def pack_escalations(day: int, escalations: Sequence[Escalation]) -> list[PackedDay]:
    """One pack of escalations, in their order."""
    if not escalations:
        return []
    known: dict[tuple[str, str, bool], int] = {}
    said = ((name, str(value), isinstance(value, str)) for item in escalations for name, value in item.variables.items())
    pairs = np.array([known.setdefault(each, len(known)) for each in said], dtype=_PAIR)
    values = {name: [getattr(item, name) for item in escalations] for name in ("key", "at_ms", *WORDS)} | {
        "returned": [item.returned_to_bot for item in escalations],
        "num_variables": [len(item.variables) for item in escalations],
    }
    body = body_of(values, COLUMNS, WORDS, words={"pair": list(known)}, tail=pairs.tobytes())
    return [PackedDay(day, "", len(escalations), body)]


def unpack_escalations(packs: Sequence[PackedDay]) -> EscalationRows:
    """The escalations of packs, in the order of these, each with the day of its pack."""
    words = Words((*WORDS, "pair"))
    found = Unpacked(packs, COLUMNS, WORDS, words)
    ends = np.cumsum(found.columns.pop("num_variables"), dtype=np.int64)
    counts = np.diff(ends[np.cumsum(found.lengths) - 1], prepend=0) if len(found) else np.zeros(0, dtype=np.int64)
    own: list[list[Any]] = [[tuple(pair) for pair in header["pair"]] for header in found.headers]
    pairs = found.numbered(own, found.tails(_PAIR), words, "pair", counts)
    listed: dict[str, Sequence[Any]] = dict(words.listed())
    listed["pair"] = [_pair(*pair) for pair in listed["pair"]]
    return EscalationRows(found.columns | {"day": found.days}, pairs, ends, listed)


def _pair(name: str, text: str, is_text: bool) -> tuple[str, Value]:
    return name, text if is_text else as_value(text, "number")
