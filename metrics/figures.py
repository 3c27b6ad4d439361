"""What a metric is worth for one group: whole-number sums as stored, divided last. A zero denominator gives no value, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from metrics.intervals import newcombe, wilson
from metrics.voice.figures import Pace, TimeShare

MICRO = 1_000_000
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, with what it is a share of and how sure it is."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, by Wilson's formula."""
        return wilson(self.numerator, self.denominator)

    def change_interval(self, before: Rate) -> tuple[float, float] | None:
        """95 %, of this less `before`, by Newcombe's formula."""
        return newcombe(self.numerator, self.denominator, before.numerator, before.denominator)

    def as_json(self) -> JsonObject:
        """As the report prints it."""
        low, high = self.interval or (None, None)
        return {"value": self.value, "numerator": self.numerator, "denominator": self.denominator, "low": low, "high": high}


class Times(NamedTuple):
    """Durations of one group, exact: the median and the p90 are kept as the whole numbers they are a half and a tenth of."""

    n: int = 0
    sum_ms: int = 0
    median_ms_x2: int = 0
    p90_ms_x10: int = 0
    longest_ms: int = 0

    @property
    def longest_seconds(self) -> float | None:
        return self.longest_ms / 1000 if self.n else None

    @property
    def mean_seconds(self) -> float | None:
        return self.sum_ms / (self.n * 1000) if self.n else None

    @property
    def median_seconds(self) -> float | None:
        return self.median_ms_x2 / 2_000 if self.n else None

    @property
    def p90_seconds(self) -> float | None:
        """By linear interpolation between the two nearest (numpy's default, type 7 of Hyndman and Fan)."""
        return self.p90_ms_x10 / 10_000 if self.n else None

    def as_json(self) -> JsonObject:
        """As the report prints it, in seconds."""
        return {"mean": self.mean_seconds, "median": self.median_seconds, "p90": self.p90_seconds, "n": self.n}


class Turns(NamedTuple):
    """Numbers of the customer's messages in one group, exact in the same way."""

    n: int = 0
    sum: int = 0
    median_x2: int = 0
    p90_x10: int = 0
    longest: int = 0

    @property
    def mean(self) -> float | None:
        return self.sum / self.n if self.n else None

    @property
    def median(self) -> float | None:
        return self.median_x2 / 2 if self.n else None

    @property
    def p90(self) -> float | None:
        return self.p90_x10 / 10 if self.n else None

    def as_json(self) -> JsonObject:
        """As the report prints it."""
        return {"mean": self.mean, "median": self.median, "p90": self.p90, "n": self.n}


class Returns(NamedTuple):
    """What became of resolved conversations with a known customer within some days of their end."""

    known: int = 0
    mature: int = 0  # of these, the ones old enough for it to be told
    came_back: int = 0  # of the mature

    @property
    def repeat(self) -> Rate:
        return Rate(self.came_back, self.mature)

    @property
    def durable(self) -> Rate:
        return Rate(self.mature - self.came_back, self.mature)

    @property
    def maturity(self) -> Rate:
        return Rate(self.mature, self.known)


class Score(NamedTuple):
    """The mean of something that not every conversation has."""

    sum_micro: int = 0
    scored: int = 0
    n: int = 0

    @property
    def value(self) -> float | None:
        return self.sum_micro / (self.scored * MICRO) if self.scored else None

    def as_json(self) -> JsonObject:
        """As the report prints it."""
        return {"value": self.value, "scored": self.scored, "n": self.n}


class Totals(NamedTuple):
    """Everything counted of one group of bot conversations."""

    open: int = 0
    closed: int = 0
    resolved: int = 0
    confirmed: int = 0
    implied: int = 0
    assumed: int = 0
    escalated: int = 0
    abandoned: int = 0
    other: int = 0
    engaged: int = 0
    escalated_engaged: int = 0
    never_accepted: int = 0
    suspect_resolutions: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    csat_satisfied: int = 0
    offered: int = 0  # stays in queues where people answer
    accepted: int = 0
    abandoned_in_queue: int = 0
    stays_left_out: int = 0  # of the offered those that moved on or that the system ended
    within_level: int = 0  # of the accepted those that were so as soon as their queue promises
    speed_to_answer: Times = Times()
    resolution_time: Times = Times()
    escalation_time: Times = Times()
    wait_after_escalation: Times = Times()
    escalation_turns: Turns = Turns()
    wasted_turns: Turns = Turns()
    average_sentiment: Score = Score()
    sentiment_with_bot: Score = Score()
    sentiment_waiting: Score = Score()
    sentiment_with_agent: Score = Score()
    csat: Score = Score()  # n: how many were asked
    returns_1: Returns = Returns()
    returns_3: Returns = Returns()
    returns_7: Returns = Returns()
    returns_30: Returns = Returns()
    calls: int = 0  # whose source says when something was spoken
    held_calls: int = 0
    call_length: Times = Times()
    longest_silence: Times = Times()
    hold_time: Times = Times()
    talk_share_customer: TimeShare = TimeShare()
    talk_share_bot: TimeShare = TimeShare()
    talk_share_agent: TimeShare = TimeShare()
    silence_share: TimeShare = TimeShare()
    overlap_share: TimeShare = TimeShare()
    pace_customer: Pace = Pace()
    pace_bot: Pace = Pace()
    pace_agent: Pace = Pace()

    @property
    def bot_conversations(self) -> int:
        return self.closed + self.open

    @property
    def resolution_rate(self) -> Rate:
        return Rate(self.resolved, self.closed)

    @property
    def escalation_rate(self) -> Rate:
        return Rate(self.escalated, self.closed)

    @property
    def abandonment_rate(self) -> Rate:
        return Rate(self.abandoned, self.closed)

    @property
    def deflection_rate(self) -> Rate:
        return Rate(self.resolved + self.abandoned, self.closed)

    @property
    def resolution_rate_engaged(self) -> Rate:
        return Rate(self.resolved, self.engaged)  # who is resolved wrote, so is engaged

    @property
    def escalation_rate_engaged(self) -> Rate:
        return Rate(self.escalated_engaged, self.engaged)

    @property
    def resolution_rate_all(self) -> Rate:
        return Rate(self.resolved, self.bot_conversations)

    @property
    def escalation_rate_all(self) -> Rate:
        return Rate(self.escalated, self.bot_conversations)

    @property
    def never_accepted_rate(self) -> Rate:
        return Rate(self.never_accepted, self.escalated)

    @property
    def service_level(self) -> Rate:
        return Rate(self.within_level, self.accepted)

    @property
    def queue_abandonment(self) -> Rate:
        return Rate(self.abandoned_in_queue, self.offered - self.stays_left_out)

    @property
    def csat_response_rate(self) -> Rate:
        return Rate(self.csat.scored, self.csat.n)

    @property
    def csat_satisfied_rate(self) -> Rate:
        return Rate(self.csat_satisfied, self.csat.scored)

    def as_json(self) -> JsonObject:
        """One object of `report --format json`, without the keys of its group."""
        return (
            {key: getattr(self, key) for key in COUNTS}
            | {key: getattr(self, key).as_json() for key in FIGURES}
            | {key: getattr(self, key) for key in MORE_COUNTS}
            | {key: getattr(self, key).as_json() for key in MORE_FIGURES}
            | {
                "wait_after_escalation": self.wait_after_escalation.as_json()
                | {"longest": self.wait_after_escalation.longest_seconds}
            }
            | {key: getattr(self, key) for key in QUEUE_COUNTS}
            | {key: getattr(self, key).as_json() for key in QUEUE_FIGURES}
        )


def totals_of(columns: Mapping[str, Sequence[Any]]) -> list[Totals]:
    """Totals of many groups, from what each field is in each of them; a field that is not there is as if nothing was counted."""
    of_fields = [columns.get(name, repeat(nothing)) for name, nothing in Totals._field_defaults.items()]
    return list(map(Totals._make, zip(*of_fields, strict=False)))  # what is repeated has no end


# After how many days it is asked whether a customer came back.
RETURN_DAYS = (1, 3, 7, 30)


def _returns(days: int, part: str) -> property:
    def read(totals: Totals) -> Rate:
        rate: Rate = getattr(getattr(totals, f"returns_{days}"), part)
        return rate

    return property(read)


# By each of the days the same three rates, called as the catalogue calls them.
for _days in RETURN_DAYS:
    setattr(Totals, f"repeat_contact_{_days}", _returns(_days, "repeat"))
    setattr(Totals, f"durable_resolution_{_days}", _returns(_days, "durable"))
    setattr(Totals, f"mature_resolutions_{_days}", _returns(_days, "maturity"))

# What a report prints, in this order. The first two are as they have always been; what is new comes behind them.
COUNTS = ("bot_conversations", "closed", "resolved", "escalated", "abandoned", "other")
FIGURES = (
    *("resolution_rate", "escalation_rate", "abandonment_rate", "deflection_rate"),
    *("resolution_time", "escalation_time", "average_sentiment"),
)
MORE_COUNTS = ("confirmed", "implied", "assumed", "suspect_resolutions", "engaged")
QUEUE_COUNTS = ("offered", "accepted", "abandoned_in_queue")
QUEUE_FIGURES = ("service_level", "queue_abandonment", "speed_to_answer")
MORE_FIGURES = (
    *("resolution_rate_engaged", "escalation_rate_engaged", "resolution_rate_all", "escalation_rate_all"),
    *(f"{name}_{days}" for days in RETURN_DAYS for name in ("durable_resolution", "repeat_contact", "mature_resolutions")),
    *("never_accepted_rate", "escalation_turns", "wasted_turns"),
    *("sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent"),
    *("csat", "csat_response_rate", "csat_satisfied_rate"),
)
