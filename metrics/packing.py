"""How the rows of a day become packs, one for each bot: a line of JSON with the words they use, then one column after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import orjson

from metrics.rows import OUTCOME_CODES, RESOLUTION_CODES, Flag
from metrics.windows import DAY_MS
from store.day_packs import PackedDay

Values = Mapping[str, Any]  # a sequence for each column


def pack_by_bot(
    day: int,
    rows: Iterable[Any],
    columns: Mapping[str, np.dtype[Any]],
    dimensions: Sequence[str],
    coded: Callable[[Values], Values],
) -> list[PackedDay]:
    """The packs of one UTC day. Of what rows hold, `coded` makes the columns that are neither words nor their end.

    The same rows give the same bytes; within a bot they stay in their order.
    """
    ordered = sorted(rows, key=lambda row: row.bot)
    return [
        PackedDay(day, bot, len(own), _body(day, own, columns, dimensions, coded))
        for bot, group in groupby(ordered, key=lambda row: row.bot)
        if (own := list(group))
    ]


def conversations_coded(values: Values) -> Values:
    """What stands in the columns for the conversations that rows are of."""
    return {
        "conversation_key": values["conversation_key"],
        "outcome": [OUTCOME_CODES[value] for value in values["outcome"]],
        "resolution": [RESOLUTION_CODES[value] for value in values["resolution"]],
        "flags": [
            Flag.TEST * test + Flag.PEOPLE * people
            for test, people in zip(values["is_test"], values["is_of_people"], strict=True)
        ],
    }


def body_of(
    values: Values,
    columns: Mapping[str, np.dtype[Any]],
    dimensions: Sequence[str],
    *,
    words: Mapping[str, Any] | None = None,
    tail: bytes = b"",
) -> bytes:
    """The body of a pack: `words` and those of the dimensions, then the columns, then `tail`."""
    listed = dict(words or {})
    coded: dict[str, Sequence[int]] = {}
    for name in dimensions:
        codes: dict[str, int] = {}
        coded[name] = [codes.setdefault(word, len(codes)) for word in values[name]]
        listed[name] = list(codes)
    packed = (np.array(coded.get(name, values[name]), dtype=kind).tobytes() for name, kind in columns.items())
    return orjson.dumps(listed) + b"\n" + b"".join(packed) + tail


def _body(
    day: int,
    rows: Sequence[Any],
    columns: Mapping[str, np.dtype[Any]],
    dimensions: Sequence[str],
    coded: Callable[[Values], Values],
) -> bytes:
    values: Values = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
    ended_ms = np.array(values["ended_ms"], dtype=np.int64) - day * DAY_MS
    return body_of({**values, **coded(values), "ended_ms": ended_ms}, columns, dimensions)
