"""Judged escalations as columns: one array a column, words as numbers, so that any cut of very many is counted at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.routing.escalations import Judged, Landing
from metrics.routing.evaluate import Because
from metrics.rows import Ints, Mask, Words

WORDS = ("bot", "channel", "topic", "from_queue", "to_queue", "accepted_by", "workstream", "rule", "wanted")
LANDINGS = tuple(Landing)
# Values of a variable that are told apart at all; what a bot writes freely would have no end.
MOST_VALUES = 1_000
LONGEST_VALUE = 60
OTHERS = "…"
# Whether anything was in force to be routed by, and whether a rule took it.
NOT_ROUTED, BY_RULE, BY_FALLBACK = range(3)


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """Escalations, the oldest first. `pairs` are the variables of all of them; `ends` says where those of each end."""

    columns: Mapping[str, Ints]
    pairs: Ints
    ends: Ints
    words: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.ends)

    def where(self, mask: Mask) -> JudgedRows:
        """Those for which `mask` holds."""
        if mask.all():
            return self
        lengths = np.diff(self.ends, prepend=0)
        columns = {name: column[mask] for name, column in self.columns.items()}
        return JudgedRows(columns, self.pairs[np.repeat(mask, lengths)], np.cumsum(lengths[mask]), self.words)

    def among(self, name: str, wanted: Iterable[str]) -> Mask:
        """Which of them have one of these words."""
        values = set(wanted)
        is_wanted = np.array([word in values for word in self.words[name]], dtype=bool)
        found: Mask = is_wanted[self.columns[name]]
        return found


class Coder:
    """Turns judged escalations into columns; what it makes at different times fits together."""

    def __init__(self) -> None:
        self._words = Words((*WORDS, "pair"))
        self._told: Counter[str] = Counter()
        self._pairs: set[str] = set()

    def code(self, judged: Sequence[Judged]) -> JudgedRows:
        """The columns of escalations, which come the oldest first."""
        said = {
            "bot": [item.escalation.bot for item in judged],
            "channel": [item.escalation.channel for item in judged],
            "topic": [item.escalation.topic for item in judged],
            "from_queue": [item.escalation.from_queue for item in judged],
            "to_queue": [item.escalation.to_queue for item in judged],
            "accepted_by": [item.escalation.accepted_by for item in judged],
            "workstream": [item.workstream for item in judged],
            "rule": [item.routed.rule.name if item.routed and item.routed.rule else "" for item in judged],
            "wanted": [item.routed.queue if item.routed else "" for item in judged],
        }
        columns: dict[str, Ints] = {
            name: np.array(self._words.codes(name, words), dtype=np.uint32) for name, words in said.items()
        }
        columns |= {
            "key": np.array([item.escalation.key for item in judged], dtype=np.int64),
            "at_ms": np.array([item.escalation.at_ms for item in judged], dtype=np.int64),
            "landing": np.array([_LANDING[item.landing] for item in judged], dtype=np.uint8),
            "routed": np.array([_routed(item) for item in judged], dtype=np.uint8),
            "returned": np.array([item.escalation.returned_to_bot for item in judged], dtype=bool),
        }
        pairs = [self._pair(name, str(value)) for item in judged for name, value in item.escalation.variables.items()]
        ends = np.cumsum([len(item.escalation.variables) for item in judged], dtype=np.int64)
        return JudgedRows(columns, np.array(self._words.codes("pair", pairs), dtype=np.uint32), ends, self._words.listed())

    def join(self, parts: Sequence[JudgedRows]) -> JudgedRows:
        """Parts, each older than the next, as one."""
        if not parts:
            return self.code([])
        columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
        before = np.cumsum([0, *(len(part.pairs) for part in parts)])
        ends = np.concatenate([part.ends + start for part, start in zip(parts, before, strict=False)])
        return JudgedRows(columns, np.concatenate([part.pairs for part in parts]), ends, self._words.listed())

    def _pair(self, name: str, value: str) -> str:
        pair = f"{name}\0{value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + OTHERS}"
        if pair not in self._pairs:
            if self._told[name] >= MOST_VALUES:
                return f"{name}\0{OTHERS}"
            self._told[name] += 1
            self._pairs.add(pair)
        return pair


_LANDING = {landing: code for code, landing in enumerate(LANDINGS)}


def _routed(item: Judged) -> int:
    if item.routed is None:
        return NOT_ROUTED
    return BY_FALLBACK if item.routed.because is Because.FALLBACK else BY_RULE
