"""Adding up: from rows already chosen and put into groups to the totals of each group, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.figures import RETURN_DAYS, Returns, Score, Times, Totals, Turns
from metrics.levels import NEUTRAL_MICRO
from metrics.packs import (
    CSAT_REQUESTED,
    IS_ACCEPTED,
    IS_ENGAGED,
    IS_KNOWN,
    IS_SUSPECT,
    NO_SCORE,
    NO_TIME,
    NO_TURNS,
    OUTCOME_CODES,
    RESOLUTION_CODES,
    Rows,
)
from metrics.windows import DAY_MS

Ints = NDArray[Any]  # whole numbers of any width
Mask = NDArray[np.bool_]
Count = Callable[[Mask], list[int]]

SATISFIED_MICRO = 4_000_000
STAGES = {
    "sentiment_with_bot": "bot_sentiment_micro",
    "sentiment_waiting": "waiting_sentiment_micro",
    "sentiment_with_agent": "agent_sentiment_micro",
}


def add_up(rows: Rows, group: Ints, size: int, *, now_ms: int | None) -> list[Totals]:
    """The totals of groups 0 … size − 1; `group` says of each row which it is in, `now_ms` by when resolutions are old enough."""
    columns, flags = rows.columns, rows.columns["flags"]

    def counted(mask: Mask) -> list[int]:
        found: list[int] = np.bincount(group[mask], minlength=size).tolist()
        return found

    outcome = {name: columns["outcome"] == code for name, code in OUTCOME_CODES.items() if name}
    resolution = {name: columns["resolution"] == code for name, code in RESOLUTION_CODES.items() if name}
    is_engaged = flags & IS_ENGAGED != 0
    columnwise: dict[str, list[Any]] = {
        "closed": np.bincount(group, minlength=size).tolist(),
        **{name: counted(mask) for name, mask in (outcome | resolution).items()},
        "engaged": counted(is_engaged),
        "escalated_engaged": counted(outcome["escalated"] & is_engaged),
        "never_accepted": counted(outcome["escalated"] & (flags & IS_ACCEPTED == 0)),
        "suspect_resolutions": counted(flags & IS_SUSPECT != 0),
    }
    columnwise |= _durations(columns, group, size, outcome)
    columnwise |= _feelings(columns, group, size, counted, columnwise["closed"])
    columnwise |= _returns(columns, outcome["resolved"], counted, now_ms)
    return [Totals(**dict(zip(columnwise, values, strict=True))) for values in zip(*columnwise.values(), strict=True)]


def _durations(columns: dict[str, Ints], group: Ints, size: int, outcome: dict[str, Mask]) -> dict[str, list[Any]]:
    timed, escalated = columns["bot_ms"] != NO_TIME, outcome["escalated"]
    times = {
        "resolution_time": (columns["bot_ms"], timed & outcome["resolved"]),
        "escalation_time": (columns["bot_ms"], timed & escalated),
        "wait_after_escalation": (columns["wait_ms"], escalated & (columns["wait_ms"] != NO_TIME)),
    }
    turns = {
        "escalation_turns": (columns["bot_turns"], escalated),
        "wasted_turns": (columns["wasted_turns"], escalated & (columns["wasted_turns"] != NO_TURNS)),
    }
    found: dict[str, list[Any]] = {
        name: [Times(*each) for each in _quantiles(values, group, size, mask)] for name, (values, mask) in times.items()
    }
    return found | {
        name: [Turns(*each) for each in _quantiles(values.astype(np.int64), group, size, mask)]
        for name, (values, mask) in turns.items()
    }


def _feelings(columns: dict[str, Ints], group: Ints, size: int, counted: Count, closed: list[int]) -> dict[str, list[Any]]:
    sentiment, csat = columns["sentiment_micro"], columns["csat_micro"]
    scored, answered = sentiment != NO_SCORE, csat != NO_SCORE
    asked = counted(answered | (columns["flags"] & CSAT_REQUESTED != 0))
    found: dict[str, list[Any]] = {
        "positive": counted(scored & (sentiment > NEUTRAL_MICRO)),
        "neutral": counted(scored & (np.abs(sentiment) <= NEUTRAL_MICRO)),
        "negative": counted(scored & (sentiment < -NEUTRAL_MICRO)),
        "csat_satisfied": counted(answered & (csat >= SATISFIED_MICRO)),
        "scored_messages": _sums(columns["num_scored"], group, size),
        "average_sentiment": _scores(sentiment, group, size, scored, counted(scored), closed),
        "csat": _scores(csat, group, size, answered, counted(answered), asked),
    }
    for name, column in STAGES.items():
        has_score = columns[column] != NO_SCORE
        found[name] = _scores(columns[column], group, size, has_score, counted(has_score), closed)
    return found


def _returns(columns: dict[str, Ints], is_resolved: Mask, counted: Count, now_ms: int | None) -> dict[str, list[Any]]:
    is_known = is_resolved & (columns["flags"] & IS_KNOWN != 0)
    known = counted(is_known)
    found: dict[str, list[Any]] = {}
    for days in RETURN_DAYS:
        is_mature = is_known if now_ms is None else is_known & (columns["ended_ms"] <= now_ms - days * DAY_MS)
        came_back = counted(is_mature & (columns["contact_ms"] < days * DAY_MS))
        found[f"returns_{days}"] = [Returns(*each) for each in zip(known, counted(is_mature), came_back, strict=True)]
    return found


def _sums(values: Ints, group: Ints, size: int) -> list[int]:
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, group, values)  # whole numbers: no order of adding changes a figure
    found: list[int] = totals.tolist()
    return found


def _scores(values: Ints, group: Ints, size: int, mask: Mask, scored: list[int], n: list[int]) -> list[Score]:
    sums = _sums(values[mask], group[mask], size)
    return [Score(*each) for each in zip(sums, scored, n, strict=True)]


def _quantiles(values: Ints, group: Ints, size: int, mask: Mask) -> list[tuple[int, int, int, int, int]]:
    """Of each group: how many, their sum, twice the median, ten times the p90, and the largest; from its sorted values."""
    group, values = group[mask], values[mask]
    values = values[np.lexsort((values, group))]
    lengths = np.bincount(group, minlength=size)
    starts = np.cumsum(lengths) - lengths
    sums = np.diff(np.concatenate(([0], np.cumsum(values)))[np.append(starts, len(values))])
    values = np.append(values, 0)  # what a group without values points at behind the last one
    last = np.maximum(lengths - 1, 0)
    median = values[starts + last // 2] + values[starts + (last + 1) // 2]
    place, rest = np.divmod(9 * last, 10)
    p90 = values[starts + place] * (10 - rest) + values[starts + np.minimum(place + 1, last)] * rest
    largest = values[starts + last]
    return list(zip(lengths.tolist(), sums.tolist(), median.tolist(), p90.tolist(), largest.tolist(), strict=True))
