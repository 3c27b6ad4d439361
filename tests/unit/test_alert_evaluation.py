"""The evaluation: what is seen of conversations, messages, figures and sources, and what it makes of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from metrics.alerts.checking import rule_from
from metrics.alerts.evaluation import Evaluator, Use
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Rule
from metrics.alerts.watchlist import Happening
from metrics.alerts.words import Message
from metrics.need import Targets
from tests.unit.floor_rows import NOW, ended, facts

SECOND = 1000
MINUTE = 60 * SECOND
PROMISES = Promises(Targets(wait_seconds=60))


def made(rule_id: str = "r", **fields: Any) -> Rule:
    return rule_from({"name": rule_id, **fields}, rule_id=rule_id)


def waiting(key: int, *, since_ms: int = NOW, **given: Any) -> dict[str, Any]:
    return facts(key, state="waiting", escalated_ms=since_ms, escalation_queue="Cards", **given)


def said(found: list[Happening]) -> list[tuple[str, str, str]]:
    return [(one.subject.key, str(told.step.kind), str(told.step.band)) for one in found for told in one.told]


def test_wait_fires_by_time_alone_and_ends_when_an_agent_accepts() -> None:
    evaluator = Evaluator([made(kind="wait", at_risk=60, critical=120)], promises=PROMISES)

    assert evaluator.see(1, waiting(1), NOW) == []
    assert evaluator.next_due_ms() == NOW + MINUTE
    late = evaluator.advance(NOW + 5 * MINUTE)
    over = evaluator.see(1, waiting(1) | {"state": "with_agent"}, NOW + 6 * MINUTE)

    assert said(late) == [("conversation:1", "fired", "at_risk"), ("conversation:1", "worsened", "critical")]
    assert [told.step.at_ms - NOW for one in late for told in one.told] == [MINUTE, 2 * MINUTE]
    assert late[0].told[0].reason == f"waiting for a human since {{{NOW}}} in Cards; the level is 1 min"
    assert [told.reason for one in over for told in one.told] == ["the customer waits no longer"]
    assert evaluator.num_watched == 0


def test_machine_that_slept_is_not_told_of_every_reminder_it_slept_through() -> None:
    evaluator = Evaluator([made(kind="wait", critical=60, remind_minutes=5)], promises=PROMISES)
    evaluator.see(1, waiting(1), NOW)
    evaluator.advance(NOW + MINUTE)

    slept = evaluator.advance(NOW + 600 * MINUTE, late_ms=10 * SECOND)

    assert said(slept) == [("conversation:1", "reminded", "critical")]


def test_sentiment_fires_once_a_fall() -> None:
    evaluator = Evaluator([made(kind="sentiment")], promises=PROMISES)
    found: list[Happening] = []

    for number, micro in enumerate([0, -290_000, -300_000, -700_000, -250_000, -199_000, -310_000]):
        found += evaluator.see(1, facts(1, sentiment_micro=micro), NOW + number)

    assert [kind for _, kind, _ in said(found)] == ["fired", "resolved", "fired"]


def test_conversation_that_no_rule_minds_is_not_held_in_mind() -> None:
    evaluator = Evaluator([made(kind="sentiment"), made("w", kind="wait")], promises=PROMISES)

    for key in range(1, 50):
        evaluator.see(key, facts(key, sentiment_micro=200_000), NOW)

    assert evaluator.num_watched == 0


def test_rule_is_about_its_queues_channels_and_bots_only() -> None:
    rule = made(kind="sentiment", at_risk=-0.3, queues=["BotQueue"], channels=["sms"], bots=["Cora"])
    evaluator = Evaluator([rule], promises=PROMISES)
    bad = {"sentiment_micro": -900_000}

    found = [
        *evaluator.see(1, facts(1, **bad), NOW),
        *evaluator.see(2, facts(2, **bad, channel="sms", bot="Ava"), NOW),
        *evaluator.see(3, facts(3, **bad, channel="sms", is_test=True), NOW),
        *evaluator.see(4, facts(4, **bad, channel="sms"), NOW),
    ]
    moved = evaluator.see(4, facts(4, **bad, channel="sms", queue="Other"), NOW + 1)

    assert said(found) == [("conversation:4", "fired", "at_risk")]
    assert said(moved) == [("conversation:4", "resolved", "normal")]


def test_conversation_that_closes_takes_its_alerts_with_it() -> None:
    rules = [made(kind="sentiment"), made("v", kind="words", words=["refund"])]
    evaluator = Evaluator(rules, promises=PROMISES)
    row = facts(1, sentiment_micro=-900_000)

    found = evaluator.see(1, row, NOW) + evaluator.hear(row, [Message(9, 1, NOW, "customer", "Refund!")], NOW)
    over = evaluator.see(1, ended(1, "abandoned"), NOW + 1)

    assert [one.subject.key for one in found] == ["conversation:1", "message:9"]
    assert {told.reason for one in over for told in one.told} == {"the conversation closed"}
    assert len(over) == 2


def test_each_message_with_a_word_is_an_alert_and_each_is_heard_once() -> None:
    evaluator = Evaluator([made(kind="words", words=["refund"], severity="urgent")], promises=PROMISES)
    messages = [Message(number, 1, NOW, "customer", text) for number, text in enumerate(["refund", "no", "REFUND"])]

    found = evaluator.hear(facts(1), messages, NOW) + evaluator.hear(facts(1), messages, NOW + 1)

    assert said(found) == [("message:0", "fired", "critical"), ("message:2", "fired", "critical")]
    assert found[0].told[0].reason == "the customer said “refund”"


def test_messages_from_before_the_rule_are_not_its_business() -> None:
    rule = replace(made(kind="words", words=["refund"]), watches_from_ms=NOW)
    evaluator = Evaluator([rule], promises=PROMISES)

    assert evaluator.hear(facts(1), [Message(1, 1, NOW - 1, "customer", "refund")], NOW) == []


def test_backlog_is_counted_for_each_queue_and_must_be_held() -> None:
    evaluator = Evaluator([made(kind="backlog", at_risk=2, for_seconds=30)], promises=PROMISES)
    for key in (1, 2, 3):
        evaluator.see(key, waiting(key), NOW)
    evaluator.see(4, waiting(4) | {"escalation_queue": "Loans"}, NOW)

    assert evaluator.settle(NOW) == []
    fired = evaluator.advance(NOW + 30 * SECOND)
    for key in (1, 2):
        evaluator.see(key, ended(key, "escalated"), NOW + MINUTE)
    over = evaluator.settle(NOW + MINUTE)

    assert said(fired) == [("queue:Cards", "fired", "at_risk")]
    assert fired[0].told[0].reason == "3 were waiting in Cards; the level is 2"
    assert said(over) == [("queue:Cards", "resolved", "normal")]


def test_longest_wait_passes_to_the_next_who_waits() -> None:
    evaluator = Evaluator([made(kind="longest_wait", at_risk=60)], promises=PROMISES)
    evaluator.see(1, waiting(1), NOW)
    evaluator.see(2, waiting(2, since_ms=NOW + 30 * SECOND), NOW + 30 * SECOND)
    evaluator.settle(NOW + 30 * SECOND)

    fired = evaluator.advance(NOW + 60 * SECOND)
    evaluator.see(1, waiting(1) | {"state": "with_agent"}, NOW + 70 * SECOND)
    eased = evaluator.settle(NOW + 70 * SECOND)
    again = evaluator.advance(NOW + 90 * SECOND)

    assert said(fired) == [("floor", "fired", "at_risk")]
    assert said(eased) == [("floor", "resolved", "normal")]
    assert said(again) == [("floor", "fired", "at_risk")]
    assert again[0].told[0].step.at_ms == NOW + 90 * SECOND


def test_longest_wait_that_stands_says_who_waits_longest_now() -> None:
    evaluator = Evaluator([made(kind="longest_wait", at_risk=60)], promises=PROMISES)
    for key in (1, 2):
        evaluator.see(key, waiting(key, since_ms=NOW + key), NOW + 2)
    fired = evaluator.settle(NOW + 2 * MINUTE)

    evaluator.see(1, waiting(1) | {"state": "with_agent"}, NOW + 3 * MINUTE)
    moved = evaluator.settle(NOW + 3 * MINUTE)

    assert [one.reason for each in fired for one in each.told] == [f"somebody has waited since {{{NOW + 1}}}; the level is 1 min"]
    assert [(each.told, each.reason) for each in moved] == [((), f"somebody has waited since {{{NOW + 2}}}; the level is 1 min")]


def test_what_happened_lately_falls_out_of_its_window_by_time_alone() -> None:
    evaluator = Evaluator([made(kind="metric", metric="abandonments", at_risk=2)], promises=PROMISES)
    evaluator.see(1, ended(1, "abandoned", ended_ms=NOW), NOW)
    evaluator.see(2, ended(2, "abandoned", ended_ms=NOW + MINUTE), NOW + MINUTE)
    evaluator.see(3, ended(3, "resolved", ended_ms=NOW + MINUTE), NOW + MINUTE)

    fired = evaluator.settle(NOW + MINUTE)
    over = evaluator.advance(NOW + 130 * MINUTE)

    assert said(fired) == [("floor", "fired", "at_risk")]
    assert [(told.step.kind, told.step.at_ms - NOW) for one in over for told in one.told] == [("resolved", 120 * MINUTE)]


def test_mean_sentiment_of_an_empty_floor_is_no_data_and_no_end() -> None:
    evaluator = Evaluator([made(kind="metric", metric="live_sentiment", at_risk=-0.1)], promises=PROMISES)
    evaluator.see(1, facts(1, sentiment_micro=-500_000), NOW)
    fired = evaluator.settle(NOW)
    evaluator.see(1, ended(1, "resolved"), NOW + 1)
    blind = evaluator.settle(NOW + 1)

    assert said(fired + blind) == [("floor", "fired", "at_risk"), ("floor", "no_data", "at_risk")]


def test_silent_source_fires_by_time_and_ends_when_it_speaks_but_the_past_is_no_silence() -> None:
    evaluator = Evaluator([made(kind="silent_source", at_risk=600)], promises=PROMISES)

    assert evaluator.hear_source("archive", NOW - 40 * 60 * MINUTE, NOW) == []
    evaluator.hear_source("web", NOW, NOW)
    fired = evaluator.advance(NOW + 20 * MINUTE)
    over = evaluator.hear_source("web", NOW + 21 * MINUTE, NOW + 21 * MINUTE)

    assert said(fired + over) == [("source:web", "fired", "at_risk"), ("source:web", "resolved", "normal")]


def test_bot_sessions_fire_once_a_level_and_begin_anew_with_the_month() -> None:
    evaluator = Evaluator([made(kind="bot_sessions")], promises=PROMISES)
    found: list[Happening] = []

    for number, (month, used) in enumerate(
        [("2026-11", 79), ("2026-11", 80), ("2026-11", 99), ("2026-11", 100), ("2026-11", 140), ("2026-12", 0), ("2026-12", 80)]
    ):
        found += evaluator.hear_use(Use(month, used, 100), NOW + number)

    assert said(found) == [
        ("entitlement:2026-11", "fired", "at_risk"),
        ("entitlement:2026-11", "worsened", "critical"),
        ("entitlement:2026-11", "resolved", "normal"),
        ("entitlement:2026-12", "fired", "at_risk"),
    ]
    assert [one.subject.text for one in found] == ["bot sessions of November 2026"] * 3 + ["bot sessions of December 2026"]
    assert [told.reason for one in found for told in one.told][:3] == [
        "80 % of the month's bot sessions were used; the level is 80 %",
        "100 % of the month's bot sessions were used; the level is 100 %",
        "a new month has begun",
    ]


def test_bot_sessions_without_an_entitlement_are_no_alert_and_one_of_nothing_is_used_up_at_once() -> None:
    evaluator = Evaluator([made(kind="bot_sessions")], promises=PROMISES)

    assert evaluator.hear_use(Use("2026-11", 900, None), NOW) == []
    assert evaluator.hear_use(Use("2026-11", 0, 0), NOW + 1) == []
    fired = evaluator.hear_use(Use("2026-11", 1, 0), NOW + 2)
    over = evaluator.hear_use(Use("2026-11", 1, None), NOW + 3)

    assert said(fired + over) == [("entitlement:2026-11", "fired", "critical"), ("entitlement:2026-11", "resolved", "normal")]


def test_bot_sessions_that_stood_before_a_restart_go_on_standing() -> None:
    rule = made(kind="bot_sessions")
    before = Evaluator([rule], promises=PROMISES)
    (fired,) = before.hear_use(Use("2026-11", 85, 100), NOW)
    after = Evaluator([rule], promises=PROMISES)
    after.restore("r", fired.subject, fired.standing)

    assert after.hear_use(Use("2026-11", 86, 100), NOW + 1) == []
    assert said(after.hear_use(Use("2026-11", 100, 100), NOW + 2)) == [("entitlement:2026-11", "worsened", "critical")]


def test_joined_conversation_keeps_its_alert_and_does_not_get_a_second() -> None:
    evaluator = Evaluator([made(kind="sentiment"), made("v", kind="words", words=["refund"])], promises=PROMISES)
    row, joined = facts(1, sentiment_micro=-900_000), facts(2, sentiment_micro=-900_000, conversation_id="item-7")
    evaluator.see(1, row, NOW)
    evaluator.hear(row, [Message(9, 1, NOW, "customer", "refund")], NOW)

    moved = evaluator.move(1, joined, NOW + 1)
    after = evaluator.see(1, None, NOW + 1) + evaluator.see(2, joined, NOW + 1)

    assert [(one.moved_from, one.subject.key, one.subject.link) for one in moved] == [
        ("conversation:1", "conversation:2", "demo:item-7"),
        ("message:9", "message:9", "demo:item-7"),
    ]
    assert after == []
    assert len(evaluator.see(2, None, NOW + 2)) == 2


def test_two_alerts_that_become_one_conversations_leave_one() -> None:
    evaluator = Evaluator([made(kind="sentiment")], promises=PROMISES)
    for key in (1, 2):
        evaluator.see(key, facts(key, sentiment_micro=-900_000), NOW)

    found = evaluator.move(2, facts(1, sentiment_micro=-900_000), NOW + 1)

    assert said(found) == [("conversation:2", "resolved", "normal")]
    assert evaluator.num_watched == 1


def test_changed_rules_are_held_against_what_stands() -> None:
    rules = [made(kind="sentiment", at_risk=-0.3), made("b", kind="backlog", at_risk=1)]
    evaluator = Evaluator(rules, promises=PROMISES)
    evaluator.see(1, waiting(1, sentiment_micro=-400_000), NOW)
    evaluator.settle(NOW)

    found = evaluator.set_rules([made(kind="sentiment", at_risk=-0.9), made("w", kind="wait", at_risk=1)], NOW + 5 * SECOND)

    assert said(found) == [
        ("queue:Cards", "resolved", "normal"),
        ("conversation:1", "resolved", "normal"),
        ("conversation:1", "fired", "at_risk"),
    ]
    assert [one.rule.rule_id for one in found] == ["b", "r", "w"]
    assert not found[0].told[0].step.is_told  # nobody is told that a rule was switched off
