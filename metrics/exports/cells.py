"""Values of exports as text: exact numbers, ISO times, and text that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from string import ascii_letters, digits
from typing import Any

import numpy as np
import orjson

from metrics.exports.columns import Column, Type
from metrics.figures import MICRO

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a spreadsheet may take for a formula, full-width forms and invisible first characters included.
_FORMULA = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[ ]*[\t\r\n]")
# Most text begins with one of these, and then is none: looking is many times quicker than matching.
_PLAIN = frozenset({"", *ascii_letters, *digits})
_QUOTE = '"'
_QUOTED = (",", _QUOTE, "\n", "\r")
_MILLI = 1000
# How many different groups of values are remembered as text: some megabytes.
_KNOWN = 20_000

Cells = Sequence[str]


def safe_text(text: str) -> str:
    """Text as a spreadsheet will show it and not run it: an apostrophe before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def iso_time(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def csv_line(cells: Cells) -> str:
    """One line of CSV, ended by CR LF."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def as_text(columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, raw: bool = False) -> Iterator[tuple[str, ...]]:
    """The rows as a CSV file holds them. With `raw`, text as it is."""
    cells = zip(columns, zip(*rows, strict=True), strict=True) if rows else ()
    return zip(*(_CELLS[column.type](column, values, raw) for column, values in cells), strict=True)


class CsvLines:
    """Makes lines of CSV of rows in groups of neighbouring columns, as `groups` has them; what repeats is made once.

    Done column by column, because that is several times quicker than cell by cell.
    """

    def __init__(self, columns: Sequence[Column], *, raw: bool = False) -> None:
        self.groups = [list(group) for _, group in groupby(columns, key=lambda column: column.repeats or column)]
        self._raw = raw
        self._known: list[dict[Any, str]] = [{} for _ in self.groups]

    def __call__(self, rows: Sequence[Sequence[Any]]) -> str:
        """The lines, each ended by CR LF."""
        if not rows:
            return ""
        cells = [self._cells(*place) for place in zip(self.groups, zip(*rows, strict=True), self._known, strict=True)]
        return "\r\n".join(map(",".join, zip(*cells, strict=True))) + "\r\n"

    def _cells(self, group: Sequence[Column], values: Sequence[Any], known: dict[Any, str]) -> Cells:
        if len(group) == 1:
            return _csv_cells(group[0], values, self._raw)
        if len(known) > _KNOWN:
            known.clear()
        fresh = list({value for value in values if value not in known})
        if fresh:
            parts = zip(*map(orjson.loads, fresh), strict=True)
            found = [_csv_cells(column, part, self._raw) for column, part in zip(group, parts, strict=True)]
            known.update(zip(fresh, map(",".join, zip(*found, strict=True)), strict=True))
        return [known[value] for value in values]


def _csv_cells(column: Column, values: Sequence[Any], raw: bool) -> Cells:
    cells = _CELLS[column.type](column, values, raw)
    return _quoted(cells) if column.type is Type.TEXT else cells


def parts_of(column: Column) -> int:
    """How many of the stored unit make one of the unit that is shown."""
    return MICRO if column.field.endswith("_micro") else _MILLI


def _quoted(cells: Cells) -> Cells:
    """Cells as RFC 4180 writes them: in quotation marks where a comma, a quotation mark or a line break is in them."""
    together = "".join(cells)
    if not any(mark in together for mark in _QUOTED):
        return cells
    if _QUOTE in together:
        cells = [cell.replace(_QUOTE, _QUOTE * 2) if _QUOTE in cell else cell for cell in cells]
    return [f'"{cell}"' if "," in cell or _QUOTE in cell or "\n" in cell or "\r" in cell else cell for cell in cells]


def _texts(_column: Column, values: Sequence[Any], raw: bool) -> Cells:
    cells = ["" if value is None else value for value in values] if None in values else values
    if raw or {cell[:1] for cell in cells} <= _PLAIN:
        return cells
    return [cell if cell[:1] in _PLAIN else safe_text(cell) for cell in cells]


def _times(_column: Column, values: Sequence[Any], _raw: bool) -> Cells:
    if None in values:
        return ["" if value is None else iso_time(value) for value in values]
    stamps: list[str] = np.datetime_as_string(np.array(values, dtype="datetime64[ms]"), unit="ms").tolist()
    return [stamp + "Z" for stamp in stamps]


def _flags(_column: Column, values: Sequence[Any], _raw: bool) -> Cells:
    return ["" if value is None else "true" if value else "false" for value in values]


def _numbers(column: Column, values: Sequence[Any], _raw: bool) -> Cells:
    parts = parts_of(column)
    return ["" if value is None else _decimal(value, parts) for value in values]


def _whole(_column: Column, values: Sequence[Any], _raw: bool) -> Cells:
    return ["" if value is None else str(value) for value in values]


@lru_cache(maxsize=1 << 16)
def _decimal(value: int, parts: int) -> str:
    """`value` / `parts`, exactly, without needless zeros."""
    whole, rest = divmod(abs(value), parts)
    decimals = f"{rest:0{len(str(parts)) - 1}d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


_CELLS: dict[Type, Callable[[Column, Sequence[Any], bool], Cells]] = {
    Type.TEXT: _texts,
    Type.TIME: _times,
    Type.BOOLEAN: _flags,
    Type.NUMBER: _numbers,
    Type.INTEGER: _whole,
}
