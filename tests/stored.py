"""What a database holds, by natural keys: two databases that say the same compare equal, however their rows are numbered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from ingest.events import RawRecord, Source
from ingest.pipeline import Counts, Pipeline
from ingest.sources import detect
from metrics.derive import Deriver
from metrics.filters import Filters
from metrics.report import report
from metrics.rules import Rules
from metrics.settle import settle
from store.assist.tables import suggestion
from store.engine import Store
from store.surveys.tables import survey
from store.tables import (
    activity,
    context_variable,
    conversation,
    customer,
    fallback,
    participant,
    segment,
    session,
    thread,
)
from store.voice.tables import speech
from tests.transcripts import FAR_LATER_MS, deriver_of, record

PARTS = (session, segment, participant, context_variable, fallback, speech, survey, suggestion)
# Where rows stand among themselves, which the order of arrival may decide.
OWN_NUMBERS = ("conversation_key", "root_key", "thread_key", "position", "next_position")
CUTS = ((), ("bot", "channel"), ("day",), ("topic", "queue"))


class Loader:
    """Writes records into a store through the real pipeline, by a clock that stands still."""

    def __init__(self, store: Store, *, now_ms: int = FAR_LATER_MS, rules: Rules | None = None) -> None:
        self.store, self.now_ms, self._rules = store, now_ms, rules

    @property
    def deriver(self) -> Deriver:
        """A new one each time: nothing may depend on what it remembers."""
        return deriver_of(self._rules)

    def write(self, *arrays: Iterable[dict[str, Any]], source: str = "") -> list[Counts]:
        """Write each array as a record of its own, all in one call."""
        return self.write_records([record(items) for items in arrays], source=source)

    def write_records(self, records: Iterable[RawRecord], *, source: str = "") -> list[Counts]:
        """Write records in the format that they show."""
        pipeline = Pipeline(self.store, self.deriver, now_ms=lambda: self.now_ms)
        read: list[tuple[Source, RawRecord]] = [(detect.read(item, source=source), item) for item in records]
        return pipeline.write(read)

    def settle(self) -> None:
        """Close what is due."""
        settle(self.store, self.deriver, now_ms=self.now_ms)


def tables(store: Store) -> dict[str, list[Any]]:
    """The rows of every table that deriving fills, sorted, by natural keys."""
    with store.read() as connection:

        def rows(table: Table) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

        threads = {row["thread_key"]: row for row in rows(thread)}
        roots: dict[int, list[str]] = {}
        for row in threads.values():
            roots.setdefault(row["root_key"], []).append(f"{row['source']}/{row['external_id']}")
        conversations = {row["conversation_key"]: row for row in rows(conversation)}
        names = {key: f"{row['source']}/{row['conversation_id']}" for key, row in conversations.items()}
        found: dict[str, list[dict[str, Any]]] = {
            "thread": [row | {"with": sorted(roots[row["root_key"]])} for row in threads.values()],
            "conversation": list(conversations.values()),
            "activity": [
                row | {"in": names[row["conversation_key"]], "of": f"{threads[row['thread_key']]['external_id']}"}
                for row in rows(activity)
            ],
            "customer": rows(customer),
        }
        for table in PARTS:
            found[table.name] = [row | {"in": names[row["conversation_key"]]} for row in rows(table)]
    return {name: _sorted(part) for name, part in found.items()}


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [{name: value for name, value in row.items() if name not in OWN_NUMBERS} for row in rows]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True, default=repr))


def differences(one: Store, two: Store) -> dict[str, Any]:
    """The rows that only one of them has, by table."""
    first, second = tables(one), tables(two)
    return {
        name: ([row for row in first[name] if row not in second[name]], [row for row in second[name] if row not in first[name]])
        for name in first
        if first[name] != second[name]
    }


def reports(store: Store) -> str:
    """The report in several cuts, as JSON."""
    found = [report(store, Filters(include_tests=tests), by) for by in CUTS for tests in (False, True)]
    return json.dumps(found, sort_keys=True)


def database_url(folder: Path, name: str = "x") -> str:
    """The address of an SQLite file in `folder`."""
    return f"sqlite:///{folder}/{name}.db"
