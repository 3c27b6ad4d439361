"""The figures above the table, from the sums of the floor: how things stand, in which band, and what happened lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from live.lately import Lately
from live.rows import plain
from live.tally import Sums
from live.trend import Point
from metrics.bands import Bands, worst
from metrics.levels import LEVELS, level_rank
from metrics.need import Band, Targets
from metrics.sentiment import MICRO
from store.records import State

TWO_HOURS = "120"


def tiles(
    floor: Sums, queues: Collection[Mapping[str, Any]], lately: Lately, *, now_ms: int, targets: Targets, bands: Bands
) -> dict[str, Any]:
    """The figures of the whole floor, from its sums and the figures of its queues."""
    mean = floor.mean_micro
    windows = lately.windows(now_ms)
    return {
        "open": floor.num_open,
        **_states(floor),
        "longest_wait_since_ms": floor.waits[0] if floor.waits else None,
        "wait_band": _worst_of(queues, "longest_wait"),
        "num_over_target": sum(queue["num_over_target"] for queue in queues),
        "sentiment": _in_units(mean),
        "level": "" if mean is None else LEVELS[level_rank(mean)],
        "num_scored": floor.num_scored,
        "num_low": floor.num_low,
        "threshold": targets.sentiment_threshold_micro / MICRO,
        "escalated": windows[TWO_HOURS]["escalations"][0],
        "resolved": windows[TWO_HOURS]["resolutions"][0],
        "abandoned": windows[TWO_HOURS]["abandonments"][0],
        "bands": {
            "waiting": _worst_of(queues, "waiting"),
            "longest_wait": _worst_of(queues, "longest_wait"),
            "live_sentiment": str(bands.band("live_sentiment", _in_units(mean))),
            "low_sentiment": _worst_of(queues, "low_sentiment"),
        },
        "windows": windows,
        "this_quarter": lately.this_quarter(now_ms),
    }


def queue_figures(name: str, sums: Sums, *, now_ms: int, targets: Targets, bands: Bands) -> dict[str, Any]:
    """How one queue stands, each figure with its band by the queue's own limits."""
    target_ms, mean = targets.wait_for(name) * 1000, sums.mean_micro
    waiting = len(sums.waits)
    longest_seconds = (now_ms - sums.waits[0]) / 1000 if sums.waits else 0.0
    found = {
        "waiting": bands.band("waiting", waiting, name),
        "longest_wait": targets.wait_band(name, longest_seconds) if waiting else Band.NORMAL,
        "live_sentiment": bands.band("live_sentiment", _in_units(mean), name),
        "low_sentiment": bands.band("low_sentiment", sums.num_low, name),
    }
    return {
        "name": plain(name),
        "open": sums.num_open,
        **_states(sums),
        "longest_wait_since_ms": sums.waits[0] if sums.waits else None,
        "num_over_target": sums.num_waiting_since(now_ms - target_ms),
        "target_s": targets.wait_for(name),
        "sentiment": _in_units(mean),
        "num_scored": sums.num_scored,
        "num_low": sums.num_low,
        "bands": {key: str(band) for key, band in found.items()},
        "band": str(worst(found.values())),
    }


def point(figures: Mapping[str, Any], now_ms: int) -> Point:
    """These figures as a point of the small lines."""
    since = figures["longest_wait_since_ms"]
    return {
        **{name: figures[name] for name in ("open", "with_bot", "with_agent", "waiting")},
        "longest_wait": None if since is None else max(now_ms - since, 0) // 1000,
        "live_sentiment": figures["sentiment"],
        "low_sentiment": figures["num_low"],
    }


def _states(sums: Sums) -> dict[str, int]:
    return {str(state): sums.states[str(state)] for state in State if state != State.CLOSED}


def _worst_of(queues: Collection[Mapping[str, Any]], key: str) -> str:
    return str(worst(Band(queue["bands"][key]) for queue in queues))


def _in_units(micro: int | None) -> float | None:
    return None if micro is None else round(micro / MICRO, 3)
