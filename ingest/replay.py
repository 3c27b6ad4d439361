"""Replaying rejected records: read once more, after the fault that kept them out was mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.events import RawRecord
from ingest.pipeline import Pipeline
from ingest.sources import detect
from ingest.sources.push import ORIGIN
from store.engine import Store
from store.reads import rejected_record
from store.writes import mark_replayed


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one rejected record: read now, or why not."""

    rejected_id: int
    is_read: bool
    reason: str
    activities: int


def replay(store: Store, pipeline: Pipeline, rejected_ids: Iterable[int], *, now_ms: int) -> list[Replayed]:
    """Read these records again; those that can be read now are written and no longer wait."""
    return [_replay_one(store, pipeline, rejected_id, now_ms) for rejected_id in rejected_ids]


def _replay_one(store: Store, pipeline: Pipeline, rejected_id: int, now_ms: int) -> Replayed:
    with store.read() as connection:
        row = rejected_record(connection, rejected_id)
    if row is None:
        return Replayed(rejected_id, False, "there is no such record", 0)
    record = RawRecord(row["origin"], bytes(row["body"]), row["received_ms"])
    source = "" if row["source"] == detect.UNKNOWN_SOURCE else row["source"]
    read = detect.read(record, source=source, is_pushed=record.origin.startswith(ORIGIN))
    if read.normalised.problems:
        return Replayed(rejected_id, False, read.normalised.problems[0].reason, 0)
    counts = pipeline.write([(read, record)])[0]
    with store.write() as connection:
        mark_replayed(connection, rejected_id, now_ms=now_ms)
    return Replayed(rejected_id, True, "", counts.activities + counts.duplicates)
