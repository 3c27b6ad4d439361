"""Reads floorwalker.toml and the FLOORWALKER_* variables (variables win), once, at the start."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings.errors import ConfigurationError, unknown
from settings.known import KINDS
from settings.tables import TABLES
from settings.values import Settings

PREFIX = "FLOORWALKER_"
CONFIG_VARIABLE = "FLOORWALKER_CONFIG"  # where the file is; so it cannot stand in the file
DEFAULT_PATH = Path("floorwalker.toml")


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


def _checked(name: str, value: Any, *, called: str, from_text: bool = False) -> Any:
    kind = KINDS[name]
    try:
        return kind.check(kind.from_text(value) if from_text else value)
    except (ValueError, OverflowError) as error:
        got = "" if kind.is_secret else f", not {value!r}"
        raise ConfigurationError(f"{called} must be {kind.allowed}{got}") from error


def _from_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the variables say; an empty one counts as not set."""
    names = {PREFIX + name.upper(): name for name in KINDS}
    values: dict[str, Any] = {}
    for variable in sorted(name for name in environ if name.startswith(PREFIX) and name != CONFIG_VARIABLE and environ[name]):
        called = f"{variable} (an environment variable)"
        table = variable.removeprefix(PREFIX).lower()
        if table in TABLES:
            raise ConfigurationError(f"{called} cannot be set there: {table} are listed in floorwalker.toml as [[{table}]]")
        if variable not in names:
            raise unknown(called, variable, list(names))
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
    tables = {name: data.pop(name, []) for name in TABLES}
    for name in data:
        if name not in KINDS:
            raise unknown(f"{name} (in {path})", name, [*KINDS, *TABLES])
    values = {name: _checked(name, value, called=f"{name} (in {path})") for name, value in data.items()}
    here = path.resolve().parent
    values = {name: here / value if isinstance(value, Path) else value for name, value in values.items()}
    return values | {name: TABLES[name](entries, path) for name, entries in tables.items()}
