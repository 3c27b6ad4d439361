"""The watch: what it tells of the database, and that it reads and tells no more than what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, insert

from live.rows import MAX_TEXT, plain
from live.watch import Choices, Moved, Watch
from metrics.need import Targets
from store.engine import Store
from store.tables import activity, change, source, thread
from tests.unit.floor_rows import NOW, ended, facts, save


class Clock:
    """Milliseconds that stand still until told to move."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def ticking() -> Clock:
    return Clock()


@pytest.fixture
def watch(store: Store, ticking: Callable[[], int]) -> Watch:
    return Watch(store, now_ms=ticking, targets=Targets())


def rows_of(moved: Moved) -> dict[str, Any]:
    return {key: orjson.loads(row) for key, row in moved.rows.items()}


def tiles_of(moved: Moved) -> dict[str, Any]:
    assert moved.tiles is not None
    return orjson.loads(moved.tiles)


def test_empty_database_is_told_as_an_empty_floor_without_sources(watch: Watch) -> None:
    moved = watch.load()

    assert moved.is_whole
    assert moved.rows == {}
    assert tiles_of(moved)["open"] == 0
    assert tiles_of(moved)["sources"] == []
    assert tiles_of(moved)["sentiment"] is None


def test_row_says_who_has_it_since_when_and_how_it_feels(store: Store, watch: Watch) -> None:
    agent = {"state": "with_agent", "handler_name": "Priya", "escalated_ms": NOW - 90_000, "accepted_ms": NOW - 30_000}
    save(store, facts(1, **agent, queue="BotQueue", escalation_queue="HomeLoanQueue", sentiment_micro=-350_000, num_scored=4))

    row = rows_of(watch.load())["1"]

    assert (row["id"], row["customer"], row["handler"], row["queue"]) == ("c-1", "Customer 1", "Priya", "HomeLoanQueue")
    assert (row["state"], row["since_ms"], row["target_s"]) == ("with_agent", NOW - 30_000, None)
    assert (row["sentiment"], row["level"], row["rank"], row["num_scored"]) == (-0.35, "negative", 1, 4)


def test_only_what_changed_is_told(store: Store, watch: Watch) -> None:
    save(store, facts(1), facts(2), facts(3))
    watch.load()
    save(store, facts(2, handler_name="Max"))

    moved = watch.follow()

    assert {key: row["handler"] for key, row in rows_of(moved).items()} == {"2": "Max"}
    assert moved.removed == ()
    assert moved.tiles is None


def test_change_that_shows_nowhere_is_not_told(store: Store, watch: Watch) -> None:
    save(store, facts(1))
    watch.load()
    save(store, facts(1, num_activities=9))

    assert not watch.follow()


def test_conversation_that_ends_leaves_the_floor_and_counts_in_the_last_two_hours(store: Store, watch: Watch) -> None:
    save(store, facts(1), facts(2))
    watch.load()
    save(store, ended(1, "resolved"))

    moved = watch.follow()

    assert moved.removed == ("1",)
    assert (tiles_of(moved)["open"], tiles_of(moved)["resolved"]) == (1, 1)


def test_conversation_that_was_joined_to_another_leaves_the_floor(store: Store, watch: Watch) -> None:
    save(store, facts(1), facts(2))
    watch.load()
    save(store, gone=(1,))

    assert watch.follow().removed == ("1",)


def test_conversation_that_reopens_comes_back(store: Store, watch: Watch) -> None:
    save(store, ended(1, "abandoned"))
    assert tiles_of(watch.load())["abandoned"] == 1
    save(store, facts(1))

    moved = watch.follow()

    assert list(moved.rows) == ["1"]
    assert tiles_of(moved)["abandoned"] == 0


def test_tests_of_a_bot_are_not_on_the_floor(store: Store, watch: Watch) -> None:
    save(store, facts(1, is_test=True), ended(2, "resolved", is_test=True))

    moved = watch.load()

    assert moved.rows == {}
    assert (tiles_of(moved)["open"], tiles_of(moved)["resolved"]) == (0, 0)


def test_tiles_count_states_outcomes_and_low_sentiment(store: Store, watch: Watch) -> None:
    two_hours = 2 * 60 * 60 * 1000
    save(
        store,
        facts(1, state="waiting", escalated_ms=NOW - 150_000, sentiment_micro=-400_000),
        facts(2, state="waiting", escalated_ms=NOW - 10_000, sentiment_micro=-300_000),
        facts(3, state="with_agent", escalated_ms=NOW - two_hours - 1, accepted_ms=NOW - 1000, sentiment_micro=100_000),
        facts(4),
        ended(5, "escalated", escalated_ms=NOW - 5_000),
        ended(6, "abandoned", ended_ms=NOW - two_hours + 1),
        ended(7, "resolved", ended_ms=NOW - two_hours),
        ended(8, "resolved", is_bot=False),
    )

    tiles = tiles_of(watch.load())

    assert {name: tiles[name] for name in ("open", "waiting", "with_bot", "with_agent", "wrap_up")} == {
        "open": 4,
        "waiting": 2,
        "with_bot": 1,
        "with_agent": 1,
        "wrap_up": 0,
    }
    assert (tiles["escalated"], tiles["resolved"], tiles["abandoned"]) == (3, 0, 1)
    assert (tiles["sentiment"], tiles["num_scored"], tiles["num_low"]) == (-0.2, 3, 2)
    assert (tiles["longest_wait_since_ms"], tiles["wait_band"], tiles["num_over_target"]) == (NOW - 150_000, "critical", 1)


def test_needs_that_grow_with_time_are_told_by_the_tick_and_others_are_not(store: Store, watch: Watch, ticking: Clock) -> None:
    save(store, facts(1, state="waiting", escalated_ms=NOW - 30_000), facts(2))
    before = rows_of(watch.load())["1"]
    ticking.ms += 60_000

    moved = watch.tick()

    assert list(moved.rows) == ["1"]
    assert rows_of(moved)["1"]["need"] > before["need"]
    assert rows_of(moved)["1"]["reasons"] == ["waiting after escalation, over the target of 1 min"]
    assert not watch.tick()


def test_what_ended_falls_out_of_the_window_as_time_passes(store: Store, watch: Watch, ticking: Clock) -> None:
    save(store, ended(1, "resolved"))
    assert tiles_of(watch.load())["resolved"] == 1
    ticking.ms += 2 * 60 * 60 * 1000

    assert tiles_of(watch.tick())["resolved"] == 0


def test_line_follows_live_sentiment_message_by_message(store: Store, watch: Watch) -> None:
    save(store, facts(1, sentiment_micro=-142_857, num_scored=2))
    with store.write() as connection:
        ids = {"thread_key": 9, "root_key": 1, "external_id": "c-1"}
        connection.execute(insert(thread), {**ids, "source": "demo", "item_name": "", "marks": "{}", "next_position": 2})
        for at, score in enumerate((420_000, -840_000)):
            connection.execute(insert(activity), message(at, score))

    assert rows_of(watch.load())["1"]["line"] == [0.12, -0.14]


def message(at: int, score: int) -> dict[str, Any]:
    """A scored message of the customer, as table `activity` holds it."""
    return {
        "thread_key": 9, "identity": at, "conversation_key": 1, "activity_id": str(at), "version": b"",
        "at_ms": NOW + at, "at_sub": 0, "time_known": True, "position": at,
        "kind": "message", "wire_type": "message", "sender_id": "", "sender_name": "", "wire_role": "user",
        "role": "customer", "role_inferred": False, "text": "", "locale": "", "private": False, "detail": None,
        "sentiment_micro": score, "engine": "test",
    }  # fmt: skip


def test_forgotten_changes_make_it_read_everything_anew(store: Store, watch: Watch) -> None:
    save(store, facts(1))
    watch.load()
    save(store, facts(2))
    save(store, facts(3))
    with store.write() as connection:
        connection.execute(delete(change).where(change.c.conversation_key != 3))

    moved = watch.follow()

    assert moved.is_whole
    assert set(moved.rows) == {"1", "2", "3"}


def test_sources_are_told_with_the_time_of_their_newest_event(store: Store, watch: Watch) -> None:
    with store.write() as connection:
        connection.execute(
            insert(source),
            {"name": "demo", "last_event_ms": NOW - 1, "last_seen_ms": NOW, "accepted": 1, "duplicates": 0, "is_simulated": True},
        )

    told = tiles_of(watch.load())["sources"]

    assert [(item["name"], item["last_event_ms"], item["is_simulated"]) for item in told] == [("demo", NOW - 1, True)]


def test_source_that_stops_catching_up_is_told_as_late_by_time_alone(store: Store) -> None:
    clock = [NOW]
    watch = Watch(store, now_ms=lambda: clock[0], targets=Targets())
    known = {"accepted": 1, "duplicates": 0, "is_simulated": False}
    with store.write() as connection:
        connection.execute(insert(source), {"name": "web", "last_event_ms": NOW - 1_200_000, "last_seen_ms": NOW, **known})

    early = tiles_of(watch.load())["sources"]
    clock[0] += 301_000
    late = tiles_of(watch.tick())["sources"]

    assert [(item["is_catching_up"], item["late_ms"]) for item in (*early, *late)] == [(True, None), (False, 300_000)]


def test_nothing_is_compared_with_a_past_that_is_not_known_or_not_all_there(store: Store) -> None:
    filling = [True]
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets(), is_filling=lambda: filling[0])
    empty = tiles_of(watch.load())
    save(store, facts(1, started_ms=NOW - 9_000))
    while_filling = tiles_of(watch.follow())
    filling[0] = False
    filled = tiles_of(watch.tick())
    save(store, ended(2, "resolved", started_ms=NOW - 90_000))
    older = tiles_of(watch.follow())

    told = [(each["is_filling"], each["known_since_ms"]) for each in (empty, while_filling, filled, older)]
    assert told[1:] == [(True, None), (False, NOW - 9_000), (False, NOW - 90_000)]
    assert told[0] == (True, None)
    assert tiles_of(Watch(store, now_ms=lambda: NOW, targets=Targets()).load())["known_since_ms"] == NOW - 90_000


def test_choices_name_what_is_open_and_keep_the_escalations_queue(store: Store, watch: Watch) -> None:
    voice = {"channel": "voice", "bot": "", "escalated_ms": NOW, "escalation_queue": "HomeLoanQueue", "workstream": "Phone"}
    save(store, facts(1), facts(2, **voice))

    assert watch.load().choices == Choices(("voice", "webchat"), ("BotQueue", "HomeLoanQueue"), ("Cora",), ("Phone",))


def test_choices_are_told_again_only_when_a_name_comes_or_goes(store: Store, watch: Watch) -> None:
    save(store, facts(1), facts(2))
    watch.load()
    save(store, facts(2, handler_name="Max"))
    assert watch.follow().choices is None
    save(store, facts(3, channel="voice"))

    moved = watch.follow()

    assert moved.choices is not None
    assert moved.choices.channels == ("voice", "webchat")


def test_text_from_outside_is_cut_to_one_bearable_line() -> None:
    assert plain("a\nb\x00c\td") == "a b c d"
    assert plain("x" * 100_000) == "x" * (MAX_TEXT - 1) + "…"
    assert plain("<b>\u202eevil \u2066again\u200f") == "<b>evil again\u200f"
    assert plain("lone \ud800 surrogate") == "lone ? surrogate"
    assert plain(None) == ""


def test_row_says_how_many_watch_and_moves_when_that_changes(store: Store, ticking: Clock) -> None:
    counts: dict[int, int] = {}
    watch = Watch(store, now_ms=ticking, targets=Targets(), watching=lambda: counts)
    save(store, facts(1), facts(2))
    assert {key: row["num_watching"] for key, row in rows_of(watch.load()).items()} == {"1": 0, "2": 0}

    counts = {1: 2, 99: 1}
    assert {key: row["num_watching"] for key, row in rows_of(watch.tick()).items()} == {"1": 2}
    assert rows_of(watch.tick()) == {}

    counts = {}
    save(store, facts(2, topic="cards"))
    assert {key: row["num_watching"] for key, row in rows_of(watch.follow()).items()} == {"1": 0, "2": 0}
