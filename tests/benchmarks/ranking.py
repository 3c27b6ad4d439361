"""Ranking: how many of the ten that need puts first do come to need somebody, and how long before, beside simpler orders.

Measured on seeds of the simulated floor that were not looked at while weights were chosen. What counts as needing somebody, and
what such figures can and cannot say, stands in docs/need.md.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from live.rows import queue_of, since_ms
from metrics.need import Targets, Weights, need
from store.records import Outcome, State
from tests.benchmarks.figures import Figure, Sheet, at_least, format_number
from tests.benchmarks.replay import Moment, Replay, Row, replay
from tests.benchmarks.resampling import interval

# Weights are chosen and tried on the first; figures are printed and claimed for the second.
SEEDS_FOR_WEIGHTS = (101, 102, 103, 104, 105)
HELD_OUT_SEEDS = (201, 202, 203, 204, 205, 206)

TOP = 10
HORIZON_MS = 15 * 60_000
STRETCH_MS = 60 * 60_000
MINUTE_MS = 60_000

# The greater comes first. Rows of one moment are compared by these.
Order = Callable[[Row, int], tuple[float, ...]]
Stretch = tuple[int, int]  # seed, hour


@dataclass(slots=True)
class Tally:
    """What one order came to in one stretch of time."""

    shown: int = 0
    right: int = 0
    shown_with_bot: int = 0  # of the ten first among those still with a bot
    right_with_bot: int = 0
    leads: list[float] = field(default_factory=list)  # minutes, of each that came to it; 0: never among the ten before


def by_need(targets: Targets, weights: Weights | None = None) -> Order:
    """The floor's own order: need, and of equals the longest first."""
    given = {} if weights is None else {"weights": weights}

    def order(row: Row, now_ms: int) -> tuple[float, ...]:
        return need(row, now_ms=now_ms, targets=targets, **given).score, -since_ms(row)

    return order


def by_longest_wait(row: Row, now_ms: int) -> tuple[float, ...]:
    """Who has waited longest, for a human or for an answer; then who has been here longest."""
    if row["state"] == State.WAITING:
        return now_ms - since_ms(row), now_ms - row["started_ms"]
    wrote, replied = row["last_customer_ms"], row["last_reply_ms"]
    is_unanswered = wrote is not None and (replied is None or wrote > replied)
    return now_ms - wrote if is_unanswered else 0, now_ms - row["started_ms"]


def by_lowest_sentiment(row: Row, now_ms: int) -> tuple[float, ...]:
    """The worst live sentiment; without a score it counts as neutral. Of equals, who has been here longest."""
    return -(row["sentiment_micro"] or 0), now_ms - row["started_ms"]


def by_chance(row: Row, _now_ms: int) -> tuple[float, ...]:
    """Any order, the same at every moment."""
    return (random.Random(row["conversation_key"]).random(),)


def comes_to_need(row: Row, ending: Row, now_ms: int, targets: Targets) -> bool:
    """Whether somebody was needed: told by what happened after `now_ms`, which no order can know.

    With a bot: within the horizon it is escalated, or it ends abandoned. Waiting for a human: nobody comes within the queue's
    target, or ever. With an agent: not, since somebody is there. After its end, where only the idle time-out is awaited: not.
    """
    if row["state"] == State.WAITING:
        accepted_ms = ending["accepted_ms"]
        return accepted_ms is None or accepted_ms - row["escalated_ms"] > 1000 * targets.wait_for(queue_of(row))
    came_ms = came_to_it_ms(ending)
    return bool(row["state"] == State.WITH_BOT and came_ms is not None and now_ms <= came_ms <= now_ms + HORIZON_MS)


def came_to_it_ms(ending: Row) -> int | None:
    """When a conversation was escalated, or ended abandoned by its customer; None where neither happened."""
    if ending["escalated_ms"] is not None:
        return int(ending["escalated_ms"])
    return int(ending["ended_ms"]) if ending["outcome"] == Outcome.ABANDONED else None


def tally(played: Replay, order: Order, targets: Targets) -> dict[Stretch, Tally]:
    """One order over one seed, by hour."""
    found: dict[Stretch, Tally] = {}
    entered: dict[int, int] = {}  # key → when it was first among the ten
    seen: dict[int, int] = {}  # key → when it was first seen
    for moment in played.moments:
        count = found.setdefault((played.seed, moment.now_ms // STRETCH_MS), Tally())
        is_right = partial(_is_right, played, moment, targets)
        top = _first(moment.rows, order, moment)
        with_bot = _first((row for row in moment.rows if row["state"] == State.WITH_BOT), order, moment)
        count.shown, count.right = count.shown + len(top), count.right + sum(map(is_right, top))
        count.shown_with_bot += len(with_bot)
        count.right_with_bot += sum(map(is_right, with_bot))
        for row in moment.rows:
            seen.setdefault(row["conversation_key"], moment.now_ms)
        for row in top:
            entered.setdefault(row["conversation_key"], moment.now_ms)
    for key, first_ms in seen.items():
        came_ms = came_to_it_ms(played.endings[key])
        if came_ms is not None and first_ms <= came_ms < played.moments[-1].now_ms:
            lead_ms = max(came_ms - entered.get(key, came_ms), 0)
            found[played.seed, came_ms // STRETCH_MS].leads.append(lead_ms / MINUTE_MS)
    return found


def _is_right(played: Replay, moment: Moment, targets: Targets, row: Row) -> bool:
    return comes_to_need(row, played.endings[row["conversation_key"]], moment.now_ms, targets)


def _first(rows: Iterable[Row], order: Order, moment: Moment) -> list[Row]:
    return sorted(rows, key=lambda row: order(row, moment.now_ms), reverse=True)[:TOP]


def precision(tallies: Iterable[Tally]) -> float:
    """Of those shown among the ten, the share that needed somebody."""
    counted = list(tallies)
    return sum(each.right for each in counted) / max(sum(each.shown for each in counted), 1)


def precision_with_bot(tallies: Iterable[Tally]) -> float:
    """The same, where only conversations still with a bot are ranked: nothing is given away by an escalation."""
    counted = list(tallies)
    return sum(each.right_with_bot for each in counted) / max(sum(each.shown_with_bot for each in counted), 1)


def caught(tallies: Iterable[Tally]) -> float:
    """Of those that came to it, the share that was among the ten before."""
    leads = _leads(tallies)
    return sum(lead > 0 for lead in leads) / max(len(leads), 1)


def mean_lead(tallies: Iterable[Tally]) -> float:
    """Minutes between first being among the ten and coming to it, over all that came to it; 0 for those never there."""
    leads = _leads(tallies)
    return statistics.fmean(leads) if leads else 0.0


def median_lead(tallies: Iterable[Tally]) -> float:
    """The same, the median of those that were there."""
    return statistics.median([lead for lead in _leads(tallies) if lead > 0] or [0.0])


def _leads(tallies: Iterable[Tally]) -> list[float]:
    return [lead for each in tallies for lead in each.leads]


def measure(_port: int) -> Sheet:
    """All orders on the held-out seeds."""
    targets = Targets()
    orders: dict[str, Order] = {
        "need": by_need(targets),
        "longest wait": by_longest_wait,
        "lowest sentiment": by_lowest_sentiment,
        "any order": by_chance,
    }
    found: dict[str, dict[Stretch, Tally]] = {name: {} for name in orders}
    for seed in HELD_OUT_SEEDS:
        played = replay(seed)
        for name, order in orders.items():
            found[name] |= tally(played, order, targets)
    return sheet(found)


def sheet(found: Mapping[str, Mapping[Stretch, Tally]]) -> Sheet:
    """The orders side by side, by seed and together, and by how much need is ahead."""
    figures = [
        Figure(f"{what}: need above {other}, lower end of the 95 % interval", _ahead(found, other, of), unit, at_least(0))
        for what, of, unit in (("precision@10", _points, "points"), ("mean lead", mean_lead, "min"))
        for other in ("longest wait", "lowest sentiment")
    ]
    rows = [_line(f"{name}, all seeds", list(tallies.values())) for name, tallies in found.items()]
    for seed in sorted({seed for tallies in found.values() for seed, _ in tallies}):
        rows += [
            _line(f"{name}, seed {seed}", [each for (of, _), each in tallies.items() if of == seed])
            for name, tallies in found.items()
            if name != "any order"
        ]
    some = next(iter(found.values())).values()
    return Sheet(
        title="Ranking: the ten first of the open conversations, on held-out seeds of the simulated floor",
        figures=figures,
        columns=("Order", "Precision@10", "with a bot only", "Caught", "Lead, median", "Lead, mean of all"),
        rows=rows,
        notes=(
            f"{sum(each.shown for each in some) // TOP:,} moments a minute apart; {len(_leads(some)):,} conversations were "
            "escalated or abandoned. Within 15 min; 95 % intervals by drawing whole hours again.",
            "Caught: was among the ten before. Lead: from first being there; the mean counts those never there as 0 min.",
            "A simulation: it says that need finds what there is to be found, not how much there is on another floor.",
        ),
    )


def _points(tallies: Iterable[Tally]) -> float:
    return 100 * precision(tallies)


def _ahead(found: Mapping[str, Mapping[Stretch, Tally]], other: str, figure: Callable[[Iterable[Tally]], float]) -> float:
    """The lower end of the interval of the difference, each stretch compared with itself."""
    pairs = [(ours, found[other][stretch]) for stretch, ours in found["need"].items()]
    return interval(pairs, lambda drawn: figure(a for a, _ in drawn) - figure(b for _, b in drawn))[0]


def _line(name: str, tallies: Sequence[Tally]) -> Sequence[str]:
    return (
        name,
        _with_interval(tallies, precision),
        _with_interval(tallies, precision_with_bot),
        f"{100 * caught(tallies):.0f} %",
        f"{format_number(median_lead(tallies))} min",
        f"{format_number(mean_lead(tallies))} min",
    )


def _with_interval(tallies: Sequence[Tally], figure: Callable[[Iterable[Any]], float]) -> str:
    low, high = interval(tallies, figure)
    return f"{100 * figure(tallies):.1f} % ({100 * low:.1f}–{100 * high:.1f})"
