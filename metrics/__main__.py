"""The command line of the figures: `python -m metrics`. A composition root: it opens the database and settles what is due."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import cli
from metrics import definitions, explain, printing
from metrics.alerts.checking import RuleError
from metrics.alerts.commands import OpenedWithRules, alerts_app
from metrics.annotation_commands import annotations_app
from metrics.annotations import AnnotationError, Annotations
from metrics.assist.commands import suggestions_command
from metrics.bot_sessions.commands import sessions_command
from metrics.catalogue import LISTABLE
from metrics.check import check
from metrics.exports.files import FileKind, stream_csv, write_file
from metrics.exports.rows import ExportError, Wanted
from metrics.exports.since_last import remember, window_since
from metrics.filter_options import FilterError, takes_filters
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.indexing import catch_up, make_searchable, rebuild, state_of
from metrics.metric_targets import MetricTargets, as_json, judged
from metrics.options import Database, Form, Format, From, TextForm, TextFormat, To, Zone, found_in, print_as
from metrics.queues.commands import queues_command
from metrics.report import BY, CutError, report
from metrics.search import SearchError
from metrics.settle import rederive
from metrics.surveys.commands import surveys_command
from metrics.voice.commands import voice_command
from metrics.week import placed
from metrics.windows import HOUR_MS, Grain, WindowError, parse_window
from store.engine import Memory
from wiring import entitlement_from, metric_targets_from, open_settled, rulebook_from

# As a shell says it of a program that was told to end.
SIGNALLED = 143
METRICS_PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"


class UseError(Exception):
    """Something that was asked for is not there; the message says what."""


# What a person can put right; the message says how.
OURS = (AnnotationError, CutError, FilterError, RuleError, UseError, WindowError, ExportError, SearchError)

app = typer.Typer(
    name="metrics",
    help="Figures about bots' conversations: how many were resolved, escalated, abandoned, how long it took, how customers felt.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class TableName(StrEnum):
    """What can be exported."""

    CONVERSATIONS = "conversations"
    SESSIONS = "sessions"
    MESSAGES = "messages"
    FALLBACKS = "fallbacks"
    STAYS = "stays"
    SPEECH = "speech"
    UTTERANCES = "utterances"
    SURVEYS = "surveys"
    SUGGESTIONS = "suggestions"
    ROLLUPS = "rollups"
    BOT_SESSIONS = "bot_sessions"
    ESCALATIONS = "escalations"


BotsOnly = Annotated[bool, typer.Option("--bots-only", help="Leave out conversations in which only people spoke.")]
CountedBy = Annotated[str | None, typer.Option("--metric", help="Only the conversations that this metric counts, by its key.")]


@app.command("report")
@takes_filters
def report_command(
    filters: Filters,
    by: Annotated[str, typer.Option("--by", metavar="KEYS", help=f"Group by these, separated by commas: {', '.join(BY)}.")] = "",
    form: Form = Format.TABLE,
    database: Database = None,
) -> None:
    """Print counts, rates, times and sentiment of bot conversations: closed ones by their end, open ones by their start."""
    keys = tuple(key.strip() for key in by.split(",") if key.strip())
    with open_settled(cli.settings(), database, or_empty=True) as wired:
        found = report(wired.store, replace(found_in(wired.store, filters), now_ms=wired.now_ms()), keys)
    print_as(form, found, lambda: printing.print_report(found, keys))


@app.command("targets")
def targets_command(
    start: From = None,
    end: To = None,
    tz: Zone = "UTC",
    only_check: Annotated[bool, typer.Option("--check", help="End with 1 where a target is surely missed.")] = False,
    form: Form = Format.TABLE,
    database: Database = None,
) -> None:
    """List what figures should be, with what they are in the period, and whether the target is met."""
    settings = cli.settings()
    with open_settled(settings, database) as wired:
        targets = MetricTargets(wired.store, wired.now_ms, metric_targets_from(settings)).every()
        verdicts = judged(wired.store, targets, Filters(parse_window(start, end, tz), tz, now_ms=wired.now_ms()))
    print_as(form, [as_json(verdict) for verdict in verdicts], lambda: printing.print_targets(verdicts))
    if only_check and any(verdict.is_met is False and verdict.is_sure for verdict in verdicts):
        raise typer.Exit(1)


@app.command("explain")
def explain_command(
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="The conversation's id.")],
    source: Annotated[str | None, typer.Option("--source", help="Its source, where several have the same id.")] = None,
    form: TextForm = TextFormat.TEXT,
    database: Database = None,
) -> None:
    """Say why a conversation has its outcome: the rule, the activity that decided, its sessions, and sentiment as it went."""
    with open_settled(cli.settings(), database) as wired:
        found = explain.explain(wired.store, conversation, source=source)
    if found is None:
        raise UseError(f"there is no conversation {conversation!r}")
    if form is TextFormat.JSON:
        printing.print_json(found)
    else:
        printing.print_explanation(found)


@app.command("export")
@takes_filters
def export_command(
    table: Annotated[TableName, typer.Argument(help="What to export.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write; - for standard output.")],
    filters: Filters,
    bots_only: BotsOnly = False,
    metric: CountedBy = None,
    grain: Annotated[Grain, typer.Option(help="Of rollups: the size of a bucket.")] = Grain.DAY,
    form: Annotated[FileKind | None, typer.Option("--format", help="By itself what the file's name says; else csv.")] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin the CSV with a byte order mark, as old spreadsheets want.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Leave text that a spreadsheet would run as it is.")] = False,
    since_last: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What has ended since the export that this file remembers.")
    ] = None,
    overlap_hours: Annotated[float, typer.Option(min=0, help="How far --since-last reaches back behind that.")] = 24.0,
    for_page: Annotated[bool, typer.Option("--for-page", hidden=True)] = False,
    database: Database = None,
) -> None:
    """Write a table as CSV or Parquet. The file appears when it is complete, with a manifest beside it."""
    wanted = Wanted(table.value, filters, bots_only=bots_only, metric=_known_metric(metric), grain=grain, raw=raw)
    if for_page:
        _stand_back()
    with open_settled(cli.settings(), database, memory=Memory.LEAN) as wired:
        now_ms = wired.now_ms()
        make_searchable(wired.store, filters.search)
        wanted = replace(wanted, filters=replace(filters, now_ms=now_ms))
        if since_last is not None:
            window = window_since(since_last, wanted, now_ms=now_ms, overlap_ms=round(overlap_hours * HOUR_MS))
            wanted = replace(wanted, filters=replace(wanted.filters, window=window))
        wanted = replace(wanted, filters=placed(wired.store, wanted.filters))
        if str(output) == "-":
            for piece in stream_csv(wired.store, wanted, bom=bom):
                sys.stdout.buffer.write(piece)
        else:
            with printing.counting(for_programs=for_page) as show:
                done = write_file(wired.store, wanted, output, now_ms=now_ms, kind=form, bom=bom, progress=show)
            printing.note(f"{done.rows:,} rows written to {output}")
        if since_last is not None:
            remember(since_last, wanted, until_ms=now_ms)


@app.command("find")
@takes_filters
def find_command(
    filters: Filters,
    bots_only: BotsOnly = False,
    metric: CountedBy = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to print.")] = 25,
    form: Form = Format.TABLE,
    database: Database = None,
) -> None:
    """List conversations as the Conversations page does: open ones by their start, then closed ones by their end."""
    wanted = Wanted("conversations", filters, bots_only=bots_only, metric=_known_metric(metric))
    with open_settled(cli.settings(), database) as wired:
        filters = replace(found_in(wired.store, filters), now_ms=wired.now_ms())
        found = list_conversations(wired.store, replace(wanted, filters=filters), limit=limit)
    said = found.as_json()
    if form is Format.JSON:
        printing.print_json(said)
    else:
        print_as(form, said["conversations"], lambda: printing.print_found(said))


def _known_metric(key: str | None) -> str | None:
    if key is not None and key not in {metric.key for metric in LISTABLE}:
        raise UseError(f"there is no metric {key!r}; `python -m metrics docs` lists their keys in docs/metrics.md")
    return key


def _stand_back() -> None:
    """Let the server that waits for this go first, and end in order when it says so."""
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(SIGNALLED))


@app.command("check")
def check_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    database: Database = None,
) -> None:
    """Recount everything from the activities and compare. Ends with 1, and lists what differs, where anything does."""
    with open_settled(cli.settings(), database, memory=Memory.LEAN) as wired, printing.counting("Checking") as show:
        differences = list(check(wired.store, wired.deriver, now_ms=wired.now_ms(), progress=show))
    if as_json:
        printing.print_json({"differences": [asdict(item) for item in differences]})
    else:
        for item in differences:
            print(printing.visible(f"{item.where}: {item.what} is {item.found!r}, recounted {item.recounted!r}"))
        printing.note(f"{len(differences):,} differences" if differences else "Everything adds up.")
    if differences:
        raise typer.Exit(1)


@app.command("rederive")
def rederive_command(database: Database = None) -> None:
    """Derive every conversation anew from its activities: after a bot's alias, a time-out or a definition has changed."""
    with open_settled(cli.settings(), database, memory=Memory.BULK) as wired, printing.progress("Deriving") as show:
        count = rederive(wired.store, wired.deriver, now_ms=wired.now_ms(), progress=show)
        printing.note(f"{count:,} conversations derived anew.")


@app.command("index")
def index_command(
    anew: Annotated[bool, typer.Option("--rebuild", help="Make the whole index anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    database: Database = None,
) -> None:
    """Bring the full-text index up to date, and say how it is. Cut short, it goes on where it was."""
    with open_settled(cli.settings(), database) as wired, printing.counting("Indexing") as show:
        count = (rebuild if anew else catch_up)(wired.store, progress=show)
        state = state_of(wired.store)
    if as_json:
        printing.print_json({"indexed_now": count, **asdict(state)})
    else:
        printing.note(
            f"{count:,} conversations indexed now; {state.closed:,} closed and {state.open:,} open ones can be searched."
        )
        if state.superseded:
            printing.note(f"{state.superseded:,} entries of the index are out of date and take space; --rebuild leaves them out.")


@app.command("docs")
def docs_command(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")] = METRICS_PAGE,
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; end with 1 if the file is out of date.")] = False,
) -> None:
    """Write docs/metrics.md again from the catalogue."""
    page = definitions.metrics_page()
    if only_check:
        if not output.exists() or output.read_text(encoding="utf-8") != page:
            raise UseError(f"{output} is out of date; run python -m metrics docs")
        return
    output.write_text(page, encoding="utf-8")


@app.command("dictionary")
def dictionary_command(
    table: Annotated[TableName | None, typer.Argument(help="One table only.")] = None,
    form: Form = Format.TABLE,
) -> None:
    """Say what every column of every export means."""
    rows = definitions.dictionary_rows() if table is None else definitions.dictionary_rows([table.value])
    headings = [name.capitalize() for name in rows[0]]
    print_as(form, rows, lambda: printing.print_table(headings, [list(row.values()) for row in rows], left=len(headings)))


@contextmanager
def _open_with_rules(database: str | None) -> Iterator[OpenedWithRules]:
    settings = cli.settings()
    with open_settled(settings, database) as wired:
        entitlement = entitlement_from(settings, wired.store)
        yield OpenedWithRules(wired.store, rulebook_from(settings), wired.rules, wired.now_ms(), entitlement)


@contextmanager
def _open_annotations(database: str | None) -> Iterator[Annotations]:
    with open_settled(cli.settings(), database) as wired:
        yield Annotations(wired.store, wired.now_ms)


app.add_typer(alerts_app(_open_with_rules), name="alerts")
app.command("sessions")(sessions_command(_open_with_rules))
app.command("queues")(queues_command(_open_with_rules))
app.command("voice")(voice_command(_open_with_rules))
app.command("surveys")(surveys_command(_open_with_rules))
app.command("suggestions")(suggestions_command(_open_with_rules))
app.add_typer(annotations_app(_open_annotations), name="annotations")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 wrong use, wrong set-up or a difference found."""
    return cli.code_of(app, "python -m metrics", arguments, expected=OURS)


if __name__ == "__main__":
    sys.exit(main())
