"""Kinds of values: how each is read from TOML or from a variable's text, and what it may be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Kind:
    """How a setting is read: from a variable's text to what TOML would give, and from that to the checked value."""

    allowed: str
    check: Callable[[Any], Any]  # raises ValueError
    from_text: Callable[[str], Any] = str
    is_secret: bool = False


def frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """These values, read only."""
    return MappingProxyType(dict(values))


def require(condition: bool) -> None:
    """Refuse a value that does not fit."""
    if not condition:
        raise ValueError


def text(allowed: str, pattern: str, *, is_secret: bool = False) -> Kind:
    """Text that matches a pattern as a whole."""

    def check(value: Any) -> str:
        require(isinstance(value, str) and re.fullmatch(pattern, value) is not None)
        return str(value)

    return Kind(allowed, check, is_secret=is_secret)


def place() -> Kind:
    """A path; in a file a relative one starts at the file's own folder."""

    def check(value: Any) -> Path:
        require(isinstance(value, str) and value.strip() != "")
        return Path(value).expanduser()

    return Kind("the path of a file or folder", check)


def whole(low: int, high: int) -> Kind:
    """A whole number between two others, both included."""

    def check(value: Any) -> int:
        require(type(value) is int and low <= value <= high)  # a bool is no number
        return int(value)

    return Kind(f"a whole number from {low} to {high}", check, int)


def number(allowed: str, fits: Callable[[float], bool]) -> Kind:
    """A finite number that fits."""

    def check(value: Any) -> float:
        require(type(value) in (int, float) and math.isfinite(value) and fits(value))
        return float(value)

    return Kind(allowed, check, float)


def yes_or_no() -> Kind:
    """True or false."""

    def check(value: Any) -> bool:
        require(type(value) is bool)
        return bool(value)

    def from_text(text: str) -> bool | str:
        return {"true": True, "false": False}.get(text.strip().lower(), text)

    return Kind("true or false", check, from_text)


def zone() -> Kind:
    """A time zone."""

    def check(value: Any) -> str:
        require(isinstance(value, str))
        try:
            return ZoneInfo(value).key
        except (OSError, KeyError) as error:  # a folder's name, or no such zone
            raise ValueError from error

    return Kind('a time zone by its IANA name, such as "Europe/Berlin"', check)


def names() -> Kind:
    """Names in lower case, each once."""

    def check(value: Any) -> tuple[str, ...]:
        require(isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value))
        return tuple(dict.fromkeys(name.strip().lower() for name in value))

    def from_text(text: str) -> list[str]:
        return [] if text.strip() == "none" else text.split(",")

    return Kind('a list of names; in a variable separated by commas, or "none"', check, from_text)


def by_name(each: Kind) -> Kind:
    """A table of values of one kind."""

    def check(value: Any) -> Mapping[str, Any]:
        require(isinstance(value, dict) and all(name.strip() for name in value))
        return frozen({name: each.check(item) for name, item in value.items()})

    def from_text(text: str) -> dict[str, Any]:
        pairs = [pair.rsplit("=", 1) for pair in text.split(",")]
        return {name.strip(): each.from_text(item.strip()) for name, item in pairs}

    return Kind(f"a table from name to {each.allowed}; in a variable name=value,name=value", check, from_text)
