"""Escalations as columns: one array a column, words as numbers, so that any cut of very many is counted at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.rows import Ints, Mask

WORDS = ("bot", "channel", "topic", "from_queue", "to_queue", "accepted_by", "workstream")
# What stands for a value that is not told apart from others.
OTHERS = "…"


@dataclass(frozen=True, slots=True)
class EscalationRows:
    """`pairs` are the variables of all of them; `ends` says where those of each end. `words` of "pair" are the variables that
    there are: before they are judged a name and its value, then as `metrics.routing.judged_rows` tells them apart.
    """

    columns: Mapping[str, Ints]
    pairs: Ints
    ends: Ints
    words: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> Ints:
        """How many variables each has."""
        return np.diff(self.ends, prepend=0)

    def where(self, mask: Mask) -> EscalationRows:
        """Those for which `mask` holds."""
        if mask.all():
            return self
        lengths = self.lengths
        columns = {name: column[mask] for name, column in self.columns.items()}
        return EscalationRows(columns, self.pairs[np.repeat(mask, lengths)], np.cumsum(lengths[mask]), self.words)

    def part(self, first: int, last: int) -> EscalationRows:
        """Those from place `first` up to, and without, `last`; little is copied."""
        before = int(self.ends[first - 1]) if first else 0
        until = int(self.ends[last - 1]) if last > first else before
        columns = {name: column[first:last] for name, column in self.columns.items()}
        return EscalationRows(columns, self.pairs[before:until], self.ends[first:last] - before, self.words)

    def in_order(self) -> EscalationRows:
        """The oldest first."""
        order = np.lexsort((self.columns["key"], self.columns["at_ms"]))
        lengths = self.lengths
        ends = np.cumsum(lengths[order])
        # Of each variable its place before: where those of its escalation began, and how many are before it there.
        begins = np.repeat((self.ends - lengths)[order], lengths[order])
        places = begins + np.arange(len(begins)) - np.repeat(ends - lengths[order], lengths[order])
        columns = {name: column[order] for name, column in self.columns.items()}
        return EscalationRows(columns, self.pairs[places], ends, self.words)

    def among(self, name: str, wanted: Iterable[str]) -> Mask:
        """Which of them have one of these words."""
        values = set(wanted)
        is_wanted = np.array([word in values for word in self.words[name]], dtype=bool)
        found: Mask = is_wanted[self.columns[name]]
        return found

    def setting(self, variable: str) -> Mask:
        """Of judged ones: which of them had this variable set."""
        is_named = np.array([pair.partition("\0")[0] == variable for pair in self.words["pair"]], dtype=bool)
        found: Mask = np.zeros(len(self), dtype=bool)
        found[np.searchsorted(self.ends, np.flatnonzero(is_named[self.pairs]), side="right")] = True
        return found


def joined(parts: Sequence[EscalationRows], words: Mapping[str, Sequence[Any]]) -> EscalationRows:
    """At least one part, all with the same words, as one."""
    if len(parts) == 1:
        return parts[0]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    before = np.cumsum([0, *(len(part.pairs) for part in parts)])
    ends = np.concatenate([part.ends + start for part, start in zip(parts, before, strict=False)])
    return EscalationRows(columns, np.concatenate([part.pairs for part in parts]), ends, words)
