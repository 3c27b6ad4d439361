"""Figures of stays in queues: their exclusions, against a count by hand, and the conversations behind each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from metrics.exports.rows import Wanted
from metrics.figure_check import check_figures
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.packs import refresh
from metrics.queues import questions as queues
from metrics.queues.counting import STAY_METRICS
from metrics.report import report
from metrics.windows import DAY_MS, Grain, Window
from store.engine import Store, open_store
from store.history import Selection, closed_conversations
from store.queues.reads import replace_service_levels, stay_rows
from store.tables import segment
from store.voice.tables import speech
from tests.conversation_rows import at, put, row
from tests.speech_rows import spoken

NOON = at("2026-03-02T12:00:00Z")
ENTERED = NOON - DAY_MS
ENDS = ("accepted", "abandoned", "moved", "system")


def keep(store: Store, key: int, *stays: dict[str, Any], **said: Any) -> None:
    """A conversation with these stays."""
    put(store, [row(key, **said)])
    with store.write() as connection:
        for number, stay in enumerate(stays, start=1):
            filled = {"queue": "Cards", "entered_ms": ENTERED, "accepted_ms": None, "left_ms": None, "accepted_by": ""}
            connection.execute(insert(segment).values(filled | {"conversation_key": key, "number": number} | stay))


def stay(end: str, seconds: float | None = None, *, queue: str = "Cards", by: str = "agent") -> dict[str, Any]:
    if end != "accepted":
        return {"queue": queue, "end": end}
    return {"queue": queue, "end": end, "accepted_by": by, "accepted_ms": ENTERED + round((seconds or 0) * 1000)}


def figures(store: Store, filters: Filters | None = None) -> dict[str, Any]:
    """Every figure of all queues."""
    totals = queues.headline(store, filters or Filters()).totals
    return {key: getattr(totals, key) for key in STAY_METRICS}


def listed(store: Store, filters: Filters, metric: str) -> list[int]:
    """The keys of the conversations that a number opens; as many as it says there are."""
    found = list_conversations(store, Wanted("conversations", filters, metric=metric), limit=100)
    assert found.count == len(found.rows)
    return [each["conversation_key"] for each in found.rows]


def test_what_the_system_ended_and_what_moved_on_is_in_neither_part_of_abandonment(store: Store) -> None:
    for key, end in enumerate(("accepted", "abandoned", "abandoned", "moved", "system"), start=1):
        keep(store, key, stay(end, 5))

    found = figures(store)

    assert (found["offered"], found["accepted"], found["abandoned_in_queue"]) == (5, 1, 2)
    assert (found["queue_abandonment"].numerator, found["queue_abandonment"].denominator) == (2, 3)


def test_a_stay_that_a_bot_took_is_no_stay_for_people(store: Store) -> None:
    keep(store, 1, stay("accepted", 0, by="bot", queue="Bots"), stay("accepted", 9))

    assert [(found.queue, found.totals.accepted) for found in queues.by_queue(store, Filters())] == [("Cards", 1)]


@pytest.mark.parametrize(("seconds", "is_within"), [(20, True), (20.001, False), (0, True)])
def test_service_level_holds_its_last_second(store: Store, seconds: float, is_within: bool) -> None:
    keep(store, 1, stay("accepted", seconds))

    assert figures(store)["service_level"].numerator == is_within


def test_each_queue_is_measured_by_what_it_promises(store: Store) -> None:
    with store.write() as connection:
        replace_service_levels(connection, {"Loans": 60})
    keep(store, 1, stay("accepted", 50), stay("accepted", 50, queue="Loans"))

    found = {each.queue: (each.promised_s, each.totals.service_level.numerator) for each in queues.by_queue(store, Filters())}

    assert found == {"Cards": (20, 0), "Loans": (60, 1)}
    assert listed(store, Filters(stayed_in=("Loans",)), "service_level") == [1]
    assert listed(store, Filters(stayed_in=("Cards",)), "service_level") == []


def test_no_stay_gives_no_value(store: Store) -> None:
    found = figures(store)

    assert (found["offered"], found["service_level"].value, found["queue_abandonment"].value) == (0, None, None)
    assert found["speed_to_answer"].mean_seconds is None


def test_conversation_with_two_such_stays_is_listed_once(store: Store) -> None:
    keep(store, 1, stay("accepted", 5), stay("accepted", 6))

    assert figures(store)["accepted"] == 2
    assert listed(store, Filters(), "accepted") == [1]


def test_a_day_that_changes_is_counted_as_it_is_now(store: Store) -> None:
    keep(store, 1, stay("abandoned"))
    refresh(store)
    assert figures(store)["offered"] == 1
    keep(store, 2, stay("accepted", 4))
    assert figures(store)["offered"] == 2
    refresh(store)

    assert (figures(store)["offered"], figures(store)["accepted"]) == (2, 1)


STAYS = st.lists(
    st.builds(
        stay,
        st.sampled_from(ENDS),
        st.floats(0, 90).map(lambda seconds: round(seconds, 3)),
        queue=st.sampled_from(["Cards", "Loans", ""]),
        by=st.sampled_from(["agent", "agent", "bot"]),
    ),
    max_size=4,
)
TALKS = st.lists(
    st.tuples(STAYS, st.integers(0, 3), st.sampled_from(["Ada", "Bob"]), st.sampled_from(["chat", "voice"]), st.booleans()),
    max_size=12,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('stays')}/x.db")
    yield opened
    opened.close()


@pytest.mark.thorough
@given(talks=TALKS, packed=st.booleans(), channel=st.sampled_from(["", "chat"]), queue=st.sampled_from([None, "Cards", ""]))
@settings(max_examples=20, deadline=None)
def test_figures_are_those_of_a_count_by_hand_and_open_their_conversations(
    shared: Store, talks: list[Any], packed: bool, channel: str, queue: str | None
) -> None:
    with shared.write() as connection:
        connection.exec_driver_sql("DELETE FROM segment")
        connection.exec_driver_sql("DELETE FROM conversation")
        connection.exec_driver_sql("INSERT OR REPLACE INTO dirty_day SELECT day, abs(random()) FROM packed_day")
    wanted: list[tuple[int, dict[str, Any]]] = []
    for key, (stays, day, bot, on, is_test) in zip(count(1), talks, strict=False):
        keep(shared, key, *stays, ended_ms=NOON + day * DAY_MS, bot=bot, channel=on, is_test=is_test, is_bot=not is_test)
        chosen = not is_test and channel in ("", on)
        wanted += [
            (key, each) for each in stays if chosen and each.get("accepted_by") != "bot" and queue in (None, each["queue"])
        ]
    if packed:
        refresh(shared)
    filters = Filters(
        window=Window(NOON - DAY_MS, NOON + 9 * DAY_MS),
        channels=(channel,) if channel else (),
        stayed_in=() if queue is None else (queue,),
    )

    found = figures(shared, filters)

    by_end = {end: [(key, each) for key, each in wanted if each["end"] == end] for end in ENDS}
    waits = [(each["accepted_ms"] - ENTERED) / 1000 for _, each in by_end["accepted"]]
    assert found["offered"] == len(wanted)
    assert found["queue_abandonment"].denominator == len(by_end["accepted"]) + len(by_end["abandoned"])
    assert found["service_level"].numerator == sum(1 for wait in waits if wait <= 20)
    assert found["speed_to_answer"].mean_seconds == (pytest.approx(fmean(waits)) if waits else None)
    for metric, ends in (("offered", ENDS), ("accepted", ("accepted",)), ("queue_abandonment", ("abandoned",))):
        keys = {key for end in ends for key, _ in by_end[end]}
        assert sorted(listed(shared, filters, metric)) == sorted(keys)
    points = queues.trend(shared, filters, Grain.DAY)
    assert sum(point.totals.offered for point in points) == found["offered"]
    rows = queues.report(shared, filters)
    assert sum(each["accepted"] for each in rows) == found["accepted"]
    if queue is None:
        assert report(shared, filters)[0]["offered"] == found["offered"]
    with shared.read() as connection:
        assert list(check_figures(connection)) == []


def test_stays_of_a_day_are_found_by_index(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")
    asked: list[Any] = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _k, sql, values, _x, _m: asked.append((sql, values)))
    with store.read() as connection:
        stay_rows(connection, closed_conversations(Selection(start_ms=0, end_ms=DAY_MS, include_tests=True)))
        steps = [
            step[-1] for sql, values in list(asked) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]

    assert [step.split()[:2] for step in steps if step.split()[0] in ("SCAN", "SEARCH")] == [
        ["SEARCH", "conversation"],
        ["SEARCH", "segment"],
    ]


def test_stays_of_the_calls_of_one_agent_are_those_of_their_conversations(store: Store) -> None:
    for key, agent in enumerate(("Bea", "Cem"), start=1):
        keep(store, key, stay("accepted", 9))
        with store.write() as connection:
            connection.execute(insert(speech).values(spoken(key, NOON, agent=agent, customer_ms=1)))

    assert figures(store)["offered"] == 2
    assert figures(store, Filters(call_agents=("Bea",)))["offered"] == 1
    assert figures(store, Filters(call_agents=("Dan",)))["offered"] == 0
