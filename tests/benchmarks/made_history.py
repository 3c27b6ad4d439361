"""A long history of the simulated floor, made through the real pipeline and kept, so that what reads history can be measured.

`make bench-data SCALE=100000`, or `python -m tests.benchmarks.made_history`. The same scale and seed give the same conversations;
a greater scale reaches further back and has as many a day. Cut short, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import cli
from ingest.events import Normalised, RawRecord, Source
from ingest.pipeline import Cursor, Pipeline
from ingest.sources.arrays import read_array
from ingest.sources.demo import rhythm
from ingest.sources.demo.source import record_of
from ingest.sources.demo.story import tell
from metrics.indexing import catch_up
from metrics.settle import settle
from settings import Settings
from store.reads import saved_cursor
from wiring import Wired, wire

FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"
SEED = 20261101
# Everything is over by then, wherever and whenever it is made; the last days are the newest.
END = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = "made-history"
# Floors that work side by side, each with its own customers: together some 630 conversations a day.
SITES = ("north", "south", "west")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Site:
    """One of the floors, as a source."""

    name: str

    def normalise(self, record: RawRecord) -> Normalised:
        """What `record` says: a Bot Framework transcript like anybody's."""
        return read_array(orjson.loads(record.body), source=self.name, whole=record.body)


def path_of(scale: int, seed: int = SEED) -> Path:
    """Where the history of `scale` conversations is kept."""
    return FOLDER / f"history-{scale}-{seed}.db"


def days_of(scale: int, seed: int = SEED) -> list[tuple[datetime, int]]:
    """The days that hold the newest `scale` conversations, oldest first, and how many of each; of the first the last ones."""
    days: list[tuple[datetime, int]] = []
    left = scale
    day = END
    while left > 0:
        day -= DAY
        count = min(left, sum(1 for _ in _plans(day, seed)))
        days.append((day, count))
        left -= count
    return days[::-1]


def records_of(day: datetime, count: int, seed: int = SEED) -> list[tuple[Source, RawRecord]]:
    """The last `count` conversations of a day, site by site."""
    plans = list(_plans(day, seed))
    told = islice(plans, len(plans) - count, None)
    return [(Site(name), record_of(tell(plan).activities)) for name, plan in told]


def _plans(day: datetime, seed: int) -> Iterator[tuple[str, rhythm.Plan]]:
    for number, name in enumerate(SITES):
        for plan in rhythm.plans(seed + number, start=day, end=day + DAY, recent=END):
            yield name, plan


def make(wired: Wired, pipeline: Pipeline, scale: int, seed: int = SEED) -> Iterator[int]:
    """Write what is not there yet; how many conversations there are, after each day."""
    with wired.store.read() as connection:
        reached = saved_cursor(connection, FEED) or ""
    done = 0
    for day, count in days_of(scale, seed):
        done += count
        position = day.date().isoformat()
        if position > reached:
            pipeline.write(records_of(day, count, seed), cursor=Cursor(FEED, position))
        yield done


@app.command()
def main(
    scale: Annotated[int, typer.Option(min=1, help="How many conversations.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed makes other conversations.")] = SEED,
) -> None:
    """Make a history for measuring, or go on making it."""
    path = path_of(scale, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    wired = wire(Settings(database_url=f"sqlite:///{path}"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with wired.bulk_pipeline() as pipeline, Progress(*columns) as progress:
            task = progress.add_task("Conversations", total=scale)
            for done in make(wired, pipeline, scale, seed):
                progress.update(task, completed=done)
        settle(wired.store, wired.deriver, now_ms=wired.now_ms())
        catch_up(wired.store)
    finally:
        wired.store.close()
    typer.echo(f"{scale:,} conversations in {path}", err=True)


if __name__ == "__main__":
    cli.run(app, "python -m tests.benchmarks.made_history")
