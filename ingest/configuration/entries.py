"""The tables of a configuration's files as they stand there, each value with the line it stands on.

A file is TOML (`[[rules]]`), JSON (`{"rules": [...]}`, or a list in a file named after the table) or CSV (named after the table,
a row for each part of a thing: rows of one name belong together). A folder holds any of them.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from json_source_map import calculate
from json_source_map.errors import InvalidInputError

from ingest.configuration.faults import Fault, FaultyConfigurationError

TABLES = ("workstreams", "queues", "rules", "bots", "licences")
MAX_BYTES = 10_000_000
_TOO_MANY = "\0"  # no column is named so


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a file, such as one rule; `lines` says where each key stands, by its path: "queue", "conditions/0/value"."""

    table: str
    file: str
    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line of a value; of what it stands in where that is all that is known."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition("/")[0]
        return self.line

    def fault(self, path: str, what: str, remedy: str) -> Fault:
        """A fault of the value at `path`."""
        return Fault(self.file, self.line_of(path), what, remedy)


def read_entries(place: Path) -> list[Entry]:
    """Every table of a file or of the files of a folder. Raises FaultyConfigurationError."""
    if place.is_dir():
        files = sorted(path for path in place.iterdir() if path.suffix.lower() in _READERS)
        if not files:
            raise _unreadable(place, "holds no .toml, .json or .csv file", f"add one of {', '.join(TABLES)}")
        return [entry for path in files for entry in _read(path)]
    return list(_read(place))


def _read(path: Path) -> Iterator[Entry]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _unreadable(path, "is neither TOML, JSON nor CSV", "give it the ending .toml, .json or .csv")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, f"is larger than {MAX_BYTES:,} bytes", "name the configuration's own file")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, f"cannot be read ({error.strerror})", "check the path and who may read it") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "is not UTF-8", "save it as UTF-8") from error
    yield from reader(path.name, text)


def _unreadable(path: Path, what: str, remedy: str, line: int = 0) -> FaultyConfigurationError:
    return FaultyConfigurationError([Fault(path.name, line, what, remedy)])


def _from_toml(file: str, text: str) -> Iterator[Entry]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise FaultyConfigurationError(
            [Fault(file, int(found[1]) if found else 0, f"is not TOML: {error}", "mend the line")]
        ) from error
    places = _toml_places(text)
    yield from _from_tables(file, data, lambda table, number: places.get((table, number), (0, {})))


def _toml_places(text: str) -> dict[tuple[str, int], tuple[int, dict[str, int]]]:
    """By table and number, the line of its header and of its keys. (tomllib says no lines; headers are the same in all TOML.)"""
    found: dict[tuple[str, int], tuple[int, dict[str, int]]] = {}
    counts: dict[str, int] = {}
    lines: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[\s*(\w+)((?:\s*\.\s*\w+)*)\s*\]\]", line):
            table, below = header[1], re.sub(r"\s", "", header[2]).strip(".")
            if not below:
                at = counts[table] = counts.get(table, -1) + 1
                lines = {}
                found[(table, at)] = (number, lines)
                prefix = ""
            else:
                nth = sum(1 for path in lines if re.fullmatch(rf"{below}/\d+", path))
                prefix = f"{below}/{nth}/"
                lines[prefix.rstrip("/")] = number
        elif key := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line):
            lines.setdefault(prefix + key[1], number)
    return found


def _from_json(file: str, text: str) -> Iterator[Entry]:
    try:
        data = json.loads(text)
        marks = calculate(text)
    except json.JSONDecodeError as error:
        raise FaultyConfigurationError([Fault(file, error.lineno, f"is not JSON: {error.msg}", "mend the line")]) from error
    except (InvalidInputError, RecursionError) as error:
        raise FaultyConfigurationError([Fault(file, 0, "is not JSON that can be followed", "write it plainly")]) from error
    table = Path(file).stem.lower()
    prefix = ""
    if isinstance(data, list):
        data, prefix = {table: data}, f"/{table}"

    lines: dict[tuple[str, str], dict[str, int]] = {}
    for pointer, mark in marks.items():
        _, name, number, path = [*f"{prefix}{pointer}".split("/", 3), "", "", ""][:4]
        lines.setdefault((name, number), {})[path] = (mark.key_start or mark.value_start).line + 1
    yield from _from_tables(file, data, lambda name, at: (lines[(name, str(at))][""], lines[(name, str(at))]))


def _from_tables(file: str, data: Any, place: Callable[[str, int], tuple[int, dict[str, int]]]) -> Iterator[Entry]:
    if not isinstance(data, dict):
        raise FaultyConfigurationError([Fault(file, 1, "holds no tables", f"write tables named {', '.join(TABLES)}")])
    for table, entries in data.items():
        if table not in TABLES:
            raise FaultyConfigurationError([Fault(file, 0, f"{table} is no table", f"known are {', '.join(TABLES)}")])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise FaultyConfigurationError([Fault(file, 0, f"{table} is no list of tables", f"write each as [[{table}]]")])
        for number, values in enumerate(entries):
            line, lines = place(table, number)
            yield Entry(table, file, line, values, lines)


def _from_csv(file: str, text: str) -> Iterator[Entry]:
    table = Path(file).stem.lower()
    if table not in TABLES:
        raise FaultyConfigurationError([Fault(file, 0, f"{table} is no table", f"name the file {' or '.join(TABLES)}.csv")])
    reader = csv.DictReader(text.splitlines(keepends=True), restkey=_TOO_MANY)
    try:
        for row in reader:
            if row.pop(_TOO_MANY, None):
                what = "has more cells than the first line has columns"
                raise FaultyConfigurationError([Fault(file, reader.line_num, what, "put cells with commas in quotes")])
            yield Entry(table, file, reader.line_num, {key: (value or "").strip() for key, value in row.items()})
    except csv.Error as error:
        raise FaultyConfigurationError([Fault(file, reader.line_num, f"is not CSV: {error}", "mend the line")]) from error


_READERS: Mapping[str, Callable[[str, str], Iterator[Entry]]] = {".toml": _from_toml, ".json": _from_json, ".csv": _from_csv}
