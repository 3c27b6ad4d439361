"""What came in, for people: how fresh each source is, and the records that could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.need import Band
from metrics.silence import Heard, Silence
from store import reads
from store.engine import Store


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: what it has brought, and how long ago its newest event happened."""

    name: str
    last_event_ms: int | None
    last_seen_ms: int | None
    age_seconds: float | None
    heard: Heard | None  # None without an event
    band: Band
    accepted: int
    duplicates: int
    rejected: int
    is_simulated: bool


def source_states(store: Store, *, now_ms: int, silence: Silence) -> list[SourceState]:
    """Every source that has sent anything, by name; how worrying its silence is by what is expected of it."""
    with store.read() as connection:
        rows = reads.sources(connection)
    return [_state(row, now_ms, silence) for row in rows]


def newest_event_ms(store: Store) -> int | None:
    """When the newest event of any source happened; None where nothing has come."""
    with store.read() as connection:
        return max((row["last_event_ms"] for row in reads.sources(connection) if row["last_event_ms"] is not None), default=None)


def newest_change(store: Store) -> int:
    """The number of the newest change. While it stands, no conversation has been touched and every figure holds."""
    return store.changes.latest()


def rejected_records(store: Store, *, limit: int, after: int = 0) -> Sequence[Mapping[Any, Any]]:
    """Records that wait to be replayed, newest first, without bodies; `after` is the last id of the page before."""
    with store.read() as connection:
        return reads.rejected_records(connection, limit=limit, after=after)


def rejected_record(store: Store, rejected_id: int) -> Mapping[Any, Any] | None:
    """One of them with its body; None where there is no such record."""
    with store.read() as connection:
        return reads.rejected_record(connection, rejected_id)


def count_rejected(store: Store) -> int:
    """How many wait."""
    with store.read() as connection:
        return reads.count_rejected(connection)


def rejected_ids(store: Store, *, at_once: int = 200) -> Iterator[int]:
    """The ids of all that wait, newest first."""
    after = 0
    while found := rejected_records(store, limit=at_once, after=after):
        yield from (row["rejected_id"] for row in found)
        after = found[-1]["rejected_id"]


def _state(row: Mapping[Any, Any], now_ms: int, silence: Silence) -> SourceState:
    newest, heard = row["last_event_ms"], None
    if newest is not None:
        heard = silence.heard(row["name"], last_event_ms=newest, last_seen_ms=row["last_seen_ms"], now_ms=now_ms)
    return SourceState(
        name=row["name"],
        last_event_ms=newest,
        last_seen_ms=row["last_seen_ms"],
        age_seconds=None if newest is None else max(0.0, (now_ms - newest) / 1000),
        heard=heard,
        band=Band.NORMAL if heard is None else heard.band(now_ms),
        accepted=row["accepted"],
        duplicates=row["duplicates"],
        rejected=row["rejected"],
        is_simulated=row["is_simulated"],
    )
