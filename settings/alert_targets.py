"""[[alert_targets]]: whom alerts are told outside. Addresses and signing keys are secrets: no message quotes them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from settings.entries import Table, is_name, require_known, require_own_names, require_rules, tables
from settings.values import AlertTarget

# What an address of each kind begins with. Whether it is whole is seen when the server puts its parts together.
ADDRESSES = {
    "email": ("mailto:// or mailtos://", r"mailtos?://\S+"),
    "teams": ("the https:// address that Teams shows for a workflow", r"(https|workflows?)://\S+"),
    "slack": ("https://hooks.slack.com/services/… or slack://…", r"(https://hooks\.slack\.com/|slack://)\S+"),
    "webhook": ("an http:// or https:// address", r"https?://[^\s/?#]+\S*"),
}
_SECRETS = frozenset({"address", "secret"})


def read_alert_targets(entries: Any, path: Path) -> tuple[AlertTarget, ...]:
    """The configured targets, each with a name of its own."""
    numbered = enumerate(tables("alert_targets", entries, path), start=1)
    targets = tuple(_target(entry, f"alert_targets[{number}]", path) for number, entry in numbered)
    require_own_names("alert_targets", [target.name for target in targets], path)
    return targets


def _target(entry: Table, called: str, path: Path) -> AlertTarget:
    require_known(entry, called, path, [item.name for item in fields(AlertTarget)])
    kind = str(entry.get("kind"))
    is_webhook = kind == "webhook"
    allowed, pattern = ADDRESSES.get(kind, ("an address", ""))
    address, secret = entry.get("address"), entry.get("secret", "")
    is_key = isinstance(secret, str) and (len(secret) >= 16 if is_webhook else secret == "")
    rules = {
        "name": (is_name(entry.get("name")), "letters, digits, -, _ and ."),
        "kind": (kind in ADDRESSES, " or ".join(f'"{name}"' for name in ADDRESSES)),
        "address": (isinstance(address, str) and re.fullmatch(pattern, address) is not None, allowed),
        "secret": (is_key, "at least 16 characters" if is_webhook else "left out: only webhooks are signed"),
        "allow_private": (
            isinstance(entry.get("allow_private", False), bool) and (is_webhook or "allow_private" not in entry),
            "true or false, of a webhook",
        ),
    }
    require_rules(entry, called, path, rules, secrets=_SECRETS)
    return AlertTarget(**entry)
