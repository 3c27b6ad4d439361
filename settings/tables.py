"""Settings that are lists of tables, such as [[sources]]: each table is read on its own and named where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from settings.errors import ConfigurationError, unknown
from settings.kinds import frozen
from settings.values import AlertRuleSettings, SourceSettings

Table = dict[str, Any]
SOURCE_KINDS = ("bot_framework", "copilot_studio")


def _tables(name: str, entries: Any, path: Path) -> list[Table]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigurationError(f"{name} (in {path}) must be tables headed [[{name}]]")
    return entries


def _require_known(entry: Table, called: str, path: Path, known: list[str]) -> None:
    for key in entry:
        if key not in known:
            raise unknown(f"{called}.{key} (in {path})", key, known)


def _require_own_names(name: str, called: list[str], path: Path) -> None:
    if len(set(called)) < len(called):
        raise ConfigurationError(f"{name} (in {path}) must each have a name of their own; got {', '.join(called)}")


def _require_rules(entry: Table, called: str, path: Path, rules: Mapping[str, tuple[bool, str]]) -> None:
    for key, (holds, allowed) in rules.items():
        if not holds:
            raise ConfigurationError(f"{called}.{key} (in {path}) must be {allowed}, not {entry.get(key)!r}")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) is not None


def _sources(entries: Any, path: Path) -> tuple[SourceSettings, ...]:
    numbered = enumerate(_tables("sources", entries, path), start=1)
    sources = tuple(_source(entry, f"sources[{number}]", path) for number, entry in numbered)
    _require_own_names("sources", [source.name for source in sources], path)
    return sources


def _source(entry: Table, called: str, path: Path) -> SourceSettings:
    """One [[sources]] table; a relative path starts at the file's own folder, and the name is the kind where none is given."""
    _require_known(entry, called, path, [item.name for item in fields(SourceSettings)])
    rules = {
        "kind": (entry.get("kind") in SOURCE_KINDS, " or ".join(f'"{kind}"' for kind in SOURCE_KINDS)),
        "path": (isinstance(entry.get("path"), str) and entry["path"] != "", "the path of a file or folder"),
        "name": (_is_name(entry.get("name", entry.get("kind"))), "letters, digits, -, _ and ."),
        "watch": (isinstance(entry.get("watch", True), bool), "true or false"),
    }
    _require_rules(entry, called, path, rules)
    place = path.resolve().parent / Path(entry["path"]).expanduser()
    kind = str(entry["kind"])
    return SourceSettings(str(entry.get("name", kind)), kind, place, entry.get("watch", True))


def _alert_rules(entries: Any, path: Path) -> tuple[AlertRuleSettings, ...]:
    numbered = enumerate(_tables("alert_rules", entries, path), start=1)
    rules = tuple(_alert_rule(entry, f"alert_rules[{number}]", path) for number, entry in numbered)
    _require_own_names("alert_rules", [rule.name for rule in rules], path)
    return rules


def _alert_rule(entry: Table, called: str, path: Path) -> AlertRuleSettings:
    """One [[alert_rules]] table. Only its name is looked at here: it is what the rule is known by from one start to the next."""
    name = entry.get("name")
    has_name = isinstance(name, str) and name.strip() != ""
    _require_rules(entry, called, path, {"name": (has_name, "the rule's name")})
    return AlertRuleSettings(str(name).strip(), frozen(entry))


TABLES: Mapping[str, Callable[[Any, Path], tuple[Any, ...]]] = frozen({"sources": _sources, "alert_rules": _alert_rules})
