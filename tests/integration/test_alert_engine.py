"""The alerts of a floor, from what the floor saw to what stands in the database: written once, kept over a restart, told once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from live.alerts import engine as engine_module
from metrics.alerts.checking import rule_from
from store.alerts import tables as alert_tables
from store.alerts.tables import delivery
from store.engine import Store, StoreBusyError, open_store
from store.records import Role
from store.tables import migration, source, thread
from tests.alert_floor import FINE, LOW, RULES, Floor, say
from tests.unit.floor_rows import NOW, ended, facts, save


@pytest.fixture
def floor(store: Store) -> Floor:
    save(store, facts(100))
    return Floor(store)


def test_fall_is_written_with_its_step_and_what_is_to_be_told_and_pages_are_told(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW, queue="Q"))

    (row,) = floor.alerts()
    assert (row["rule_name"], row["state"], row["link"], row["queue"]) == ("Mood", "at_risk", "demo:c-1", "Q")
    assert row["reason"] == "sentiment fell to very negative (−0.90); the level is −0.30"
    assert (row["fired_ms"], row["value_milli"], row["num_steps"]) == (NOW, -900, 1)
    assert (floor.deliveries(), floor.num_told) == ([("fired", "desk")], 1)
    assert b'"subject":"Customer 1"' in floor.engine.board.board.since(None)


def test_alert_that_ends_is_told_to_those_who_were_told_and_stays_to_be_seen_for_a_while(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW))
    floor.put(facts(1, sentiment_micro=FINE), seconds=1)

    (row,) = floor.alerts()
    assert (row["state"], row["resolved_ms"], row["ending"]) == ("resolved", NOW + 1000, "sentiment rose to neutral (+0.10)")
    assert floor.deliveries() == [("fired", "desk"), ("resolved", "desk")]
    seen = floor.engine.board.board
    number = seen.number
    assert b'"state":"resolved"' in seen.since(None)
    floor.look(seconds=700)
    assert b'"removed":["' in seen.since(number)


def test_restart_changes_nothing_that_stands_and_reminders_keep_their_time(store: Store) -> None:
    rule = rule_from({"name": "Mood", "kind": "sentiment", "at_risk": -0.3, "remind_minutes": 5}, rule_id="mood")
    floor = Floor(store, rules=(rule,))
    floor.put(facts(1, sentiment_micro=LOW), facts(2, sentiment_micro=LOW))
    floor.look(seconds=200)
    before = floor.alerts()

    floor.start()
    restarted = floor.alerts()
    floor.look(seconds=99)
    early = [floor.steps(row["alert_id"]) for row in before]
    floor.look(seconds=1)

    assert restarted == before
    assert early == [["fired"], ["fired"]]
    assert [floor.steps(row["alert_id"]) for row in before] == [["fired", "reminded"], ["fired", "reminded"]]


def test_conversation_that_closed_while_nothing_ran_ends_its_alert_at_the_start(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW), facts(2, sentiment_micro=LOW))
    save(floor.store, ended(1, "resolved"), gone=(2,))

    floor.start()

    assert [(row["state"], row["ending"]) for row in floor.alerts()] == [("resolved", "the conversation closed")] * 2


def test_alert_of_a_rule_that_is_no_more_ends_at_the_start_and_nobody_is_told(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW))
    floor.rules = RULES[1:]

    floor.start()

    (row,) = floor.alerts()
    assert (row["state"], row["ending"]) == ("resolved", "the rule was switched off or removed")
    assert (floor.steps(row["alert_id"]), floor.deliveries()) == (["fired", "resolved"], [("fired", "desk")])


def test_wait_fires_at_its_moment_and_unknown_targets_are_left_out(floor: Floor) -> None:
    floor.put(facts(1, state="waiting", escalated_ms=NOW, escalation_queue="Cards"))
    for _ in range(3):
        floor.look(seconds=50)

    (row,) = floor.alerts()
    assert (row["since_ms"], row["band"], row["queue"]) == (NOW + 60_000, "critical", "Cards")
    assert floor.deliveries() == [("fired", "desk"), ("worsened", "desk")]


def test_words_are_heard_once_whoever_looks_again(floor: Floor) -> None:
    say(floor.store, 1, 11, "I want a REFUND")
    say(floor.store, 1, 12, "a refund? certainly", role=Role.BOT)
    floor.put(facts(1, num_messages=2))
    say(floor.store, 1, 13, "refund, now", at_ms=NOW + 1000)
    floor.put(facts(1, num_messages=3), seconds=1)
    floor.start()
    floor.put(facts(1, num_messages=4), seconds=1)

    assert [row["subject"] for row in floor.alerts()] == ["message:11", "message:13"]
    assert floor.alerts()[0]["reason"] == "the customer said “refund”"


def test_words_of_a_conversation_that_came_and_ended_at_once_are_heard(floor: Floor) -> None:
    say(floor.store, 1, 11, "refund")

    floor.put(ended(1, "abandoned", num_messages=1))

    (row,) = floor.alerts()
    assert (row["subject"], row["state"], floor.steps(row["alert_id"])) == ("message:11", "resolved", ["fired", "resolved"])


def test_reopened_conversation_does_not_repeat_its_words(floor: Floor) -> None:
    say(floor.store, 1, 11, "refund")
    floor.put(facts(1, num_messages=1))
    floor.put(ended(1, "abandoned", num_messages=1), seconds=1)

    floor.put(facts(1, num_messages=2), seconds=1)
    floor.put(facts(1, num_messages=3), seconds=1)

    assert [row["subject"] for row in floor.alerts()] == ["message:11"]


@pytest.mark.parametrize("restarts", [False, True])
def test_joined_conversation_keeps_its_one_alert(floor: Floor, restarts: bool) -> None:
    first, second = 1 << 20 | 1, 2 << 20 | 1
    say(floor.store, 1, 11, "hello")
    say(floor.store, 2, 12, "hello")
    floor.put(facts(first, root_key=1), facts(second, root_key=2, sentiment_micro=LOW))
    with floor.store.write() as connection:
        connection.execute(update(thread).where(thread.c.thread_key == 2).values(root_key=1))
    save(floor.store, facts(first, root_key=1, sentiment_micro=LOW, conversation_id="item-7"), gone=(second,))

    if restarts:
        floor.start()
    else:
        floor.look(seconds=1)

    (row,) = floor.alerts()
    assert (row["subject"], row["link"], row["state"]) == (f"conversation:{first}", "demo:item-7", "at_risk")
    assert floor.steps(row["alert_id"]) == ["fired", "moved"]
    floor.put(ended(first, "resolved", root_key=1), seconds=1)
    assert [row["state"] for row in floor.alerts()] == ["resolved"]


def test_simulated_conversations_alert_on_pages_and_tell_nobody_outside(store: Store) -> None:
    floor = Floor(store, is_simulated=True)
    floor.put(facts(1, sentiment_micro=LOW))

    assert [(row["state"], row["is_simulated"]) for row in floor.alerts()] == [("at_risk", True)]
    assert (floor.deliveries(), floor.num_told) == ([], 0)


def test_two_processes_over_one_database_make_one_alert_and_one_delivery(floor: Floor) -> None:
    other = Floor(floor.store)
    save(floor.store, facts(1, sentiment_micro=LOW))

    floor.look()
    other.look()
    save(floor.store, facts(1, sentiment_micro=FINE))
    other.look(seconds=1)
    floor.look(seconds=1)

    assert [row["state"] for row in floor.alerts()] == ["resolved"]
    assert floor.deliveries() == [("fired", "desk"), ("resolved", "desk")]
    floor.put(facts(1, sentiment_micro=LOW), seconds=1)
    assert [row["state"] for row in floor.alerts()] == ["resolved", "at_risk"]


def test_what_cannot_be_written_now_is_written_later_and_once(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    write, failures = Store.write, iter([True, True])
    monkeypatch.setattr(engine_module, "TICK_SECONDS", 0.0)

    def busy(self: Store) -> Any:
        if next(failures, False):
            raise StoreBusyError("the disk is full")
        return write(self)

    save(floor.store, facts(1, sentiment_micro=LOW))
    monkeypatch.setattr(Store, "write", busy)
    for _ in range(4):
        floor.look(seconds=1)

    assert [row["fired_ms"] for row in floor.alerts()] == [NOW + 1000]
    assert floor.deliveries() == [("fired", "desk")]


def test_fault_in_the_evaluation_is_logged_and_alerts_come_back(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults = iter([RuntimeError("first")])

    def faulty(*_given: object) -> list[Any]:
        raise next(faults)

    with monkeypatch.context() as patched:
        patched.setattr("live.alerts.following.Following.take", faulty)
        patched.setattr("live.alerts.engine.AlertEngine._read_anew", lambda engine: None)
        floor.put(facts(1, sentiment_micro=LOW))
    floor.engine._read_anew()
    floor.look(seconds=1)

    assert "alerts failed" in caplog.text
    assert [row["state"] for row in floor.alerts()] == ["at_risk"]


def test_no_step_is_ever_told_twice_to_one_target(floor: Floor) -> None:
    for turn in range(6):
        floor.put(facts(1, sentiment_micro=(LOW, FINE)[turn % 2]), seconds=1)
        floor.start()

    with floor.store.read() as connection:
        twice = select(delivery.c.step_id).group_by(delivery.c.step_id, delivery.c.target).having(func.count() > 1)
        assert connection.execute(twice).all() == []
    assert [kind for kind, _ in floor.deliveries()] == ["fired", "resolved"] * 3


def test_source_that_falls_silent_is_told_and_one_that_brought_the_past_is_not(store: Store) -> None:
    rule = rule_from({"name": "Silent", "kind": "silent_source", "at_risk": 60}, rule_id="silent")
    counts = {"accepted": 1, "duplicates": 0, "is_simulated": False, "last_seen_ms": NOW}
    with store.write() as connection:
        connection.execute(insert(source).values(name="web", last_event_ms=NOW, **counts))
        connection.execute(insert(source).values(name="old", last_event_ms=NOW - 90_000_000, **counts))
    floor = Floor(store, rules=(rule,))

    floor.put(facts(1), seconds=61)

    assert [(row["subject"], row["since_ms"]) for row in floor.alerts()] == [("source:web", NOW + 60_000)]


def heard(store: Store, name: str, event_ms: int, seen_ms: int) -> None:
    """The newest event of a source, and when it came."""
    row = {
        "name": name,
        "last_event_ms": event_ms,
        "last_seen_ms": seen_ms,
        "accepted": 1,
        "duplicates": 0,
        "is_simulated": False,
    }
    with store.write() as connection:
        connection.execute(delete(source).where(source.c.name == name))
        connection.execute(insert(source).values(**row))


SILENT = (rule_from({"name": "Silent", "kind": "silent_source", "at_risk": 60}, rule_id="silent"),)


def test_server_that_begins_again_waits_for_what_has_gathered_before_it_calls_a_source_silent(store: Store) -> None:
    heard(store, "web", NOW - 3_600_000, NOW - 3_600_000)
    heard(store, "gone", NOW - 3_600_000, NOW - 3_600_000)
    floor = Floor(store, rules=SILENT)

    floor.put(facts(1), seconds=30)
    early = floor.alerts()
    heard(store, "web", floor.now_ms, floor.now_ms)
    floor.put(facts(1), seconds=95)
    floor.put(facts(1), seconds=1)

    assert early == []
    assert [row["subject"] for row in floor.alerts() if row["state"] != "resolved"] == ["source:gone", "source:web"]
    assert floor.alerts()[0]["reason"] == f"nothing has come since {{{NOW - 3_600_000}}}; the level is 1 min"


def test_source_that_loads_its_past_is_not_silent(store: Store) -> None:
    floor = Floor(store, rules=SILENT)
    for minute in range(30):
        heard(store, "web", NOW - (40 - minute) * 60_000, floor.now_ms)
        floor.put(facts(1), seconds=60)

    assert floor.alerts() == []


def test_reason_follows_the_newest_event_of_a_source_that_is_still_silent(store: Store) -> None:
    heard(store, "web", NOW, NOW)
    floor = Floor(store, rules=SILENT)
    floor.put(facts(1), seconds=100)
    heard(store, "web", NOW + 20_000, NOW + 100_000)
    floor.put(facts(1))

    (row,) = floor.alerts()
    assert row["reason"] == f"nothing has come since {{{NOW + 20_000}}}; the level is 1 min"
    assert (row["num_steps"], floor.steps(row["alert_id"])) == (1, ["fired"])
    assert str(NOW + 20_000).encode() in floor.engine.board.board.since(None)
    floor.put(facts(1), seconds=5)
    heard(store, "web", floor.now_ms, floor.now_ms)
    floor.put(facts(1))
    assert floor.steps(row["alert_id"]) == ["fired", "resolved"]


def test_nothing_fires_while_a_simulated_history_is_filled_in_and_all_is_looked_at_when_it_is_there(store: Store) -> None:
    floor = Floor(store)
    floor.is_filling = True
    floor.put(facts(1, sentiment_micro=LOW), facts(2, sentiment_micro=LOW))
    floor.put(facts(2, sentiment_micro=FINE), seconds=1)
    filling = floor.alerts()

    floor.is_filling = False
    floor.look(seconds=1)

    assert filling == []
    assert [(row["subject"], row["fired_ms"]) for row in floor.alerts()] == [("conversation:1", NOW + 2000)]


def test_what_stood_before_a_history_was_caught_up_with_ends_when_it_is(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW), facts(2, sentiment_micro=LOW))
    floor.is_filling = True
    floor.start()
    floor.put(ended(1, "resolved"), seconds=60)

    floor.is_filling = False
    floor.look(seconds=1)

    assert [row["state"] for row in floor.alerts()] == ["resolved", "at_risk"]


def test_words_of_a_conversation_that_ended_long_before_it_came_are_the_past(floor: Floor) -> None:
    say(floor.store, 1, 11, "refund", at_ms=NOW - 3_000_000)

    floor.put(ended(1, "abandoned", num_messages=1, started_ms=NOW - 3_000_000, ended_ms=NOW - 2_900_000))

    assert floor.alerts() == []


def test_database_of_before_alerts_gets_their_tables_and_keeps_its_conversations(store_url: str) -> None:
    old = open_store(store_url)
    save(old, facts(1))
    with old.write() as connection:
        for table in alert_tables.TABLES:
            table.drop(connection)
        connection.execute(delete(migration).where(migration.c.name == "alerts"))
    old.close()

    migrated = open_store(store_url)

    floor = Floor(migrated)
    floor.put(facts(1, sentiment_micro=LOW))
    assert [row["state"] for row in floor.alerts()] == ["at_risk"]
    migrated.close()
