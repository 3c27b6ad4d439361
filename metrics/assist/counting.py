"""Suggestions to agents, counted from packed days: how many were shown, what became of them, and in which conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.assist.figures import AssistTotals
from metrics.assist.packs import EVIDENCE_CODES, FATE_CODES, REPEAT_CODES
from metrics.cuts import Key, grouped
from metrics.figures import Times
from metrics.filters import Filters
from metrics.groups import Groups, Runs, numbered
from metrics.rows import NO_SCORE, NO_TIME, Ints, Mask, Rows
from store.assist.reads import OF_CONVERSATIONS, Suggested
from store.assist.records import Fate, Repeat, UseEvidence

_USED = FATE_CODES[Fate.USED]
# By a kind of used suggestions, what tells that they were.
_TOLD: Mapping[str, Sequence[UseEvidence]] = {
    Suggested.BY_EVENT: (UseEvidence.EVENT, UseEvidence.BOTH),
    Suggested.BY_WORDS: (UseEvidence.WORDS, UseEvidence.BOTH),
    Suggested.ONLY_EVENT: (UseEvidence.EVENT,),
    Suggested.ONLY_WORDS: (UseEvidence.WORDS,),
    Suggested.BOTH: (UseEvidence.BOTH,),
}


@dataclass(frozen=True, slots=True)
class Assists:
    """The conversations of a cut that people served, and the suggestions in them, as far as these are asked about."""

    served: Rows
    suggestions: Rows
    filters: Filters

    @property
    def has_suggestion(self) -> Mask:
        """Which conversations have one: of the bots that are asked about, if any are."""
        shown: Mask = self.served.columns["num_shown"] > 0
        if not self.filters.suggested_by:
            return shown
        by_bots = self.of_bots.columns["conversation_key"]
        found: Mask = np.isin(self.served.columns["conversation_key"], by_bots)
        return found

    @property
    def of_bots(self) -> Rows:
        """The suggestions of the bots that are asked about, to whomever."""
        return self.suggestions.where(*_among(self.suggestions, {"adviser": self.filters.suggested_by}))

    @property
    def meant(self) -> Rows:
        """The suggestions that are asked about."""
        asked = self.filters
        words = {"adviser": asked.suggested_by, "agent": asked.suggested_to, "assist_queue": asked.suggested_in}
        return self.suggestions.where(*_among(self.suggestions, words))

    @property
    def exported(self) -> Rows:
        """The suggestions that an export of the conversations found has: where these are asked about as a whole, all of them."""
        kinds = [kind for kind in self.filters.suggested if kind not in OF_CONVERSATIONS]
        if self.filters.suggested and not kinds:
            return self.of_bots
        meant = self.meant
        return meant.where(np.logical_or.reduce([is_of_kind(meant, kind) for kind in kinds])) if kinds else meant

    @property
    def first_served(self) -> Rows:
        """The conversations that one of the agents who are asked about served first."""
        return self.served.where(*self._by_first())

    @property
    def first_with(self) -> Rows:
        """Of these the ones with a suggestion."""
        return self.served.where(*self._by_first(), self.has_suggestion)

    @property
    def found(self) -> Rows:
        """The conversations that the filters leave, each once."""
        kinds = self.filters.suggested or ((Suggested.SHOWN,) if self.filters.assisted else (Suggested.SERVED,))
        masks = [self._whole(kind) if kind in OF_CONVERSATIONS else self._with(kind) for kind in kinds]
        return self.served.where(np.logical_or.reduce(masks))

    def _by_first(self) -> list[Mask]:
        return list(_among(self.served, {"agent": self.filters.suggested_to, "assist_queue": self.filters.suggested_in}))

    def _whole(self, kind: str) -> Mask:
        has_any, known = OF_CONVERSATIONS[kind]
        columns = self.served.columns
        masks = [np.ones(len(self.served), dtype=np.bool_), *self._by_first()]
        masks += [columns["handled_ms"] != NO_TIME] if known == "time" else []
        masks += [columns["agent_sentiment_micro"] != NO_SCORE] if known == "score" else []
        if has_any is not None:
            masks.append(self.has_suggestion if has_any else columns["num_shown"] == 0)
        found: Mask = np.logical_and.reduce(masks)
        return found

    def _with(self, kind: str) -> Mask:
        meant = self.meant
        keys = meant.where(is_of_kind(meant, kind)).columns["conversation_key"]
        found: Mask = np.isin(self.served.columns["conversation_key"], keys)
        return found


def is_of_kind(rows: Rows, kind: str) -> Mask:
    """Which suggestions are of a kind that conversations are found by."""
    columns = rows.columns
    is_used = columns["kind"] == _USED
    found: Mask
    match kind:
        case Suggested.USED:
            found = is_used
        case _ if kind in _TOLD:
            found = is_used & np.isin(columns["evidence"], [EVIDENCE_CODES[each] for each in _TOLD[kind]])
        case Suggested.EXACT | Suggested.NEAR:
            wanted = Repeat.EXACT if kind == Suggested.EXACT else Repeat.NEAR
            found = is_used & (columns["repeat"] == REPEAT_CODES[wanted])
        case Suggested.TIMED:
            found = is_used & (columns["use_ms"] != NO_TIME)
        case Suggested.DISMISSED | Suggested.IGNORED:
            found = columns["kind"] == FATE_CODES[Fate(kind)]
        case _:
            found = np.ones(len(rows), dtype=np.bool_)
    return found


def count_assists(found: Assists, by: Sequence[str] = ()) -> dict[Key, AssistTotals]:
    """The figures by group, of suggestions by what they have themselves; without `by` one, with how many were reached."""
    meant = found.meant
    if not by:
        (whole,) = _add_up(meant, Runs.of_all(len(meant))).values()
        return {(): replace(whole, served=len(found.first_served), served_with=len(found.first_with))}
    if not len(meant):
        return {}
    groups, names = grouped(meant, by, found.filters.tz)
    totals = _add_up(meant, groups)
    return dict(zip(names(list(totals)), totals.values(), strict=True))


def count_in_time(found: Assists, by: Sequence[str]) -> dict[Key, AssistTotals]:
    """The same by bucket of time, each with how many conversations were reached; those that none was shown in, too."""
    shown = count_assists(found, by)
    served, reached = (_lengths(rows, by, found.filters.tz) for rows in (found.first_served, found.first_with))
    return {
        key: replace(shown.get(key, AssistTotals()), served=served.get(key, 0), served_with=reached.get(key, 0))
        for key in shown.keys() | served.keys()
    }


def _lengths(rows: Rows, by: Sequence[str], tz: str) -> dict[Key, int]:
    if not len(rows):
        return {}
    groups, names = grouped(rows, by, tz)
    counts = {number: count for number, count in enumerate(groups.lengths().tolist()) if count}
    return dict(zip(names(list(counts)), counts.values(), strict=True))


def _add_up(rows: Rows, groups: Groups) -> dict[int, AssistTotals]:
    lengths = groups.lengths()
    counts = {
        "suggestions_shown": lengths,
        **{field: groups.counted(is_of_kind(rows, kind)) for field, kind in _COUNTED.items()},
        "num_conversations": _different(rows, groups),
    }
    places = np.flatnonzero(is_of_kind(rows, Suggested.TIMED))
    times = groups.at(places).quantiles(rows.columns["use_ms"][places])
    there = [0] if groups.size == 1 else np.flatnonzero(lengths).tolist()
    return {
        number: AssistTotals(
            **{field: int(values[number]) for field, values in counts.items()},
            time_to_use=Times(*(int(values[number]) for values in times)),
        )
        for number in there
    }


_COUNTED = {
    **{"only_event": Suggested.ONLY_EVENT, "only_words": Suggested.ONLY_WORDS, "both": Suggested.BOTH},
    **{"exact": Suggested.EXACT, "near": Suggested.NEAR, "dismissed": Suggested.DISMISSED, "ignored": Suggested.IGNORED},
}


def _different(rows: Rows, groups: Groups) -> Ints:
    """How many conversations the suggestions of each group are in."""
    if not len(rows):
        return np.zeros(groups.size, dtype=np.int64)
    _, conversations = numbered(rows.columns["conversation_key"])
    pairs = groups.numbers.astype(np.int64) * (int(conversations.max()) + 1) + conversations
    return np.bincount(np.unique(pairs) // (int(conversations.max()) + 1), minlength=groups.size)


def _among(rows: Rows, words: Mapping[str, Iterable[str]]) -> Iterator[Mask]:
    for name, wanted in words.items():
        if wanted:
            yield rows.among(name, wanted)
