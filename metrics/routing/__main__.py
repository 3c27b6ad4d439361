"""The command line of routing: `python -m metrics.routing`. A composition root: it opens the database and reads the files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import cli
from ingest.configuration.reading import read_configuration
from metrics import printing
from metrics.filters import Filters
from metrics.options import Database, Form, Format, From, To, Zone, print_as
from metrics.routing.escalations import escalation_by_key, judge
from metrics.routing.health import warnings
from metrics.routing.kept import judged_rows
from metrics.routing.saying import explanation, where_from
from metrics.routing.summary import rows_elsewhere, summarise_rows
from metrics.routing.trying import try_rules
from metrics.windows import WindowError, parse_window
from store.reads import find_conversation
from store.routing.configurations import configurations, save_configuration
from store.routing.records import Configuration
from wiring import open_settled, settings_for, wire

app = typer.Typer(
    name="routing",
    help="Where conversations should go by the rules in force, where they went, and what other rules would move.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class RoutingError(Exception):
    """Something that was asked for is not there; the message says what."""


Place = Annotated[Path, typer.Argument(metavar="FILE", help="A .toml, .json or .csv file, or a folder of them.")]


@app.command("check")
def check_command(place: Place, form: Form = Format.TABLE) -> None:
    """Read a configuration and say what is wrong with it by itself. A file that cannot be used ends with 1."""
    found = [_warning(item) for item in warnings(read_configuration(place))]
    print_as(form, found, lambda: printing.print_rows(found, left=4, empty="Nothing is wrong with it by itself."))


@app.command("use")
def use_command(place: Place, database: Database = None) -> None:
    """Put a configuration in force from now on. Escalations before stay judged by what was in force then."""
    new = read_configuration(place)
    wired = wire(settings_for(cli.settings(), database))
    with wired.store.write() as connection:
        is_new = save_configuration(connection, new, origin=str(place), now_ms=wired.now_ms())
    wired.store.close()
    printing.note(f"{place} is in force from now on." if is_new else "This is in force already.")


@app.command("health")
def health_command(
    start: From = None, end: To = None, tz: Zone = "UTC", form: Form = Format.TABLE, database: Database = None
) -> None:
    """Everything that is wrong with the configuration in force, with what was seen in the period."""
    window = parse_window(start, end, tz)
    with open_settled(cli.settings(), database) as wired, wired.store.read() as connection:
        kept = configurations(connection)
        if not kept:
            raise RoutingError("no configuration is in force; put one there with: python -m metrics.routing use FILE")
        seen = summarise_rows(judged_rows(connection, window.start_ms, window.end_ms)).seen
        found = [_warning(item) for item in warnings(kept[-1].configuration, seen)]
    print_as(form, found, lambda: printing.print_rows(found, left=4, empty="No warnings."))


@app.command("elsewhere")
def elsewhere_command(
    start: From = None, end: To = None, tz: Zone = "UTC", form: Form = Format.TABLE, database: Database = None
) -> None:
    """Escalations whose queue differs from what their rules say, grouped by rule."""
    window = parse_window(start, end, tz)
    with open_settled(cli.settings(), database) as wired, wired.store.read() as connection:
        summary = summarise_rows(judged_rows(connection, window.start_ms, window.end_ms))
    rows = [
        {"rule": rule or "(fallback)", "should_go_to": wanted, "went_to": went, "conversations": count}
        for rule, wanted, went, count in rows_elsewhere(summary)
    ]
    print_as(form, rows, lambda: printing.print_rows(rows, left=3, empty="Every escalation landed where its rules say."))


@app.command("explain")
def explain_command(
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="The conversation's id, or source:id.")],
    form: Form = Format.TABLE,
    database: Database = None,
) -> None:
    """Say how one escalation was routed: its variables, the rules tried, where it should have gone and went."""
    with open_settled(cli.settings(), database) as wired, wired.store.read() as connection:
        row = find_conversation(connection, conversation)
        escalation = None if row is None else escalation_by_key(connection, row["conversation_key"])
        judged = None if escalation is None else judge(escalation, configurations(connection))
    if judged is None:
        raise RoutingError(f"there is no conversation {conversation!r} that asked for a human")
    facts = explanation(judged)
    print_as(form, [dict(facts)], lambda: printing.print_facts(f"Routing of {conversation}", facts))


@app.command("try")
def try_command(
    place: Place, start: From = None, end: To = None, tz: Zone = "UTC", form: Form = Format.TABLE, database: Database = None
) -> None:
    """Say which past escalations another configuration would have sent elsewhere. Nothing is changed."""
    tried: Configuration = read_configuration(place)
    window = parse_window(start, end, tz)
    with (
        open_settled(cli.settings(), database) as wired,
        wired.store.read() as connection,
        printing.counting("Trying") as show,
    ):
        trial = try_rules(connection, tried, Filters(window=window), progress=show)
    rows = [
        {
            "rule": move.rule or "(fallback)",
            "from": where_from(move.from_queue),
            "to": move.to_queue,
            "conversations": move.count,
        }
        for move in trial.moves
    ]
    print_as(form, rows, lambda: printing.print_rows(rows, left=3, empty="Nothing would move."))
    printing.note(f"{trial.num_moved:,} of {trial.num_escalations:,} escalations would move.")
    if trial.num_same_queue:
        printing.note(f"{trial.num_same_queue:,} would be taken by another rule, or the fallback, and go to the same queue.")


def _warning(item: Any) -> dict[str, str]:
    return {name: str(getattr(item, name)) for name in ("finding", "subject", "evidence", "remedy")}


if __name__ == "__main__":
    cli.run(app, "python -m metrics.routing", expected=(RoutingError, WindowError))
