"""What an operator may set, read once at the start from floorwalker.toml and FLOORWALKER_* variables (variables win)."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

PREFIX = "FLOORWALKER_"
CONFIG_VARIABLE = "FLOORWALKER_CONFIG"  # where the file is; so it cannot stand in the file
DEFAULT_PATH = Path("floorwalker.toml")
SOURCE_KINDS = ("bot_framework", "copilot_studio")
# One conversation id for years: a long silence there begins a new conversation.
PERSISTENT_CHANNELS = (
    "apple",
    "facebook",
    "line",
    "msteams",
    "skype",
    "slack",
    "sms",
    "telegram",
    "twitter",
    "wechat",
    "whatsapp",
)


class ConfigurationError(Exception):
    """A setting that stops the start. The message names it, says where it stands and what is allowed."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One configured source of transcripts; `name` keeps its conversations apart from those of other sources."""

    name: str
    kind: str
    path: Path
    watch: bool = True


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


_NONE_BY_NAME: Mapping[str, Any] = _frozen({})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. What may hold a secret (an address may hold a password) is never in the repr."""

    database_url: str = field(default="sqlite:///var/floorwalker.db", repr=False)
    demo: str = "auto"
    demo_database_url: str = field(default="sqlite:///var/demo.db", repr=False)
    demo_seed: int = 7
    demo_days: int = 30
    ingest_token: str | None = field(default=None, repr=False)
    session_secret: str | None = field(default=None, repr=False)
    default_language: str = "en"
    time_zone: str = "UTC"
    idle_minutes: float = 30.0
    idle_minutes_by_channel: Mapping[str, float] = field(default_factory=lambda: _NONE_BY_NAME)
    persistent_channels: tuple[str, ...] = PERSISTENT_CHANNELS
    bot_aliases: Mapping[str, str] = field(default_factory=lambda: _NONE_BY_NAME)
    wait_target_seconds: int = 60
    wait_target_seconds_by_queue: Mapping[str, int] = field(default_factory=lambda: _NONE_BY_NAME)
    sentiment_threshold: float = -0.3
    sentiment_threshold_by_queue: Mapping[str, float] = field(default_factory=lambda: _NONE_BY_NAME)
    sources: tuple[SourceSettings, ...] = ()

    def demo_wanted(self, *, real_data_exists: bool) -> bool:
        """Whether to show the simulated floor: as told, else as long as nothing real has been configured or loaded."""
        if self.demo != "auto":
            return self.demo == "on"
        return not (self.sources or self.ingest_token or real_data_exists)


def read_settings(environ: Mapping[str, str], path: Path | None = None) -> Settings:
    """The settings as they stand now. `path` or FLOORWALKER_CONFIG must exist; ./floorwalker.toml need not."""
    named = environ.get(CONFIG_VARIABLE)
    file = path or (Path(named) if named else DEFAULT_PATH)
    must_exist = path is not None or bool(named)
    values = _from_file(file, must_exist=must_exist) | _from_variables(environ)
    settings = Settings(**values)
    if _place(settings.database_url) == _place(settings.demo_database_url):
        raise ConfigurationError("database_url and demo_database_url must differ: simulated and real data never share a database")
    return settings


def _place(url: str) -> str:
    """Where a database is, however its address spells that."""
    scheme, _, path = url.partition(":///")
    return str(Path(path).resolve()) if scheme == "sqlite" else url


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a setting is read: from a variable's text to what TOML would give, and from that to the checked value."""

    allowed: str
    check: Callable[[Any], Any]  # raises ValueError
    from_text: Callable[[str], Any] = str
    is_secret: bool = False


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError


def _text(allowed: str, pattern: str, *, is_secret: bool = False) -> _Kind:
    def check(value: Any) -> str:
        _require(isinstance(value, str) and re.fullmatch(pattern, value) is not None)
        return str(value)

    return _Kind(allowed, check, is_secret=is_secret)


def _whole(low: int, high: int) -> _Kind:
    def check(value: Any) -> int:
        _require(type(value) is int and low <= value <= high)  # a bool is no number
        return int(value)

    return _Kind(f"a whole number from {low} to {high}", check, int)


def _number(allowed: str, fits: Callable[[float], bool]) -> _Kind:
    def check(value: Any) -> float:
        _require(type(value) in (int, float) and math.isfinite(value) and fits(value))
        return float(value)

    return _Kind(allowed, check, float)


def _zone() -> _Kind:
    def check(value: Any) -> str:
        _require(isinstance(value, str))
        try:
            return ZoneInfo(value).key
        except (OSError, KeyError) as error:  # a folder's name, or no such zone
            raise ValueError from error

    return _Kind('a time zone by its IANA name, such as "Europe/Berlin"', check)


def _names() -> _Kind:
    def check(value: Any) -> tuple[str, ...]:
        _require(isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value))
        return tuple(dict.fromkeys(name.strip().lower() for name in value))

    def from_text(text: str) -> list[str]:
        return [] if text.strip() == "none" else text.split(",")

    return _Kind('a list of names; in a variable separated by commas, or "none"', check, from_text)


def _by_name(each: _Kind) -> _Kind:
    def check(value: Any) -> Mapping[str, Any]:
        _require(isinstance(value, dict) and all(name.strip() for name in value))
        return _frozen({name: each.check(item) for name, item in value.items()})

    def from_text(text: str) -> dict[str, Any]:
        pairs = [pair.rsplit("=", 1) for pair in text.split(",")]
        return {name.strip(): each.from_text(item.strip()) for name, item in pairs}

    return _Kind(f"a table from name to {each.allowed}; in a variable name=value,name=value", check, from_text)


_DATABASE = _text(
    "sqlite:///path/to/file.db or postgresql://user:password@host/name",
    r"(sqlite:///|postgresql(\+psycopg)?://).+",
    is_secret=True,
)
_MINUTES = _number("a number of minutes above 0", lambda minutes: minutes > 0)
_WAIT = _whole(1, 86_400)
_SENTIMENT = _number("a number from -1 to 1", lambda level: -1 <= level <= 1)

KINDS: Mapping[str, _Kind] = _frozen(
    {
        "database_url": _DATABASE,
        "demo": _text('"auto", "on" or "off"', "auto|on|off"),
        "demo_database_url": _DATABASE,
        "demo_seed": _whole(0, 2**31 - 1),
        "demo_days": _whole(1, 730),
        "ingest_token": _text("visible ASCII characters without spaces", r"[!-~]+", is_secret=True),
        "session_secret": _text("at least 16 characters", r"(?s).{16,}", is_secret=True),
        "default_language": _text('a language tag such as "en" or "pt-BR"', r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
        "time_zone": _zone(),
        "idle_minutes": _MINUTES,
        "idle_minutes_by_channel": _by_name(_MINUTES),
        "persistent_channels": _names(),
        "bot_aliases": _by_name(_text("a bot's name", r".*\S.*")),
        "wait_target_seconds": _WAIT,
        "wait_target_seconds_by_queue": _by_name(_WAIT),
        "sentiment_threshold": _SENTIMENT,
        "sentiment_threshold_by_queue": _by_name(_SENTIMENT),
    }
)


def _checked(name: str, value: Any, *, called: str, from_text: bool = False) -> Any:
    kind = KINDS[name]
    try:
        return kind.check(kind.from_text(value) if from_text else value)
    except (ValueError, OverflowError) as error:
        got = "" if kind.is_secret else f", not {value!r}"
        raise ConfigurationError(f"{called} must be {kind.allowed}{got}") from error


def _unknown(called: str, name: str, known: list[str]) -> ConfigurationError:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return ConfigurationError(f"{called} is not a setting; {hint}")


def _from_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the variables say; an empty one counts as not set."""
    names = {PREFIX + name.upper(): name for name in KINDS}
    values: dict[str, Any] = {}
    for variable in sorted(name for name in environ if name.startswith(PREFIX) and name != CONFIG_VARIABLE and environ[name]):
        called = f"{variable} (an environment variable)"
        if variable == PREFIX + "SOURCES":
            raise ConfigurationError(f"{called} cannot be set there: sources are listed in floorwalker.toml as [[sources]]")
        if variable not in names:
            raise _unknown(called, variable, list(names))
        values[names[variable]] = _checked(names[variable], environ[variable], called=called, from_text=True)
    return values


def _from_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if must_exist:
            raise ConfigurationError(f"{path} (named by {CONFIG_VARIABLE} or on the command line) does not exist") from error
        return {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    sources = data.pop("sources", [])
    for name in data:
        if name not in KINDS:
            raise _unknown(f"{name} (in {path})", name, [*KINDS, "sources"])
    values = {name: _checked(name, value, called=f"{name} (in {path})") for name, value in data.items()}
    return values | {"sources": _sources(sources, path)}


def _sources(entries: Any, path: Path) -> tuple[SourceSettings, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigurationError(f"sources (in {path}) must be tables headed [[sources]]")
    sources = tuple(_source(entry, f"sources[{number}]", path) for number, entry in enumerate(entries, start=1))
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"sources (in {path}) must each have a name of their own; got {', '.join(names)}")
    return sources


def _source(entry: dict[str, Any], called: str, path: Path) -> SourceSettings:
    """One [[sources]] table; a relative path starts at the file's own folder, and the name is the kind where none is given."""
    known = [item.name for item in fields(SourceSettings)]
    for key in entry:
        if key not in known:
            raise _unknown(f"{called}.{key} (in {path})", key, known)
    rules: dict[str, tuple[bool, str]] = {
        "kind": (entry.get("kind") in SOURCE_KINDS, " or ".join(f'"{kind}"' for kind in SOURCE_KINDS)),
        "path": (isinstance(entry.get("path"), str) and entry["path"] != "", "the path of a file or folder"),
        "name": (_is_name(entry.get("name", entry.get("kind"))), "letters, digits, -, _ and ."),
        "watch": (isinstance(entry.get("watch", True), bool), "true or false"),
    }
    for key, (holds, allowed) in rules.items():
        if not holds:
            raise ConfigurationError(f"{called}.{key} (in {path}) must be {allowed}, not {entry.get(key)!r}")
    place = path.resolve().parent / Path(entry["path"]).expanduser()
    return SourceSettings(entry.get("name", entry["kind"]), entry["kind"], place, entry.get("watch", True))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) is not None
