"""The command line of annotations, `python -m metrics annotations`: made for a deployment that notes a bot's new version.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Annotated

import typer

from metrics import printing
from metrics.annotations import Annotation, AnnotationError, Annotations
from metrics.exports.cells import iso_time
from metrics.figures import JsonObject
from metrics.filters import Filters
from metrics.options import Database, From, To, Zone
from metrics.windows import parse_moment, parse_window

OpenIt = Callable[[str | None], AbstractContextManager[Annotations]]


def annotations_app(open_it: OpenIt) -> typer.Typer:
    """The commands, over databases that `open_it` opens."""
    app = typer.Typer(
        name="annotations",
        help="Notes on the time line, such as a bot's new version: trends show them.",
        no_args_is_help=True,
        add_completion=False,
    )

    @app.command("list")
    def list_command(
        start: From = None,
        end: To = None,
        tz: Zone = "UTC",
        as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array and nothing else.")] = False,
        database: Database = None,
    ) -> None:
        """List them, the newest first."""
        with open_it(database) as annotations:
            found = annotations.within(Filters(parse_window(start, end, tz)))
        if as_json:
            printing.print_json([_as_json(each) for each in found])
            return
        lines = [[str(each.annotation_id), iso_time(each.at_ms), each.bot or "all", each.text, each.changed_by] for each in found]
        printing.print_table(["Number", "At", "Bot", "What happened", "By"], lines, left=5)

    @app.command("add")
    def add_command(
        text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened, such as 'bot v2 released'.")],
        at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When. Default: now.")] = None,
        bot: Annotated[str, typer.Option("--bot", help="The one bot that it concerns. Default: all.")] = "",
        by: Annotated[str, typer.Option("--by", help="Who says so.")] = "command line",
        tz: Zone = "UTC",
        database: Database = None,
    ) -> None:
        """Note that something happened."""
        with open_it(database) as annotations:
            number = annotations.add(text, annotations.now_ms() if at is None else parse_moment(at, tz), bot=bot, by=by)
        printing.note(f"Noted as number {number}.")

    @app.command("delete")
    def delete_command(
        number: Annotated[int, typer.Argument(metavar="NUMBER", help="Its number in the list.")], database: Database = None
    ) -> None:
        """Forget one."""
        with open_it(database) as annotations:
            if not annotations.delete(number):
                raise AnnotationError(f"there is no annotation {number}; `python -m metrics annotations list` has their numbers")

    return app


def _as_json(annotation: Annotation) -> JsonObject:
    said = asdict(annotation)
    at, changed_at = (iso_time(said.pop(name)) for name in ("at_ms", "changed_ms"))
    return said | {"at": at, "changed_at": changed_at, "bot": annotation.bot or None}
