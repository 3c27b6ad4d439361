"""Daily rates, median and p90 by bot over all of history, beside DuckDB on the same rows in a columnar table of its own."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from metrics.closed import closed_rows
from metrics.filters import Filters
from metrics.report import count
from metrics.rows import OUTCOME_CODES
from store.engine import Store
from tests.benchmarks.timing import Took, timed

ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
ROUNDS = 7
WANTED = ("resolution_time", "escalation_time")
OUTCOMES = [word or "" for word in OUTCOME_CODES]


@dataclass(frozen=True, slots=True)
class Raced:
    """One zone: rounds of each, in the order they were run, and how many groups both found."""

    zone: str
    ours: list[Took]
    duck: list[Took]
    num_groups: int

    @property
    def ratio(self) -> float:
        """DuckDB's time ÷ ours, the median of the rounds."""
        return statistics.median(duck.seconds / ours.seconds for duck, ours in zip(self.duck, self.ours, strict=True))


def race(store: Store) -> list[Raced]:
    """Both in turns, in every zone; what they find must be the same."""
    duck = _table_of(store)
    raced = [_race_in(zone, store, duck) for zone in ZONES]
    duck.close()
    return raced


def _race_in(zone: str, store: Store, duck: Any) -> Raced:
    filters = Filters(tz=zone)
    found: list[Any] = []
    theirs: list[Any] = []
    ours_took: list[Took] = []
    duck_took: list[Took] = []
    sql = _sql(zone)
    for number in range(ROUNDS + 1):
        steps = [
            lambda: ours_took.append(timed(lambda: found.append(count(store, filters, ("day", "bot"), wanted=WANTED)))),
            lambda: duck_took.append(timed(lambda: theirs.append(duck.execute(sql).fetchall()))),
        ]
        for step in steps if number % 2 == 0 else reversed(steps):
            step()
    _compare(found[-1], theirs[-1])
    return Raced(zone, ours_took[1:], duck_took[1:], len(found[-1]))


def _table_of(store: Store) -> Any:
    """The rows that we count, in DuckDB's memory, in order of their end, the words as an enumeration."""
    with store.read() as connection:
        rows = closed_rows(connection, Filters())
    bots = pa.DictionaryArray.from_arrays(pa.array(rows.columns["bot"].astype("int32")), pa.array(list(rows.words["bot"])))
    outcomes = pa.DictionaryArray.from_arrays(pa.array(rows.columns["outcome"].astype("int8")), pa.array(OUTCOMES))
    given = pa.table(
        {
            "ended": pa.array(rows.columns["ended_ms"]).cast(pa.timestamp("ms", tz="UTC")),
            "bot": bots,
            "outcome": outcomes,
            "bot_ms": pa.array(rows.columns["bot_ms"]),
        }
    )
    duck = duckdb.connect()
    duck.register("given", given)
    names = ", ".join(f"'{word}'" for word in rows.words["bot"])
    duck.execute(f"CREATE TYPE bot_name AS ENUM ({names})")
    duck.execute(f"CREATE TYPE outcome_name AS ENUM ({', '.join(repr(word) for word in OUTCOMES)})")
    duck.execute(
        "CREATE TABLE conversation AS SELECT ended, bot::bot_name AS bot, outcome::outcome_name AS outcome, "
        "nullif(bot_ms, -1) AS bot_ms FROM given"
    )
    duck.unregister("given")
    return duck


def _sql(zone: str) -> str:
    parts = [f"count(*) FILTER (outcome = '{name}')" for name in OUTCOMES if name]
    for name in ("resolved", "escalated"):
        of = f"FILTER (outcome = '{name}')"
        parts += [f"quantile_cont(bot_ms, [0.5, 0.9]) {of}", f"count(bot_ms) {of}", f"avg(bot_ms) {of}"]
    return (
        f"SELECT (ended AT TIME ZONE '{zone}')::DATE AS day, bot, count(*), {', '.join(parts)} "  # noqa: S608 - no one's words
        "FROM conversation GROUP BY day, bot ORDER BY day, bot"
    )


def _compare(ours: Any, theirs: Any) -> None:
    """The same days, counts and quantiles, or it was not the same question."""
    if len(ours) != len(theirs):
        raise AssertionError(f"{len(ours)} groups here, {len(theirs)} in DuckDB")
    place = {name: at for at, name in enumerate(OUTCOMES[1:], start=3)}
    for row in theirs:
        totals = ours[row[0].isoformat(), row[1] or None]
        counted = (totals.closed, *(getattr(totals, name) for name in place))
        if counted != (row[2], *(row[at] for at in place.values())):
            raise AssertionError(f"other counts on {row[:2]}: {counted}, {row}")
        for at, times in ((len(place) + 3, totals.resolution_time), (len(place) + 6, totals.escalation_time)):
            if times.n and not _is_close(row[at], (times.median_ms_x2 / 2, times.p90_ms_x10 / 10)):
                raise AssertionError(f"other quantiles on {row[:2]}: {times}, {row[at]}")


def _is_close(one: Any, other: Any) -> bool:
    return all(abs(left - right) <= 1e-6 * max(1.0, abs(right)) for left, right in zip(one, other, strict=True))
