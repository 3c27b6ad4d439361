"""Reads the fields of one entry, noting what is wrong instead of stopping at the first fault."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ingest.configuration.entries import Entry
from ingest.configuration.faults import Fault
from store.routing.records import Value

MAX_NAME = 100  # of a context variable, as Omnichannel has it; longer names of other things help nobody either
Word = TypeVar("Word", bound=StrEnum)


class Fields:
    """The fields of one table or of a part of one. A field that is wrong is noted in `faults` and stands in as its default."""

    def __init__(self, entry: Entry, faults: list[Fault], values: Mapping[str, Any] | None = None, path: str = "") -> None:
        self.entry = entry
        self._faults = faults
        self._values = entry.values if values is None else values
        self._path = path
        self._asked: list[str] = []

    def fault(self, key: str, what: str, remedy: str) -> None:
        """Note a fault of a field."""
        self._faults.append(self.entry.fault(f"{self._path}{key}".rstrip("/"), what, remedy))

    def has(self, key: str) -> bool:
        """Whether a field is given."""
        self._asked.append(key)
        return key in self._values

    def name(self, key: str = "name") -> str:
        """A name that must be there."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME or value != value.strip():
            self.fault(key, f"{key} is {_said(value)}", f"write a name of 1 to {MAX_NAME} characters without spaces around it")
            return ""
        return value

    def text(self, key: str) -> str:
        """Text that may be missing."""
        value = self._value(key)
        if value is None or isinstance(value, str):
            return value or ""
        self.fault(key, f"{key} is {_said(value)}", "write text in quotes")
        return ""

    def whole(self, key: str, *, low: int, high: int, default: int | None = None) -> int | None:
        """A whole number."""
        value = self._value(key)
        if value is None:
            return default
        if type(value) is int and low <= value <= high:
            return value
        self.fault(key, f"{key} is {_said(value)}", f"write a whole number from {low} to {high:,}")
        return default

    def is_true(self, key: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self._value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(key, f"{key} is {_said(value)}", "write true or false")
        return default

    def word(self, key: str, words: type[Word], default: Word | None = None) -> Word | None:
        """One of some words, in any case."""
        value = self._value(key)
        if value is None and default is not None:
            return default
        by_word = {str(word): word for word in words}
        said = str(value).strip().lower().replace("_", " ")
        if isinstance(value, str) and said in by_word:
            return by_word[said]
        self.fault(key, f"{key} is {_said(value)}", f"write {_either(by_word, said)}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._value(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(dict.fromkeys(item.strip() for item in value))
        self.fault(key, f"{key} is {_said(value)}", 'write a list of texts, such as ["webchat"]')
        return ()

    def constants(self, key: str, several: str) -> tuple[Value, ...]:
        """One value, or several under another key."""
        value = self._value(key)
        values = self._value(several)
        given = values if isinstance(values, list) else [value] if value is not None else []
        if all(isinstance(item, str | int | float) and item != "" for item in given) and (values is None or value is None):
            return tuple(given)
        self.fault(
            key, f"{key} is {_said(value if values is None else values)}", f"write {key} = text or number, or {several} = a list"
        )
        return ()

    def zone(self, key: str) -> str:
        """A time zone, UTC by default."""
        value = self._value(key)
        try:
            return ZoneInfo("UTC" if value is None else value).key
        except (TypeError, ValueError, OSError, KeyError):
            self.fault(key, f"{key} is {_said(value)}", 'write a time zone by its IANA name, such as "Europe/Berlin"')
            return "UTC"

    def minutes(self, key: str) -> int:
        """A time of day as its minute."""
        value = self._value(key)
        found = re.fullmatch(r"([01]?\d|2[0-4]):([0-5]\d)", value) if isinstance(value, str) else None
        minute = int(found[1]) * 60 + int(found[2]) if found else -1
        if 0 <= minute <= 24 * 60:
            return minute
        self.fault(key, f"{key} is {_said(value)}", 'write a time of day, such as "08:30"; the end of a day is "24:00"')
        return 0

    def month(self, key: str) -> str:
        """A month."""
        value = self._value(key)
        if isinstance(value, str) and re.fullmatch(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", value, re.ASCII):
            return value
        self.fault(key, f"{key} is {_said(value)}", 'write a month, such as "2026-11"')
        return ""

    def parts(self, key: str) -> Iterator[Fields]:
        """The tables of a list within this one."""
        value = self._value(key)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, f"{key} is {_said(value)}", f"write a list of tables: {key} = [{{…}}, …]")
            return
        for number, item in enumerate(value):
            yield Fields(self.entry, self._faults, item, f"{self._path}{key}/{number}/")

    def end(self) -> None:
        """Note every field that nobody has asked for: nothing that was written is passed over in silence."""
        for key in self._values:
            if key not in self._asked:
                self.fault(key, f"{key} is no field here", f"known are {_either(self._asked, key)}")

    def _value(self, key: str) -> Any:
        self._asked.append(key)
        return self._values.get(key)


def _said(value: Any) -> str:
    return "missing" if value is None else repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:59]}…"


def _either(words: Iterable[str], said: str) -> str:
    known = list(dict.fromkeys(words))
    near = difflib.get_close_matches(said, known, n=1)
    hint = f' (did you mean "{near[0]}"?)' if near else ""
    return ", ".join(f'"{word}"' for word in known) + hint
