"""What customers wrote when the bot did not understand, grouped: by what they wrote, by bot, by topic, over time.

Messages with the same words (metrics/wording.py) belong together, and so do words that share three fifths of theirs with the
commonest of a group. Nothing is learnt, so the same messages always make the same groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from metrics.closed import closed_rows
from metrics.figures import Rate
from metrics.filters import Filters
from metrics.questions import is_older
from metrics.windows import Grain, Window, buckets, buckets_of, fitting_grain
from metrics.wording import ALIKE, are_alike, likeness
from store.engine import Connection, Store
from store.fallbacks import fallbacks_of, newest_fallbacks

NOTED_SINCE = 3  # the version of the rules from which such turns are kept
# The newest of a period are looked at: so many take some tenths of a second, however long history is.
MOST_TURNS = 10_000
MOST_GROUPS = 200  # that a page shows; an export has all
MOST_BUCKETS = 400  # of time: more would be drawn too narrow to see
EXAMPLES = 3


class _Turn(NamedTuple):
    """One turn that a bot did not understand."""

    conversation_key: int
    at_ms: int
    ended_ms: int  # of the conversation
    words: str
    text: str
    bot: str
    topic: str
    is_escalated: bool | None  # a human was asked for after it


@dataclass(frozen=True, slots=True)
class Group:
    """Turns that belong together. `key`: the commonest words of a group of messages; else a bot, a topic, a bucket of time."""

    key: str
    name: str  # the same for a link, which must not say what customers wrote
    num_turns: int
    escalated: Rate  # conversations in which a human was asked for after one of these turns, out of all with one
    examples: tuple[str, ...]  # different messages, the newest first; the first in the commonest words
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
    turns: Sequence[_Turn]  # the newest first
    since_ms: int | None
    is_stale: bool


def misunderstood(store: Store, filters: Filters, by: str, grain: Grain, *, most: int = MOST_TURNS) -> Misunderstood:
    """The turns that bots did not understand in the closed conversations of a cut, by "words", "bot", "topic" or "time"."""
    found = _find(store, filters, most)
    labels, keys = _buckets(found, grain)
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(_GROUP_OF[by](found, labels)):
        places[key].append(place)
    ranked = keys if by == TIME else sorted(places, key=lambda key: (-len(places[key]), key))[:MOST_GROUPS]
    groups = [
        _group(key, [found.turns[place] for place in places[key]], Counter(labels[place] for place in places[key]), keys)
        for key in ranked
        if key in places
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
    found = _find(store, filters, most)
    leader = leaders(Counter(turn.words for turn in found.turns))
    members = tuple(sorted(words for words, its in leader.items() if _name(its) == name))
    if not members:
        raise ValueError(name)
    return replace(found.filters, said=members)


def within_turns(store: Store, filters: Filters, *, most: int = MOST_TURNS) -> Filters:
    """The cut of exactly the conversations that were looked at."""
    return replace(_find(store, filters, most).filters, has_fallback=True)


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


def _find(store: Store, filters: Filters, most: int) -> _Found:
    with store.read() as connection:
        turns = list(map(_Turn._make, _newest(connection, filters, most + 1)))
        is_stale = is_older(connection, filters, NOTED_SINCE)
    since_ms = None
    if len(turns) > most:
        # Of conversations that ended at one moment all are looked at or none.
        since_ms = turns[most].ended_ms + 1
        turns = [turn for turn in turns if turn.ended_ms >= since_ms]
        filters = replace(filters, window=replace(filters.window, start_ms=since_ms))
    return _Found(filters, turns, since_ms, is_stale)


def _newest(connection: Connection, filters: Filters, limit: int) -> Sequence[Any]:
    """The newest turns of a cut, at least so many where there are: of conversations that packed days tell, where they do."""
    if filters.needs_rows:
        return newest_fallbacks(connection, filters.selection(), limit=limit)
    rows = closed_rows(connection, filters)
    rows = rows.where(rows.columns["num_fallbacks"] > 0)
    reached = np.cumsum(rows.columns["num_fallbacks"][::-1], dtype=np.int64)
    last = int(np.searchsorted(reached, limit)) + 1
    return fallbacks_of(connection, rows.columns["conversation_key"][::-1][:last].tolist())


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


def _group(key: str, turns: Sequence[_Turn], over_time: Mapping[str, int], keys: tuple[str, ...]) -> Group:
    escalated = {turn.conversation_key for turn in turns if turn.is_escalated}
    return Group(
        key=key,
        name=_name(key),
        num_turns=len(turns),
        escalated=Rate(len(escalated), len({turn.conversation_key for turn in turns})),
        examples=_examples(key, turns),
        bots=_counted(turn.bot for turn in turns),
        topics=_counted(turn.topic for turn in turns),
        newest_ms=max(turn.ended_ms for turn in turns),
        over_time=tuple(over_time.get(each, 0) for each in keys),
    )


def _examples(key: str, turns: Sequence[_Turn]) -> tuple[str, ...]:
    newest = sorted(turns, key=lambda turn: (-turn.at_ms, turn.conversation_key))
    common = [turn.text for turn in newest if turn.words == key]
    return tuple(dict.fromkeys([*common[:1], *(turn.text for turn in newest)]))[:EXAMPLES]


def _name(key: str) -> str:
    return blake2b(key.encode(), digest_size=6).hexdigest()


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
