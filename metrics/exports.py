"""CSV of any table at any size: streamed, written whole or not at all, and safe to open in a spreadsheet (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from metrics.columns import TABLES, Column, Type
from metrics.figures import MICRO, Totals
from metrics.filters import Filters
from metrics.report import Key, closed_rows, count_rows
from metrics.windows import Grain, Window, buckets_of, parse_moment
from store.engine import Connection, Store
from store.history import Record, bounds, count_selected, messages_of, sessions_of, stream_conversations

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a spreadsheet may take for a formula, full-width forms and invisible first characters included.
_FORMULA = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[ ]*[\t\r\n]")
_CUT = ("day", "bot", "channel", "workstream", "queue", "topic")
# Rollups are counted this many days at a time.
ROLLUP_DAYS = 31


class ExportError(Exception):
    """An export that cannot be made: no such table, or the file cannot be written."""


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of an export. Raises ExportError."""
    if table not in TABLES:
        raise ExportError(f"there is no table {table!r} to export; use {', '.join(TABLES)}")
    return TABLES[table]


def rows(store: Store, table: str, filters: Filters, *, bots_only: bool = False) -> Iterator[list[str]]:
    """The lines of an export without its heading, as text; all of one snapshot. With `bots_only`, what bots' metrics count."""
    columns = columns_of(table)
    with store.read() as connection:
        for row in _SOURCES[table](connection, filters, bots_only):
            yield [_cell(column, row[column.field]) for column in columns]


def count(store: Store, table: str, filters: Filters, *, bots_only: bool = False) -> int:
    """How many rows an export will have. Raises ExportError."""
    columns_of(table)
    if table == "rollups":
        return sum(1 for _ in rows(store, table, filters, bots_only=bots_only))
    with store.read() as connection:
        counted = count_selected(connection, filters.selection(bots_only=bots_only))
    return dict(zip(("conversations", "sessions", "messages"), counted, strict=True))[table]


def csv_text(store: Store, table: str, filters: Filters, *, bots_only: bool = False) -> Iterator[str]:
    """The same as parts of a CSV file, heading first."""
    yield csv_line([column.name for column in columns_of(table)])
    for row in rows(store, table, filters, bots_only=bots_only):
        yield csv_line(row)


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV, ended by CR LF."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def export(store: Store, table: str, filters: Filters, path: Path, *, bots_only: bool = False) -> int:
    """Write a table to `path`; the number of rows. Until it is complete the file has another name. Raises ExportError."""
    heading = [column.name for column in columns_of(table)]
    written = 0
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise ExportError(f"{path.parent} cannot be written to: {error.strerror}") from error
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(heading)
            for row in rows(store, table, filters, bots_only=bots_only):
                writer.writerow(row)
                written += 1
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def safe_text(text: str) -> str:
    """Text as a spreadsheet will show it and not run it: an apostrophe before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def iso_time(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    match column.type:
        case Type.TEXT:
            return safe_text(str(value))
        case Type.TIME:
            return iso_time(value)
        case Type.BOOLEAN:
            return "true" if value else "false"
        case Type.NUMBER:
            return _decimal(value, MICRO if column.field.endswith("_micro") else 1000)
        case Type.INTEGER | Type.DATE:
            return str(value)


def _decimal(value: int, parts: int) -> str:
    """`value` / `parts`, exactly, without needless zeros."""
    whole, rest = divmod(abs(value), parts)
    digits = f"{rest:0{len(str(parts)) - 1}d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if digits else ''}{digits}"


def _conversations(connection: Connection, filters: Filters, bots_only: bool) -> Iterator[Record]:
    for part in stream_conversations(connection, filters.selection(bots_only=bots_only)):
        yield from part


def _sessions(connection: Connection, filters: Filters, bots_only: bool) -> Iterator[Record]:
    for part in stream_conversations(connection, filters.selection(bots_only=bots_only)):
        yield from _in_order(part, sessions_of(connection, [row["conversation_key"] for row in part]))


def _messages(connection: Connection, filters: Filters, bots_only: bool) -> Iterator[Record]:
    for part in stream_conversations(connection, filters.selection(bots_only=bots_only)):
        roots, keys = [row["root_key"] for row in part], [row["conversation_key"] for row in part]
        yield from _in_order(part, messages_of(connection, roots, keys))


def _in_order(conversations: Sequence[Record], parts: Sequence[Record]) -> Iterator[Record]:
    """Parts of conversations, in the order of these, each with the name of its conversation."""
    of: dict[int, list[Record]] = {}
    for part in parts:
        of.setdefault(part["conversation_key"], []).append(part)
    for row in conversations:
        named = {"conversation_id": row["conversation_id"], "source": row["source"]}
        yield from ({**part, **named} for part in of.get(row["conversation_key"], []))


def _rollups(connection: Connection, filters: Filters, _bots_only: bool) -> Iterator[Record]:
    first, last = bounds(connection)
    if first is None or last is None:
        return
    window = filters.window
    start = first if window.start_ms is None else max(first, window.start_ms)
    end = last + 1 if window.end_ms is None else min(last + 1, window.end_ms)
    days = buckets_of(Window(start, end), Grain.DAY, filters.tz)
    for at in range(0, len(days), ROLLUP_DAYS):
        part = days[at : at + ROLLUP_DAYS]
        part_start = parse_moment(part[0], filters.tz)
        part_end = parse_moment(days[at + ROLLUP_DAYS], filters.tz) if at + ROLLUP_DAYS < len(days) else end
        chosen = replace(filters, window=Window(max(start, part_start), min(end, part_end)))
        found = count_rows(closed_rows(connection, chosen), _CUT, filters.tz)
        for key in sorted(found, key=lambda words: [word or "" for word in words]):
            yield _rollup(key, found[key])


def _rollup(key: Key, totals: Totals) -> Record:
    counts = ("closed", "resolved", "confirmed", "implied", "assumed", "escalated", "abandoned", "other")
    return (
        {name: word or "" for name, word in zip(_CUT, key, strict=True)}
        | {name: getattr(totals, name) for name in counts}
        | {
            "resolution_time_n": totals.resolution_time.n,
            "resolution_time_sum_ms": totals.resolution_time.sum_ms,
            "escalation_time_n": totals.escalation_time.n,
            "escalation_time_sum_ms": totals.escalation_time.sum_ms,
            "sentiment_n": totals.average_sentiment.scored,
            "sentiment_sum_micro": totals.average_sentiment.sum_micro,
            "csat_n": totals.csat.scored,
            "csat_sum_micro": totals.csat.sum_micro,
            "csat_asked": totals.csat.n,
        }
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


_SOURCES: dict[str, Callable[[Connection, Filters, bool], Iterator[Record]]] = {
    "conversations": _conversations,
    "sessions": _sessions,
    "messages": _messages,
    "rollups": _rollups,
}
