"""The command line of calls, `python -m metrics voice`: talk, silence, overlap and hold, by whom and over time.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from metrics import printing
from metrics.filter_options import takes_filters
from metrics.filters import Filters
from metrics.options import Database, Form, Format, OpenIt, found_in, print_as
from metrics.voice.questions import report


class Way(StrEnum):
    """What calls are told apart by."""

    AGENT = "agent"
    QUEUE = "queue"
    BOT = "bot"
    CHANNEL = "channel"
    TOPIC = "topic"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


By = Annotated[Way | None, typer.Option("--by", help="Each agent, queue, bot … or bucket of time by itself.")]

_SHARES = ("talk_share_customer", "talk_share_bot", "talk_share_agent", "silence_share", "overlap_share")
_HEADINGS = ("Calls", "Customer", "Bot", "Agent", "Silence", "Overlap", "Longest silence", "On hold", "Hold", "Length")


def voice_command(open_it: OpenIt) -> Callable[..., None]:
    """The command."""

    @takes_filters
    def voice(filters: Filters, by: By = None, form: Form = Format.TABLE, database: Database = None) -> None:
        """Print who spoke how much in closed calls, silence, overlap and hold; calls between people only count too."""
        with open_it(database) as opened:
            found = report(opened.store, found_in(opened.store, filters), () if by is None else (by.value,))
        print_as(form, found, lambda: _print(found, by))

    return voice


def _print(found: list[dict[str, Any]], by: Way | None) -> None:
    lead = () if by is None else (by.value,)
    lines = [[*(item[name] or printing.NOTHING for name in lead), *_cells(item)] for item in found]
    printing.print_table([*(name.capitalize() for name in lead), *_HEADINGS], lines, left=len(lead), fold=False)
    if not any(item["calls"] for item in found):
        printing.note("No call in this selection whose source says when something was spoken: see docs/voice.md.")


def _cells(item: dict[str, Any]) -> list[str]:
    return [
        f"{item['calls']:,}",
        *(printing.share(item[name]["value"]) for name in _SHARES),
        printing.seconds(item["longest_silence"]["mean"]),
        f"{item['held_calls']:,}",
        printing.seconds(item["hold_time"]["mean"]),
        printing.seconds(item["call_length"]["mean"]),
    ]
