"""The rules that hold: those built in, those of floorwalker.toml, those made on the page; and what was set about each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from metrics.alerts.built_in import BUILT_IN
from metrics.alerts.checking import RuleError, fields_of, rule_from
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Rule
from metrics.alerts.sentences import describe_rule


class Origin(StrEnum):
    """Where a rule comes from. Only those of the page can be changed there."""

    BUILT_IN = "built_in"
    FILE = "file"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as a page shows it."""

    rule: Rule
    origin: Origin
    sentence: str
    changed_ms: int | None  # None: never, it is as it came
    changed_by: str
    num_open: int = 0
    targets_unknown: tuple[str, ...] = ()  # targets that are set up no more: they are not told

    @property
    def is_enabled(self) -> bool:
        """Whether it looks at anything."""
        return self.rule.is_enabled

    @property
    def muted_until_ms(self) -> int | None:
        """Until when it tells nobody."""
        return self.rule.muted_until_ms

    @property
    def can_be_changed(self) -> bool:
        """Whether its fields can be changed, and it deleted, on a page."""
        return self.origin is Origin.PAGE


class RuleBook:
    """Puts the rules of one database together."""

    def __init__(self, configured: Iterable[Rule] = (), *, promises: Promises, known_targets: Collection[str] = ()) -> None:
        self.known_targets = frozenset(known_targets)
        self.promises = promises
        self._given = {rule.rule_id: (rule, Origin.BUILT_IN) for rule in BUILT_IN}
        self._given |= {rule.rule_id: (rule, Origin.FILE) for rule in configured}

    def views(self, saved: Sequence[Mapping[str, Any]], num_open: Mapping[str, int]) -> list[RuleView]:
        """Every rule with how it stands: those of the page newest first, those of the file, those built in."""
        rows = {row["rule_id"]: row for row in saved}
        made = [(_stored(row), Origin.PAGE) for row in reversed(saved) if row["body"] is not None]
        given = sorted(self._given.values(), key=lambda each: each[1] is Origin.BUILT_IN)
        return [
            self._view(rule, origin, rows.get(rule.rule_id), num_open) for rule, origin in (*made, *given) if rule is not None
        ]

    def rules(self, saved: Sequence[Mapping[str, Any]]) -> list[Rule]:
        """The rules, switched off ones too."""
        return [view.rule for view in self.views(saved, {})]

    def draft(self, fields: Mapping[str, Any], *, rule_id: str) -> Rule:
        """The rule that these fields say. Raises RuleError."""
        return rule_from(fields, rule_id=rule_id, known_targets=self.known_targets)

    def _view(self, rule: Rule, origin: Origin, row: Mapping[str, Any] | None, num_open: Mapping[str, int]) -> RuleView:
        if row is not None:
            rule = replace(rule, is_enabled=bool(row["is_enabled"]), muted_until_ms=row["muted_until_ms"])
        return RuleView(
            rule=rule,
            origin=origin,
            sentence=describe_rule(rule, self.promises),
            changed_ms=None if row is None else row["changed_ms"],
            changed_by="" if row is None else row["changed_by"],
            num_open=num_open.get(rule.rule_id, 0),
            targets_unknown=tuple(name for name in rule.targets if name not in self.known_targets),
        )


def saved_row(rule: Rule, *, is_made_here: bool, created_ms: int, now_ms: int, by: str) -> dict[str, Any]:
    """A row of table `alert_rule`: the rule itself, where it was made on the page, and how it stands."""
    return {
        "rule_id": rule.rule_id,
        "body": orjson.dumps(fields_of(rule)).decode() if is_made_here else None,
        "is_enabled": rule.is_enabled,
        "muted_until_ms": rule.muted_until_ms,
        "created_ms": created_ms,
        "changed_ms": now_ms,
        "changed_by": by,
    }


def _stored(row: Mapping[str, Any]) -> Rule | None:
    """A rule made on the page; None where a later release wrote what this one does not know."""
    try:
        rule = rule_from(orjson.loads(row["body"]), rule_id=row["rule_id"])
    except RuleError:
        return None
    return replace(rule, watches_from_ms=row["created_ms"])
