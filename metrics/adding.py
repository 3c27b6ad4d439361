"""Adding up: from rows already chosen and put into groups to the totals of each group, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from metrics.figures import RETURN_DAYS, Returns, Score, Times, Totals, Turns
from metrics.levels import NEUTRAL_MICRO
from metrics.packs import OUTCOME_CODES, RESOLUTION_CODES
from metrics.rows import NO_SCORE, NO_TIME, NO_TURNS, Flag, Ints, Mask, Rows
from metrics.windows import DAY_MS

Count = Callable[[Mask], list[int]]
Wanted = Callable[..., bool]

SATISFIED_MICRO = 4_000_000
STAGES = {
    "sentiment_with_bot": "bot_sentiment_micro",
    "sentiment_waiting": "waiting_sentiment_micro",
    "sentiment_with_agent": "agent_sentiment_micro",
}
# Which metrics need what, so that a question about some does not pay for the others.
_FLAGGED = (*("engaged", "resolution_rate_engaged", "escalation_rate_engaged", "never_accepted_rate", "suspect_resolutions"),)
_LEVELS = ("average_sentiment", "positive", "neutral", "negative")
_RATED = ("csat", "csat_response_rate", "csat_satisfied_rate")
_RETURNING = tuple(
    f"{name}_{days}" for name in ("durable_resolution", "repeat_contact", "mature_resolutions") for days in RETURN_DAYS
)


def add_up(rows: Rows, group: Ints, size: int, *, now_ms: int | None, wanted: Collection[str] | None = None) -> list[Totals]:
    """The totals of groups 0 … size − 1; `group` says of each row which it is in, `now_ms` by when resolutions are old enough.

    With `wanted`, only what these metrics need is counted; what is not counted is as if there were nothing.
    """

    def counted(mask: Mask) -> list[int]:
        if size == 1:
            return [int(np.count_nonzero(mask))]
        found: list[int] = np.bincount(group[mask], minlength=size).tolist()
        return found

    columns = rows.columns
    outcome = {name: columns["outcome"] == code for name, code in OUTCOME_CODES.items() if name}
    resolution = {name: columns["resolution"] == code for name, code in RESOLUTION_CODES.items() if name}
    columnwise: dict[str, list[Any]] = {
        "closed": [len(rows)] if size == 1 else np.bincount(group, minlength=size).tolist(),
        **{name: counted(mask) for name, mask in (outcome | resolution).items()},
    }
    is_wanted = _wanting(wanted)
    if is_wanted(*_FLAGGED):
        engaged, escalated = rows.has(Flag.ENGAGED), outcome["escalated"]
        columnwise |= {
            "engaged": counted(engaged),
            "escalated_engaged": counted(escalated & engaged),
            "never_accepted": counted(escalated & ~rows.has(Flag.ACCEPTED)),
            "suspect_resolutions": counted(rows.has(Flag.SUSPECT)),
        }
    columnwise |= _durations(columns, group, size, outcome, is_wanted)
    columnwise |= _feelings(rows, group, size, counted, columnwise["closed"], is_wanted)
    if is_wanted(*_RETURNING):
        columnwise |= _returns(rows, outcome["resolved"], counted, now_ms)
    return [Totals(**dict(zip(columnwise, values, strict=True))) for values in zip(*columnwise.values(), strict=True)]


def _wanting(wanted: Collection[str] | None) -> Wanted:
    """Says whether any of some metrics is wanted; all are where nothing is said."""
    return lambda *keys: wanted is None or any(key in wanted for key in keys)


def _durations(
    columns: Mapping[str, Ints], group: Ints, size: int, outcome: Mapping[str, Mask], is_wanted: Wanted
) -> dict[str, list[Any]]:
    escalated = outcome["escalated"]
    asked: tuple[tuple[str, type[Times] | type[Turns], str, Mask, int | None], ...] = (
        ("resolution_time", Times, "bot_ms", outcome["resolved"], NO_TIME),
        ("escalation_time", Times, "bot_ms", escalated, NO_TIME),
        ("wait_after_escalation", Times, "wait_ms", escalated, NO_TIME),
        ("escalation_turns", Turns, "bot_turns", escalated, None),
        ("wasted_turns", Turns, "wasted_turns", escalated, NO_TURNS),
    )
    found: dict[str, list[Any]] = {}
    for name, kind, column, mask, missing in asked:
        if is_wanted(name):
            counts = mask if missing is None else mask & (columns[column] != missing)
            found[name] = [kind(*each) for each in _quantiles(columns[column][counts], group[counts], size)]
    return found


def _feelings(rows: Rows, group: Ints, size: int, counted: Count, closed: list[int], is_wanted: Wanted) -> dict[str, list[Any]]:
    columns, found = rows.columns, dict[str, list[Any]]()
    if is_wanted(*_LEVELS):
        sentiment = columns["sentiment_micro"]
        scored = sentiment != NO_SCORE
        found |= {
            "positive": counted(sentiment > NEUTRAL_MICRO),
            "neutral": counted((sentiment >= -NEUTRAL_MICRO) & (sentiment <= NEUTRAL_MICRO)),
            "negative": counted(scored & (sentiment < -NEUTRAL_MICRO)),
            "scored_messages": _sums(columns["num_scored"], group, size),
            "average_sentiment": _scores(sentiment[scored], group[scored], size, closed),
        }
    for name, column in STAGES.items():
        if is_wanted(name):
            scored = columns[column] != NO_SCORE
            found[name] = _scores(columns[column][scored], group[scored], size, closed)
    if is_wanted(*_RATED):
        csat = columns["csat_micro"]
        answered = csat != NO_SCORE
        asked = counted(answered | rows.has(Flag.CSAT_REQUESTED))
        found["csat_satisfied"] = counted(csat >= SATISFIED_MICRO)
        found["csat"] = _scores(csat[answered], group[answered], size, asked)
    return found


def _returns(rows: Rows, is_resolved: Mask, counted: Count, now_ms: int | None) -> dict[str, list[Any]]:
    columns, is_known = rows.columns, is_resolved & rows.has(Flag.KNOWN)
    known = counted(is_known)
    found: dict[str, list[Any]] = {}
    for days in RETURN_DAYS:
        is_mature = is_known if now_ms is None else is_known & (columns["ended_ms"] <= now_ms - days * DAY_MS)
        came_back = counted(is_mature & (columns["contact_ms"] < days * DAY_MS))
        found[f"returns_{days}"] = [Returns(*each) for each in zip(known, counted(is_mature), came_back, strict=True)]
    return found


def _sums(values: Ints, group: Ints, size: int) -> list[int]:
    """Exact: whole numbers below 2**53 are so in floating point too, and adding them that way is quicker."""
    largest = int(np.abs(values).max(initial=0))
    if len(values) * largest >= 2**53:
        totals = np.zeros(size, dtype=np.int64)
        np.add.at(totals, group, values)
    elif size == 1:
        totals = np.array([values.sum(dtype=np.int64)])
    else:
        totals = np.bincount(group, weights=values, minlength=size).astype(np.int64)
    found: list[int] = totals.tolist()
    return found


def _scores(values: Ints, group: Ints, size: int, of: list[int]) -> list[Score]:
    scored: list[int] = np.bincount(group, minlength=size).tolist()
    return [Score(*each) for each in zip(_sums(values, group, size), scored, of, strict=True)]


def _quantiles(values: Ints, group: Ints, size: int) -> list[tuple[int, int, int, int, int]]:
    """Of each group: how many, their sum, twice the median, ten times the p90, and the largest; from its sorted values."""
    values = _sorted(values.astype(np.int64), group, size)
    lengths = np.bincount(group, minlength=size)
    starts = np.cumsum(lengths) - lengths
    sums = np.diff(np.concatenate(([0], np.cumsum(values)))[np.append(starts, len(values))])
    values = np.append(values, 0)  # what a group without values points at behind the last one
    last = np.maximum(lengths - 1, 0)
    median = values[starts + last // 2] + values[starts + (last + 1) // 2]
    place, rest = np.divmod(9 * last, 10)
    p90 = values[starts + place] * (10 - rest) + values[starts + np.minimum(place + 1, last)] * rest
    parts = (lengths, sums, median, p90, values[starts + last])
    return list(zip(*(part.tolist() for part in parts), strict=True))


def _sorted(values: Ints, group: Ints, size: int) -> Ints:
    """By group, then by value; none is negative. One number holds both where it can: sorting numbers is quickest."""
    if size == 1:
        return np.sort(values)
    span = int(values.max(initial=0)) + 1
    if span * size >= 2**62:
        return values[np.lexsort((values, group))]
    return np.sort(group * span + values) % span
