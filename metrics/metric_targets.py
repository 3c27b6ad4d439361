"""Targets of metrics: what a figure should be, for all or for one bot or queue, and whether it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from metrics.catalogue import CATALOGUE, find_metric
from metrics.figures import MICRO, JsonObject, Rate, Times, Turns
from metrics.filters import Filters
from metrics.metric import Better, Metric, MetricKind, Unit
from metrics.questions import Figure, value_of
from metrics.report import count
from store.engine import Store
from store.metric_targets import delete_metric_target, metric_targets, save_metric_target


class Statistic(StrEnum):
    """Which number of a figure is meant. Only times and turns have more than one."""

    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"


class TargetError(ValueError):
    """A target that cannot be: the field, and what it must be."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"{field} {remedy}")
        self.field, self.remedy = field, remedy


@dataclass(frozen=True, slots=True)
class MetricTarget:
    """What a metric should be at least, or at most where lower is better. The level is in its unit, shares from 0 to 1."""

    metric: str
    level: float
    statistic: Statistic = Statistic.MEAN
    bot: str = ""  # "": any
    queue: str = ""
    set_by: str = ""
    is_fixed: bool = False  # stands in the settings

    @property
    def place(self) -> tuple[str, str, str]:
        """What there is one target for."""
        return self.metric, self.bot, self.queue

    @property
    def filters(self) -> Filters:
        """The cut that it is about."""
        return Filters(bots=(self.bot,) if self.bot else (), queues=(self.queue,) if self.queue else ())


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target beside a figure.

    `is_met` is None where the figure has no value; `is_sure`: the 95 % interval leaves the level out.
    """

    target: MetricTarget
    value: float | None
    is_met: bool | None
    is_sure: bool


# Of a count there is no target: it is as large as the period is long.
AIMED_AT = tuple(metric for metric in CATALOGUE if metric.kind is not MetricKind.COUNT and metric.better is not Better.NEITHER)
_LEVELS = {
    Unit.SHARE: (0.0, 1.0, "must be a share from 0 to 1, such as 0.6"),
    Unit.SECONDS: (0.0, 10_000_000.0, "must be a number of seconds above 0"),
    Unit.POLARITY: (-1.0, 1.0, "must be a polarity from -1 to 1"),
    Unit.RATING: (1.0, 5.0, "must be an answer from 1 to 5"),
    Unit.TURNS: (0.0, 10_000.0, "must be a number of messages"),
}


def target_from(
    metric: str,
    level: float,
    statistic: str = "mean",
    *,
    bot: str = "",
    queue: str = "",
    set_by: str = "",
    is_fixed: bool = False,
) -> MetricTarget:
    """A target as it may be set. Raises TargetError."""
    if metric not in {each.key for each in AIMED_AT}:
        raise TargetError("metric", "must be the key of a rate, a time or a score of docs/metrics.md that has a better way")
    least, most, allowed = _LEVELS[find_metric(metric).unit]
    if not (isfinite(level) and least <= level <= most):
        raise TargetError("level", allowed)
    if statistic not in statistics_of(find_metric(metric)):
        raise TargetError("of", f"must be {' or '.join(statistics_of(find_metric(metric)))} for this metric")
    return MetricTarget(metric, round(level * MICRO) / MICRO, Statistic(statistic), bot, queue, set_by, is_fixed)


def statistics_of(metric: Metric) -> tuple[Statistic, ...]:
    """The numbers that a metric's figures have."""
    return tuple(Statistic) if metric.unit in (Unit.SECONDS, Unit.TURNS) else (Statistic.MEAN,)


def value_at(figure: Figure, statistic: Statistic) -> float | None:
    """One number of a figure, in the metric's unit."""
    match figure, statistic:
        case Times(), Statistic.MEDIAN:
            return figure.median_seconds
        case Times(), Statistic.P90:
            return figure.p90_seconds
        case Turns(), Statistic.MEDIAN:
            return figure.median
        case Turns(), Statistic.P90:
            return figure.p90
        case _:
            return value_of(figure)


def judge(target: MetricTarget, figure: Figure) -> Judgement:
    """Whether a figure is as it should be: on the level is."""
    value = value_at(figure, target.statistic)
    if value is None:
        return Judgement(target, None, None, is_sure=False)
    is_higher = find_metric(target.metric).better is Better.HIGHER
    interval = figure.interval if isinstance(figure, Rate) else None
    is_sure = interval is None or not interval[0] <= target.level <= interval[1]
    return Judgement(target, value, value >= target.level if is_higher else value <= target.level, is_sure)


def target_of(targets: Iterable[MetricTarget], metric: str, *, bot: str = "", queue: str = "") -> MetricTarget | None:
    """The target for a bot and a queue: their own before the queue's, the bot's, and that for all."""
    found = {target.place: target for target in targets}
    places = ((metric, bot, queue), (metric, "", queue), (metric, bot, ""), (metric, "", ""))
    return next((found[place] for place in places if place in found), None)


def target_in(targets: Iterable[MetricTarget], metric: str, filters: Filters) -> MetricTarget | None:
    """The target for a cut: that of a bot or queue where the cut is of it alone."""
    bot = filters.bots[0] if len(filters.bots) == 1 else ""
    queue = filters.queues[0] if len(filters.queues) == 1 else ""
    return target_of(targets, metric, bot=bot, queue=queue)


@dataclass(frozen=True, slots=True)
class MetricTargets:
    """The targets of the settings, and those that people have set, which come after them."""

    store: Store
    now_ms: Callable[[], int]
    fixed: Sequence[MetricTarget] = ()

    def every(self) -> list[MetricTarget]:
        """All that hold, by metric, bot and queue."""
        with self.store.read() as connection:
            rows = metric_targets(connection)
        known = {metric.key for metric in AIMED_AT}  # one that a later release has dropped is no more
        set_here = {
            (row["metric"], row["bot"], row["queue"]): MetricTarget(
                row["metric"],
                row["level_micro"] / MICRO,
                Statistic(row["statistic"]),
                row["bot"],
                row["queue"],
                row["changed_by"],
            )
            for row in rows
            if row["metric"] in known
        }
        return sorted({**set_here, **{each.place: each for each in self.fixed}}.values(), key=lambda each: each.place)

    def save(self, target: MetricTarget) -> None:
        """Set one. Raises TargetError where the settings have one for the same."""
        if target.place in {each.place for each in self.fixed}:
            raise TargetError("metric", "has a target in floorwalker.toml for the same bot and queue; change it there")
        row = {
            "metric": target.metric,
            "bot": target.bot,
            "queue": target.queue,
            "statistic": target.statistic.value,
            "level_micro": round(target.level * MICRO),
            "changed_ms": self.now_ms(),
            "changed_by": target.set_by,
        }
        with self.store.write() as connection:
            save_metric_target(connection, row)

    def delete(self, target: MetricTarget) -> None:
        """Take one away that was set here."""
        with self.store.write() as connection:
            delete_metric_target(connection, *target.place)


def as_json(verdict: Judgement) -> JsonObject:
    """As the command line prints it."""
    target, metric = verdict.target, find_metric(verdict.target.metric)
    return {
        "metric": target.metric,
        "of": target.statistic.value,
        "bot": target.bot or None,
        "queue": target.queue or None,
        "better": metric.better.value,
        "level": target.level,
        "value": verdict.value,
        "met": verdict.is_met,
        "sure": verdict.is_sure,
    }


def judged(store: Store, targets: Sequence[MetricTarget], within: Filters) -> list[Judgement]:
    """Every target beside its own figure of a period."""
    found = []
    for target in targets:
        own = target.filters
        filters = Filters(within.window, within.tz, own.bots, queues=own.queues, now_ms=within.now_ms)
        totals = count(store, filters, wanted=(target.metric,))[()]
        found.append(judge(target, getattr(totals, target.metric)))
    return found
