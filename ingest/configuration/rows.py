"""Rows of CSV put together to things: rows of one name are parts of one thing; lists in a cell are separated by semicolons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.configuration.entries import Entry

_LISTS = {"channels", "days", "values"}
_WHOLE = {"capacity", "overflow_at", "wait_target_seconds", "service_level_seconds", "licences", "packs"}
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
# The columns that belong to a part of a thing, and the list of the thing that the parts make up.
_PARTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "workstreams": (("variables", ("variable", "type")),),
    "queues": (("members", ("bot", "person", "capacity")), ("hours", ("days", "from", "until"))),
    "rules": (("conditions", ("variable", "is", "value", "values")),),
    "bots": (),
    "licences": (),
}
_RENAMED = {("variables", "variable"): "name"}


def together(entries: Iterable[Entry]) -> list[Entry]:
    """Entries as TOML would give them; those that come from CSV by row are put together by name."""
    found: list[Entry] = []
    begun: dict[tuple[str, str, str], tuple[dict[str, Any], dict[str, int]]] = {}
    for entry in entries:
        if not entry.file.lower().endswith(".csv"):
            found.append(entry)
            continue
        name = str(entry.values.get("name", ""))
        place = (entry.file, entry.table, name)
        if not name or place not in begun:
            values, lines = begun[place] = ({}, {})
            found.append(Entry(entry.table, entry.file, entry.line, values, lines))
        _add(entry, *begun[place])
    return found


def _add(row: Entry, values: dict[str, Any], lines: dict[str, int]) -> None:
    """Lay a row over the values of its thing, and note where each came from."""
    parts = _PARTS[row.table]
    of_parts = {column for _, columns in parts for column in columns}
    for key, cell in row.values.items():
        if key not in of_parts and cell:
            values.setdefault(key, _value(key, cell))
            lines.setdefault(key, row.line)
    for name, columns in parts:
        part = {_RENAMED.get((name, key), key): _value(key, row.values[key]) for key in columns if row.values.get(key)}
        if part and part not in values.setdefault(name, []):
            lines[f"{name}/{len(values[name])}"] = row.line
            values[name].append(part)


def _value(key: str, cell: str) -> Any:
    if key in _LISTS:
        return [item.strip() for item in cell.split(";") if item.strip()]
    if key in _WHOLE:
        return int(cell) if cell.isascii() and cell.isdigit() else cell
    if key == "escalates":
        return _YES_NO.get(cell.lower(), cell)
    return cell
