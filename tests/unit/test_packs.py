"""Packed days hold exactly what the conversations say, and are never behind."""

import threading
import time

import numpy as np
import pytest

from metrics import joining, packs, rows
from metrics.filters import Filters
from metrics.kept import unpack
from metrics.packs import refresh
from metrics.report import report
from metrics.rows import Flag
from store.day_packs import Packed, dirty_days, packs_between, replace_packs
from store.engine import open_store
from store.history import rows_to_pack
from tests.conversation_rows import at, put, row

DAY = at("2026-03-02T00:00Z") // packs.DAY_MS


def stored(store):
    with store.read() as connection:
        return [
            (pack.day, pack.bot, pack.num_rows, pack.body) for pack in packs_between(connection, Packed.CONVERSATIONS, None, None)
        ]


def columns_of(found):
    """Every column, words as such, and where there is what."""
    columns = {name: found.columns[name].tolist() for name in (*rows.COLUMNS, "bot")}
    columns |= {outcome: found.places(outcome).tolist() for outcome in ("resolved", "escalated")}
    columns |= {"scored": found.scored("sentiment_micro").tolist(), "unscored": found.unscored("sentiment_micro").tolist()}
    columns |= {
        name: [part.tolist() for part in found.measured(name, "escalated")] for name in ("bot_ms", "wait_ms", "bot_turns")
    }
    return columns | {name: [found.words[name][code] for code in columns[name]] for name in found.words}


def whole(store, **also):
    with store.read() as connection:
        return unpack(connection, None, None, **also)


@pytest.fixture(autouse=True)
def _much_room(monkeypatch):
    """So that few rows go on where they are."""
    monkeypatch.setattr(joining, "ROOM", 1)


SAID = (
    {"outcome": "resolved", "bot_ms": 2**40},
    {"outcome": "escalated", "bot_ms": 5, "wait_ms": None, "sentiment_micro": 7},
    {"outcome": "escalated", "bot_ms": 2**41, "wait_ms": 9, "bot_turns": 3},
)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(["2026-03-29"], id="after all others"),
        pytest.param(["2026-03-29", "2026-03-30"], id="twice after all others"),
        pytest.param(["2026-03-27"], id="before others of the newest days"),
        pytest.param(["2026-03-05"], id="of older days"),
        pytest.param(["2026-03-29", "2026-03-05"], id="newest and then of older days"),
        pytest.param(["2026-04-20"], id="of days that there were none of"),
    ],
)
@pytest.mark.parametrize("asks", ["all", "other days", "nobody"])
def test_what_is_kept_follows_what_ends_later_and_leaves_alone_what_was_told(store, changes, asks):
    put(
        store,
        [row(day, ended_ms=at(f"2026-03-{day:02}T00:00Z"), topic=f"t{day}", **SAID[day % 3]) for day in (2, 10, 18, 26, 28)],
    )
    refresh(store)
    told = [(found, columns_of(found)) for found in (whole(store), whole(store, also=Flag.TEST))]

    for key, day in enumerate(changes, start=100):
        put(store, [row(key, ended_ms=at(f"{day}T12:00Z"), topic=day, is_test=key % 2 == 1)])
        put(store, [row(key + 100 * more, ended_ms=at(f"{day}T13:00Z"), bot="Max", **SAID[more]) for more in (1, 2)])
        refresh(store)
        if asks == "other days":
            with store.read() as connection:
                unpack(connection, at("2026-03-10T00:00Z"), at("2026-03-11T00:00Z"))
        if asks == "all":
            told += [(found, columns_of(found)) for found in (whole(store), whole(store, also=Flag.TEST))]

    anew = open_store(store.url)
    for also in ({}, {"also": Flag.TEST}):
        assert columns_of(whole(store, **also)) == columns_of(whole(anew, **also))
    assert all(columns_of(found) == before for found, before in told)
    anew.close()


def test_columns_of_all_of_history_go_on_where_conversations_end_after_all_others(store):
    put(store, [row(key, ended_ms=at("2026-03-02T00:00Z") + key * packs.DAY_MS // 4) for key in range(1, 60)])
    refresh(store)
    before = whole(store)
    ended = before.columns["ended_ms"]
    put(store, [row(60, ended_ms=at("2026-03-02T00:00Z") + 60 * packs.DAY_MS // 4)])
    refresh(store)

    after = whole(store).columns["ended_ms"]

    assert (len(ended), len(after)) == (59, 60)
    assert np.shares_memory(ended, after)


def test_packed_row_says_what_its_conversation_says(store):
    named = {"channel": "webchat", "queue": "Cards", "topic": "Loss", "workstream": "Chat", "reason": "said so"}
    measured = {"bot_ms": 2**40, "sentiment_micro": -250_000, "csat_micro": 4_000_000, "num_scored": 3}
    measured |= {"wait_ms": 2**41, "bot_turns": 4, "wasted_turns": 0, "waiting_sentiment_micro": -1, "accepted_ms": 1}
    measured |= {"is_engaged": True, "is_suspect": True, "customer_id": "ann"}
    full = row(1, ended_ms=at("2026-03-02T23:59:59.999Z"), outcome="resolved", resolution="implied", **named, **measured)
    test = row(2, ended_ms=at("2026-03-02T00:00Z"), is_bot=False, is_test=True, outcome="abandoned", csat_requested=True)
    put(store, [full, test])
    refresh(store)

    with store.read() as connection:
        found = unpack(connection, None, None, also=Flag.TEST)

    words = {name: [found.words[name][code] for code in found.columns[name]] for name in ("bot", *rows.DIMENSIONS)}
    assert words["channel"] == ["", "webchat"]
    assert (words["queue"][1], words["topic"][1], words["workstream"][1], words["reason"][1]) == (
        "Cards",
        "Loss",
        "Chat",
        "said so",
    )
    assert found.columns["ended_ms"].tolist() == [at("2026-03-02T00:00Z"), at("2026-03-02T23:59:59.999Z")]
    assert found.columns["bot_ms"].tolist() == [rows.NO_TIME, 2**40]
    assert found.columns["sentiment_micro"].tolist() == [rows.NO_SCORE, -250_000]
    assert found.columns["csat_micro"].tolist() == [rows.NO_SCORE, 4_000_000]
    assert found.columns["flags"].tolist() == [
        int(Flag.TEST | Flag.CSAT_REQUESTED),
        int(Flag.KNOWN | Flag.ENGAGED | Flag.SUSPECT | Flag.ACCEPTED),
    ]
    assert found.columns["wait_ms"].tolist() == [rows.NO_TIME, 2**41]
    assert found.columns["bot_turns"].tolist() == [0, 4]
    assert found.columns["wasted_turns"].tolist() == [rows.NO_TURNS, 0]
    assert found.columns["waiting_sentiment_micro"].tolist() == [rows.NO_SCORE, -1]
    assert found.columns["contact_ms"].tolist() == [rows.NO_CONTACT, rows.NO_CONTACT]


def test_closed_conversations_are_packed_those_of_people_and_tests_marked(store):
    put(
        store,
        [
            row(1),
            row(2, ended_ms=None, started_ms=at("2026-03-02T12:00Z")),
            row(3, is_bot=False, outcome=None, deciding_session=None),
            row(4, is_bot=False, is_test=True),
            row(5, is_bot=False, is_test=True, outcome=None, deciding_session=None),
        ],
    )
    refresh(store)

    assert [(day, bot, num_rows) for day, bot, num_rows, _ in stored(store)] == [(DAY, "Ada", 4)]
    with store.read() as connection:
        found = [
            sorted(unpack(connection, None, None, also=also).columns["conversation_key"].tolist())
            for also in (Flag(0), Flag.TEST, Flag.PEOPLE, Flag.TEST | Flag.PEOPLE)
        ]
    assert found == [[1], [1, 4], [1, 3], [1, 3, 4, 5]]


def test_refreshing_twice_gives_the_same_bytes_and_leaves_nothing_dirty(store):
    put(store, [row(key, ended_ms=at("2026-03-01T10:00Z") + key * 7_200_000, bot="AB"[key % 2]) for key in range(1, 40)])

    assert refresh(store) == 4
    first = stored(store)
    put(store, [row(1, ended_ms=at("2026-03-01T10:00Z") + 7_200_000, bot="B")])
    assert refresh(store) == 1

    assert stored(store) == first
    with store.read() as connection:
        assert dirty_days(connection, None, None) == []


def test_conversation_that_moves_to_another_day_leaves_the_old_one(store):
    put(store, [row(1)])
    refresh(store)
    put(store, [row(1, ended_ms=at("2026-03-05T12:00Z"))])
    refresh(store)

    assert [(day, num_rows) for day, _, num_rows, _ in stored(store)] == [(DAY + 3, 1)]


def test_day_that_is_not_packed_yet_is_counted_all_the_same(store):
    put(store, [row(1, outcome="resolved", resolution="assumed")])
    refresh(store)
    put(store, [row(1, outcome="escalated"), row(2, outcome="abandoned"), row(3, ended_ms=at("2026-03-03T00:00Z"), bot="Bob")])

    before = report(store, Filters(), ("day", "bot"))
    refresh(store)

    assert before == report(store, Filters(), ("day", "bot"))
    assert [(line["day"], line["bot"], line["closed"]) for line in before] == [("2026-03-02", "Ada", 2), ("2026-03-03", "Bob", 1)]


@pytest.mark.parametrize("small", [0, 2_000])
def test_change_while_a_day_is_being_packed_is_not_lost(store, monkeypatch, small):
    put(store, [row(1)])
    pack_day = packs.pack_day
    others = [row(2)]

    def interrupted(day, rows):
        if others:
            put(store, [others.pop()])
        return pack_day(day, rows)

    monkeypatch.setattr(packs, "SMALL_DAY", small)
    monkeypatch.setattr(packs, "pack_day", interrupted)
    refresh(store)
    monkeypatch.undo()
    refresh(store)

    assert [num_rows for _, _, num_rows, _ in stored(store)] == [2]


def test_busy_day_is_packed_though_other_days_are_written_all_the_time(store, monkeypatch):
    put(store, [row(1), row(2)])
    pack_day = packs.pack_day

    def interrupted(day, rows):
        put(store, [row(9, ended_ms=at("2026-03-07T12:00Z"))])
        return pack_day(day, rows)

    monkeypatch.setattr(packs, "SMALL_DAY", 0)
    monkeypatch.setattr(packs, "pack_day", interrupted)

    assert refresh(store) == 1
    assert [(day, num_rows) for day, _, num_rows, _ in stored(store)] == [(DAY, 2)]


def test_day_that_was_packed_by_another_and_marked_again_meanwhile_stays_marked(store, monkeypatch):
    put(store, [row(1)])
    pack_day = packs.pack_day

    def interrupted(day, rows):
        monkeypatch.setattr(packs, "pack_day", pack_day)
        put(store, [row(2)])
        assert refresh(store) == 1
        put(store, [row(3)])
        return pack_day(day, rows)

    monkeypatch.setattr(packs, "SMALL_DAY", 0)
    monkeypatch.setattr(packs, "pack_day", interrupted)

    assert refresh(store) == 0
    with store.read() as connection:
        assert dirty_days(connection, None, None) == [DAY]
    assert refresh(store) == 1
    assert [num_rows for _, _, num_rows, _ in stored(store)] == [3]


def test_large_day_is_packed_beside_a_writer_of_another(store):
    put(store, [row(key) for key in range(1, 6_001)])
    done = threading.Event()

    def write() -> None:
        key = 10_000
        while not done.wait(0.02):
            put(store, [row(key := key + 1, ended_ms=at("2026-03-07T12:00Z"))])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.1)
        refresh(store)
        with store.read() as connection:
            assert DAY not in dirty_days(connection, None, None)
    finally:
        done.set()
        writer.join()


def test_crash_between_packing_and_commit_only_repeats_the_day(store):
    put(store, [row(1)])

    class CrashError(Exception):
        pass

    with pytest.raises(CrashError), store.write() as connection:
        rows_of_day = rows_to_pack(connection, DAY * packs.DAY_MS, (DAY + 1) * packs.DAY_MS)
        replace_packs(connection, DAY, {Packed.CONVERSATIONS: packs.pack_day(DAY, rows_of_day)})
        raise CrashError

    assert stored(store) == []
    assert refresh(store) == 1
