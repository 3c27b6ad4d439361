"""Rows put together from parts, and gone on with where more have come behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from metrics.rows import Ints, Rows

# A column of rows put together has room behind it for one more in so many.
ROOM = 20


def together(
    parts: Sequence[Rows], words: Mapping[str, Sequence[str]], *, is_kept: bool = False, before: Rows | None = None
) -> Rows:
    """Rows of which each part ends before the next begins, as one. With `is_kept` the parts become its slices, without copies.

    `before` was put together so of the same rows, or of all but the last ones: what was made of them is gone on with.
    """
    if len(parts) == 1:
        return parts[0]
    lengths = [len(part) for part in parts]
    ends = np.cumsum(lengths).tolist()
    total = sum(lengths)
    made = dict(before.columns) if before is not None else {}  # not `before` itself, which has had one before it

    def column(name: str) -> Ints:
        whole = _gone_on(made.get(name), parts, name, total)
        if whole is None:
            columns = [part.columns[name] for part in parts] or [np.zeros(0, dtype=np.int64)]
            room = np.empty(total + total // ROOM, dtype=np.result_type(*columns))
            whole = np.concatenate(columns, out=room[:total])
        if is_kept:
            for part, length, end in zip(parts, lengths, ends, strict=True):
                part.columns[name] = whole[end - length : end]
        return whole

    whole = Rows(total, column, words, parts=parts)
    if before is not None:
        whole.go_on_from(before)
    return whole


def begins_with(rows: Rows, others: Rows, names: Iterable[str]) -> bool:
    """Whether `others` are the first of these rows, in all columns of these names."""
    length = len(others)
    return length <= len(rows) and all(np.array_equal(rows.columns[name][:length], others.columns[name]) for name in names)


def _gone_on(before: Ints | None, parts: Sequence[Rows], name: str, total: int) -> Ints | None:
    """A column and the rows that have come since, behind it, where nobody who has it sees them. None where there is no room."""
    room = None if before is None else before.base
    if before is None or room is None or len(room) < total:
        return None
    if len(before) < total:
        room[len(before) : total] = parts[-1].columns[name][len(before) - total :]
    whole: Ints = room[:total]
    return whole
