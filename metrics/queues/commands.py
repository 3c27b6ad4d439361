"""The command line of queues, `python -m metrics queues`: how soon people answered, by queue and over time.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from metrics import printing
from metrics.filter_options import takes_filters
from metrics.filters import Filters
from metrics.options import Database, Form, Format, OpenIt, found_in, print_as
from metrics.queues.questions import report
from metrics.windows import Grain

By = Annotated[Grain | None, typer.Option("--by", help="Each queue by hour, day, week or month of its conversations' end.")]

_HEADINGS = ("Level", "Offered", "Accepted", "Abandoned", "Service level", "Abandonment", "Mean", "Median", "p90")


def queues_command(open_it: OpenIt) -> Callable[..., None]:
    """The command."""

    @takes_filters
    def queues(filters: Filters, by: By = None, form: Form = Format.TABLE, database: Database = None) -> None:
        """Print how soon people answered: stays in queues of closed bot conversations, by queue."""
        with open_it(database) as opened:
            found = report(opened.store, found_in(opened.store, filters), () if by is None else (by.value,))
        print_as(form, found, lambda: _print(found, by))

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
        *(printing.share(item[name]["value"]) for name in ("service_level", "queue_abandonment")),
        *(printing.seconds(speed[name]) for name in ("mean", "median", "p90")),
    ]
