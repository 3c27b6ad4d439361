"""Exports that go on where the last one ended, for schedules: a small file remembers up to when was exported, and what."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import orjson

from metrics.exports.cells import iso_time
from metrics.exports.files import whole_file
from metrics.exports.rows import ExportError, Wanted
from metrics.exports.words import words_of
from metrics.windows import Window, WindowError, parse_moment


def window_since(path: Path, wanted: Wanted, *, now_ms: int, overlap_ms: int) -> Window:
    """From `overlap_ms` before the end of the last export to now; all of history where there was none. Raises ExportError."""
    if wanted.filters.window != Window():
        raise ExportError("--since-last sets the period: leave out --from and --to")
    if not path.exists():
        return Window(None, now_ms)
    try:
        said = orjson.loads(path.read_bytes())
        until_ms, question = parse_moment(said["until"], "UTC"), said["of"]
    except (OSError, ValueError, KeyError, TypeError, WindowError) as error:
        raise ExportError(f"{path} is no file of --since-last; give another name, or remove it to begin anew") from error
    if question != _question(wanted):
        raise ExportError(f"{path} is of an export with another table or other filters; give each export a file of its own")
    return Window(min(until_ms, now_ms) - overlap_ms, now_ms)


def remember(path: Path, wanted: Wanted, *, until_ms: int) -> None:
    """Note that everything up to then has been exported. Done last, so that an export that failed is made again."""
    with whole_file(path) as file:
        file.write(orjson.dumps({"until": iso_time(until_ms), "of": _question(wanted)}, option=orjson.OPT_INDENT_2) + b"\n")


def _question(wanted: Wanted) -> str:
    """What is exported, without the period: the next export must ask the same."""
    return shlex.join(words_of(replace(wanted, filters=replace(wanted.filters, window=Window()), raw=False)))
