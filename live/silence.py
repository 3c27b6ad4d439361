"""How long a source may say nothing before its data counts as late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from live.rows import plain
from metrics.alerts.promises import LOST_AFTER

# A source whose newest event was older than this when it came has brought the past, such as a folder of old transcripts.
PAST_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Silence:
    """The silence that is expected of sources, in seconds; 0: any."""

    seconds: float = 300.0
    seconds_by_source: Mapping[str, float] = field(default_factory=dict)

    def payloads(self, rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
        """What a browser is told of each source: its newest event; from which age on it is late, and lost (ms; None: never)."""
        return [self._payload(row) for row in rows]

    def _payload(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        late_ms = round(self.seconds_by_source.get(row["name"], self.seconds) * 1000)
        is_watched = late_ms > 0 and not _brought_the_past(row)
        return {
            "name": plain(row["name"]),
            "last_event_ms": row["last_event_ms"],
            "is_simulated": bool(row["is_simulated"]),
            "late_ms": late_ms if is_watched else None,
            "lost_ms": late_ms * LOST_AFTER if is_watched else None,
        }


def _brought_the_past(row: Mapping[Any, Any]) -> bool:
    event_ms, seen_ms = row["last_event_ms"], row["last_seen_ms"]
    return event_ms is None or (seen_ms is not None and seen_ms - event_ms > PAST_MS)
