"""What is indexed, and how: words between blanks, scripts without blanks letter by letter, facts as words of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log2
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.selecting import Selection

HOUR_MS = 3_600_000
WEEK_HOURS = 168
# Private letters are ours: they are taken out of texts, so that no text says what a fact is called.
_PRIVATE = re.compile("[\x00\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer: words without blanks between them, or with endings that stick to them.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
# Between two messages: a word of its own, so no phrase reaches over it.
BETWEEN = " \ue000 "
_LETTERS, _FIRST_LETTER = 60_000, 0xF0000

# Facts that are words, by their column; a selection names the values it takes.
_WORDS = {
    "bot": "bots",
    "channel": "channels",
    "queue": "queues",
    "topic": "topics",
    "workstream": "workstreams",
    "outcome": "outcomes",
    "resolution": "resolutions",
    "reason": "reasons",
}
# Columns of which it is asked whether they hold a value, or are true.
_HELD = (
    *("bot_ms", "wait_ms", "accepted_ms", "wasted_turns", "csat_micro"),
    *("sentiment_micro", "bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro"),
)
_TRUE = ("is_test", "is_bot", "is_engaged", "is_suspect")
# Numbers that are asked for by range stand in the index by the part of their scale that they lie in.
_MOST_TURNS = 30
_LONGEST_HALF_OCTAVE = 44
_SCORE_STEP_MICRO = 100_000
_SCORES = 10
_RATING_STEP_MICRO = 500_000
_MOST_RATING = 20


def plain_text(text: str) -> str:
    """A text as it is indexed and looked for."""
    if text.isascii():
        return text
    return _UNSPACED.sub(r" \g<0> ", _PRIVATE.sub(" ", text))


def spaced(text: str) -> tuple[str, list[int]]:
    """The same, and for each letter of it the place in `text` that it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        part = plain_text(letter)
        letters.append(part)
        places += [place] * len(part)
    return "".join(letters), places


def document_of(row: Mapping[Any, Any], texts: Iterable[str]) -> str:
    """What is indexed of a closed conversation: its facts, then what was said in it."""
    return " ".join(facts_of(row)) + BETWEEN + messages_of(texts)


def messages_of(texts: Iterable[str]) -> str:
    """What is indexed of what was said."""
    return BETWEEN.join(map(plain_text, texts))


def facts_of(row: Mapping[Any, Any]) -> Iterator[str]:
    """What the facts of a closed conversation are called, so that a filter costs no look at each conversation found."""
    for name in _WORDS:
        yield _called(name, row[name] or "")
    for name in _HELD:
        if row[name] is not None:
            yield _called("has", name)
    for name in _TRUE:
        if row[name]:
            yield _called("is", name)
    if row["num_fallbacks"]:
        yield _called("has", "num_fallbacks")
    for name in _SCALES:
        if row[name] is not None:
            yield _called(name, _SCALES[name](row[name]))
    yield _called("hour", row["ended_ms"] // HOUR_MS % WEEK_HOURS)


def match_of(words: str, chosen: Selection) -> str:
    """What the index of closed conversations is asked: the words, and every filter that it knows. Some it knows only nearly."""
    asked = [f"({words})"]
    for name, field in _WORDS.items():
        if values := getattr(chosen, field):
            asked.append(_any(_called(name, value) for value in values))
    asked += [_called("has", name) for name in chosen.having if name in _HELD]
    asked += [_called("is", name) for name in chosen.being if name in _TRUE]
    asked += [_any(_within(*each)) for each in chosen.ranges if each[0] in _SCALES and each[1:] != (None, None)]
    asked += [_called("is", "is_suspect")] if chosen.is_suspect else []
    asked += [_called("has", "num_fallbacks")] if chosen.has_fallback else []
    if chosen.sentiments and None not in chosen.sentiments:
        asked.append(_any(word for bounds in chosen.sentiments if bounds for word in _within("sentiment_micro", *bounds)))
    if chosen.spans and len(hours := _hours(chosen.spans)) <= WEEK_HOURS // 2:
        asked.append(_any(_called("hour", hour) for hour in hours))
    if chosen.bots_only and not chosen.include_tests:
        asked.append(_called("is", "is_bot"))
    found = " AND ".join(asked)
    unwanted = [_called("has", name) for name in chosen.lacking if name in _HELD]
    if not (chosen.bots_only or chosen.include_tests):
        unwanted.append(_called("is", "is_test"))
    return f"({found}) NOT {_any(unwanted)}" if unwanted else found


def knows(chosen: Selection) -> bool:
    """Whether what a selection asks of facts is in the index exactly: numbers, where one part of a scale meets the next."""
    ranges = [*chosen.ranges, *(("sentiment_micro", *bounds) for bounds in chosen.sentiments if bounds)]
    return (
        {*chosen.having, *chosen.lacking} <= set(_HELD)
        and set(chosen.being) <= set(_TRUE)
        and None not in chosen.sentiments
        and all(_is_border(name, edge) for name, *edges in ranges for edge in edges if edge is not None)
        and all(low is None or high is None or low < high for _, low, high in ranges)
    )


def _is_border(name: str, value: int) -> bool:
    return name in _SCALES and _SCALES[name](value - 1) < _SCALES[name](value)


def _any(words: Iterable[str]) -> str:
    return "(" + " OR ".join(words) + ")"


@lru_cache(maxsize=4_096)
def _called(name: str, value: object) -> str:
    """Two private letters: more than enough to tell facts apart, and too short for the lists of beginnings."""
    digest = blake2b(f"{name}={value}".encode("utf-8", "replace"), digest_size=8).digest()
    first, second = divmod(int.from_bytes(digest) % _LETTERS**2, _LETTERS)
    return chr(_FIRST_LETTER + first) + chr(_FIRST_LETTER + second)


def _turns(value: int) -> int:
    return max(0, min(value, _MOST_TURNS))


def _duration(value: int) -> int:
    return min(int(2 * log2(max(value, 0) / 1000 + 1)), _LONGEST_HALF_OCTAVE)


def _score(value: int) -> int:
    # A border belongs to the milder part, as levels of sentiment have it.
    part = value // _SCORE_STEP_MICRO if value < 0 else -(-value // _SCORE_STEP_MICRO)
    return max(-_SCORES, min(part, _SCORES))


def _rating(value: int) -> int:
    return max(0, min(value // _RATING_STEP_MICRO, _MOST_RATING))


_SCALES = {"bot_turns": _turns, "bot_ms": _duration, "sentiment_micro": _score, "csat_micro": _rating}
_ENDS = {
    "bot_turns": (0, _MOST_TURNS),
    "bot_ms": (0, _LONGEST_HALF_OCTAVE),
    "sentiment_micro": (-_SCORES, _SCORES),
    "csat_micro": (0, _MOST_RATING),
}


def _within(name: str, low: int | None, high: int | None) -> Iterator[str]:
    """The parts of a scale that a range touches; of one that is empty the least."""
    least, most = _ENDS[name]
    first = least if low is None else _SCALES[name](low)
    last = most if high is None else _SCALES[name](high - 1)
    yield from (_called(name, part) for part in range(first, max(first, last) + 1))


def _hours(spans: Sequence[tuple[int, int]]) -> set[int]:
    found: set[int] = set()
    for start_ms, end_ms in spans:
        if len(found) == WEEK_HOURS:
            break
        hours = range(start_ms // HOUR_MS, (max(end_ms - 1, start_ms)) // HOUR_MS + 1)
        found.update(hour % WEEK_HOURS for hour in hours[:WEEK_HOURS])
    return found
