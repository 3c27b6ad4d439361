"""How long a source may say nothing before its data counts as late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from live.rows import plain
from metrics.alerts.promises import LOST_AFTER

# A source whose newest event was older than this when it came, and older than what counts as lost, has brought the past, such as
# a folder of old transcripts.
PAST_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Silence:
    """The silence that is expected of sources, in seconds; 0: any."""

    seconds: float = 300.0
    seconds_by_source: Mapping[str, float] = field(default_factory=dict)

    def payloads(self, rows: Iterable[Mapping[Any, Any]], now_ms: int) -> list[dict[str, Any]]:
        """What a browser is told of each source: its newest event; from which age on it is late, and lost (ms; None: never).

        One that never gave an event, as where all its files were rejected, has no age: the Sources page tells of it.
        """
        return [self._payload(row, now_ms) for row in rows if row["last_event_ms"] is not None]

    def _payload(self, row: Mapping[Any, Any], now_ms: int) -> dict[str, Any]:
        late_ms = round(self.seconds_by_source.get(row["name"], self.seconds) * 1000)
        is_catching_up = _is_catching_up(row, late_ms, now_ms)
        is_watched = late_ms > 0 and not is_catching_up and not _brought_the_past(row, late_ms)
        return {
            "name": plain(row["name"]),
            "last_event_ms": row["last_event_ms"],
            "is_simulated": bool(row["is_simulated"]),
            "late_ms": late_ms if is_watched else None,
            "lost_ms": late_ms * LOST_AFTER if is_watched else None,
            "is_catching_up": is_catching_up,
        }


def _is_catching_up(row: Mapping[Any, Any], late_ms: int, now_ms: int) -> bool:
    """Whether what comes now happened long ago: it is being loaded, or was held up and is on its way."""
    event_ms, seen_ms = row["last_event_ms"], row["last_seen_ms"]
    patience_ms = late_ms or PAST_MS
    return seen_ms is not None and seen_ms - event_ms > patience_ms >= now_ms - seen_ms


def _brought_the_past(row: Mapping[Any, Any], late_ms: int) -> bool:
    event_ms, seen_ms = row["last_event_ms"], row["last_seen_ms"]
    return seen_ms is not None and seen_ms - event_ms > max(PAST_MS, late_ms * LOST_AFTER)
