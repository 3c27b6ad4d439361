"""CSV as spreadsheets and portals write it, to rows by column name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from ingest.errors import RecordError
from ingest.sources.wire_json import decode

LONGEST_FIELD = 64 * 1024 * 1024  # a transcript of a megabyte in one field is normal; Python's own limit is 128 KB
NO_FORMAT = "not a known transcript format: neither JSON nor CSV"
EMPTY = "the file is empty"
_SAID = re.compile(r"sep=([,;\t|])\r?\n")  # how a file tells Excel what parts its fields
_NOT_WORD = re.compile(r"[^0-9a-z]")


class TableRow(dict[str, str]):
    """A row by column name. `line`: the line of the file that it begins on."""

    __slots__ = ("line",)

    def __init__(self, named: Mapping[str, str], line: int) -> None:
        super().__init__(named)
        self.line = line


def place_of(row: Any, number: int) -> str:
    """Where in its file a row stands, the `number`th of them."""
    return f"line {row.line}" if isinstance(row, TableRow) else f"element {number}"


def looks_like_json(body: bytes) -> bool:
    """Whether the first sign is that of a JSON array or object."""
    return body[:1] in (b"{", b"[") or decode(body[:64]).lstrip()[:1] in ("{", "[")


def read_table(body: bytes) -> list[dict[str, str]]:
    """The rows under the header; RecordError where there is neither. Fields beyond the header are kept under ""."""
    if not body.strip():
        raise RecordError(EMPTY)
    try:
        rows = _read_rows(decode(body).replace("\x00", "\ufffd"))
    except csv.Error as error:
        raise RecordError(NO_FORMAT) from error
    if not rows or len(rows[0][1]) < 2:
        raise RecordError(NO_FORMAT)
    if len(rows) == 1:
        raise RecordError("not a known transcript format: a table without rows")
    header = rows[0][1]
    return [_by_name(header, row, line) for line, row in rows[1:]]


def column(row: dict[str, str], *names: str) -> str:
    """The field under the first of `names` that `row` has, whatever the case and the spaces of its header."""
    plain = {_plain(name): value for name, value in row.items()}
    return next((plain[name] for name in names if plain.get(name)), "")


def column_ending(row: dict[str, str], *names: str) -> str:
    """The same, where what was joined to the row stands under its own names behind those of what it was joined by."""
    plain = {_plain(name): value for name, value in row.items()}
    return next((value for name in names for held, value in plain.items() if value and held.endswith(name)), "")


def columns(rows: list[dict[str, str]]) -> set[str]:
    """The names in the header, without case, spaces and signs."""
    return {_plain(name) for name in rows[0]} if rows else set()


def _read_rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows in which there is anything, each with the line that it begins on."""
    csv.field_size_limit(LONGEST_FIELD)
    said = _SAID.match(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said[1] if said else _delimiter(text))
    rows: list[tuple[int, list[str]]] = []
    line = 1
    for row in reader:
        if any(row) and not (said and line == 1):
            rows.append((line, row))
        line = reader.line_num + 1
    return rows


def _by_name(header: list[str], row: list[str], line: int) -> TableRow:
    named = TableRow(dict(zip(header, row, strict=False)), line)
    if len(row) > len(header):
        named[""] = ",".join(row[len(header) :])
    return named


def _delimiter(text: str) -> str:
    """Excel writes semicolons in half of Europe, and tabs where it is asked for Unicode."""
    return max(",;\t", key=text.partition("\n")[0].count)


def _plain(name: str) -> str:
    return _NOT_WORD.sub("", name.lower())
