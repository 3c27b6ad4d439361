"""The command line of queues, `python -m metrics queues`: how soon people answered, by queue and over time.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Annotated, Any, Protocol

import typer

from metrics import printing
from metrics.filters import Filters
from metrics.queues import report
from metrics.windows import Grain, parse_window
from store.engine import Store


class Format(StrEnum):
    """How it is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Opened(Protocol):
    """A database that is up to now."""

    @property
    def store(self) -> Store: ...


OpenIt = Callable[[str | None], AbstractContextManager[Opened]]
Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database address or SQLite file, instead of the configured one.")
]
From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="First moment: a date or date-time. Default: all of history.")
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End, itself left out: a date or date-time.")]
Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="IANA time zone of days and of times without an offset.")]
By = Annotated[Grain | None, typer.Option("--by", help="Each queue by hour, day, week or month of its conversations' end.")]
Queues = Annotated[list[str] | None, typer.Option("--queue", help="Only this queue; may be repeated.")]
Bots = Annotated[list[str] | None, typer.Option("--bot", help="Only conversations of this bot; may be repeated.")]
Channels = Annotated[list[str] | None, typer.Option("--channel", help="Only this channel; may be repeated.")]
Form = Annotated[Format, typer.Option("--format", help="How to print it.")]

_HEADINGS = ("Level", "Offered", "Accepted", "Abandoned", "Service level", "Abandonment", "Mean", "Median", "p90")


def queues_command(open_it: OpenIt) -> Callable[..., None]:
    """The command."""

    def queues(
        start: From = None,
        end: To = None,
        tz: Zone = "UTC",
        by: By = None,
        queue: Queues = None,
        bot: Bots = None,
        channel: Channels = None,
        form: Form = Format.TABLE,
        database: Database = None,
    ) -> None:
        """Print how soon people answered: stays in queues of closed bot conversations, by queue."""
        filters = Filters(
            window=parse_window(start, end, tz),
            tz=tz,
            bots=tuple(bot or ()),
            channels=tuple(channel or ()),
            stayed_in=tuple(queue or ()),
        )
        with open_it(database) as opened:
            found = report(opened.store, filters, () if by is None else (by.value,))
        match form:
            case Format.JSON:
                printing.print_json(found)
            case Format.CSV:
                printing.print_csv(found)
            case Format.TABLE:
                _print(found, by)

    return queues


def _print(found: list[dict[str, Any]], by: Grain | None) -> None:
    keys = ("queue",) if by is None else ("queue", by.value)
    lines = [[*(item[name] or printing.NOTHING for name in keys), *_cells(item)] for item in found]
    printing.print_table([*(name.capitalize() for name in keys), *_HEADINGS], lines, left=len(keys), fold=False)
    if not found:
        printing.note("No stay in a queue in this selection: sources have to say which queue a conversation enters.")


def _cells(item: dict[str, Any]) -> list[str]:
    speed = item["speed_to_answer"]
    return [
        f"{item['service_level_seconds']} s",
        *(f"{item[name]:,}" for name in ("offered", "accepted", "abandoned_in_queue")),
        *(_share(item[name]["value"]) for name in ("service_level", "queue_abandonment")),
        *(_seconds(speed[name]) for name in ("mean", "median", "p90")),
    ]


def _share(value: float | None) -> str:
    return printing.NOTHING if value is None else f"{value:.1%}"


def _seconds(value: float | None) -> str:
    return printing.NOTHING if value is None else f"{value:.1f} s"
