"""Conversations too long to be read, or written, while others wait: in pieces, and merged ahead of the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zstandard
from sqlalchemy import select

from ingest import batches, preparing, writing
from ingest import pipeline as pipeline_module
from ingest.pipeline import Pipeline
from ingest.sources import detect
from metrics.check import check
from metrics.derive import Deriver
from metrics.settle import settle
from store.engine import Store, open_store
from store.tables import raw_chunk
from store.unfinished import unfinished_roots
from tests.stored import Loader, differences, tables
from tests.transcripts import FAR_LATER_MS, deriver_of, ms, record, wire

LENGTH = 40
AT_ONCE = 7


def lines(begin: int, end: int) -> str:
    return "\n".join(f"10:{at // 60:02d}:{at % 60:02d} #{at} {'bot' if at % 2 else 'customer'}: {at}" for at in range(begin, end))


LONG = wire(lines(0, LENGTH))


@pytest.fixture
def clean(tmp_path):
    """The same, come one by one."""
    store = open_store(f"sqlite:///{tmp_path}/clean.db")
    yield store
    store.close()


@pytest.fixture(autouse=True)
def _all_is_long(monkeypatch):
    for module in (preparing, batches, pipeline_module):
        monkeypatch.setattr(module, "MOST_IN_A_BATCH", AT_ONCE)
    for name in ("FIRST_BATCH", "LEAST_IN_A_BATCH"):
        monkeypatch.setattr(pipeline_module, name, AT_ONCE)
    monkeypatch.setattr(pipeline_module, "DRAFTED_FROM_ACTIVITIES", AT_ONCE)
    monkeypatch.setattr(writing, "MOST_READ", AT_ONCE)


class Watched:
    """A deriver that notes how much it is given, and whether anybody waits meanwhile."""

    def __init__(self, store: Store, *, then: Any = None) -> None:
        self.store, self.own, self.sizes, self.within, self.is_writing, self.then = store, deriver_of(), [], [], False, then

    @property
    def deriver(self) -> Any:
        watched = self

        class Counted(Deriver):
            def derive(self, activities, threads, **named):
                watched.sizes.append(len(activities))
                watched.within.append(watched.is_writing)
                return super().derive(activities, threads, **named)

        return Counted(self.own.rules, self.own.scorer)

    @contextmanager
    def write(self, **named: bool) -> Iterator[Any]:
        if self.then is not None:
            self.then()
        with self.store.write(**named) as connection:
            self.is_writing = True
            try:
                yield connection
            finally:
                self.is_writing = False

    def read(self):
        return self.store.read()

    def load(self, *arrays):
        pipeline = Pipeline(self, self.deriver, now_ms=lambda: FAR_LATER_MS)
        return pipeline.write([(detect.read(record(items)), record(items)) for items in arrays])


def bodies(store: Store) -> list[bytes]:
    with store.read() as connection:
        chunks = connection.execute(select(raw_chunk.c.body)).scalars().all()
    return sorted(line for chunk in chunks for line in zstandard.decompress(chunk).split(b"\n"))


def one_by_one(store: Store, *arrays: list[dict[str, Any]]) -> None:
    loader = Loader(store)
    for items in arrays:
        for item in items:
            loader.write([item])
    loader.settle()


def assert_same(store: Store, clean: Store) -> None:
    loader = Loader(store)
    loader.settle()
    assert differences(store, clean) == {}
    assert bodies(store) == bodies(clean)
    assert list(check(store, loader.deriver, now_ms=FAR_LATER_MS)) == []
    with store.read() as connection:
        assert unfinished_roots(connection) == []


def test_new_one_is_derived_once_and_written_in_pieces(store, clean):
    watched = Watched(store)

    (counts,) = watched.load(LONG)

    assert watched.sizes == [LENGTH]
    assert watched.within == [False]
    assert (counts.activities, counts.duplicates, counts.conversations) == (LENGTH, 0, 1)
    one_by_one(clean, LONG)
    assert_same(store, clean)


def test_loading_it_again_reads_only_what_is_known_of_it(store, clean):
    Watched(store).load(LONG)
    once = tables(store)
    again = Watched(store)

    (counts,) = again.load(LONG)

    assert (counts.activities, counts.duplicates, again.sizes) == (0, LENGTH, [])
    assert tables(store) == once


class PowerCut(Exception):
    """Nothing more is written."""


@pytest.mark.parametrize("num_pieces", [1, 2, 5])
@pytest.mark.parametrize("goes_on", [False, True], ids=["and left", "and loaded again"])
def test_cut_between_two_pieces_what_is_there_counts_and_the_rest_follows(store, clean, num_pieces, goes_on):
    left = iter(range(num_pieces))

    def cut():
        if next(left, None) is None:
            raise PowerCut

    with pytest.raises(PowerCut):
        Watched(store, then=cut).load(LONG)
    with store.read() as connection:
        assert len(unfinished_roots(connection)) == 1
    if goes_on:
        Watched(store).load(LONG)

    one_by_one(clean, LONG if goes_on else LONG[: num_pieces * AT_ONCE])
    assert_same(store, clean)


EDIT = [item | {"text": "-1, as was said before", "type": "messageUpdate"} for item in LONG[2:3]]
LATER = wire(f"11:00:00 #{LENGTH} customer: agent please")
JOINED = wire('09:59:00 #1 event startConversation {"msdyn_liveworkitemid": "c1"}\n09:59:01 #2 bot: Hi.', conversation="other")


@pytest.mark.parametrize("come", [EDIT, LATER, JOINED], ids=["edit", "later", "joined"])
@pytest.mark.parametrize("before_piece", [2, 3, 6])
@pytest.mark.parametrize("settles", [False, True])
def test_what_others_bring_between_two_pieces_counts(store, clean, come, before_piece, settles):
    number = iter(range(1, 100))

    def interfere():
        if next(number) == before_piece:
            Loader(store).write(come)
            if settles:
                Loader(store).settle()

    Watched(store, then=interfere).load(LONG)

    one_by_one(clean, LONG, come)
    assert_same(store, clean)


def test_what_settles_meanwhile_changes_nothing(store, clean):
    Watched(store, then=Loader(store).settle).load(LONG)

    one_by_one(clean, LONG)
    assert_same(store, clean)


def skip_where_nobody_waits(store: Store) -> None:
    if store.writer.dialect.name != "sqlite":
        pytest.skip("writers of PostgreSQL do not wait for each other")


def test_known_one_is_derived_before_the_transaction(store, clean):
    skip_where_nobody_waits(store)
    one_by_one(store, LONG)
    watched = Watched(store)

    (counts,) = watched.load([*LONG, *LATER, *EDIT])

    assert watched.sizes
    assert not any(watched.within)
    assert (counts.activities, counts.duplicates) == (2, LENGTH)
    one_by_one(clean, LONG, EDIT, LATER)
    assert_same(store, clean)


@pytest.mark.parametrize("come", [EDIT, wire("10:30:00 #x bot: between"), JOINED], ids=["edit", "between", "joined"])
def test_known_one_that_changes_before_the_transaction_is_merged_within_it(store, clean, come):
    skip_where_nobody_waits(store)
    one_by_one(store, LONG)
    number = iter(range(1, 100))
    watched = Watched(store, then=lambda: Loader(store).write(come) if next(number) == 2 else None)

    watched.load(LATER)

    assert watched.within == [False, True]
    one_by_one(clean, LONG, come, LATER)
    assert_same(store, clean)


def test_of_one_that_goes_on_for_years_the_latest_episode_says_how_long_it_is(store, clean):
    """A customer's thread in Teams: many short conversations are short; one long one is not."""
    days = [wire(f"2026-03-{day:02d}T10:00:00 #{day} customer: {day}", channel="msteams") for day in range(2, 2 + 2 * AT_ONCE)]
    long = wire(lines(100, 100 + LENGTH).replace("10:", "2026-04-02T10:"), channel="msteams")
    later = wire("2026-04-02T10:10:00 #z customer: agent please", channel="msteams")
    one_by_one(store, *days)

    watched = Watched(store)
    watched.load(long[:1])
    watched.load(long[1:])
    watched.load(later)

    expected = [True, True, False] if store.writer.dialect.name == "sqlite" else [True] * 3
    assert watched.within[:1] + watched.within[-1:] == expected[:1] + expected[-1:]
    one_by_one(clean, *days, long, later)
    assert_same(store, clean)


@pytest.mark.parametrize("come", [None, EDIT, LATER, JOINED], ids=["nothing", "edit", "later", "joined"])
def test_one_that_is_due_is_derived_before_the_transaction_unless_it_has_changed(store, clean, come):
    skip_where_nobody_waits(store)
    Loader(store, now_ms=ms("10:10:00")).write(LONG)
    number = iter(range(1, 100))
    watched = Watched(store, then=lambda: Loader(store).write(come) if come and next(number) == 1 else None)

    settle(watched, watched.deriver, now_ms=FAR_LATER_MS)

    assert watched.within == ([False] if come is None else [False, True])
    one_by_one(clean, LONG, come or [])
    assert_same(store, clean)


def test_short_ones_are_merged_in_their_transaction_alone(store):
    one_by_one(store, LONG[:4])
    watched = Watched(store)

    watched.load(LONG[4:6])

    assert (watched.sizes, watched.within) == ([6], [True])
