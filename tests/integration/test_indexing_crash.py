"""`kill -9` at any moment of indexing, then again: every conversation is found, and found once."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from metrics.filters import Filters
from metrics.found import find_page
from metrics.indexing import state_of
from store.engine import open_store
from store.search.tables import text_document
from tests.forked import start_module
from tests.stored import Loader, database_url
from tests.transcripts import wire

NUM = 600
KILLS = 6

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


def start(url):
    return start_module("metrics", "index", "--db", url, environment=os.environ, out=Path(os.devnull))


def test_index_that_was_killed_again_and_again_holds_everything_once(tmp_path):
    url, dice = database_url(tmp_path), random.Random(7)
    store = open_store(url)
    loader = Loader(store)
    for first in range(0, NUM, 100):
        loader.write(
            *(
                wire(f"10:00:00 customer: parcel number{key}\n10:00:02 bot: ok", conversation=f"c{key}")
                for key in range(first, first + 100)
            )
        )
    loader.settle()

    killed = 0
    for _ in range(KILLS):
        before = state_of(store).waiting
        process = start(url)
        while state_of(store).waiting == before and process.is_alive() and before:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.05))
        if process.is_alive():
            process.kill()
            killed += 1
        process.join(60)
        check(store)
        if not state_of(store).waiting:
            break
    assert killed, "it was never killed in the middle"

    last = start(url)
    last.join(120)
    assert last.exitcode == 0

    state = state_of(store)
    assert (state.closed, state.waiting, state.superseded) == (NUM, 0, 0)
    check(store)
    chosen = Filters(search="parcel").selection()
    with store.read() as connection:
        found = [row["conversation_id"] for row in find_page(connection, chosen, None, 2 * NUM).rows]
        assert sorted(found) == sorted(f"c{key}" for key in range(NUM))
    store.close()


def check(store):
    """As many as have a document are found, each once."""
    with store.read() as connection:
        chosen = Filters(search="parcel").selection()
        found = [row["conversation_key"] for row in find_page(connection, chosen, None, 2 * NUM).rows]
        documents = connection.execute(select(func.count(text_document.c.conversation_key))).scalar_one()
        assert len(found) == len(set(found)) == documents
