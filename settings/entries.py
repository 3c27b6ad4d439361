"""What the readers of [[tables]] share: each table is checked on its own, and named where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings.errors import ConfigurationError, unknown

Table = dict[str, Any]


def tables(name: str, entries: Any, path: Path) -> list[Table]:
    """The tables headed [[name]]."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigurationError(f"{name} (in {path}) must be tables headed [[{name}]]")
    return entries


def require_known(entry: Table, called: str, path: Path, known: list[str]) -> None:
    """Refuse a key that means nothing here."""
    for key in entry:
        if key not in known:
            raise unknown(f"{called}.{key} (in {path})", key, known)


def require_own_names(name: str, called: list[str], path: Path) -> None:
    """Refuse two tables of one name."""
    if len(set(called)) < len(called):
        raise ConfigurationError(f"{name} (in {path}) must each have a name of their own; got {', '.join(called)}")


def require_rules(
    entry: Table, called: str, path: Path, rules: Mapping[str, tuple[bool, str]], *, secrets: frozenset[str] = frozenset()
) -> None:
    """Refuse a value that does not fit; `rules` says by key whether it does, and what would. Secrets are not quoted."""
    for key, (holds, allowed) in rules.items():
        if not holds:
            got = "" if key in secrets else f", not {entry.get(key)!r}"
            raise ConfigurationError(f"{called}.{key} (in {path}) must be {allowed}{got}")


def is_name(value: Any) -> bool:
    """Whether a value can name a table: letters, digits, -, _ and ."""
    return isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) is not None
