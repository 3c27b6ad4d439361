"""[[alert_rules]]: what is watched for. Only the names are looked at here; what a rule means is metrics' business."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from settings.entries import Table, require_own_names, require_rules, tables
from settings.kinds import frozen
from settings.values import AlertRuleSettings


def read_alert_rules(entries: Any, path: Path) -> tuple[AlertRuleSettings, ...]:
    """The configured rules, each with a name of its own: it is what the rule is known by from one start to the next."""
    numbered = enumerate(tables("alert_rules", entries, path), start=1)
    rules = tuple(_alert_rule(entry, f"alert_rules[{number}]", path) for number, entry in numbered)
    require_own_names("alert_rules", [rule.name for rule in rules], path)
    return rules


def _alert_rule(entry: Table, called: str, path: Path) -> AlertRuleSettings:
    name = entry.get("name")
    has_name = isinstance(name, str) and name.strip() != ""
    require_rules(entry, called, path, {"name": (has_name, "the rule's name")})
    return AlertRuleSettings(str(name).strip(), frozen(entry))
