"""[[bot_session_entitlements]]: licences and add-on packs by the month from which they are held."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from settings.entries import Table, require_known, require_rules, tables
from settings.errors import ConfigurationError
from settings.values import BotSessionEntitlement

KEYS = ["from", "licences", "packs"]
MOST = 1_000_000


def read_bot_session_entitlements(entries: Any, path: Path) -> tuple[BotSessionEntitlement, ...]:
    """What is held from which month on, in the order of months; no month twice."""
    name = "bot_session_entitlements"
    numbered = enumerate(tables(name, entries, path), start=1)
    held = sorted((_held(entry, f"{name}[{number}]", path) for number, entry in numbered), key=lambda each: each.from_month)
    months = [each.from_month for each in held]
    if len(set(months)) < len(months):
        raise ConfigurationError(f"{name} (in {path}) must each begin in a month of their own; got {', '.join(months)}")
    return tuple(held)


def _held(entry: Table, called: str, path: Path) -> BotSessionEntitlement:
    require_known(entry, called, path, KEYS)
    month = entry.get("from")
    rules = {
        "from": (
            isinstance(month, str) and re.fullmatch(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", month) is not None,
            'a month, such as "2026-11"',
        ),
        "licences": (_is_count(entry.get("licences")), f"a whole number from 0 to {MOST:,}"),
        "packs": (_is_count(entry.get("packs", 0)), f"a whole number from 0 to {MOST:,}"),
    }
    require_rules(entry, called, path, rules)
    return BotSessionEntitlement(str(month), entry["licences"], entry.get("packs", 0))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST  # a bool is no number
