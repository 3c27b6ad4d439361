"""What customers wrote when the bot did not understand, grouped: by what they wrote, by bot, by topic, over time.

Messages with the same words (metrics/wording.py) belong together, and so do words that share three fifths of theirs with the
commonest of a group. Nothing is learnt, so the same messages always make the same groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from metrics.closed import closed_fallbacks
from metrics.figures import Rate
from metrics.filters import Filters
from metrics.questions import is_older
from metrics.rows import Rows
from metrics.windows import Grain, Window, buckets, buckets_of, fitting_grain
from metrics.wording import ALIKE, are_alike, likeness
from store.engine import Connection, Store
from store.fallbacks import Place, texts_of

NOTED_SINCE = 3  # the version of the rules from which such turns are kept
# The newest of a period are looked at: so many take some tenths of a second, however long history is.
MOST_TURNS = 10_000
MOST_GROUPS = 200  # that a page shows; an export has all
MOST_BUCKETS = 400  # of time: more would be drawn too narrow to see
EXAMPLES = 3
LOOKED_AT = 8  # the newest of a group, of which those that differ are its examples


class _Turn(NamedTuple):
    """One turn that a bot did not understand."""

    conversation_key: int
    number: int
    at_ms: int
    ended_ms: int  # of the conversation
    words: str
    bot: str
    topic: str
    is_escalated: int  # 1: a human was asked for after it

    @property
    def place(self) -> Place:
        """What its text is found by."""
        return self.conversation_key, self.number


@dataclass(frozen=True, slots=True)
class Group:
    """Turns that belong together. `key`: the commonest words of a group of messages; else a bot, a topic, a bucket of time."""

    key: str
    name: str  # the same for a link, which must not say what customers wrote
    num_turns: int
    escalated: Rate  # conversations in which a human was asked for after one of these turns, out of all with one
    examples: tuple[str, ...]  # different messages of the newest, these first; before them one in the commonest words
    bots: Mapping[str, int]  # turns by bot, most first
    topics: Mapping[str, int]
    newest_ms: int
    over_time: tuple[int, ...]  # turns by bucket of time


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """The turns of a cut in groups. `since_ms`: those that ended before were too many to look at; None: all were."""

    num_turns: int
    num_conversations: int
    num_groups: int
    groups: tuple[Group, ...]  # by turns, most first, as many as a page shows; over time in order of time, all
    buckets: tuple[str, ...]  # the keys of `over_time`
    bots: frozenset[str]  # those that did not understand something
    since_ms: int | None
    is_stale: bool  # some of the period was derived before such turns were noted


@dataclass(frozen=True, slots=True)
class _Found:
    filters: Filters  # of exactly the conversations that were looked at
    turns: Sequence[_Turn]  # in order of their conversations' end
    since_ms: int | None
    is_stale: bool


def misunderstood(store: Store, filters: Filters, by: str, grain: Grain, *, most: int = MOST_TURNS) -> Misunderstood:
    """The turns that bots did not understand in the closed conversations of a cut, by "words", "bot", "topic" or "time"."""
    with store.read() as connection:
        found = _find(connection, filters, most)
        labels, keys = _buckets(found, grain)
        places: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(_GROUP_OF[by](found, labels)):
            places[key].append(place)
        ranked = keys if by == TIME else sorted(places, key=lambda key: (-len(places[key]), key))[:MOST_GROUPS]
        turns = {key: [found.turns[place] for place in places[key]] for key in ranked if key in places}
        shown = {key: _to_show(key, of_key) for key, of_key in turns.items()}
        texts = texts_of(connection, {turn.place for some in shown.values() for turn in some})
    groups = [
        _group(
            key,
            turns[key],
            examples=tuple(dict.fromkeys(texts[turn.place] for turn in shown[key] if turn.place in texts))[:EXAMPLES],
            over_time=Counter(labels[place] for place in places[key]),
            keys=keys,
        )
        for key in turns
    ]
    return Misunderstood(
        num_turns=len(found.turns),
        num_conversations=len({turn.conversation_key for turn in found.turns}),
        num_groups=len(places),
        groups=tuple(groups),
        buckets=keys,
        bots=frozenset(turn.bot for turn in found.turns),
        since_ms=found.since_ms,
        is_stale=found.is_stale,
    )


def within_words(store: Store, filters: Filters, name: str, *, most: int = MOST_TURNS) -> Filters:
    """The cut of exactly the conversations of one group of messages, by its name. ValueError where there is no such group."""
    with store.read() as connection:
        found = _find(connection, filters, most)
    leader = leaders(Counter(turn.words for turn in found.turns))
    members = tuple(sorted(words for words, its in leader.items() if _name(its) == name))
    if not members:
        raise ValueError(name)
    return replace(found.filters, said=members)


def within_turns(store: Store, filters: Filters, *, most: int = MOST_TURNS) -> Filters:
    """The cut of exactly the conversations that were looked at."""
    with store.read() as connection:
        return replace(_find(connection, filters, most).filters, has_fallback=True)


def leaders(counts: Mapping[str, int]) -> dict[str, str]:
    """Of each form of words the commonest of its group: itself, or an earlier one that it shares three fifths of its words with.

    The commonest come first, and of those as common the first by the alphabet. One that is alike to several goes with the one it
    is most alike to.
    """
    ranked = sorted(counts, key=lambda words: (-counts[words], words))
    sets = {words: frozenset(words.split()) for words in ranked}
    rarity = Counter(word for words in sets.values() for word in words)
    found: dict[str, str] = {}
    known_by: dict[str, list[str]] = defaultdict(list)
    for words in ranked:
        # Two sets that are alike share one of their rarest words: only such are compared.
        rarest = _rarest(sets[words], rarity)
        others = {other for word in rarest for other in known_by[word]}
        others = {other for other in others if are_alike(sets[words], sets[other])}
        best = min(others, key=lambda other: (-likeness(sets[words], sets[other]), -counts[other], other), default=words)
        found[words] = best
        if best == words:
            for word in rarest:
                known_by[word].append(words)
    return found


def _rarest(words: frozenset[str], rarity: Mapping[str, int]) -> list[str]:
    shared, whole = ALIKE
    least = -(-len(words) * shared // whole)  # so many it must share at least
    return sorted(words, key=lambda word: (rarity[word], word))[: len(words) - least + 1]


def _find(connection: Connection, filters: Filters, most: int) -> _Found:
    rows = closed_fallbacks(connection, filters)
    ended = rows.columns["ended_ms"]
    is_stale, since_ms = is_older(connection, filters, NOTED_SINCE), None
    if len(rows) > most:
        # Of conversations that ended at one moment all are looked at or none.
        since_ms = int(ended[-most - 1]) + 1
        rows = rows.between(since_ms, None)
        filters = replace(filters, window=replace(filters.window, start_ms=since_ms))
    return _Found(filters, _turns(rows), since_ms, is_stale)


def _turns(rows: Rows) -> list[_Turn]:
    names = ("conversation_key", "number", "at_ms", "ended_ms", "words", "bot", "topic", "is_escalated")
    said = (
        [rows.words[name][code] for code in codes] if name in rows.words else codes
        for name, codes in ((name, rows.columns[name].tolist()) for name in names)
    )
    return list(map(_Turn._make, zip(*said, strict=True)))


def _buckets(found: _Found, grain: Grain) -> tuple[Sequence[str], tuple[str, ...]]:
    """Of each turn the bucket in which its conversation ended, and all buckets from the first to the last."""
    if not found.turns:
        return [], ()
    ended = np.array([turn.ended_ms for turn in found.turns], dtype=np.int64)
    window = Window(int(ended.min()), int(ended.max()) + 1)
    fitting = fitting_grain(window, grain, MOST_BUCKETS)
    moments = buckets(ended, fitting or Grain.MONTH, found.filters.tz)
    label = {int(code): moments.label(int(code)) for code in np.unique(moments.codes)}
    between = buckets_of(window, fitting, found.filters.tz) if fitting else label.values()
    return [label[code] for code in moments.codes.tolist()], tuple(between)


def _leader_of_each(turns: Sequence[_Turn]) -> list[str]:
    leader = leaders(Counter(turn.words for turn in turns))
    return [leader[turn.words] for turn in turns]


TIME = "time"
# Of each turn the group that it is in, told apart in one way.
_GROUP_OF: Mapping[str, Callable[[_Found, Sequence[str]], Sequence[str]]] = {
    "words": lambda found, _: _leader_of_each(found.turns),
    "bot": lambda found, _: [turn.bot for turn in found.turns],
    "topic": lambda found, _: [turn.topic for turn in found.turns],
    TIME: lambda _, labels: labels,
}


def _group(
    key: str, turns: Sequence[_Turn], *, examples: tuple[str, ...], over_time: Mapping[str, int], keys: tuple[str, ...]
) -> Group:
    escalated = {turn.conversation_key for turn in turns if turn.is_escalated}
    return Group(
        key=key,
        name=_name(key),
        num_turns=len(turns),
        escalated=Rate(len(escalated), len({turn.conversation_key for turn in turns})),
        examples=examples,
        bots=_counted(turn.bot for turn in turns),
        topics=_counted(turn.topic for turn in turns),
        newest_ms=max(turn.ended_ms for turn in turns),
        over_time=tuple(over_time.get(each, 0) for each in keys),
    )


def _to_show(key: str, turns: Sequence[_Turn]) -> list[_Turn]:
    """In which turns examples are looked for: the newest in the commonest words, then the newest."""
    newest = nsmallest(LOOKED_AT, turns, key=_newest_first)
    common = min((turn for turn in turns if turn.words == key), key=_newest_first, default=None)
    return newest if common is None else [common, *newest]


def _newest_first(turn: _Turn) -> tuple[int, int, int]:
    return -turn.at_ms, turn.conversation_key, -turn.number


def _name(key: str) -> str:
    return blake2b(key.encode(), digest_size=6).hexdigest()


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
