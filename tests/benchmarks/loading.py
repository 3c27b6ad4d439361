"""Loading: the whole pipeline beside its unavoidable parts, in alternating rounds."""

from __future__ import annotations

import gc
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any

from ingest.loading import Loaded, load
from metrics.settle import settle
from settings import Settings
from store.engine import Connection, Memory, Store
from tests.benchmarks.figures import Figure, Sheet, at_least, at_most, format_number, median_ratio, quantile
from tests.benchmarks.timing import NOTHING, Took, timed
from tests.benchmarks.unavoidable import read_stored, time_parts
from tests.benchmarks.word_salad import write_folder, write_hard_cases
from wiring import wire

CONVERSATIONS = 3_000
ROUNDS = 5
SEED = 20260302
LEAST_SHARE = 0.65
LEAST_GAIN = 1.5
MOST_MILLISECONDS = 50.0


@dataclass(slots=True)
class TimedStore:
    """A store that remembers how long each write transaction took, from having its turn until it is on disk."""

    store: Store
    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def write(self, **named: bool) -> Iterator[Connection]:
        """The store's own, timed."""
        began = perf_counter()
        try:
            with self.store.write(**named) as connection:
                began = perf_counter()
                yield connection
        finally:
            self.seconds.append(perf_counter() - began)  # also of one that is given up

    def read(self) -> AbstractContextManager[Connection]:
        """The store's own."""
        return self.store.read()


@dataclass(frozen=True, slots=True)
class Run:
    """One load into a fresh database."""

    load: Took
    settling: Took
    transactions: list[float]  # seconds each
    longest_seconds: float  # as the pipeline itself counted
    num_activities: int
    num_bytes: int


def measure() -> Sheet:
    """Load the same folder over and over, each time beside the parts."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name:
        return _measure(Path(name))


def _measure(base: Path) -> Sheet:
    folder, unnamed = base / "with-locale", base / "without-locale"
    now = datetime.now(UTC)
    num_messages = write_folder(folder, conversations=CONVERSATIONS, seed=SEED, until=now)
    num_unnamed = write_folder(unnamed, conversations=CONVERSATIONS, seed=SEED + 1, until=now, locale=None)
    bodies = [path.read_bytes() for path in sorted(folder.iterdir())]
    _load_all(folder, base / "first.db", settles=False)  # warms up, and leaves the rows to insert
    stored = read_stored(base / "first.db")
    gc.collect()
    gc.freeze()  # what is held for comparing is not the load's to be collected
    runs: list[Run] = []
    paired: list[Run] = []
    parts: list[dict[str, Took]] = []
    detected: list[Run] = []
    for number in range(ROUNDS):
        steps = [
            lambda n=number: runs.append(_load_all(folder, base / f"load-{n}.db")),
            lambda n=number: paired.append(_load_all(folder, base / f"paired-{n}.db", processes=2)),
            lambda n=number: parts.append(time_parts(bodies, stored, base / f"parts-{n}.db")),
            lambda n=number: detected.append(_load_all(unnamed, base / f"detected-{n}.db")),
        ]
        for step in steps if number % 2 == 0 else reversed(steps):
            step()
        for path in base.glob("*.db*"):
            path.unlink()
    gc.unfreeze()
    hard = measure_hard_cases(base / "hard", now)
    return sheet(num_messages, runs, parts, paired=paired, num_unnamed=num_unnamed, detected=detected, hard=hard)


def measure_hard_cases(base: Path, now: datetime) -> dict[str, list[float]]:
    """Seconds of each transaction of loads that are not quick but hard: what is long, what is shared, what cannot be read."""
    found: dict[str, list[float]] = {}
    for name, folders in write_hard_cases(base, now).items():
        database = base / f"{name}.db"
        # What is loaded second adds to conversations that are there already.
        both = [_load(folder, database, processes=processes)[0] for folder, processes in zip(folders, (1, 2), strict=False)]
        found[name] = [seconds for run in both for seconds in run.transactions]
    return found


def _load_all(folder: Path, path: Path, *, settles: bool = True, processes: int = 1) -> Run:
    run, done = _load(folder, path, settles=settles, processes=processes)
    if done.conversations != CONVERSATIONS or done.counts.rejected or done.counts.duplicates:
        raise AssertionError(f"the load itself went wrong: {done}")
    return run


def _load(folder: Path, path: Path, *, settles: bool = True, processes: int = 1) -> tuple[Run, Loaded]:
    """What `python -m ingest load` does, without starting Python."""
    wired = wire(Settings(database_url=f"sqlite:///{path}"), memory=Memory.BULK)
    timed_store: Any = TimedStore(wired.store)
    loaded: list[Loaded] = []
    with replace(wired, store=timed_store).bulk_pipeline() as pipeline, wired.helper(processes) as helper:
        loading = timed(lambda: loaded.append(load(pipeline, [folder], helper=helper)))
    settling = NOTHING
    if settles:
        settling = timed(lambda: settle(timed_store, wired.deriver, now_ms=wired.now_ms()))
    wired.store.close()
    (done,) = loaded
    seconds = timed_store.seconds
    return Run(loading, settling, seconds, pipeline.longest_seconds, done.counts.activities, path.stat().st_size), done


def sheet(
    num_messages: int,
    runs: Sequence[Run],
    parts: Sequence[Mapping[str, Took]],
    *,
    paired: Sequence[Run],
    num_unnamed: int,
    detected: Sequence[Run],
    hard: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> Sheet:
    """What the rounds come to."""
    limits = [sum(part.values(), NOTHING) for part in parts]
    whole = [run.load for run in runs]
    two = [run.load for run in paired]
    unnamed = [run.load for run in detected]
    rows = [_row(name, [part[name] for part in parts], num_messages, whole) for name in parts[0]]
    rows.append(_row("= unavoidable", limits, num_messages, whole))
    rows.append(_row("whole pipeline, in one process", whole, num_messages, whole))
    rows.append(_row("the same with a helper (its own time apart)", two, num_messages, whole))
    rows.append(_row("in one process, languages to be detected", unnamed, num_unnamed, whole))
    rows.append(_row("settling afterwards: packing the days", [run.settling for run in runs], num_messages, whole))
    transactions = [seconds * 1000 for run in (*runs, *paired) for seconds in run.transactions]
    hardest = {name: 1000 * max(seconds) for name, seconds in hard.items()}
    longest = max(1000 * max(run.longest_seconds for run in (*runs, *paired)), *transactions, *hardest.values())
    figures = [
        Figure("speed in one process, of the limit", _share(limits, whole), "", at_least(LEAST_SHARE)),
        Figure("the same, of the processor's time", _cpu_share(limits, whole), ""),
        Figure("speed with two processes, of that in one", _share(whole, two), "", at_least(LEAST_GAIN)),
        Figure("the same, of the limit", _share(limits, two), ""),
        Figure("speed in one process where messages name no language, of the limit", _share(limits, unnamed), ""),
        Figure("messages a second, one process", num_messages / statistics.median(took.seconds for took in whole), "/s"),
        Figure("messages a second, two processes", num_messages / statistics.median(took.seconds for took in two), "/s"),
        Figure("longest write transaction, of all rounds and hard cases", longest, "ms", at_most(MOST_MILLISECONDS)),
        Figure("99 % of write transactions within", quantile(transactions, 0.99), "ms"),
        Figure("median write transaction", quantile(transactions, 0.5), "ms"),
        Figure("database, per message", runs[-1].num_bytes / num_messages, "bytes"),
    ]
    each, gain_each = _ratios(limits, whole), _ratios(whole, two)
    longest_each = ", ".join(format_number(1000 * max(run.transactions)) for run in runs)
    notes = [
        f"{num_messages:,} messages ({runs[0].num_activities:,} activities) in {CONVERSATIONS:,} files, all texts different; "
        f"median of {len(runs)} rounds",
        f"speed of the limit, by round: {each}; two processes of one: {gain_each}",
        f"longest transaction, by round, settling included: {longest_each} ms, of {len(transactions) // len(runs)}",
        *(f"longest transaction of {name}: {format_number(longest)} ms" for name, longest in hardest.items()),
    ]
    columns = ("Part", "Seconds", "of processor", "Messages/s", "µs a message", "Of the whole")
    return Sheet("Loading", figures, columns, rows, notes)


def _share(parts: Sequence[Took], whole: Sequence[Took]) -> float:
    return median_ratio([took.seconds for took in parts], [took.seconds for took in whole])


def _ratios(parts: Sequence[Took], whole: Sequence[Took]) -> str:
    return ", ".join(format_number(part.seconds / took.seconds) for part, took in zip(parts, whole, strict=True))


def _cpu_share(parts: Sequence[Took], whole: Sequence[Took]) -> float:
    return median_ratio([took.cpu_seconds for took in parts], [took.cpu_seconds for took in whole])


def _row(name: str, times: Sequence[Took], num_messages: int, whole: Sequence[Took]) -> tuple[str, ...]:
    middle = statistics.median(took.seconds for took in times)
    cpu = statistics.median(took.cpu_seconds for took in times)
    each = (f"{middle:.2f}", f"{cpu:.2f}", f"{num_messages / middle:,.0f}", format_number(1e6 * middle / num_messages))
    return name, *each, f"{_share(times, whole):.2f}"
