"""What many escalations come to: landed elsewhere by rule, what was seen of variables, what another set of rules would move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from metrics.routing.escalations import Escalation, Judged, Landing, judge, route_escalation
from metrics.routing.evaluate import Because
from metrics.routing.health import Seen
from store.configurations import InForce
from store.routing_records import Configuration

# Of each group so many conversations are kept to be opened; the counts are of all.
KEPT = 500
# Values of a variable that are told apart; what a bot writes freely would have no end.
MAX_VALUES = 50
MAX_VALUE = 60
PROGRESS_EVERY = 1_000


@dataclass(slots=True)
class Group:
    """Escalations that have something in common: how many, and the latest of them."""

    count: int = 0
    latest: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged) -> None:
        """Count one; they come the oldest first."""
        self.count += 1
        self.latest.append(judged)
        if len(self.latest) > 2 * KEPT:
            del self.latest[:KEPT]


@dataclass(slots=True)
class Summary:
    """What the escalations of a span come to."""

    landings: dict[Landing, Group] = field(default_factory=lambda: {landing: Group() for landing in Landing})
    # By rule ("" for the fallback), the queue it names and the queue it went to.
    elsewhere: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)  # bot → queue
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)  # queue → who accepted; "" nobody
    seen: Seen = field(default_factory=lambda: Seen({}, {}, {}))

    @property
    def num_escalations(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.landings.values())


@dataclass(frozen=True, slots=True)
class Move:
    """Escalations that another set of rules would send elsewhere."""

    rule: str  # the rule of the tried set that takes them; "" for its fallback
    from_queue: str
    to_queue: str
    group: Group


def summarise(judged: Iterable[Judged]) -> Summary:
    """Count judged escalations."""
    summary, watched = Summary(), _Watched()
    for item in judged:
        summary.landings[item.landing].add(item)
        summary.flows[(item.escalation.bot, item.escalation.to_queue)] += 1
        summary.accepted[(item.escalation.to_queue, item.escalation.accepted_by)] += 1
        if item.landing is Landing.ELSEWHERE and item.routed is not None:
            rule = item.routed.rule.name if item.routed.rule else ""
            summary.elsewhere.setdefault((rule, item.routed.queue, item.escalation.to_queue), Group()).add(item)
        watched.see(item)
    summary.seen = watched.seen()
    return summary


def try_rules(
    configuration: Configuration,
    escalations: Iterable[Escalation],
    kept: list[InForce],
    *,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, list[Move]]:
    """What another configuration would have done with these escalations: how many were looked at, and what would have moved.

    Compared with what the rules in force say, not with where they landed: so what moves is what the change of rules moves.
    """
    groups: dict[tuple[str, str, str], Group] = {}
    count = 0
    for count, escalation in enumerate(escalations, start=1):
        was = judge(escalation, kept)
        _, now = route_escalation(configuration, escalation)
        before = was.routed.queue if was.routed is not None else ""
        if now.queue != before:
            rule = now.rule.name if now.rule else ""
            groups.setdefault((rule, before, now.queue), Group()).add(was)
        if progress is not None and count % PROGRESS_EVERY == 0:
            progress(count)
    moves = [Move(rule, before, after, group) for (rule, before, after), group in groups.items()]
    return count, sorted(moves, key=lambda move: (-move.group.count, move.rule, move.from_queue, move.to_queue))


class _Watched:
    """Gathers which variables were set to what, and which values no rule took."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Counter[str]]] = {}
        self._unhandled: dict[str, dict[str, Counter[str]]] = {}
        self._returned: Counter[str] = Counter()

    def see(self, item: Judged) -> None:
        if item.escalation.returned_to_bot:
            self._returned[item.escalation.bot] += 1
        if item.routed is None:
            return
        self._add(self._values, item)
        if item.routed.because is Because.FALLBACK:
            self._add(self._unhandled, item)

    def seen(self) -> Seen:
        return Seen(self._values, self._unhandled, self._returned)

    @staticmethod
    def _add(where: dict[str, dict[str, Counter[str]]], item: Judged) -> None:
        variables = where.setdefault(item.workstream, {})
        for name, value in item.escalation.variables.items():
            values = variables.setdefault(name, Counter())
            text = _short(str(value))
            values[text if text in values or len(values) < MAX_VALUES else "…"] += 1


def _short(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def rows_elsewhere(summary: Summary) -> Iterator[tuple[str, str, str, Group]]:
    """Rule, the queue it names, the queue they went to, and the group; the largest first."""
    ordered = sorted(summary.elsewhere.items(), key=lambda item: (-item[1].count, item[0]))
    return ((*names, group) for names, group in ordered)
