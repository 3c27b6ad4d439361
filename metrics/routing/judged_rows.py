"""Judged escalations as columns: beside what an escalation is, the workstream, rule and queue by which it was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from metrics.routing.escalation_packs import LONGEST_VALUE
from metrics.routing.escalation_rows import OTHERS, WORDS, EscalationRows
from metrics.routing.escalations import Judged, Landing
from metrics.routing.evaluate import Because, Routed
from metrics.routing.judging import Cases
from metrics.rows import Ints, Words

JUDGED_WORDS = (*WORDS, "rule", "wanted")
LANDINGS = tuple(Landing)
# Values of a variable that are told apart at all; what a bot writes freely would have no end.
MOST_VALUES = 1_000
# Whether anything was in force to be routed by, and whether a rule took it.
NOT_ROUTED, BY_RULE, BY_FALLBACK = range(3)


class Coder:
    """Turns judged escalations into columns; what it makes at different times fits together."""

    def __init__(self) -> None:
        self._words = Words((*JUDGED_WORDS, "pair"))
        self._told: Counter[str] = Counter()
        self._pairs: set[str] = set()

    def code(self, judged: Sequence[Judged]) -> EscalationRows:
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
            "day": np.zeros(len(judged), dtype=np.int64),
            "landing": np.array([_LANDING[item.landing] for item in judged], dtype=np.uint8),
            "routed": np.array([_routed(item.routed) for item in judged], dtype=np.uint8),
            "returned": np.array([item.escalation.returned_to_bot for item in judged], dtype=bool),
        }
        pairs = [self._pair(name, str(value)) for item in judged for name, value in item.escalation.variables.items()]
        ends = np.cumsum([len(item.escalation.variables) for item in judged], dtype=np.int64)
        return EscalationRows(columns, np.array(self._words.codes("pair", pairs), dtype=np.uint32), ends, self._words.listed())

    def judged(self, rows: EscalationRows, cases: Cases) -> EscalationRows:
        """The columns of escalations that were unpacked, in their order; `cases` are theirs."""
        wanted = [found[1].queue if found else "" for found in cases.found]
        said = {
            "workstream": [found[0] if found else "" for found in cases.found],
            "rule": [found[1].rule.name if found and found[1].rule else "" for found in cases.found],
            "wanted": wanted,
        }
        columns = {name: self._codes(name, rows.words[name])[rows.columns[name]] for name in WORDS if name != "workstream"} | {
            name: self._codes(name, words)[cases.numbers] for name, words in said.items()
        }
        columns |= {name: rows.columns[name] for name in ("key", "at_ms", "day")}
        columns["returned"] = rows.columns["returned"].astype(np.bool_)
        columns["routed"] = np.array([_routed(found and found[1]) for found in cases.found], dtype=np.uint8)[cases.numbers]
        columns["landing"] = _landings(rows, cases, wanted)
        pairs = self._codes("pair", [self._pair(name, str(value)) for name, value in rows.words["pair"]])
        return EscalationRows(columns, pairs[rows.pairs], rows.ends, {})

    def listed(self) -> Mapping[str, Sequence[str]]:
        """The words of what was made until now."""
        return self._words.listed()

    def _codes(self, name: str, words: Sequence[str]) -> Ints:
        return np.array(self._words.codes(name, words), dtype=np.uint32)

    def _pair(self, name: str, value: str) -> str:
        pair = f"{name}\0{value if len(value) <= LONGEST_VALUE else OTHERS}"
        if pair not in self._pairs:
            if self._told[name] >= MOST_VALUES:
                return f"{name}\0{OTHERS}"
            self._told[name] += 1
            self._pairs.add(pair)
        return pair


_LANDING = {landing: code for code, landing in enumerate(LANDINGS)}


def _landings(rows: EscalationRows, cases: Cases, wanted: Sequence[str]) -> Ints:
    """Where each landed, as `metrics.routing.escalations.judge_by` has it."""
    queues = {queue: number for number, queue in enumerate(rows.words["to_queue"])}
    is_ruled = [bool(found and found[1].queue and found[1].because is not Because.UNKNOWN_WORKSTREAM) for found in cases.found]
    went = rows.columns["to_queue"].astype(np.int64)
    right = np.array([queues.get(queue, -1) for queue in wanted], dtype=np.int64)[cases.numbers]
    passed_on = [
        case * len(queues) + queues[queue]
        for case, item in enumerate(cases.found)
        for queue in (item[1].on_overflow if item else ())
        if queue in queues
    ]
    landed = np.full(len(went), _LANDING[Landing.ELSEWHERE])
    landed[np.isin(cases.numbers * len(queues) + went, passed_on)] = _LANDING[Landing.ON_OVERFLOW]
    landed[went == right] = _LANDING[Landing.AS_RULED]
    landed[went == queues.get("", -1)] = _LANDING[Landing.QUEUE_UNKNOWN]
    landed[~np.array(is_ruled, dtype=np.bool_)[cases.numbers]] = _LANDING[Landing.NOT_RULED]
    return landed.astype(np.uint8)


def _routed(routed: Routed | None) -> int:
    if routed is None:
        return NOT_ROUTED
    return BY_FALLBACK if routed.because is Because.FALLBACK else BY_RULE
