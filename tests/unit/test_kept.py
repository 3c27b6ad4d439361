"""What is kept of packed days in memory says what the database says, to every snapshot and every thread."""

import tempfile
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from metrics.filters import Filters
from metrics.kept import BLOCK_DAYS, NONE, unpack
from metrics.packs import refresh
from metrics.report import count, count_in
from metrics.rows import Flag
from metrics.windows import DAY_MS, Window
from store.engine import open_store
from store.tables import conversation
from store.writes import mark_days
from tests.conversation_rows import at, put, row

OF_PEOPLE = {"is_bot": False, "outcome": None, "bot": "", "deciding_session": None}
FIRST = at("2026-03-02T00:00Z")


def rows_of(rows):
    """Every row as it is, in order."""
    names = ("ended_ms", "bot_ms", "sentiment_micro", "contact_ms", "outcome", "resolution", "flags")
    said = [rows.columns[name].tolist() for name in names]
    said += [[rows.words[name][code] for code in rows.columns[name]] for name in ("bot", "channel", "queue", "topic")]
    return sorted(zip(*said, strict=True))


def asked(store, **span):
    with store.read() as connection:
        also = (Flag.TEST if span.get("tests", True) else NONE) | (Flag.PEOPLE if span.get("people", True) else NONE)
        return rows_of(unpack(connection, span.get("start_ms"), span.get("end_ms"), also=also))


def remove(store, key, ended_ms):
    with store.write() as connection:
        connection.execute(delete(conversation).where(conversation.c.conversation_key == key))
        mark_days(connection, {ended_ms // DAY_MS})


@st.composite
def steps(draw):
    """Conversations that come, change, move to other days and go; packing now and then; questions about any span."""
    day = st.integers(min_value=0, max_value=4 * BLOCK_DAYS)
    chosen = []
    for _ in range(draw(st.integers(min_value=1, max_value=14))):
        kind = draw(st.sampled_from(["put", "put", "put", "remove", "pack", "ask", "ask"]))
        bot, outcome = draw(st.sampled_from(["Ada", "Bob"])), draw(st.sampled_from(["resolved", "escalated", "other"]))
        key, test, people = draw(st.integers(min_value=1, max_value=6)), draw(st.booleans()), draw(st.booleans())
        moment = FIRST + draw(day) * DAY_MS + draw(st.sampled_from([0, DAY_MS // 2, DAY_MS - 1]))
        said = {"bot": bot, "outcome": outcome, "topic": draw(st.sampled_from(["", "Loss", "Card"])), "is_bot": not test}
        chosen.append((kind, key, moment, said | (OF_PEOPLE if people else {}), test))
    return chosen


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(steps(), st.integers(min_value=-1, max_value=4 * BLOCK_DAYS), st.integers(min_value=1, max_value=40 * BLOCK_DAYS))
def test_whatever_happens_what_is_kept_is_what_a_new_process_reads(happened, first, length):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/x.db")
        ends = {}
        span = {"start_ms": FIRST + first * DAY_MS, "end_ms": FIRST + (first + length) * DAY_MS - 1}
        for kind, key, moment, said, test in [*happened, ("ask", 1, FIRST, {}, True)]:
            if kind == "put":
                put(store, [row(key, ended_ms=moment, is_test=test, **said)])
                ends[key] = moment
            elif kind == "remove" and key in ends:
                remove(store, key, ends.pop(key))
            elif kind == "pack":
                refresh(store)
            else:
                other = open_store(store.url)
                for about in ({"tests": test}, {"tests": test, "people": False}, {"tests": test, **span}):
                    assert asked(store, **about) == asked(other, **about)
                other.close()
        assert len(asked(store)) == len(ends)
        store.close()


def test_rows_come_in_order_of_their_end_whatever_bot_they_are_of(store):
    ends = [FIRST + hour * 3_600_000 for hour in (30, 1, 5, 2, 900)]
    put(store, [row(key, ended_ms=ended, bot="AB"[key % 2]) for key, ended in enumerate(ends)])
    refresh(store)
    put(store, [row(9, ended_ms=FIRST + 3 * 3_600_000, bot="C")])

    with store.read() as connection:
        found = unpack(connection, None, None).columns["ended_ms"].tolist()

    assert found == sorted([*ends, FIRST + 3 * 3_600_000])


def test_question_asked_again_copies_nothing(store):
    put(store, [row(key, ended_ms=FIRST + key * DAY_MS) for key in range(3 * BLOCK_DAYS)])
    refresh(store)

    with store.read() as connection:
        whole, again = (unpack(connection, None, None).columns["bot_ms"] for _ in range(2))
        part = unpack(connection, FIRST, None).columns["bot_ms"]

    assert whole is again
    assert np.shares_memory(whole, part)


def test_snapshot_sees_its_own_days_though_others_have_been_packed_and_read_since(store):
    put(store, [row(1, outcome="resolved", resolution="assumed")])
    refresh(store)
    asked(store)

    with store.read() as before:
        assert count_in(before, Filters())[()].resolved == 1
        put(store, [row(1, outcome="escalated"), row(2, outcome="escalated")])
        refresh(store)
        assert count(store, Filters())[()].escalated == 2

        assert count_in(before, Filters())[()].resolved == 1
        assert count_in(before, Filters(window=Window(0, 2**50)))[()].closed == 1
    assert count(store, Filters())[()].escalated == 2


def test_day_that_changed_since_it_was_packed_is_counted_from_its_conversations(store):
    put(store, [row(key, ended_ms=FIRST + key * DAY_MS) for key in range(5)])
    refresh(store)
    asked(store)
    put(store, [row(2, ended_ms=FIRST + 2 * DAY_MS, outcome="abandoned"), row(8, ended_ms=FIRST + 20 * DAY_MS)])
    put(store, [row(9, ended_ms=FIRST + 2 * DAY_MS, bot="Bob")])

    assert count(store, Filters())[()].closed == 7
    assert count(store, Filters(bots=("Bob",)))[()].closed == 1
    assert count(store, Filters(window=Window(FIRST + 2 * DAY_MS, FIRST + 3 * DAY_MS)))[()].abandoned == 1


@pytest.mark.thorough
def test_threads_that_ask_while_days_are_packed_all_see_whole_days(store):
    """Every conversation has one outcome of the same round: a mixture of two rounds would show."""
    keys, stop, wrong = range(40), threading.Event(), []
    put(store, [row(key, ended_ms=FIRST + key * DAY_MS, outcome="resolved") for key in keys])
    refresh(store)

    def ask() -> None:
        while not stop.is_set():
            totals = count(store, Filters(), wanted=())[()]
            if sorted((totals.resolved, totals.escalated)) != [0, len(keys)]:
                wrong.append(totals)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(12):
        put(store, [row(key, ended_ms=FIRST + key * DAY_MS, outcome=("escalated", "resolved")[number % 2]) for key in keys])
        refresh(store)
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
