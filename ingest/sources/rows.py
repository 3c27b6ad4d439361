"""Rows of a table, from CSV or JSON: each read by itself, and what is wrong with one said of it, with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem
from ingest.sources.arrays import join_threads
from ingest.sources.csv_tables import place_of
from ingest.sources.wire_json import canonical


def read_rows(rows: Sequence[Any], read_one: Callable[[Any, bytes], Normalised], *, whole: bytes) -> Normalised:
    """What `read_one` makes of each row and its JSON; rows of one conversation become one thread."""
    result = Normalised()
    for number, row in enumerate(rows, start=1):
        place, body = place_of(row, number), whole
        try:
            row, body = canonical(row)
            one = read_one(row, body)
        except RecordError as error:
            result.problems.append(Problem(str(error), body, place))
            continue
        result.threads.extend(one.threads)
        result.problems.extend(problem.within(place) for problem in one.problems)
    result.threads = join_threads(result.threads)
    return result
