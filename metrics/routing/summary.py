"""What many escalations come to: landed elsewhere by rule, from where to where they went, what was seen of variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from metrics.groups import numbered
from metrics.routing.escalation_rows import OTHERS, EscalationRows
from metrics.routing.escalations import Judged, Landing
from metrics.routing.health import Seen
from metrics.routing.judged_rows import BY_FALLBACK, LANDINGS, NOT_ROUTED, Coder
from metrics.rows import Ints, Mask

# Values of a variable that are told apart in one cut.
MAX_VALUES = 50


@dataclass(slots=True)
class Summary:
    """What the escalations of a span come to."""

    landings: Mapping[Landing, int] = field(default_factory=lambda: dict.fromkeys(Landing, 0))
    # By rule ("" for the fallback), the queue it names and the queue it went to.
    elsewhere: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)  # bot → queue
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)  # queue → who accepted; "" nobody
    seen: Seen = field(default_factory=lambda: Seen({}, {}, {}))

    @property
    def num_escalations(self) -> int:
        """How many there are."""
        return sum(self.landings.values())


def summarise(judged: Iterable[Judged]) -> Summary:
    """Count judged escalations, which come the oldest first."""
    return summarise_rows(Coder().code(list(judged)))


def summarise_rows(rows: EscalationRows) -> Summary:
    """The same of their columns."""
    columns, words = rows.columns, rows.words
    landed = np.bincount(columns["landing"], minlength=len(LANDINGS)).tolist()
    is_elsewhere = columns["landing"] == LANDINGS.index(Landing.ELSEWHERE)
    every = np.arange(len(rows))
    summary = Summary(
        landings=dict(zip(LANDINGS, landed, strict=True)),
        elsewhere=_count_by(rows, np.flatnonzero(is_elsewhere), "rule", "wanted", "to_queue"),
        flows=_count_by(rows, every, "bot", "to_queue"),
        accepted=_count_by(rows, every, "to_queue", "accepted_by"),
    )
    returned = np.bincount(columns["bot"][columns["returned"]], minlength=len(words["bot"])).tolist()
    summary.seen = Seen(
        _values(rows, columns["routed"] != NOT_ROUTED),
        _values(rows, columns["routed"] == BY_FALLBACK),
        Counter({bot: count for bot, count in zip(words["bot"], returned, strict=True) if count}),
    )
    return summary


def _count_by(rows: EscalationRows, places: Ints, *names: str) -> Counter[Any]:
    """How many of these places have the same words in some columns, by these."""
    if not len(places):
        return Counter()
    codes = np.zeros(len(places), dtype=np.int64)
    for name in names:
        codes = codes * len(rows.words[name]) + rows.columns[name][places]
    found, numbers = numbered(codes)
    words: list[list[Any]] = []
    for name in reversed(names):
        found, rest = np.divmod(found, len(rows.words[name]))
        words.append([rows.words[name][code] for code in rest.tolist()])
    return Counter(dict(zip(zip(*reversed(words), strict=True), np.bincount(numbers).tolist(), strict=True)))


def _values(rows: EscalationRows, mask: Mask) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """By workstream and variable, how often each value was set: of very many the first are told apart."""
    chosen = rows.where(mask)
    if not len(chosen.pairs):
        return {stream: {} for stream in _streams(chosen)}
    pairs = chosen.words["pair"]
    lengths = np.diff(chosen.ends, prepend=0)
    codes = np.repeat(chosen.columns["workstream"].astype(np.int64), lengths) * len(pairs) + chosen.pairs
    found, numbers = numbered(codes)
    counts = np.bincount(numbers).tolist()
    first = np.zeros(len(found), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of those written to one place the last one stays: the first of all
    values: dict[str, dict[str, Counter[str]]] = {stream: {} for stream in _streams(chosen)}
    for place in np.argsort(first).tolist():
        stream, pair = divmod(int(found[place]), len(pairs))
        name, _, value = pairs[pair].partition("\0")
        told = values[chosen.words["workstream"][stream]].setdefault(name, Counter())
        told[value if len(told) < MAX_VALUES else OTHERS] += counts[place]
    return values


def _streams(rows: EscalationRows) -> Sequence[str]:
    """The workstreams that escalations were judged by, by their first."""
    column = rows.columns["workstream"]
    present = np.flatnonzero(np.bincount(column)).tolist()
    return [rows.words["workstream"][code] for code in sorted(present, key=lambda code: int(np.argmax(column == code)))]


def rows_elsewhere(summary: Summary) -> Iterator[tuple[str, str, str, int]]:
    """Rule, the queue it names, the queue they went to, and how many; the most first."""
    ordered = sorted(summary.elsewhere.items(), key=lambda item: (-item[1], item[0]))
    return ((*names, count) for names, count in ordered)
