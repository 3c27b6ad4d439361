"""Options that commands share: which database and which period are meant, and how a result is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Annotated, Protocol

import typer

from metrics import printing
from metrics.bot_sessions.entitlement import Entitlement
from metrics.figures import JsonObject
from metrics.filters import Filters
from metrics.indexing import make_searchable
from metrics.week import placed
from store.engine import Store


class Opened(Protocol):
    """A database that is up to now, as the composition root opens it, with what its licences entitle to."""

    @property
    def store(self) -> Store: ...

    @property
    def now_ms(self) -> int: ...

    @property
    def entitlement(self) -> Entitlement: ...


OpenIt = Callable[[str | None], AbstractContextManager[Opened]]


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class TextFormat(StrEnum):
    """How a result that is no table is printed."""

    TEXT = "text"
    JSON = "json"


def print_as(form: Format, found: Sequence[JsonObject], table: Callable[[], None]) -> None:
    """Print a result in the form that was asked for; `table` prints it for people."""
    match form:
        case Format.JSON:
            printing.print_json(found)
        case Format.CSV:
            printing.print_csv(found)
        case Format.TABLE:
            table()


def found_in(store: Store, filters: Filters) -> Filters:
    """The filters as they are to be asked: what is searched for can be found, and an hour of the week has its spans."""
    make_searchable(store, filters.search)
    return placed(store, filters)


Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database address or SQLite file, instead of the configured one.")
]
Form = Annotated[Format, typer.Option("--format", help="How to print it.")]
TextForm = Annotated[TextFormat, typer.Option("--format", help="How to print it.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="First moment: a date or date-time.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End, itself left out: a date or date-time.")]
Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="IANA time zone of days and of times without an offset.")]
