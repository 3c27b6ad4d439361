"""What pages, the floor and alerts ask again and again finds its rows by an index: none reads through a table that grows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics import fallback_packs
from metrics.routing.kept import judged_rows
from metrics.surveys import packs as survey_packs
from store import fallbacks, history, live_reads, reads, threads
from store.alerts import reads as alert_reads
from store.alerts.deliveries import deliveries_of, due_delivery, next_due_ms, unfinished_deliveries
from store.alerts.reads import HistoryFilter
from store.bot_sessions import counting as bot_sessions
from store.bot_sessions import lists as bot_session_lists
from store.bot_sessions.counting import Cut
from store.changes import changed_since, newest_change
from store.claims import claimed_by
from store.contacts import days_before
from store.history import Selection
from store.routing import reads as routing_reads
from store.selecting import closed_conversations
from store.surveys import reads as surveys
from store.threads import known_threads
from store.voice import reads as speech
from store.voice.reads import Spoken
from tests.conversation_rows import at
from tests.unit.test_history import plan_of

START, END = at("2026-03-02T00:00Z"), at("2026-03-03T00:00Z")
SPAN = Selection(start_ms=START, end_ms=END)
SURVEYED = (surveys.Surveyed("csat", low_micro=4_000_000),)
DAY_MS = 86_400_000
GROWING = {
    *("conversation", "thread", "activity", "raw_chunk", "session", "segment", "participant", "context_variable", "customer"),
    *(
        "fallback",
        "speech",
        "speech_pack",
        "day_pack",
        "survey",
        "survey_pack",
        "escalation_pack",
        "packed_day",
        "change",
        "alert",
        "alert_step",
        "delivery",
        "claim",
    ),
}
# An index of those claims only that stand.
STANDING = "USING INDEX claim_standing"
QUESTIONS = {
    "floor: open and just ended": lambda c: live_reads.floor_conversations(c, since_ms=START),
    "floor: what changed": lambda c: live_reads.floor_conversations_by_key(c, [1, 2], since_ms=START),
    "floor: outcomes of the day": lambda c: live_reads.outcomes_by_quarter(c, since_ms=START, until_ms=END, quarter_ms=900_000),
    "floor: escalations of the day": lambda c: live_reads.escalations_by_quarter(
        c, since_ms=START, until_ms=END, quarter_ms=900_000
    ),
    "floor: scores": lambda c: (live_reads.customer_scores(c, [1, 2]), live_reads.timed_scores(c, [1, 2])),
    "floor: claims": claimed_by,
    "change feed": lambda c: (newest_change(c), reads.changes_since(c, 7), reads.oldest_change(c), changed_since(c, 0)),
    "conversation: found by its id": lambda c: reads.find_conversation(c, "source:c1"),
    "conversation: its transcript": lambda c: (reads.transcript(c, 1, 1), reads.parts_of(c, 1)),
    "settling: what is due": lambda c: reads.due_roots(c, END, limit=40),
    "loading: what is known of threads": lambda c: (
        reads.threads_of_roots(c, [1]),
        reads.activities_of_threads(c, [1]),
        reads.episode_at(c, 1, END),
        reads.activities_since(c, 1, START, {5}),
    ),
    "loading: which threads are known": lambda c: known_threads(c, [("source", "a"), ("source", "b"), ("other", "c")]),
    "loading: threads that are one conversation": lambda c: list(
        c.execute(threads._threads_of_items(c.dialect.name), {"names": '["a"]', "items": '["w"]'})
    ),
    "loading: days that a contact touches": lambda c: days_before(c, {("source", "ann", START)}),
    "history: the first and the last end": history.bounds,
    "history: moments looked up": lambda c: history.page_of_closed(c, Selection(ended=(START, END), bots=("Ada",)), None, 25),
    "history: what bots did not understand": lambda c: (
        fallback_packs.fallbacks_of_day(c, START // DAY_MS),
        fallbacks.texts_of(c, {(1, 1), (2, 1)}),
        fallbacks.oldest_version(c, SPAN),
        fallbacks.oldest_version(c, SPAN, bots_only=False),
    ),
    "history: one group of what bots did not understand": lambda c: (
        history.page_of_closed(c, replace(SPAN, said=("lost card",)), None, 25),
        history.count_closed(c, replace(SPAN, said=("lost card",)), 1000),
    ),
    "surveys: packing a day": lambda c: survey_packs.surveys_of_day(c, START // DAY_MS),
    "surveys: conversations behind a number": lambda c: (
        history.page_of_closed(c, Selection(ended=(START, END), surveyed=SURVEYED, bots_only=False), None, 25),
        history.page_of_closed(c, Selection(ended=(START, END), surveyed=SURVEYED, people_only=True, bots_only=False), None, 25),
    ),
    "surveys: the newest comments": lambda c: surveys.newest_comments(
        c, closed_conversations(Selection(bots=("Ada",))), [START, END], SURVEYED[0], 100
    ),
    "bot sessions: counted": lambda c: (
        list(bot_sessions.count_parts(c, [START, END])),
        bot_sessions.count_days(c, [START, END]),
        bot_sessions.count_invoked(c, START, END + DAY_MS // 2),
        bot_sessions.first_invoked(c),
        bot_sessions.invoked_at_place(c, START, END, 3),
    ),
    "bot sessions: listed": lambda c: bot_session_lists.list_counted(c, Cut(START, END), after=None, limit=50),
    "routing: escalations of a span": lambda c: (
        list(routing_reads.escalations(c, START, END)),
        routing_reads.ended_escalations(c, START, END),
        routing_reads.open_escalations(c),
        judged_rows(c, START, END),
    ),
    "routing: escalations of some conversations": lambda c: (
        routing_reads.escalations_of(c, [1, 2]),
        list(routing_reads.variables_of(c, [1, 2])),
    ),
    "voice: calls of a day, and one": lambda c: (speech.speech_ended(c, START, END), speech.speech_of(c, 1)),
    "voice: calls listed": lambda c: history.page_of_closed(
        c, replace(SPAN, bots_only=False, spoken=Spoken(agents=("Bea",), least=(("silence_ms", 1),))), None, 25
    ),
    "alerts: those that stand": lambda c: (alert_reads.open_alerts(c), alert_reads.count_open(c)),
    "alerts: those just over": lambda c: alert_reads.alerts_resolved_since(c, START),
    "alerts: one with its steps": lambda c: (
        alert_reads.alerts_by_id(c, [1]),
        alert_reads.steps_of(c, 1),
        alert_reads.latest_alert_of(c, "rule", "subject"),
        deliveries_of(c, 1),
    ),
    "alerts: a page of the past": lambda c: alert_reads.page_of_alerts(c, HistoryFilter(start_ms=START), (END, 4), 50),
    "alerts: what was said": lambda c: alert_reads.said_since(c, [1, 2], START),
    "alerts: a trial on the past": lambda c: alert_reads.alive_between(
        c, START, END, oldest_ms=START - DAY_MS, after=(0, 0), limit=100
    ),
    "alerts: where they are told": lambda c: (
        due_delivery(c, "desk", now_ms=END),
        next_due_ms(c, "desk"),
        unfinished_deliveries(c, "desk", now_ms=END),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_does_not_read_through_a_table_that_grows(store, question):
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")

    steps = plan_of(store, QUESTIONS[question])

    assert steps
    assert [
        step for step in steps if step.startswith("SCAN") and step.split()[1] in GROWING and not step.endswith(STANDING)
    ] == []


def test_floor_finds_what_is_open_by_its_index_in_whatever_order_indexes_were_made(store):
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")
    with store.write() as connection:
        connection.exec_driver_sql("DROP INDEX conversation_due")
        connection.exec_driver_sql("CREATE INDEX conversation_due ON conversation (due_ms)")

    steps = plan_of(store, QUESTIONS["floor: open and just ended"])

    assert any("USING INDEX conversation_due" in step for step in steps)
