"""Exporting: messages as CSV beside SQLite's own shell on the very same query, in alternating rounds; and the memory it takes."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from sqlalchemy.dialects import sqlite

from metrics.exports.columns import TABLES
from metrics.exports.files import write_file
from metrics.exports.rows import Wanted
from settings import Settings
from store.engine import Memory, Store, open_store
from store.selecting import Selection
from store.streams import row_queries
from tests.benchmarks import made_history
from tests.benchmarks.figures import Figure, Sheet, at_least, at_most, median_ratio
from tests.benchmarks.timing import Took, timed
from wiring import wire

ROUNDS = 3
SMALL = 5_000
ROOT = Path(__file__).resolve().parents[2]
# Runs a command and says the most memory it took, in kilobytes.
PEAK_OF = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def measure(_port: int = 0) -> Sheet:
    """Export the messages of the history that `make bench-data` has made, or of a small one."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name:
        folder = Path(name)
        return _measure(_history(folder), folder)


def _history(folder: Path) -> Path:
    kept = made_history.path_of(100_000)
    if kept.exists():
        return kept
    wired = wire(Settings(database_url=f"sqlite:///{folder}/small.db"))
    with wired.bulk_pipeline() as pipeline:
        for _ in made_history.make(wired, pipeline, SMALL):
            pass
    wired.store.close()
    return folder / "small.db"


def _measure(database: Path, folder: Path) -> Sheet:
    ours: list[Took] = []
    shells: list[Took] = []
    store = open_store(f"sqlite:///{database}", memory=Memory.LEAN)
    rows = 0
    for number in range(ROUNDS):
        steps = [lambda: ours.append(_timed_export(store, folder)), lambda: shells.append(_timed_shell(database, folder))]
        for step in steps if number % 2 == 0 else reversed(steps):
            step()
    with (folder / "shell.csv").open("rb") as file:
        rows = sum(1 for _ in file)
    store.close()
    peaks = {kind: _peak_megabytes(database, folder / f"whole.{kind}") for kind in ("csv", "parquet")}
    figures = [
        Figure("speed, of SQLite's shell with .mode csv", _ratio(shells, ours, "seconds"), "", at_least(0.5)),
        Figure("the same, of the processor's time", _ratio(shells, ours, "cpu_seconds"), ""),
        Figure("peak memory of the command, CSV", peaks["csv"], "MB", at_most(200)),
        Figure("peak memory of the command, Parquet", peaks["parquet"], "MB", at_most(200)),
    ]
    table = [
        (name, *(f"{statistics.median(getattr(each, part) for each in took):.2f}" for part in ("seconds", "cpu_seconds")))
        for name, took in (("this program", ours), ("SQLite's shell", shells))
    ]
    notes = [f"some {rows:,} messages of {database.name}; the file is hashed and on disk, which the shell's is not"]
    return Sheet("Exporting", figures, ("By", "Seconds", "Of the processor"), table, notes)


def _ratio(shells: list[Took], ours: list[Took], part: str) -> float:
    return median_ratio([getattr(each, part) for each in shells], [getattr(each, part) for each in ours])


def _timed_export(store: Store, folder: Path) -> Took:
    return timed(lambda: write_file(store, Wanted("messages"), folder / "ours.csv", now_ms=0))


def _timed_shell(database: Path, folder: Path) -> Took:
    fields = [column.field for column in TABLES["messages"]]
    query = row_queries("messages", fields, Selection(bots_only=False))[0]
    sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    began, cpu_began = perf_counter(), _cpu_of_children()
    with (folder / "shell.csv").open("wb") as file:
        subprocess.run(["sqlite3", "-readonly", "-csv", "-header", str(database)], input=sql.encode(), stdout=file, check=True)
    return Took(perf_counter() - began, _cpu_of_children() - cpu_began)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_megabytes(database: Path, path: Path) -> float:
    """Asked by a small process in between: a child begins with what its parent takes."""
    command = [sys.executable, "-m", "metrics", "export", "messages", "-o", str(path), "--db", str(database)]
    said = subprocess.run([sys.executable, "-c", PEAK_OF, *command], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return int(said.split()[-1]) / 1024
