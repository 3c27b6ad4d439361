"""Run the benchmarks, print what they find, and leave with 1 when a stated bound is missed."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

import cli
from tests.benchmarks.figures import Sheet, missed
from tests.benchmarks.printing import console, print_sheet

# Run only when named: what those ask who change something.
ON_REQUEST = ("alerting", "beside", "history", "sensitivity")  # alerting is a stage of live, too; two need `make bench-data`

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _benchmarks(stages: list[str], minutes: float) -> Mapping[str, Callable[[int], Sheet]]:
    """By name; each is told the port its server may use (0: any that is free)."""
    from tests.benchmarks import (
        alerting,
        beside,
        exporting,
        loading,
        ranking,
        rerunning,
        searching,
        sensitivity,
        starting,
        watching,
    )
    from tests.benchmarks.history import table as history
    from tests.benchmarks.live import table

    return {
        "live": lambda port: table.measure(port, stages=stages or table.STAGES, minutes=minutes),
        "loading": lambda _port: loading.measure(),
        "watching": watching.measure,
        "rerunning": rerunning.measure,
        "starting": starting.measure,
        "exporting": exporting.measure,
        "alerting": alerting.measure,
        "beside": beside.measure,
        "history": history.measure,
        "ranking": ranking.measure,
        "searching": lambda _port: searching.measure(),
        "sensitivity": sensitivity.measure,
    }


@app.command()
def main(
    only: Annotated[list[str], typer.Option(help="Run this one; may be repeated.", metavar="NAME")] = [],  # noqa: B006
    port: Annotated[int, typer.Option(help="The port of the servers that are measured; 0 is any free one.")] = 0,
    stage: Annotated[list[str], typer.Option(help="Of live, run this stage; may be repeated.", metavar="STAGE")] = [],  # noqa: B006
    minutes: Annotated[float, typer.Option(help="How long live's longest stage watches the server's memory.")] = 2.0,
) -> int:
    """Measure live (crowds of viewers, alerts), loading, watching (event to browser), rerunning (the Live page), starting,
    exporting, ranking and searching.

    Alerting by itself, history and beside (of what `make bench-data` has made), and sensitivity, of the ranking to its weights,
    are measured only when they are named.
    """
    benchmarks: Mapping[str, Any] = _benchmarks(stage, minutes)
    unknown = [name for name in only if name not in benchmarks]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(benchmarks)}", param_hint="--only")
    out = console()
    out.print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    sheets = []
    for name in only or (name for name in benchmarks if name not in ON_REQUEST):
        typer.echo(f"measuring {name} …", err=True)
        sheets.append(benchmarks[name](port))
        print_sheet(out, sheets[-1])
    failures = missed(sheets)
    out.print()
    for failure in failures:
        out.print(f"MISSED  {failure}", style="bold red")
    if not failures:
        out.print("Every stated bound holds.", style="bold")
    sys.stdout.flush()
    return 1 if failures else cli.DONE


if __name__ == "__main__":
    cli.run(app, "python -m tests.benchmarks")
