"""What was spoken in one conversation, for a picture of it: who spoke when, hold and wait between, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.counted import counted_by
from metrics.explain import Reading
from metrics.metric import Metric
from metrics.voice.catalogue import VOICE_CATALOGUE
from metrics.voice.deriving import HOLD, SPEAKERS, WAIT, Interval, holds_of, merged, utterances, waits_of
from metrics.voice.figures import TimeShare

# Parts that lie closer together than so much of the whole are drawn as one: nobody would see the gap.
FINEST = 1 / 800
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Track:
    """Who or what, and from when to when: in seconds from the first word."""

    what: str  # customer | bot | agent | hold | wait
    spans: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SpokenStory:
    """The speech of one conversation."""

    row: Row  # as stored
    tracks: Sequence[Track]  # those that there are

    @property
    def seconds(self) -> float:
        """From the first word to the last."""
        return float(self.row["span_ms"]) / 1000

    def talk(self, side: str) -> TimeShare:
        """How much of all talk is one side's."""
        whole = sum(self.row[f"{role.value}_ms"] for role in SPEAKERS)
        return TimeShare(self.row[f"{side}_ms"], whole, 1)

    @property
    def silence(self) -> TimeShare:
        return TimeShare(self.row["silence_ms"], self.row["silence_ms"] + self.row["spoken_ms"], 1)

    @property
    def overlap(self) -> TimeShare:
        return TimeShare(self.row["overlap_ms"], self.row["spoken_ms"], 1)


def tell_speech(reading: Reading) -> SpokenStory | None:
    """None where its source does not say how long anything was spoken."""
    if reading.speech is None:
        return None
    said = utterances(reading.activities)
    if not said:  # it was derived by other rules
        return None
    first_ms = min(each.start_ms for each in said)
    until_ms = reading.row["ended_ms"] or reading.row["last_ms"]
    spans: dict[str, Iterable[Interval]] = {
        role.value: [(each.start_ms, each.end_ms) for each in said if each.role is role] for role in SPEAKERS
    }
    spans[HOLD] = holds_of(reading.activities, until_ms)
    stays = [(stay["entered_ms"], stay["accepted_ms"], stay["left_ms"]) for stay in reading.parts["segment"]]
    spans[WAIT] = waits_of(reading.activities, stays, reading.row["accepted_ms"], until_ms)
    length_ms = reading.speech["span_ms"]
    tracks = [Track(what, _drawn(found, first_ms, length_ms)) for what, found in spans.items()]
    return SpokenStory(reading.speech, [track for track in tracks if track.spans])


def counting_calls(reading: Reading) -> list[Metric]:
    """The figures of calls that count it: closed, and no test."""
    row = reading.speech
    if row is None or row["ended_ms"] is None or reading.row["is_test"]:
        return []
    least = {metric: counted_by(metric.key).spoken for metric in VOICE_CATALOGUE}
    return [
        metric
        for metric, spoken in least.items()
        if spoken is not None and all(row[name] >= value for name, value in spoken.least)
    ]


def _drawn(spans: Iterable[Interval], first_ms: int, length_ms: int) -> list[tuple[float, float]]:
    """What of them lies between the first word and the last."""
    inside = ((max(start - first_ms, 0), min(end - first_ms, length_ms)) for start, end in spans)
    return [(start / 1000, end / 1000) for start, end in merged(inside, within=round(length_ms * FINEST))]
