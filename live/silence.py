"""What a browser is told of each source, so that its clock can say how late the data is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from live.rows import plain
from metrics.silence import Silence


def source_payloads(silence: Silence, rows: Iterable[Mapping[Any, Any]], now_ms: int) -> list[dict[str, Any]]:
    """Each source's newest event; from which silence on, since when, it is late, and lost (ms; None: never).

    One that never gave an event, as where all its files were rejected, has no age: the Sources page tells of it.
    """
    return [_payload(silence, row, now_ms) for row in rows if row["last_event_ms"] is not None]


def _payload(silence: Silence, row: Mapping[Any, Any], now_ms: int) -> dict[str, Any]:
    heard = silence.heard(row["name"], last_event_ms=row["last_event_ms"], last_seen_ms=row["last_seen_ms"], now_ms=now_ms)
    return {
        "name": plain(row["name"]),
        "last_event_ms": row["last_event_ms"],
        "silent_since_ms": heard.since_ms,
        "is_simulated": bool(row["is_simulated"]),
        "late_ms": heard.late_ms,
        "lost_ms": heard.lost_ms,
        "is_catching_up": heard.is_catching_up,
        "rests_until_ms": heard.back_ms,
    }
