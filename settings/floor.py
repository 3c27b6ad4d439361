"""Kinds of settings only the live floor has: limits of bands, and addresses with places to fill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from settings.kinds import Kind, frozen, require

# The live metrics that may have limits. The longest wait has the wait target instead, which counts in need as well; what happens
# in a window is limited by how often it does in an hour, so that every window can be read by the same limits.
LIMITED = ("waiting", "live_sentiment", "low_sentiment", "escalations", "abandonments")
FALLS = ("live_sentiment",)  # for these less is worse
PLACES = ("conversation_id", "source")


def limits() -> Kind:
    """By metric, from which value it is at risk and from which it is critical."""

    def from_text(text: str) -> dict[str, Any]:
        pairs = [pair.rsplit("=", 1) for pair in text.split(",")]
        return {name.strip(): [float(value) for value in pair.split(":")] for name, pair in pairs}

    allowed = f"a table from {', '.join(LIMITED)} to [at risk from, critical from]; in a variable name=5:10,name=3:6"
    return Kind(allowed, _limits, from_text)


def limits_by_queue() -> Kind:
    """The same for each of some queues."""

    def check(value: Any) -> Mapping[str, Any]:
        require(isinstance(value, dict) and all(name.strip() for name in value))
        return frozen({name: _limits(table) for name, table in value.items()})

    def from_text(text: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pair in text.split(","):
            name, values = pair.rsplit("=", 1)
            queue, metric = name.strip().rsplit(".", 1)
            found.setdefault(queue, {})[metric] = [float(value) for value in values.split(":")]
        return found

    return Kind("a table from queue to a table such as [bands]; in a variable queue.name=5:10", check, from_text)


def _limits(table: Any) -> Mapping[str, tuple[float, float]]:
    require(isinstance(table, dict))
    return frozen({name: _pair(name, pair) for name, pair in table.items()})


def _pair(name: str, pair: Any) -> tuple[float, float]:
    require(name in LIMITED and isinstance(pair, list) and len(pair) == 2)
    require(all(type(value) in (int, float) and math.isfinite(value) for value in pair))
    at_risk, critical = float(pair[0]), float(pair[1])
    require(critical <= at_risk if name in FALLS else critical >= at_risk)
    return at_risk, critical


def address() -> Kind:
    """An http or https address with places to fill, such as {conversation_id}."""

    def check(value: Any) -> str:
        require(isinstance(value, str) and value.isprintable() and " " not in value)
        parts = urlsplit(value)
        require(parts.scheme in ("http", "https") and bool(parts.hostname) and "{" not in parts.netloc)
        for _, place, spec, conversion in Formatter().parse(value):
            require(place is None or (place in PLACES and not spec and conversion is None))
        return str(value)

    return Kind("an http or https address that may hold {conversation_id} and {source} after the host", check)
