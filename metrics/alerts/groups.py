"""Groups of conversations that rules about figures are counted over: the floor, or each queue, narrowed by the rule's filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from metrics.alerts.figures import Figures
from metrics.alerts.rules import Per, Rule
from metrics.need import Targets
from metrics.places import queue_of

Scope = tuple[Per, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Group:
    """Figures for one scope: for each queue, or (under "") for all of it together."""

    def __init__(self, rule: Rule, targets: Targets) -> None:
        self._rule = rule  # any of those with this scope: only its filters count
        self._targets = targets
        self._figures: dict[str, Figures] = {}
        self._home: dict[int, str] = {}
        self.touched: set[str] = set()  # parts that have changed since somebody last looked

    def put(self, key: int, row: Mapping[str, Any] | None, now_ms: int) -> None:
        """Count a conversation as it is now."""
        before = self._home.get(key)
        after = None
        if row is not None and self._rule.reaches(row):
            after = queue_of(row) if self._rule.per is Per.QUEUE else ""
        if before is not None and before != after:
            del self._home[key]
            if self._figures[before].put(key, None, now_ms):
                self.touched.add(before)
        if after is None:
            return
        self._home[key] = after
        if after not in self._figures:
            self._figures[after] = Figures(self._targets)
        if self._figures[after].put(key, row, now_ms):
            self.touched.add(after)

    def of(self, part: str) -> Figures:
        """The figures of a queue, or of all under ""; empty ones where there are none."""
        return self._figures.get(part) or Figures(self._targets)

    def parts(self) -> Iterable[str]:
        """What there are figures of."""
        return list(self._figures) if self._rule.per is Per.QUEUE else [""]

    def prune(self, now_ms: int) -> None:
        """Forget what no figure counts any more."""
        for figures in self._figures.values():
            for key in figures.prune(now_ms):
                self._home.pop(key, None)
        for part in [part for part, figures in self._figures.items() if figures.is_empty and part not in self.touched]:
            del self._figures[part]


def scope_of(rule: Rule) -> Scope:
    """Rules with the same scope share their figures."""
    return rule.per, rule.queues, rule.channels, rule.bots
