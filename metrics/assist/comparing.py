"""Conversations with and without suggestions to the agent, side by side: how long agents had them, how customers felt.

It says how they differ, not why. Who is shown suggestions is not drawn by lot, and a longer conversation has more occasions for
one. So like is compared with like as far as is known: within the same queue and channel, agent or topic, weighed as the
conversations with suggestions are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from metrics.assist.counting import Assists
from metrics.cuts import grouped
from metrics.figures import MICRO, JsonObject, Times
from metrics.groups import Groups, Runs
from metrics.intervals import MeanDifference, Sample, welch
from metrics.rows import NO_SCORE, NO_TIME, Mask, Rows

# What conversations have in common that are compared: by its name what it consists of, and the column of each.
ALIKE_IN: Mapping[str, Mapping[str, str]] = {
    "queue-channel": {"queue": "assist_queue", "channel": "channel"},
    **{name: {name: column} for name, column in (("queue", "assist_queue"), ("agent", "agent"), ("topic", "topic"))},
}


class Of(StrEnum):
    """What is compared."""

    HANDLE_TIME = "handle_time"  # seconds
    SENTIMENT = "sentiment_with_agent"  # polarity


_VALUES = {Of.HANDLE_TIME: ("handled_ms", NO_TIME, 1000), Of.SENTIMENT: ("agent_sentiment_micro", NO_SCORE, MICRO)}


@dataclass(frozen=True, slots=True)
class Side:
    """The conversations on one side of which the value is known."""

    sample: Sample
    times: Times  # of the handle time; of the sentiment how many there are

    @property
    def spread(self) -> float | None:
        """The standard deviation."""
        variance = self.sample.variance
        return None if variance is None else float(np.sqrt(variance))

    def as_json(self) -> JsonObject:
        """As the command line prints it."""
        mean = self.sample.mean if self.sample.n else None
        return {"n": self.sample.n, "mean": mean, "standard_deviation": self.spread}


@dataclass(frozen=True, slots=True)
class Stratum:
    """Conversations that have one thing in common, with suggestions and without."""

    words: tuple[str, ...]  # as ALIKE_IN names them
    with_any: Side
    without: Side

    @property
    def difference(self) -> MeanDifference | None:
        """With less without."""
        return welch([(self.with_any.sample, self.without.sample)])


@dataclass(frozen=True, slots=True)
class Comparison:
    """All conversations side by side, and those that have something in common."""

    of: Of
    alike_in: str
    whole: Stratum
    strata: Sequence[Stratum]  # most conversations with suggestions first

    @property
    def like_with_like(self) -> MeanDifference | None:
        """The difference within strata that have enough on both sides, weighed by their conversations with suggestions."""
        return welch([(each.with_any.sample, each.without.sample) for each in self.compared]) if self.compared else None

    @property
    def compared(self) -> Sequence[Stratum]:
        """The strata that can be compared."""
        return [each for each in self.strata if each.with_any.spread is not None and each.without.spread is not None]

    @property
    def num_compared(self) -> int:
        """How many of the conversations with suggestions are in these."""
        return sum(each.with_any.sample.n for each in self.compared)

    def named(self, stratum: Stratum, nothing: str | None) -> JsonObject:
        """What the conversations of a stratum have in common, by name."""
        return {name: word or nothing for name, word in zip(ALIKE_IN[self.alike_in], stratum.words, strict=True)}

    def as_json(self) -> JsonObject:
        """As the command line prints it."""
        return {
            "of": self.of.value,
            "unit": "seconds" if self.of is Of.HANDLE_TIME else "polarity, −1…1",
            "is_causal": False,
            **_stratum(self.whole),
            "like_with_like": _difference(self.like_with_like)
            | {"alike_in": self.alike_in, "strata": len(self.compared), "with_compared": self.num_compared},
            "strata": [self.named(each, None) | _stratum(each) for each in self.strata],
        }


def compare(found: Assists, of: Of, alike_in: str) -> Comparison:
    """Both sides of a cut, all together and by what they have in common."""
    rows = found.first_served
    own = Assists(rows, found.suggestions, found.filters)
    has_any, has_none = own.has_suggestion, rows.columns["num_shown"] == 0
    columns = tuple(ALIKE_IN[alike_in].values())
    groups, names = grouped(rows, columns if len(rows) else (), found.filters.tz)
    by_side = [_sides(rows, mask, groups, of) for mask in (has_any, has_none)]
    there = sorted(by_side[0].keys() | by_side[1].keys())
    strata = [
        Stratum(tuple(word or "" for word in key), *(side.get(number, NOTHING) for side in by_side))
        for number, key in zip(there, names(there), strict=True)
    ]
    whole = [_sides(rows, mask, Runs.of_all(len(rows)), of).get(0, NOTHING) for mask in (has_any, has_none)]
    ranked = sorted(strata, key=lambda each: (-each.with_any.sample.n, -each.without.sample.n, each.words))
    return Comparison(of, alike_in, Stratum((), *whole), ranked)


NOTHING = Side(Sample(0, 0.0, None), Times())


def _sides(rows: Rows, mask: Mask, groups: Groups, of: Of) -> Mapping[int, Side]:
    """By group the conversations of one side of which the value is known."""
    column, missing, unit = _VALUES[of]
    places = np.flatnonzero(mask & (rows.columns[column] != missing))
    if not len(places):
        return {}
    values, own = rows.columns[column][places].astype(np.int64), groups.at(places)
    lengths, sums = own.lengths(), own.sums(values)
    means = sums / np.maximum(lengths, 1)
    numbers = own.numbers
    squares = np.bincount(numbers, weights=(values - means[numbers]) ** 2, minlength=groups.size)
    times = own.quantiles(values) if of is Of.HANDLE_TIME else (lengths, *[np.zeros_like(lengths)] * 4)
    found = {}
    for number in np.flatnonzero(lengths).tolist():
        n = int(lengths[number])
        variance = float(squares[number]) / (n - 1) / unit**2 if n > 1 else None
        sample = Sample(n, int(sums[number]) / (n * unit), variance)
        found[number] = Side(sample, Times(*(int(each[number]) for each in times)))
    return found


def _stratum(each: Stratum) -> JsonObject:
    return {"with": each.with_any.as_json(), "without": each.without.as_json(), "difference": _difference(each.difference)}


def _difference(found: MeanDifference | None) -> JsonObject:
    if found is None:
        return {"value": None, "low": None, "high": None}
    return {"value": found.value, "low": found.low, "high": found.high}
