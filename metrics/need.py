"""Need: which open conversation a supervisor should look at first, and why.

A score from 0 to 100 is the sum of five parts, each with its own ceiling and its own sentence; it fades once a bot's customer has
gone quiet. All weights stand in `WEIGHTS`; what counts as too long stands in `Targets`. Nothing here is learnt or hidden: the
reasons are the parts that gave points, largest first. Sentiment is an estimate, so by itself it can put a conversation at risk
but never make it critical. docs/need.md says all of it in plain words, and how well it does.
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
    with_agent: float = 0.4  # of the sentiment's points once an agent has it: somebody is there already
    # Wait after escalation, by the share of the queue's target that has passed: points at that share, straight lines between.
    # The target itself puts it at risk, twice the target makes it critical, as `Targets.wait_band` has it.
    wait: tuple[tuple[float, float], ...] = ((0.0, 10.0), (1.0, 35.0), (2.0, 65.0), (4.0, 80.0), (10.0, 90.0))
    fallbacks: tuple[float, ...] = (0.0, 18.0, 28.0, 36.0, 40.0)  # by how many in a row; more than listed counts as the last
    earlier_fallbacks: tuple[float, ...] = (0.0, 4.0, 8.0, 12.0)  # those that the bot has got over since
    human_asks: tuple[float, ...] = (0.0, 18.0, 30.0, 36.0)  # by how many times, until a human has it
    heard: float = 0.4  # of the points for asking, while the customer waits for a human: that has its own part
    bot_silence: float = 30.0  # the customer's last message unanswered: begins and is full at the targets' seconds
    agent_silence: float = 20.0  # people read, look things up and type: less, and later


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Targets:
    """What counts as too long, and from which score a conversation is at risk or critical."""

    wait_seconds: float = 60.0
    wait_seconds_by_queue: Mapping[str, float] = field(default_factory=dict)
    bot_silence_seconds: tuple[float, float] = (30.0, 240.0)  # when it begins to count, and when it counts in full
    agent_silence_seconds: tuple[float, float] = (120.0, 600.0)
    # A customer who leaves the bot's last word unanswered for this many times as long as they took so far is going quiet, and has
    # gone at twice that: at least and at most so many seconds.
    quiet_times: float = 3.0
    quiet_seconds: tuple[float, float] = (60.0, 300.0)
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


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a row is measured by, and when."""

    now_ms: int
    targets: Targets
    weights: Weights


def need(row: Mapping[str, Any], *, now_ms: int, targets: Targets, weights: Weights = WEIGHTS) -> Need:
    """The need of one open conversation, from its row of facts. Pure: the same row at the same time gives the same need."""
    quiet = _quiet(row, now_ms, targets)
    scale = _Scale(now_ms, targets, weights)
    parts = [part(row, scale) for part in _PARTS]
    parts.sort(key=lambda part: -part.points)
    score = min(100, round(sum(part.points for part in parts) * (1.0 - quiet)))
    reasons = [part.reason for part in parts if part.reason and part.points >= 1] if score else []
    if reasons and quiet:
        reasons.append(f"customer quiet for {span_in_words((now_ms - _last_word_ms(row)) / 1000)}")
    return Need(score, tuple(reasons), targets.band(score))


def moves_with_time(row: Mapping[str, Any]) -> bool:
    """Whether the need of this row may change although nothing happens.

    Somebody waits, for a human or for an answer; or there is something that fades once the customer of a bot goes quiet.
    """
    if row["state"] == State.WAITING or _unanswered_since_ms(row) is not None:
        return True
    has_fallen = (row["sentiment_micro"] or 0) < (row["sentiment_high_micro"] or 0)
    return row["state"] == State.WITH_BOT and bool(row["num_fallbacks"] or row["num_human_asks"] or has_fallen)


def _sentiment(row: Mapping[str, Any], scale: _Scale) -> _Part:
    """Level and fall share one sentence: a fall says where sentiment is now, too."""
    now = row["sentiment_micro"]
    if now is None:
        return _NOTHING
    share = scale.weights.with_agent if row["state"] in (State.WITH_AGENT, State.WRAP_UP) else 1.0
    level = scale.weights.level * _share(-now, NEUTRAL_MICRO, PLAIN_MICRO)
    high = max(row["sentiment_high_micro"] or 0, 0)  # it starts neutral
    fall = scale.weights.fall * _share(high - now, scale.weights.fall_begins_micro, scale.weights.fall_full_micro)
    rank, best = level_rank(now), level_rank(high)
    if rank >= LEVELS.index("neutral"):
        return _Part(share * fall / 2, f"sentiment fell from {LEVELS[best]} to {LEVELS[rank]}" if rank < best else "")
    return _Part(share * (level + fall), f"sentiment fell from {LEVELS[best]} to {LEVELS[rank]}")


def _wait(row: Mapping[str, Any], scale: _Scale) -> _Part:
    if row["state"] != State.WAITING or row["escalated_ms"] is None:
        return _NOTHING
    waited = max(scale.now_ms - row["escalated_ms"], 0) / 1000
    target = scale.targets.wait_for(row["escalation_queue"] or row["queue"])
    # Not for how long: wherever reasons are read, a clock that ticks stands beside them.
    held_to = f"{'over the target of' if waited >= target else 'target'} {exact_span(target)}"
    reason = f"waiting after escalation, {held_to}"
    return _Part(_along(scale.weights.wait, waited / target), reason)


def _fallbacks(row: Mapping[str, Any], scale: _Scale) -> _Part:
    in_a_row, total = row["fallbacks_in_a_row"], row["num_fallbacks"]
    if row["state"] != State.WITH_BOT or total < 1:
        return _NOTHING
    points = _nth(scale.weights.fallbacks, in_a_row) + _nth(scale.weights.earlier_fallbacks, max(total - in_a_row, 0))
    now = {0: "", 1: "the bot did not understand"}.get(in_a_row, f"{_in_words(in_a_row)} fallbacks in a row")
    if total <= in_a_row:
        return _Part(points, now)
    so_far = f"{_in_words(total)} fallback{'s' if total > 1 else ''} so far"
    return _Part(points, f"{now}, {so_far}" if now else so_far)


def _human_asks(row: Mapping[str, Any], scale: _Scale) -> _Part:
    count = row["num_human_asks"]
    if row["state"] not in (State.WITH_BOT, State.WAITING) or count < 1:
        return _NOTHING
    times = {1: "", 2: " twice"}.get(count, f" {_in_words(count)} times")
    heard = scale.weights.heard if row["state"] == State.WAITING else 1.0
    return _Part(_nth(scale.weights.human_asks, count) * heard, f"asked for a human{times}")


def _silence(row: Mapping[str, Any], scale: _Scale) -> _Part:
    since_ms = _unanswered_since_ms(row)
    if since_ms is None:
        return _NOTHING
    if row["state"] == State.WITH_BOT:
        most, (begins, full) = scale.weights.bot_silence, scale.targets.bot_silence_seconds
    else:
        most, (begins, full) = scale.weights.agent_silence, scale.targets.agent_silence_seconds
    silent = max(scale.now_ms - since_ms, 0) / 1000
    if silent < begins:
        return _NOTHING
    return _Part(max(most * _share(silent, begins, full), 1.0), f"no answer for {span_in_words(silent)}")


def _quiet(row: Mapping[str, Any], now_ms: int, targets: Targets) -> float:
    """How far the customer of a bot has gone: 0 while they are there, 1 once nobody would expect another word of them."""
    if row["state"] != State.WITH_BOT or row["last_reply_ms"] is None or _unanswered_since_ms(row) is not None:
        return 0.0
    least, begins = targets.quiet_seconds
    if row["num_customer_messages"]:
        pace = (_last_word_ms(row) - row["started_ms"]) / 1000 / row["num_customer_messages"]
        begins = min(max(targets.quiet_times * pace, least), begins)
    return _share((now_ms - _last_word_ms(row)) / 1000, begins, 2 * begins)


def _last_word_ms(row: Mapping[str, Any]) -> int:
    """When the customer last said something. A bot that asks "are you still there?" does not make them any less quiet."""
    return int(row["started_ms"] if row["last_customer_ms"] is None else row["last_customer_ms"])


_PARTS: tuple[Callable[[Mapping[str, Any], _Scale], _Part], ...] = (_sentiment, _wait, _fallbacks, _human_asks, _silence)
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def _unanswered_since_ms(row: Mapping[str, Any]) -> int | None:
    """Since when whoever has the conversation owes the customer an answer; None where nobody does.

    Waiting for a human is counted by the wait, not here, and not held against the agent who ended it.
    """
    asked_ms, replied_ms = row["last_customer_ms"], row["last_reply_ms"]
    if row["state"] not in (State.WITH_BOT, State.WITH_AGENT) or asked_ms is None:
        return None
    if replied_ms is not None and replied_ms >= asked_ms:
        return None
    return int(max(asked_ms, row["accepted_ms"] or 0) if row["state"] == State.WITH_AGENT else asked_ms)


def _share(value: float, begins: float, full: float) -> float:
    """How far `value` is from where it begins to count to where it counts in full, 0–1."""
    return min(max((value - begins) / (full - begins), 0.0), 1.0)


def _along(line: tuple[tuple[float, float], ...], at: float) -> float:
    """The height of a line through these points; flat after the last."""
    for (left, low), (right, high) in zip(line, line[1:], strict=False):
        if at < right:
            return low + (high - low) * max(at - left, 0.0) / (right - left)
    return line[-1][1]


def _in_words(count: int) -> str:
    return _NUMBERS.get(count, str(count))


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
