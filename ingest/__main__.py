"""The command line of ingest: load files, run the configured sources, show how they are doing, replay what was rejected."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

import cli
from ingest.loading import Mending, load
from ingest.replay import replay
from ingest.running import SourceRunner
from ingest.sources.archives import PACKED, SUFFIXES
from metrics.indexing import Indexer, catch_up
from metrics.options import Database
from metrics.printing import counting, print_json
from metrics.settle import settle
from store.engine import Memory
from store.reads import rejected_record, rejected_records, sources
from wiring import Wired, settings_for, settings_of_present, wire

app = typer.Typer(help="Bring conversations in.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
rejected_app = typer.Typer(help="Records that could not be read.", no_args_is_help=True)
app.add_typer(rejected_app, name="rejected")

ENDINGS = ", ".join(sorted(SUFFIXES | PACKED))
_FEW = 5

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@app.command("load")
def load_command(
    paths: Annotated[list[Path], typer.Argument(help=f"Files, and folders of files that end in {ENDINGS}.", metavar="PATH...")],
    source: Annotated[str, typer.Option(help="Name of the source; by default that of the format found.", metavar="NAME")] = "",
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=2, help="Read in a second process beside the one that writes; by default where there are two processors."
        ),
    ] = None,
    as_json: AsJson = False,
    database: Database = None,
) -> int:
    """Load transcripts: the format is found out. Loading the same again changes nothing."""
    wired = _wired(database)
    mending = Mending(wired.store, wired.now_ms)
    # The second process is forked before there is a thread that shows progress.
    with wired.bulk_pipeline() as pipeline, wired.helper(processes) as helper, _progress() as show:
        loaded = load(pipeline, paths, source=source, progress=show, mending=mending, helper=helper)
    settle(wired.store, wired.deriver, now_ms=wired.now_ms())
    with counting("Indexing") as show_indexed:
        catch_up(wired.store, progress=show_indexed)
    result = {
        "files": loaded.files,
        "conversations": loaded.conversations,
        "activities": loaded.counts.activities,
        "duplicates": loaded.counts.duplicates,
        "rejected": loaded.counts.rejected,
    }
    if as_json:
        print_json(result)
    else:
        typer.echo(", ".join(f"{name}: {count:,}" for name, count in result.items()))
    if loaded.passed_over and not as_json:
        names = ", ".join(loaded.passed_over[:_FEW]) + (" …" if len(loaded.passed_over) > _FEW else "")
        typer.echo(f"Passed over in folders, since they do not end in {ENDINGS}: {len(loaded.passed_over):,} ({names})", err=True)
    if loaded.counts.rejected and not as_json:
        typer.echo("See why with: python -m ingest rejected list", err=True)
    return cli.SOME_REJECTED if loaded.counts.rejected else cli.DONE


@app.command("run")
def run_command(database: Database = None) -> int:
    """Read every configured source until stopped (SIGTERM and Ctrl-C end it after the page at hand)."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, on_signal)
    try:
        return _run_sources(database)
    except KeyboardInterrupt:  # before there was anything to stop
        return cli.DONE


def _run_sources(database: str | None) -> int:
    wired = _wired(database)
    if not wired.settings.sources:
        typer.echo("No source is configured: add a [[sources]] table to floorwalker.toml.", err=True)
        return cli.WRONG_USE
    runner = SourceRunner(wired.store, wired.another_pipeline, wired.settings.sources, now_ms=wired.now_ms)
    indexer = Indexer(lambda: wired.store)
    runner.start()
    indexer.start()
    typer.echo(f"Reading {', '.join(item.name for item in wired.settings.sources)}; stop with Ctrl-C.", err=True)
    try:
        runner.wait()
    except KeyboardInterrupt:
        pass
    finally:
        runner.stop()
        indexer.stop()
        settle(wired.store, wired.deriver, now_ms=wired.now_ms())
    for name, reason in runner.failed.items():
        typer.echo(f"{name}: {reason}", err=True)
    return cli.WRONG_USE if runner.failed else cli.DONE


@app.command("status")
def status_command(as_json: AsJson = False, database: Database = None) -> int:
    """How each source is doing: its last event, how long ago that was, what it has brought."""
    wired = _wired_present(database)
    with wired.store.read() as connection:
        rows = [_status(dict(row), wired.now_ms()) for row in sources(connection)]
    if as_json:
        print_json({"sources": rows})
    elif not rows:
        typer.echo("Nothing has been loaded yet: python -m ingest load PATH…")
    else:
        _print_table(rows)
    return cli.DONE


@rejected_app.command("list")
def rejected_list(as_json: AsJson = False, database: Database = None) -> int:
    """Records that wait, newest first."""
    wired = _wired_present(database)
    with wired.store.read() as connection:
        rows = [_rejected(dict(row)) for row in rejected_records(connection, limit=1000)]
    if as_json:
        print_json({"rejected": rows})
    elif not rows:
        typer.echo("No rejected records wait.")
    else:
        _print_table(rows)
    return cli.DONE


@rejected_app.command("show")
def rejected_show(rejected_id: Annotated[int, typer.Argument(metavar="ID")], database: Database = None) -> int:
    """One rejected record as it was received."""
    wired = _wired_present(database)
    with wired.store.read() as connection:
        row = rejected_record(connection, rejected_id)
    if row is None:
        typer.echo(f"There is no rejected record {rejected_id}.", err=True)
        return cli.WRONG_USE
    typer.echo(f"{row['source']} · {row['origin']} · {row['reason']}", err=True)
    sys.stdout.buffer.write(bytes(row["body"]) + b"\n")
    return cli.DONE


@rejected_app.command("replay")
def rejected_replay(
    rejected_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="One record; without it all that wait.")] = None,
    as_json: AsJson = False,
    database: Database = None,
) -> int:
    """Read rejected records again, after what kept them out was mended."""
    wired = _wired_present(database)
    with wired.store.read() as connection:
        waiting = [row["rejected_id"] for row in rejected_records(connection, limit=1_000_000)]
    done = replay(wired.store, wired.another_pipeline(), waiting if rejected_id is None else [rejected_id], now_ms=wired.now_ms())
    settle(wired.store, wired.deriver, now_ms=wired.now_ms())
    still = [item for item in done if not item.is_read]
    if as_json:
        reasons = {str(item.rejected_id): item.reason for item in still}
        print_json({"read": len(done) - len(still), "rejected": len(still), "reasons": reasons})
    else:
        typer.echo(f"read: {len(done) - len(still)}, still rejected: {len(still)}")
        for item in still:
            typer.echo(f"  {item.rejected_id}: {item.reason}", err=True)
    return cli.SOME_REJECTED if still else cli.DONE


def _wired(database: str | None) -> Wired:
    """What brings in, where a database may be made: never the simulated floor's, unless it is named."""
    return wire(settings_for(cli.settings(), database), memory=Memory.BULK)


def _wired_present(database: str | None) -> Wired:
    return wire(settings_of_present(cli.settings(), database), memory=Memory.BULK)


def _status(row: dict[str, Any], now_ms: int) -> dict[str, Any]:
    last_ms = row["last_event_ms"]
    return {
        "source": row["name"],
        "last_event": _iso(last_ms),
        "lag_seconds": None if last_ms is None else round((now_ms - last_ms) / 1000, 1),
        "accepted": row["accepted"],
        "duplicates": row["duplicates"],
        "rejected": row["rejected"],
    }


def _rejected(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["rejected_id"],
        "source": row["source"],
        "reason": row["reason"],
        "origin": row["origin"],
        "bytes": row["num_bytes"],
        "received": _iso(row["received_ms"]),
    }


def _iso(at_ms: int | None) -> str | None:
    return (
        None
        if at_ms is None
        else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table(*rows[0], box=None, header_style="bold")
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


@contextmanager
def _progress() -> Iterator[Callable[[Path, int], None] | None]:
    """A line that says what is being read, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("Loading …")
        began = time.monotonic()

        def show(path: Path, num_files: int) -> None:
            rate = num_files / max(time.monotonic() - began, 0.001)
            progress.update(task, description=f"{num_files:,} files ({rate:,.0f}/s), last {path.name}")

        yield show


if __name__ == "__main__":
    cli.run(app, "python -m ingest")
