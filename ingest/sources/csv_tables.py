"""CSV as spreadsheets and portals write it, to rows by column name."""

from __future__ import annotations

import csv
import io
import re

from ingest.errors import RecordError
from ingest.sources.wire_json import decode

LONGEST_FIELD = 64 * 1024 * 1024  # a transcript of a megabyte in one field is normal; Python's own limit is 128 KB
NO_FORMAT = "not a known transcript format: neither JSON nor CSV"
_NOT_WORD = re.compile(r"[^0-9a-z]")


def looks_like_json(body: bytes) -> bool:
    """Whether the first sign is that of a JSON array or object."""
    return body[:1] in (b"{", b"[") or decode(body[:64]).lstrip()[:1] in ("{", "[")


def read_table(body: bytes) -> list[dict[str, str]]:
    """The rows under the header; RecordError where there is neither. Fields beyond the header are kept under ""."""
    csv.field_size_limit(LONGEST_FIELD)
    text = decode(body).replace("\x00", "\ufffd")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise RecordError(NO_FORMAT) from error
    if not rows or len(rows[0]) < 2:
        raise RecordError(NO_FORMAT)
    if len(rows) == 1:
        raise RecordError("not a known transcript format: a table without rows")
    header = rows[0]
    return [_by_name(header, row) for row in rows[1:] if any(row)]


def column(row: dict[str, str], *names: str) -> str:
    """The field under the first of `names` that `row` has, whatever the case and the spaces of its header."""
    plain = {_plain(name): value for name, value in row.items()}
    return next((plain[name] for name in names if plain.get(name)), "")


def columns(rows: list[dict[str, str]]) -> set[str]:
    """The names in the header, without case, spaces and signs."""
    return {_plain(name) for name in rows[0]} if rows else set()


def _by_name(header: list[str], row: list[str]) -> dict[str, str]:
    named = dict(zip(header, row, strict=False))
    if len(row) > len(header):
        named[""] = ",".join(row[len(header) :])
    return named


def _delimiter(text: str) -> str:
    """Excel writes semicolons in half of Europe."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _plain(name: str) -> str:
    return _NOT_WORD.sub("", name.lower())
