"""The thread that indexes: it catches up from where it was, rests beside others' work, and outlives what goes wrong."""

from __future__ import annotations

import time

import pytest

from metrics.filters import Filters
from metrics.found import find_page
from metrics.indexing import IDLE_SECONDS, Indexer, Indexing, catch_up, freshen, make_searchable, state_of
from metrics.search import SearchError
from store.engine import StoreBusyError
from tests.stored import Loader
from tests.transcripts import wire

REFUND = "10:00:00 customer: refund please\n10:00:05 bot: You have it."


@pytest.fixture
def loader(store):
    if not store.url.startswith("sqlite"):
        pytest.skip("the index is SQLite's own")
    loader = Loader(store)
    loader.write(*(wire(REFUND, conversation=f"c{number}") for number in range(20)))
    loader.settle()
    return loader


def until(is_so):
    """Wait for what another thread does."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_thread_indexes_what_waits_and_what_comes(loader):
    indexer = Indexer(lambda: loader.store)
    indexer.start()
    try:
        until(lambda: state_of(loader.store).closed == 20)
        loader.write(wire(REFUND, conversation="late"))
        loader.settle()
        until(lambda: state_of(loader.store).closed == 21)
    finally:
        indexer.stop()

    assert state_of(loader.store).waiting == 0


def test_thread_goes_on_after_an_error(loader, monkeypatch, caplog):
    failing, step = iter((True, False)), Indexing.step
    monkeypatch.setattr("metrics.indexing.FAILED_SECONDS", 0.0)

    def sometimes(self, store):
        if next(failing, False):
            raise StoreBusyError("quoting what Ann wrote")
        return step(self, store)

    monkeypatch.setattr(Indexing, "step", sometimes)
    indexer = Indexer(lambda: loader.store)
    indexer.start()
    try:
        until(lambda: state_of(loader.store).closed == 20)
    finally:
        indexer.stop()

    assert "indexing failed" in caplog.text
    assert "Ann" not in caplog.text


def test_work_rests_as_long_as_it_took_and_idles_when_all_is_done(loader):
    indexer = Indexer(lambda: loader.store)

    rests = []
    while not rests or rests[-1] != IDLE_SECONDS:
        rests.append(indexer._once())  # noqa: SLF001
        assert len(rests) < 200

    assert all(0 < rest < IDLE_SECONDS for rest in rests[:-1])
    assert state_of(loader.store).waiting == 0


def test_batch_follows_what_was_measured(loader, monkeypatch):
    indexing = Indexing()
    indexing._batch = 16  # noqa: SLF001
    monkeypatch.setattr("metrics.indexing.TOO_LONG_SECONDS", 0.0)

    sizes = []
    while count := indexing.step(loader.store):
        sizes.append(count)

    assert sizes == [16, 4]
    assert indexing._batch == 5  # noqa: SLF001


def test_database_that_is_busy_does_not_keep_a_search_waiting_for_its_index(loader, monkeypatch):
    def busy(_self, _store):
        raise StoreBusyError("somebody has the lock")

    monkeypatch.setattr(Indexing, "step", busy)

    assert freshen(loader.store) == 20


def test_search_of_nothing_indexes_nothing(loader):
    make_searchable(loader.store, "  ")

    assert state_of(loader.store).waiting == 20


def test_postgres_is_refused_with_a_sentence_and_takes_conversations_all_the_same(store):
    if store.url.startswith("sqlite"):
        pytest.skip("SQLite has the index")
    loader = Loader(store)
    loader.write(wire(REFUND))
    loader.settle()

    with pytest.raises(SearchError, match="needs SQLite"):
        make_searchable(store, "refund")
    with store.read() as connection, pytest.raises(SearchError, match="needs SQLite"):
        find_page(connection, Filters(search="refund").selection(), None, 10)
    assert (catch_up(store), freshen(store), state_of(store).waiting) == (0, 0, 0)
