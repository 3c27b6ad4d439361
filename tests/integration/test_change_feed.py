"""The change feed: a commit wakes those who wait, in this process at once, from another soon; nothing else does."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from store.engine import open_store
from store.tables import change
from store.upsert import insert_all

ROOT = Path(__file__).resolve().parents[2]

# Commits a change a line that it is told to, and prints when that was on disk.
WRITER = """
import sys, time
from store.engine import open_store
from tests.integration.test_change_feed import tell
store = open_store(sys.argv[1])
print("ready", flush=True)
for _ in sys.stdin:
    tell(store)
    print(time.time_ns(), flush=True)
"""


def tell(store):
    """Commit one change."""
    with store.write() as connection:
        insert_all(connection, change, [{"conversation_key": 1, "conversation_id": "c", "committed_ms": 0}])


class Waiter:
    """Waits in a thread for the next change; says what came, and when."""

    def __init__(self, store, after, timeout_seconds=5.0):
        self.number, self.woken_ns = 0, 0
        self._thread = threading.Thread(target=self._wait, args=(store, after, timeout_seconds))
        self._thread.start()
        time.sleep(0.06)  # longer than one look of the feed: it is waiting now

    def _wait(self, store, after, timeout_seconds):
        self.number = store.changes.wait(after, timeout_seconds)
        self.woken_ns = time.time_ns()

    def join(self):
        """When it has woken."""
        self._thread.join()
        return self


def test_number_of_the_newest_change_is_zero_in_an_empty_database(store):
    assert (store.changes.latest(), store.changes.wait(0, 0.0)) == (0, 0)


def test_change_that_is_there_already_is_not_waited_for(store):
    tell(store)
    began = time.perf_counter()

    assert store.changes.wait(0, 5.0) == store.changes.latest() == 1
    assert time.perf_counter() - began < 0.5


def test_commit_in_this_process_wakes_within_50_ms(store):
    taken = []
    for _ in range(5):
        waiter = Waiter(store, store.changes.latest())
        tell(store)
        committed_ns = time.time_ns()
        taken.append((waiter.join().woken_ns - committed_ns) / 1e6)

    assert waiter.number == store.changes.latest() == 5
    assert sorted(taken)[2] < 50, taken


def test_everyone_who_waits_is_woken(store):
    waiters = [Waiter(store, 0) for _ in range(5)]

    tell(store)

    assert [waiter.join().number for waiter in waiters] == [1] * 5


def test_nothing_wakes_without_a_commit(store):
    began = time.perf_counter()

    assert store.changes.wait(0, 0.3) == 0
    assert time.perf_counter() - began >= 0.3


def test_commit_that_changes_no_conversation_wakes_nobody(store):
    waiter = Waiter(store, 0, timeout_seconds=0.4)
    with store.write():
        pass

    assert waiter.join().number == 0


def test_transaction_that_is_taken_back_wakes_nobody(store):
    waiter = Waiter(store, 0, timeout_seconds=0.4)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        insert_all(connection, change, [{"conversation_key": 1, "conversation_id": "c", "committed_ms": 0}])
        1 / 0  # noqa: B018

    assert waiter.join().number == 0


def test_closing_lets_those_who_wait_go(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    waiter = Waiter(store, 0, timeout_seconds=30.0)

    store.changes.close()

    waiter.join()
    store.close()


@pytest.mark.server
def test_commit_in_another_process_wakes_soon(store, capsys):
    command = [sys.executable, "-c", WRITER, store.url]
    taken = []
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "ready\n"
        for number in range(1, 21):
            waiter = Waiter(store, number - 1)
            writer.stdin.write("go\n")
            writer.stdin.flush()
            committed_ns = int(writer.stdout.readline())
            taken.append((waiter.join().woken_ns - committed_ns) / 1e6)
            assert waiter.number == number
        writer.stdin.close()

    with capsys.disabled():
        print(f"\ncommit in another process to waking, ms: median {sorted(taken)[10]:.0f}, worst of 20 {max(taken):.0f}")
    assert sorted(taken)[10] < 100
    assert max(taken) < 500
