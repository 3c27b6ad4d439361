"""Figures of calls, as data: counted from what was spoken, of all closed calls, those between people only too."""

from __future__ import annotations

from functools import partial

from metrics.metric import Better, Metric, Unit, count, duration, rate, score

OWN = "Floorwalker: from offsets and durations of utterances"
PER_CALL = "call"
CALLS = "closed calls whose source says when something was spoken and for how long; tests are left out"
TALK = "time in which the customer, a bot or an agent speaks, each added up by itself"

_count = partial(count, grain=PER_CALL, source=OWN)
_rate = partial(rate, grain=PER_CALL, source=OWN)
_duration = partial(duration, grain=PER_CALL, source=OWN)
_score = partial(score, grain=PER_CALL, source=OWN)


def _talk(who: str, called: str) -> Metric:
    return _rate(
        f"talk_share_{who}",
        f"Talk ({who})",
        f"Share of talk that is {called}: of the time that each side speaks, added up over the calls; without silence.",
        f"time in which {called if who != 'customer' else 'the customer'} speaks",
        TALK,
    )


def _pace(who: str, called: str) -> Metric:
    return _score(
        f"pace_{who}",
        f"Words a minute ({who})",
        f"Words that {called} says in a minute of talk, as they were transcribed.",
        f"words of {called}",
        f"minutes in which {called} speaks",
        unit=Unit.PACE,
        better=Better.NEITHER,
    )


VOICE_CATALOGUE: tuple[Metric, ...] = (
    _count("calls", "Calls", f"C{CALLS[1:]}. Calls in which only people spoke are among them."),
    _talk("customer", "the customer's"),
    _talk("bot", "a bot's"),
    _talk("agent", "an agent's"),
    _rate(
        "silence_share",
        "Silence",
        "Share of a call's time in which nobody speaks, from the first word to the last; hold and waiting for somebody are left "
        "out.",
        "time in which nobody speaks, the customer is not on hold and does not wait for somebody",
        "that time and the time in which anybody speaks",
        Better.LOWER,
    ),
    _duration(
        "longest_silence",
        "Longest silence",
        "How long the longest silence of a call lasts, over the calls in which there is one.",
        "longest time without a word, hold or wait, of one call",
        "calls with a silence",
    ),
    _rate(
        "overlap_share",
        "Overlap",
        "Share of the spoken time in which two sides speak at once: they interrupt each other, or talk over a bot.",
        "time in which two or all of customer, bot and agent speak",
        "time in which anybody speaks",
        Better.LOWER,
    ),
    _count(
        "held_calls", "Calls on hold", "Of the calls those in which the customer was put on hold, as far as the source says so."
    ),
    _duration(
        "hold_time",
        "Hold",
        "How long customers were on hold, over the calls in which they were.",
        "time on hold, of one call",
        "calls with a hold",
    ),
    _duration(
        "call_length",
        "Length of calls",
        "From the first word to the last, waits included.",
        "time from the first word to the last, of one call",
        "calls",
        Better.NEITHER,
    ),
    _pace("customer", "the customer"),
    _pace("bot", "a bot"),
    _pace("agent", "an agent"),
)
