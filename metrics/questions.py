"""What pages ask of the past: headline cards with the period before, and trends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from metrics.catalogue import find_metric
from metrics.closed import closed_rows
from metrics.cuts import WORDS, Key
from metrics.figures import Rate, Score, Times, Totals, Turns
from metrics.filters import Filters
from metrics.metric import Better, Metric
from metrics.report import count_in
from metrics.surveys.figures import Nps
from metrics.voice.figures import Pace, TimeShare
from metrics.windows import Grain, Window, buckets_of, fitting_grain
from store.engine import Connection, Store
from store.fallbacks import oldest_version
from store.history import bounds, open_bot_rows

Figure = Rate | Times | Turns | Score | TimeShare | Pace | Nps | int

HEADLINE = ("resolution_rate", "escalation_rate", "resolution_time", "escalation_time", "average_sentiment")
# What is said beside the cards of other metrics.
BESIDE = ("average_sentiment", "never_accepted_rate")
# So much of the period before may lie before history begins: a night, or a weekend, in which nobody wrote.
MOST_MISSING = 0.1
# A trend of more points than a screen has would take seconds to draw: one stamp of the year 9000 is enough for that.
MOST_BUCKETS = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a metric since the period before. `is_good` is None where that cannot be said with 95 % confidence."""

    difference: float
    low: float | None
    high: float | None
    is_good: bool | None


@dataclass(frozen=True, slots=True)
class Card:
    """One metric of the period, and of the period before (None where the period has no length)."""

    metric: Metric
    now: Figure
    before: Figure | None
    change: Change | None


Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class Headline(Generic[Counted]):
    """The cards of a period, and what was counted for them."""

    cards: Sequence[Card]
    totals: Counted


@dataclass(frozen=True, slots=True)
class Group(Generic[Counted]):
    """What was counted of one bot, agent, queue …; "" where it is not known."""

    word: str
    totals: Counted


@dataclass(frozen=True, slots=True)
class Placed(Generic[Counted]):
    """One bucket of a trend, with what was counted in it; a bucket without conversations is there too, empty."""

    key: str
    totals: Counted


Point = Placed[Totals]


def headline(store: Store, filters: Filters, keys: Sequence[str] = HEADLINE) -> Headline[Totals]:
    """A card for each metric, all of one snapshot; with the totals that BESIDE needs."""
    with store.read() as connection:
        earlier = comparable(connection, filters)
        now = _all(connection, filters, (*keys, *BESIDE))
        before = None if earlier is None else _all(connection, earlier, keys)
    return Headline([card(key, now, before) for key in keys], now)


def headline_of(
    store: Store, filters: Filters, keys: Sequence[str], count: Callable[[Connection, Filters], Counted]
) -> Headline[Counted]:
    """The same of anything that can be counted in a cut."""
    with store.read() as connection:
        earlier = comparable(connection, filters)
        now = count(connection, filters)
        before = None if earlier is None else count(connection, earlier)
    return Headline([card(key, now, before) for key in keys], now)


def ranked(found: Mapping[Key, Counted], size: Callable[[Counted], int]) -> list[Group[Counted]]:
    """What was counted by one word, the most first."""
    groups = [Group(key[0] or "", totals) for key, totals in found.items()]
    return sorted(groups, key=lambda group: (-size(group.totals), group.word))


def is_older(connection: Connection, filters: Filters, version: int, *, bots_only: bool = True) -> bool:
    """Whether some of a cut was derived by rules before this version."""
    oldest = oldest_version(connection, filters.selection(), bots_only=bots_only)
    return oldest is not None and oldest < version


def comparable(connection: Connection, filters: Filters) -> Filters | None:
    """The same cut of the period before, where history reaches back over it; None otherwise."""
    earlier = filters.before()
    return earlier if earlier is not None and reaches_over(bounds(connection)[0], earlier.window) else None


def reaches_over(first_ms: int | None, window: Window) -> bool:
    """Whether a history that begins then holds (nearly) all of a period, so that figures of it are figures of a whole period."""
    if first_ms is None or window.start_ms is None or window.end_ms is None:
        return False
    return first_ms - window.start_ms <= MOST_MISSING * (window.end_ms - window.start_ms)


def card(key: str, now: Counted, before: Counted | None) -> Card:
    """One metric of two periods already counted."""
    metric, figure = find_metric(key), getattr(now, key)
    figure_before = None if before is None else getattr(before, key)
    return Card(metric, figure, figure_before, _change(metric, figure, figure_before))


def value_of(figure: Figure) -> float | None:
    """The one number of a figure: of times the mean."""
    match figure:
        case Times():
            return figure.mean_seconds
        case Turns():
            return figure.mean
        case Rate() | Score() | TimeShare() | Pace() | Nps():
            return figure.value
        case _:
            return float(figure)


def trend(store: Store, filters: Filters, grain: Grain, wanted: Collection[str] | None = None) -> list[Point]:
    """Totals, as far as metrics are `wanted`, by bucket in order of time, with those in between that have none.

    An open end of the period is where data end.

    A period too long for `grain` comes in coarser buckets, as their keys show; one too long even for months has no empty ones.
    """
    with store.read() as connection:
        return points(connection, filters, grain, lambda by: count_in(connection, filters, by, wanted=wanted))


def points(
    connection: Connection, filters: Filters, grain: Grain, count: Callable[[Sequence[str]], Mapping[Key, Totals]]
) -> list[Point]:
    """A trend of what `count` finds by bucket."""
    return placed_in_time(connection, filters, grain, count, Totals())


def placed_in_time(
    connection: Connection,
    filters: Filters,
    grain: Grain,
    count: Callable[[Sequence[str]], Mapping[Key, Counted]],
    nothing: Counted,
) -> list[Placed[Counted]]:
    """The same of anything that can be counted by bucket; `nothing` stands where there is none."""
    window = _bounded(connection, filters)
    fitting = fitting_grain(window, grain, MOST_BUCKETS)
    found = {key[0] or "": totals for key, totals in count(((fitting or Grain.MONTH).value,)).items()}
    keys = dict.fromkeys([*(buckets_of(window, fitting, filters.tz) if fitting else ()), *sorted(found)])
    return [Placed(key, found.get(key, nothing)) for key in keys]


def counted(figure: Figure) -> int:
    """How many conversations a figure counts: of a rate its numerator, of a mean those that have a value."""
    match figure:
        case Rate():
            return figure.numerator
        case Times() | Turns() | Nps():
            return figure.n
        case Score():
            return figure.scored
        case TimeShare() | Pace():
            return figure.num_calls
        case _:
            return figure


def choices(store: Store, filters: Filters) -> dict[str, list[str]]:
    """What the period's bot conversations can be narrowed to, by kind of word; "" where some have none."""
    span = Filters(window=filters.window, include_tests=filters.include_tests)
    with store.read() as connection:
        rows = closed_rows(connection, span)
        still_open = open_bot_rows(connection, span.selection())
    return {name: sorted({*rows.present(name), *(row[name] for row in still_open)}) for name in WORDS}


def first_end_ms(store: Store) -> int | None:
    """When the first conversation that is closed ended."""
    with store.read() as connection:
        return bounds(connection)[0]


def _all(connection: Connection, filters: Filters, keys: Sequence[str]) -> Totals:
    return count_in(connection, filters, wanted=keys)[()]


def _bounded(connection: Connection, filters: Filters) -> Window:
    """The period, an open end of it where data end."""
    first, last = bounds(connection)
    window = filters.window
    return Window(
        first if window.start_ms is None else window.start_ms,
        (None if last is None else last + 1) if window.end_ms is None else window.end_ms,
    )


def _change(metric: Metric, now: Figure, before: Figure | None) -> Change | None:
    value, value_before = value_of(now), None if before is None else value_of(before)
    if value is None or value_before is None:
        return None
    low, high = _change_interval(now, before) or (None, None)
    return Change(value - value_before, low, high, _is_good(metric.better, low, high))


def _change_interval(now: Figure, before: Figure | None) -> tuple[float, float] | None:
    match now, before:
        case Rate(), Rate():
            return now.change_interval(before)
        case Nps(), Nps():
            return now.change_interval(before)
        case _:
            return None


def _is_good(better: Better, low: float | None, high: float | None) -> bool | None:
    if better is Better.NEITHER or low is None or high is None or low <= 0 <= high:
        return None
    return (low > 0) is (better is Better.HIGHER)
