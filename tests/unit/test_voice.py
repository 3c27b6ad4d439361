"""Figures of calls: against a count by hand, the conversations behind each, and where they agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from metrics.exports.rows import Wanted
from metrics.exports.rows import count as count_rows
from metrics.figure_check import check_calls
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.packs import refresh
from metrics.questions import counted
from metrics.voice import questions as voice
from metrics.voice.questions import VOICE_METRICS
from metrics.windows import DAY_MS, Grain, Window
from store.engine import Store, open_store
from store.voice.reads import speech_ended
from tests.conversation_rows import at, put, row
from tests.speech_rows import keep_call

NOON = at("2026-03-02T12:00:00Z")


def figures(store: Store, filters: Filters | None = None) -> Any:
    return voice.headline(store, filters or Filters()).totals


def listed(store: Store, filters: Filters, metric: str) -> list[int]:
    """The keys of the conversations that a number opens; as many as it says there are, and as an export has."""
    wanted = Wanted("conversations", filters, metric=metric)
    found = list_conversations(store, wanted, limit=100)
    assert found.count == len(found.rows) == count_rows(store, wanted)
    return [each["conversation_key"] for each in found.rows]


def test_shares_are_of_all_time_together_and_not_means_of_shares(store: Store) -> None:
    keep_call(store, 1, customer_ms=1_000, bot_ms=3_000, spoken_ms=4_000, silence_ms=6_000, longest_silence_ms=5_000)
    keep_call(store, 2, customer_ms=30_000, agent_ms=6_000, spoken_ms=35_000, overlap_ms=1_000, customer_words=60, hold_ms=9_000,
              num_holds=2)  # fmt: skip

    found = figures(store)

    assert found.calls == 2
    assert found.talk_share_customer.value == 31 / 40
    assert found.talk_share_bot.value == 3 / 40
    assert (found.talk_share_agent.value, found.talk_share_agent.num_calls) == (6 / 40, 1)
    assert found.silence_share.value == 6 / 45
    assert found.overlap_share.value == 1 / 39
    assert (found.longest_silence.mean_seconds, found.longest_silence.n) == (5.0, 1)
    assert (found.held_calls, found.hold_time.mean_seconds) == (1, 9.0)
    assert found.pace_customer.value == 60 / 31 * 60


def test_period_is_not_compared_with_one_that_history_does_not_reach_over(store: Store) -> None:
    filters = Filters(window=Window(NOON - DAY_MS, NOON + DAY_MS))
    keep_call(store, 1, customer_ms=1_000, span_ms=5_000)
    keep_call(store, 2, said={"ended_ms": NOON - DAY_MS - 60_000}, customer_ms=1_000, span_ms=5_000)

    (card,) = voice.headline(store, filters, ["calls"]).cards
    assert (card.now, card.before) == (1, None)

    keep_call(store, 3, said={"ended_ms": NOON - 3 * DAY_MS + 60_000}, customer_ms=1_000, span_ms=5_000)
    (card,) = voice.headline(store, filters, ["calls"]).cards
    assert (card.now, card.before) == (1, 2)


def test_no_call_gives_no_value(store: Store) -> None:
    put(store, [row(1)])

    found = figures(store)

    assert (found.calls, found.silence_share.value, found.pace_bot.value) == (0, None, None)
    assert voice.report(store, Filters()) == [voice.as_json(voice.NOTHING)]
    assert voice.report(store, Filters(), ("agent",)) == []


def test_calls_between_people_only_count_and_tests_do_not(store: Store) -> None:
    keep_call(store, 1, said={"is_bot": False, "outcome": None, "bot": "", "deciding_session": None}, customer_ms=1)
    keep_call(store, 2, said={"is_bot": False, "is_test": True}, customer_ms=1)
    refresh(store)

    assert figures(store).calls == 1
    assert figures(store, Filters(include_tests=True)).calls == 2
    assert listed(store, Filters(), "calls") == [1]
    assert listed(store, Filters(include_tests=True), "talk_share_customer") == [2, 1]


def test_open_calls_are_in_no_figure(store: Store) -> None:
    keep_call(store, 1, said={"ended_ms": None, "state": "with_bot"}, customer_ms=1)

    assert figures(store).calls == 0
    assert listed(store, Filters(), "calls") == []


def test_a_day_that_changes_is_counted_as_it_is_now(store: Store) -> None:
    keep_call(store, 1, agent="Bea", customer_ms=5)
    refresh(store)
    keep_call(store, 2, agent="Cy", customer_ms=7)

    assert [(group.word, group.totals.calls) for group in voice.by_word(store, Filters(), "agent")] == [("Bea", 1), ("Cy", 1)]
    refresh(store)
    assert figures(store).talk_share_customer.part_ms == 12


CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.integers(0, 3),
            "bot": st.sampled_from(["Ada", "", "Vox"]),
            "channel": st.sampled_from(["telephony", "voice"]),
            "customer": st.sampled_from(["", "ann"]),
            "is_test": st.booleans(),
            "agent": st.sampled_from(["", "Bea", "Cy"]),
            "queue": st.sampled_from(["", "Cards"]),
            "times": st.lists(st.sampled_from([0, 0, 1, 500, 90_000]), min_size=13, max_size=13),
        }
    ),
    max_size=12,
)
NAMES = (
    *("span_ms", "spoken_ms", "customer_ms", "bot_ms", "agent_ms", "overlap_ms", "silence_ms", "hold_ms"),
    *("num_utterances", "customer_words", "bot_words", "agent_words"),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('voice')}/x.db")
    yield opened
    opened.close()


@pytest.mark.thorough
@given(
    calls=CALLS,
    packed=st.booleans(),
    channel=st.sampled_from(["", "voice"]),
    agent=st.sampled_from([None, "Bea", ""]),
    queue=st.sampled_from([None, "Cards"]),
    customer=st.sampled_from(["", "ann"]),
)
@settings(max_examples=25, deadline=None)
def test_figures_are_those_of_a_count_by_hand_and_open_their_conversations(
    shared: Store, calls: list[Any], packed: bool, channel: str, agent: str | None, queue: str | None, customer: str
) -> None:
    with shared.write() as connection:
        connection.exec_driver_sql("DELETE FROM speech")
        connection.exec_driver_sql("DELETE FROM conversation")
        connection.exec_driver_sql("INSERT OR REPLACE INTO dirty_day SELECT day, abs(random()) FROM packed_day")
    wanted = []
    for key, call in zip(count(1), calls, strict=False):
        times = dict(zip(NAMES, call["times"], strict=False))
        # A silence has a longest part, and a hold is counted.
        times |= {"longest_silence_ms": times["silence_ms"], "num_holds": int(times["hold_ms"] > 0)}
        said = {
            "ended_ms": NOON + call["day"] * DAY_MS,
            "bot": call["bot"],
            "is_bot": bool(call["bot"]) and not call["is_test"],
            "is_test": call["is_test"],
            "customer_id": call["customer"],
            "channel": call["channel"],
        }
        keep_call(shared, key, said=said, agent=call["agent"], queue=call["queue"], **times)
        is_chosen = not call["is_test"] and channel in ("", call["channel"]) and agent in (None, call["agent"])
        if is_chosen and queue in (None, call["queue"]) and customer in ("", call["customer"]):
            wanted.append((key, times))
    if packed:
        refresh(shared)
    filters = Filters(
        window=Window(NOON - DAY_MS, NOON + 9 * DAY_MS),
        channels=(channel,) if channel else (),
        call_agents=() if agent is None else (agent,),
        call_queues=() if queue is None else (queue,),
        customers=(customer,) if customer else (),
    )

    found = figures(shared, filters)

    def total(name: str) -> int:
        return sum(times[name] for _, times in wanted)

    talk = total("customer_ms") + total("bot_ms") + total("agent_ms")
    assert found.calls == len(wanted)
    assert (found.talk_share_bot.part_ms, found.talk_share_bot.whole_ms) == (total("bot_ms"), talk)
    assert found.silence_share.whole_ms == total("silence_ms") + total("spoken_ms")
    assert found.call_length.sum_ms == total("span_ms")
    assert found.pace_agent.words == total("agent_words")
    least = {
        **dict.fromkeys(("calls", "call_length"), None),
        **{f"talk_share_{side}": f"{side}_ms" for side in voice.SIDES},
        **{f"pace_{side}": f"{side}_words" for side in voice.SIDES},
        **dict.fromkeys(("silence_share", "longest_silence"), "silence_ms"),
        **dict.fromkeys(("held_calls", "hold_time"), "num_holds"),
        "overlap_share": "overlap_ms",
    }
    assert set(least) == set(VOICE_METRICS)
    for metric, name in least.items():
        keys = {key for key, times in wanted if name is None or times[name] > 0}
        assert sorted(listed(shared, filters, metric)) == sorted(keys)
        assert counted(getattr(found, metric)) == len(keys)
    assert sum(point.totals.calls for point in voice.trend(shared, filters, Grain.DAY)) == len(wanted)
    for way in voice.WAYS:
        assert sum(group.totals.calls for group in voice.by_word(shared, filters, way)) == len(wanted)
    with shared.read() as connection:
        assert list(check_calls(connection)) == []
        assert list(check_calls(connection, at_once=1)) == []


def test_calls_of_a_day_are_found_by_the_calls_alone(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")
    asked: list[Any] = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _k, sql, values, _x, _m: asked.append((sql, values)))
    with store.read() as connection:
        speech_ended(connection, 0, DAY_MS)
        steps = [
            step[-1] for sql, values in list(asked) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]

    assert [step.split()[:2] for step in steps if step.split()[0] in ("SCAN", "SEARCH")] == [
        ["SEARCH", "speech"],
        ["SEARCH", "conversation"],
    ]


def test_what_differs_from_its_rows_is_said(store: Store) -> None:
    keep_call(store, 1, customer_ms=5)
    refresh(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE speech SET customer_ms = 6")
    with store.read() as connection:
        said = [difference.where for difference in check_calls(connection)]

    assert any("talk_share_customer" in where for where in said)
