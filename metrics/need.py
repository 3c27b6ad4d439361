"""Need: which open conversation a supervisor should look at first, and why.

A score from 0 to 100 is the sum of five parts, each with its own ceiling and its own sentence. All weights stand in `WEIGHTS`;
what counts as too long stands in `Targets`. Nothing here is learnt or hidden: the reasons are the parts that gave points, largest
first. Sentiment is an estimate, so by itself it can put a conversation at risk but never make it critical.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from metrics.levels import LEVELS, NEUTRAL_MICRO, PLAIN_MICRO, level_rank
from store.records import State

MICRO = 1_000_000


class Band(StrEnum):
    """How urgent a figure is; the word always stands beside the colour."""

    NORMAL = "normal"
    AT_RISK = "at_risk"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points each part gives at most, and where it begins and is full."""

    level: float = 40.0  # sentiment now: from neutral's lower border to very negative
    fall: float = 20.0  # sentiment's fall from its best so far: begins at one fifth of the scale's half, full at its whole
    fall_begins_micro: int = 200_000
    fall_full_micro: int = 1_000_000
    # Wait after escalation, by the share of the queue's target that has passed: points at that share, straight lines between.
    # The target itself puts it at risk, twice the target makes it critical, as `Targets.wait_band` has it.
    wait: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 35.0), (2.0, 65.0), (4.0, 80.0), (10.0, 90.0))
    fallbacks: tuple[float, ...] = (0.0, 4.0, 15.0, 28.0, 35.0)  # by how many in a row; more than listed counts as the last
    human_asks: tuple[float, ...] = (0.0, 18.0, 30.0, 36.0)  # by how many times, until a human has it
    silence: float = 30.0  # the customer's last message unanswered: begins and is full at the targets' seconds


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Targets:
    """What counts as too long, and from which score a conversation is at risk or critical."""

    wait_seconds: float = 60.0
    wait_seconds_by_queue: Mapping[str, float] = field(default_factory=dict)
    silence_begins_seconds: float = 30.0
    silence_full_seconds: float = 240.0
    at_risk_score: int = 35
    critical_score: int = 65
    sentiment_threshold_micro: int = -300_000  # live sentiment at or below this is counted as low
    sentiment_threshold_micro_by_queue: Mapping[str, int] = field(default_factory=dict)

    def wait_for(self, queue: str) -> float:
        """The longest a customer should wait for a human in this queue, in seconds."""
        return max(self.wait_seconds_by_queue.get(queue, self.wait_seconds), 1.0)

    def is_low(self, queue: str, sentiment_micro: int) -> bool:
        """Whether a live sentiment counts as low in this queue."""
        return sentiment_micro <= self.sentiment_threshold_micro_by_queue.get(queue, self.sentiment_threshold_micro)

    def band(self, score: int) -> Band:
        """The band of a need score."""
        if score >= self.critical_score:
            return Band.CRITICAL
        return Band.AT_RISK if score >= self.at_risk_score else Band.NORMAL

    def wait_band(self, queue: str, waited_seconds: float) -> Band:
        """The band of a wait: at risk from the target on, critical from twice the target on."""
        share = waited_seconds / self.wait_for(queue)
        if share >= 2:
            return Band.CRITICAL
        return Band.AT_RISK if share >= 1 else Band.NORMAL


@dataclass(frozen=True, slots=True)
class Need:
    """How much a conversation needs somebody, and why, in words, the weightiest reason first."""

    score: int
    reasons: tuple[str, ...]
    band: Band


@dataclass(frozen=True, slots=True)
class _Part:
    points: float
    reason: str


_NOTHING = _Part(0.0, "")


def need(row: Mapping[str, Any], *, now_ms: int, targets: Targets) -> Need:
    """The need of one open conversation, from its row of facts. Pure: the same row at the same time gives the same need."""
    parts = [part(row, now_ms, targets) for part in _PARTS]
    parts.sort(key=lambda part: -part.points)
    score = min(100, round(sum(part.points for part in parts)))
    return Need(score, tuple(part.reason for part in parts if part.reason and part.points >= 1), targets.band(score))


def grows_with_time(row: Mapping[str, Any]) -> bool:
    """Whether the need of this row changes although nothing happens: somebody waits for a human, or for an answer."""
    return row["state"] == State.WAITING or _unanswered_since_ms(row) is not None


def _sentiment(row: Mapping[str, Any], _now_ms: int, _targets: Targets) -> _Part:
    """Level and fall share one sentence: a fall says where sentiment is now, too."""
    now = row["sentiment_micro"]
    if now is None:
        return _NOTHING
    level = WEIGHTS.level * _share(-now, NEUTRAL_MICRO, PLAIN_MICRO)
    high = max(row["sentiment_high_micro"] or 0, 0)  # it starts neutral
    fall = WEIGHTS.fall * _share(high - now, WEIGHTS.fall_begins_micro, WEIGHTS.fall_full_micro)
    rank, best = level_rank(now), level_rank(high)
    if rank >= LEVELS.index("neutral"):
        return _Part(fall / 2, f"sentiment fell from {LEVELS[best]} to {LEVELS[rank]}" if rank < best else "")
    return _Part(level + fall, f"sentiment fell from {LEVELS[best]} to {LEVELS[rank]}")


def _wait(row: Mapping[str, Any], now_ms: int, targets: Targets) -> _Part:
    if row["state"] != State.WAITING or row["escalated_ms"] is None:
        return _NOTHING
    waited = max(now_ms - row["escalated_ms"], 0) / 1000
    target = targets.wait_for(row["escalation_queue"] or row["queue"])
    reason = f"waiting {span_in_words(waited)} after escalation, target {exact_span(target)}"
    return _Part(max(_along(WEIGHTS.wait, waited / target), 1.0), reason)


def _fallbacks(row: Mapping[str, Any], _now_ms: int, _targets: Targets) -> _Part:
    count = row["fallbacks_in_a_row"]
    if row["state"] != State.WITH_BOT or count < 1:
        return _NOTHING
    reason = f"{_NUMBERS.get(count, str(count))} fallbacks in a row" if count > 1 else "the bot did not understand"
    return _Part(_nth(WEIGHTS.fallbacks, count), reason)


def _human_asks(row: Mapping[str, Any], _now_ms: int, _targets: Targets) -> _Part:
    count = row["num_human_asks"]
    if row["state"] not in (State.WITH_BOT, State.WAITING) or count < 1:
        return _NOTHING
    times = {1: "once", 2: "twice"}.get(count, f"{_NUMBERS.get(count, str(count))} times")
    # Whoever waits has been heard: what is left is the wait, and that has its own part.
    heard = 0.4 if row["state"] == State.WAITING else 1.0
    return _Part(_nth(WEIGHTS.human_asks, count) * heard, f"asked for a human {times}" if count > 1 else "asked for a human")


def _silence(row: Mapping[str, Any], now_ms: int, targets: Targets) -> _Part:
    since_ms = _unanswered_since_ms(row)
    if since_ms is None:
        return _NOTHING
    silent = max(now_ms - since_ms, 0) / 1000
    if silent < targets.silence_begins_seconds:
        return _NOTHING
    share = _share(silent, targets.silence_begins_seconds, targets.silence_full_seconds)
    return _Part(max(WEIGHTS.silence * share, 1.0), f"no answer for {span_in_words(silent)}")


_PARTS: tuple[Callable[[Mapping[str, Any], int, Targets], _Part], ...] = (_sentiment, _wait, _fallbacks, _human_asks, _silence)
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def _unanswered_since_ms(row: Mapping[str, Any]) -> int | None:
    """When the customer's unanswered message came. Waiting for a human is counted by the wait, not here."""
    asked_ms, replied_ms = row["last_customer_ms"], row["last_reply_ms"]
    if row["state"] not in (State.WITH_BOT, State.WITH_AGENT) or asked_ms is None:
        return None
    return asked_ms if replied_ms is None or asked_ms > replied_ms else None


def _share(value: float, begins: float, full: float) -> float:
    """How far `value` is from where it begins to count to where it counts in full, 0–1."""
    return min(max((value - begins) / (full - begins), 0.0), 1.0)


def _along(line: tuple[tuple[float, float], ...], at: float) -> float:
    """The height of a line through these points; flat after the last."""
    for (left, low), (right, high) in zip(line, line[1:], strict=False):
        if at < right:
            return low + (high - low) * max(at - left, 0.0) / (right - left)
    return line[-1][1]


def _nth(points: tuple[float, ...], count: int) -> float:
    return points[min(count, len(points) - 1)]


def span_in_words(seconds: float) -> str:
    """A span of time as people say it, in steps that grow with it, so that a sentence stays still for a while."""
    whole = int(seconds)
    if whole < 10:
        return "a few seconds"
    return exact_span(whole // 10 * 10 if whole < 120 else whole // 60 * 60)


def exact_span(seconds: float) -> str:
    """A span of time in whole seconds, without rounding it further: "45 s", "1 min", "90 s", "1 h 5 min"."""
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes == 0 or (rest and minutes < 2):
        return f"{whole} s"
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
