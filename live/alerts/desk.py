"""What people do about alerts: pages and command lines ask here. May be used from any thread.

What changes an alert or a rule is done by the engine, between two readings of the floor, and is on disk when a call returns.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as NotDoneError
from dataclasses import dataclass, replace
from typing import Any

from live.alerts.engine import AlertEngine
from live.alerts.following import Following
from live.alerts.ledger import Ledger
from metrics.alerts.checking import RuleError
from metrics.alerts.past import Trial, try_on_past
from metrics.alerts.rulebook import Origin, RuleView, saved_row
from metrics.alerts.rules import Rule
from metrics.alerts.sentences import describe_rule
from metrics.alerts.watchlist import Happening, Pair
from metrics.rules import Rules
from store.alerts.reads import HistoryFilter, alerts_by_id, count_open, page_of_alerts, saved_rules, steps_of
from store.alerts.writes import delete_rule, save_rule
from store.engine import Store
from store.errors import StoreBusyError

# A person waits this long for the disk.
PATIENCE_SECONDS = 10.0
MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as a page shows it: columns of table `alert`, and of its steps where they were asked for."""

    alert: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Alerts, latest first; `next` is where the next page begins, None where there is none."""

    alerts: tuple[AlertView, ...]
    next: tuple[int, int] | None


class AlertDesk:
    """The rules and alerts of the database that is shown now."""

    def __init__(self, engine: AlertEngine, store: Callable[[], Store], *, now_ms: Callable[[], int], definitions: Rules) -> None:
        self._engine = engine
        self._store = store
        self._now_ms = now_ms
        self._definitions = definitions

    # Rules

    def rules(self) -> list[RuleView]:
        """Every rule: those made here newest first, those of floorwalker.toml, those built in."""
        with self._store().read() as connection:
            return self._engine.rulebook.views(saved_rules(connection), count_open(connection))

    def draft(self, fields: Mapping[str, Any], *, rule_id: str = "draft") -> Rule:
        """The rule that these fields say, not saved. Raises RuleError, which names the field and what to write there."""
        return self._engine.rulebook.draft(fields, rule_id=rule_id)

    def describe(self, rule: Rule) -> str:
        """What a rule does, in words, by the levels of these settings."""
        return describe_rule(rule, self._engine.rulebook.promises)

    def save(self, fields: Mapping[str, Any], *, by: str, rule_id: str | None = None) -> RuleView:
        """Save a new rule, or other fields of one made here. Raises RuleError."""
        before = None if rule_id is None else self._own(rule_id)
        rule = self.draft(fields, rule_id=rule_id or secrets.token_hex(6))
        if before is not None:
            if before.rule.kind is not rule.kind:
                raise RuleError("kind", f"cannot change from {before.rule.kind}; make a new rule, and delete this one")
            rule = replace(rule, is_enabled=before.is_enabled, muted_until_ms=before.muted_until_ms)
        self._set(rule, is_made_here=True, by=by)
        return self._view(rule.rule_id)

    def delete(self, rule_id: str, *, by: str) -> None:
        """Delete a rule made here. Its open alerts end; its history stays."""
        self._own(rule_id)

        def do(following: Following, _ledger: Ledger, now_ms: int) -> list[Happening]:
            with following.store.write() as connection:
                delete_rule(connection, rule_id)
            return self._engine.take_up_rules(now_ms)

        self._done(do)

    def enable(self, rule_id: str, *, enabled: bool, by: str) -> RuleView:
        """Switch a rule on or off. Switched off, its open alerts end and nobody is told."""
        view = self._view(rule_id)
        self._set(replace(view.rule, is_enabled=enabled), is_made_here=view.origin is Origin.PAGE, by=by)
        return self._view(rule_id)

    def mute(self, rule_id: str, until_ms: int | None, *, by: str) -> RuleView:
        """Have a rule tell nobody until then, and go on recording; None: it tells again."""
        view = self._view(rule_id)
        self._set(replace(view.rule, muted_until_ms=until_ms), is_made_here=view.origin is Origin.PAGE, by=by)
        return self._view(rule_id)

    # Alerts

    def acknowledge(self, alert_id: int, *, by: str) -> AlertView | None:
        """Say that somebody looks after it. Of one that is over, or acknowledged already, nothing changes."""
        return self._by_hand(alert_id, lambda following, pair, now_ms: following.acknowledge(pair, now_ms, by))

    def resolve(self, alert_id: int, *, by: str) -> AlertView | None:
        """Say that it is over. While what caused it stands, it does not fire again."""
        return self._by_hand(alert_id, lambda following, pair, now_ms: following.resolve(pair, now_ms, by))

    def alert(self, alert_id: int) -> AlertView | None:
        """One alert with its steps; None where there is none."""
        with self._store().read() as connection:
            rows = alerts_by_id(connection, [alert_id])
            return AlertView(rows[0], tuple(steps_of(connection, alert_id))) if rows else None

    def history(
        self, chosen: HistoryFilter | None = None, after: tuple[int, int] | None = None, *, limit: int = 50
    ) -> HistoryPage:
        """Alerts by the time they fired, latest first, behind the place where the page before ended."""
        with self._store().read() as connection:
            rows = page_of_alerts(connection, chosen or HistoryFilter(), after, limit + 1)
        shown = rows[:limit]
        place = (shown[-1]["fired_ms"], shown[-1]["alert_id"]) if len(rows) > limit else None
        return HistoryPage(tuple(AlertView(row) for row in shown), place)

    def try_on_past(self, rule: Rule, *, days: int = 7, zone: str = "UTC") -> Iterator[Trial]:
        """When a rule would have fired over the last days. Yields as it goes on; who stops asking stops it."""
        return try_on_past(
            self._store(),
            rule,
            days=min(max(days, 1), MAX_DAYS),
            zone=zone,
            now_ms=self._now_ms(),
            promises=self._engine.rulebook.promises,
            rules=self._definitions,
            entitlement=self._engine.entitlement(),
        )

    # How it is done

    def _by_hand(self, alert_id: int, act: Callable[[Following, Pair, int], list[Happening]]) -> AlertView | None:
        def do(following: Following, ledger: Ledger, now_ms: int) -> list[Happening]:
            pair = ledger.pair_of(alert_id)
            return [] if pair is None else act(following, pair, now_ms)

        self._done(do)
        return self.alert(alert_id)

    def _set(self, rule: Rule, *, is_made_here: bool, by: str) -> None:
        def do(following: Following, _ledger: Ledger, now_ms: int) -> list[Happening]:
            with following.store.write() as connection:
                created = {row["rule_id"]: row["created_ms"] for row in saved_rules(connection)}
                created_ms = created.get(rule.rule_id, now_ms)
                save_rule(connection, saved_row(rule, is_made_here=is_made_here, created_ms=created_ms, now_ms=now_ms, by=by))
            return self._engine.take_up_rules(now_ms)

        self._done(do)

    def _done(self, do: Callable[[Following, Ledger, int], list[Happening]]) -> None:
        try:
            self._engine.command(do).result(PATIENCE_SECONDS)
        except NotDoneError as error:
            raise StoreBusyError("the database is busy; it will be done as soon as it is free") from error

    def _view(self, rule_id: str) -> RuleView:
        for view in self.rules():
            if view.rule.rule_id == rule_id:
                return view
        raise RuleError("rule_id", f"names no rule: {rule_id!r} was deleted, perhaps by somebody else")

    def _own(self, rule_id: str) -> RuleView:
        view = self._view(rule_id)
        if not view.can_be_changed:
            where = "is built in" if view.origin is Origin.BUILT_IN else "stands in floorwalker.toml"
            raise RuleError("rule_id", f"cannot be changed here: the rule {where}; make a copy of it")
        return view
