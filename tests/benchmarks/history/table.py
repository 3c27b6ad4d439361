"""The table of History's speed: pages at two scales, figures beside DuckDB, and the size of the database."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.configuration.reading import read_configuration
from ingest.sources.demo.routing import routing_file
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.reading_ahead import read_ahead
from metrics.report import count
from metrics.routing import reading
from metrics.routing.kept import judged_rows
from metrics.settle import settle
from metrics.windows import DAY_MS, Window
from settings import Settings
from store.engine import Store, open_store
from store.history import bounds
from store.routing.configurations import save_configuration
from store.writes import mark_days
from tests.benchmarks import made_history
from tests.benchmarks.figures import Figure, Sheet, at_least, at_most, format_number, quantile
from tests.benchmarks.history.against_duckdb import Raced, race
from tests.benchmarks.history.page_questions import VIEWS
from tests.benchmarks.timing import Took, timed
from wiring import wire

SCALES = (100_000, 1_000_000)
ROUNDS = 5
TRIED = 100_000
READING_AHEAD = "reading ahead after a start"
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


@dataclass(frozen=True, slots=True)
class Asked:
    """One view under one cut: what it took, round by round."""

    view: str
    cut: str
    took: Sequence[Took]

    @property
    def page(self) -> str:
        """The page that the view is of."""
        return self.view.partition(":")[0]

    @property
    def milliseconds(self) -> list[float]:
        """By the clock."""
        return [1000 * each.seconds for each in self.took]

    @property
    def cpu_milliseconds(self) -> list[float]:
        """Of the processor."""
        return [1000 * each.cpu_seconds for each in self.took]


def measure(_port: int = 0) -> Sheet:
    """Ask what pages ask of the histories that `make bench-data` has made, at SCALE=100000 and SCALE=1000000."""
    small, large = (_history(scale) for scale in SCALES)
    first, ahead = _first_question(large), _after_reading_ahead(large)
    stores = [open_store(f"sqlite:///{path}") for path in (small, large)]
    try:
        for store in stores:
            read_ahead(store)  # as a server does when it starts
        recent = [_ask(store, _recent(store)) for store in stores]
        whole = _ask(stores[1], _whole(stores[1]))
        changed = _ask(stores[1], {"all of it, a day changed": Filters()}, before=_change_a_day(large))
        tried = _try_rules(stores[1])
        raced = race(stores[1])
    finally:
        for store in stores:
            store.close()
    return sheet(recent[0], recent[1], whole, changed, first, ahead, tried, raced, _size_of(large))


def sheet(
    small: Sequence[Asked],
    recent: Sequence[Asked],
    whole: Sequence[Asked],
    changed: Sequence[Asked],
    first: Mapping[str, Took],
    ahead: Mapping[str, Took],
    tried: Mapping[str, Took],
    raced: Sequence[Raced],
    size: float,
) -> Sheet:
    """What was found."""
    every = [*recent, *whole, *changed]
    worst = max(every, key=lambda asked: quantile(asked.milliseconds, 0.95))
    growth = [
        statistics.median(large.cpu_milliseconds) / statistics.median(little.cpu_milliseconds)
        for little, large in zip(small, recent, strict=True)
    ]
    figures = [
        *(
            Figure(f"{page}: 95 % within", quantile(milliseconds, 0.95), "ms", at_most(150))
            for page, milliseconds in _by_page(every).items()
        ),
        Figure("slowest view of one cut, 95 % within", quantile(worst.milliseconds, 0.95), "ms"),
        Figure("slowest of all", max(ms for asked in every for ms in asked.milliseconds), "ms", at_most(400)),
        Figure("the last 30 days, ten times the history, growth of views (median)", statistics.median(growth), "", at_most(1.3)),
        *(
            Figure(f"first question of a process that has not read ahead: {name}", 1000 * took.seconds, "ms")
            for name, took in first.items()
        ),
        Figure(READING_AHEAD, ahead[READING_AHEAD].seconds, "s"),
        *(
            Figure(f"first question, read ahead: {page}, all of history", 1000 * took.seconds, "ms", at_most(400))
            for page, took in ahead.items()
            if page != READING_AHEAD
        ),
        *(Figure(f"trying other rules: {name}", took.seconds, "s", at_most(5)) for name, took in tried.items()),
        *(Figure(f"by day and bot, {each.zone}: DuckDB's time ÷ ours", each.ratio, "", at_least(1)) for each in raced),
        Figure("database, per message, raw included", size, "bytes"),
    ]
    rows = [_row(asked) for asked in sorted(every, key=lambda asked: -quantile(asked.milliseconds, 0.95))[:24]]
    notes = [
        f"{len(every)} views and cuts, {ROUNDS} rounds each; the slowest are shown. Slowest: {worst.view}, {worst.cut}",
        *(
            f"{each.zone}: ours {_middle(each.ours):.0f} ms, DuckDB {_middle(each.duck):.0f} ms "
            f"(of the processor {_middle_cpu(each.ours):.0f}, {_middle_cpu(each.duck):.0f}), {each.num_groups:,} groups"
            for each in raced
        ),
    ]
    return Sheet("History", figures, ("View", "Cut", "Median ms", "95 % ms", "Worst ms", "Processor ms"), rows, notes)


def _history(scale: int) -> Path:
    path = made_history.path_of(scale)
    if not path.exists():
        raise SystemExit(f"make bench-data SCALE={scale} first")
    wired = wire(Settings(database_url=f"sqlite:///{path}"))
    with wired.store.write() as connection:
        rules = read_configuration(routing_file("sound"))
        save_configuration(connection, rules, origin="the simulated floor's", now_ms=0)
    settle(wired.store, wired.deriver, now_ms=wired.now_ms())
    wired.store.close()
    return path


def _first_question(path: Path) -> dict[str, Took]:
    """What each page asks first of a process that has nothing in memory yet (the file is in the machine's)."""
    first: dict[str, Took] = {}
    for name, choose in (("the last 30 days", _recent), ("all of history", lambda _store: {"": Filters()})):
        for page, view in {view.partition(":")[0]: view for view in reversed(VIEWS)}.items():
            store = open_store(f"sqlite:///{path}")
            (filters, *_) = choose(store).values()
            first[f"{page}, {name}"] = timed(lambda: [ask(store, filters) for ask in VIEWS[view]])  # noqa: B023
            store.close()
    return first


def _after_reading_ahead(path: Path) -> dict[str, Took]:
    """How long a server reads ahead after its start, and what each page asks first of all of history then."""
    store = open_store(f"sqlite:///{path}")
    took = {READING_AHEAD: timed(lambda: read_ahead(store))}
    for page, view in {view.partition(":")[0]: view for view in reversed(VIEWS)}.items():
        took[page] = timed(lambda: [ask(store, Filters()) for ask in VIEWS[view]])  # noqa: B023
    store.close()
    return took


def _try_rules(store: Store) -> dict[str, Took]:
    """Other rules over the newest hundred thousand escalations, and over all of them."""
    (*_, in_force) = reading.kept_configurations(store)
    swapped = in_force.configuration
    tried = replace(swapped, rules=swapped.rules[::-1])
    with store.read() as connection:
        moments = judged_rows(connection, None, None).columns["at_ms"]
    since = int(moments[-TRIED]) if len(moments) > TRIED else None
    cuts = {f"{min(TRIED, len(moments)):,} escalations": since, f"{len(moments):,} escalations": None}
    return {
        name: timed(lambda: reading.trial(store, tried, Filters(window=Window(start_ms, None))))  # noqa: B023
        for name, start_ms in cuts.items()
    }


def _by_page(every: Sequence[Asked]) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {}
    for asked in every:
        found.setdefault(asked.page, []).extend(asked.milliseconds)
    return found


def _ask(store: Store, cuts: Mapping[str, Filters], *, before: Callable[[], None] | None = None) -> list[Asked]:
    found = []
    for cut, filters in cuts.items():
        for view, asks in VIEWS.items():
            took = []
            for _ in range(ROUNDS):
                if before is not None:
                    before()
                took.append(timed(lambda: [ask(store, filters) for ask in asks]))  # noqa: B023
                gc.freeze()  # as a server does (live/garbage.py): what is kept is not looked through before each question
            found.append(Asked(view, cut, took))
    return found


def _recent(store: Store) -> dict[str, Filters]:
    with store.read() as connection:
        _, last = bounds(connection)
    end_ms = (last or 0) // DAY_MS * DAY_MS + DAY_MS
    return {"the last 30 days": Filters(window=Window(end_ms - 30 * DAY_MS, end_ms), tz=ZONES[1])}


def _whole(store: Store) -> dict[str, Filters]:
    """All of it in each zone; of the commonest and the rarest bot, and of the rarest topic."""
    bots, topics = (_by_size(count(store, Filters(), (word,), wanted=())) for word in ("bot", "topic"))
    return {
        **{f"all of it, {zone}": Filters(tz=zone) for zone in ZONES},
        f"all of it, bot {bots[-1]}": Filters(bots=(bots[-1],)),
        f"all of it, topic {topics[0]}": Filters(topics=(topics[0],)),
        f"all of it, bot {bots[0]}, topic {topics[0]}, abandoned": Filters(
            bots=(bots[0],), topics=(topics[0],), outcomes=("abandoned",)
        ),
    }


def _by_size(found: Mapping[tuple[str | None, ...], Totals]) -> list[str]:
    return [key[0] or "" for key in sorted(found, key=lambda key: found[key].closed)]


def _change_a_day(path: Path) -> Callable[[], None]:
    """Has the newest day packed again, as it is whenever a conversation has ended since."""
    wired = wire(Settings(database_url=f"sqlite:///{path}"))
    with wired.store.read() as connection:
        _, last = bounds(connection)

    def change() -> None:
        with wired.store.write() as connection:
            mark_days(connection, {(last or 0) // DAY_MS})
        settle(wired.store, wired.deriver, now_ms=wired.now_ms())

    return change


def _size_of(path: Path) -> float:
    store = open_store(f"sqlite:///{path}")
    with store.read() as connection:
        messages = connection.exec_driver_sql("SELECT sum(num_messages) FROM conversation").scalar_one()
    store.close()
    return path.stat().st_size / float(messages)


def _row(asked: Asked) -> tuple[str, ...]:
    took = asked.milliseconds
    figures = (statistics.median(took), quantile(took, 0.95), max(took), statistics.median(asked.cpu_milliseconds))
    return (asked.view, asked.cut, *(format_number(figure) for figure in figures))


def _middle(took: Sequence[Took]) -> float:
    return 1000 * statistics.median(each.seconds for each in took)


def _middle_cpu(took: Sequence[Took]) -> float:
    return 1000 * statistics.median(each.cpu_seconds for each in took)
