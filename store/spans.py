"""Half-open spans of time as conditions of a statement."""

from __future__ import annotations

from sqlalchemy import ColumnElement


def within(column: ColumnElement[int], start_ms: int | None, end_ms: int | None) -> list[ColumnElement[bool]]:
    """Its time lies within a span; None: that end is open."""
    return ([] if start_ms is None else [column >= start_ms]) + ([] if end_ms is None else [column < end_ms])


def ended_within(column: ColumnElement[int], start_ms: int | None, end_ms: int | None) -> list[ColumnElement[bool]]:
    """What has ended, within a span."""
    return [column.is_not(None), *within(column, start_ms, end_ms)]
