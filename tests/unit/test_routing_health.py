"""Health of a routing configuration: each fault is found, with its evidence and its remedy, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics.routing.health import Finding, Seen, warnings
from store.routing.records import (
    Bot,
    Condition,
    Configuration,
    Distribution,
    Member,
    Operator,
    Queue,
    Rule,
    Workstream,
)

TOPIC = "BotHandoffTopic"
IS_CARD = Condition(TOPIC, Operator.EQUALS, ("CreditCard",))
SOUND = Configuration(
    workstreams=(Workstream("Chat", fallback_queue="Cards"),),
    queues=(Queue("Bots", (Member("Ava", True, 100), Member("Dana", False, 3))), Queue("Cards", (Member("Dana", False, 3),))),
    rules=(Rule("BotRule", "Chat", "Bots", (Condition(TOPIC, Operator.NOT_SET),)), Rule("CardRule", "Chat", "Cards", (IS_CARD,))),
    bots=(Bot("Ava"),),
)
USUAL = Seen(values={"Chat": {TOPIC: {"CreditCard": 40}, "va_LastTopic": {"Card": 40}}})


def found(configuration: Configuration, seen: Seen = USUAL) -> list[tuple[Finding, str]]:
    return [(warning.finding, warning.subject) for warning in warnings(configuration, seen)]


def test_a_sound_configuration_has_no_warning() -> None:
    assert found(SOUND) == []


def with_bot_capacity(capacity: int) -> Configuration:
    bots = Queue("Bots", (Member("Ava", True, capacity), Member("Dana", False, 3)))
    return replace(SOUND, queues=(bots, SOUND.queues[1]))


@pytest.mark.parametrize(("capacity", "is_found"), [(2, True), (3, True), (4, False)])
def test_a_bot_must_have_more_capacity_than_everybody_in_its_queue(capacity: int, is_found: bool) -> None:
    assert found(with_bot_capacity(capacity)) == ([(Finding.BOT_NOT_FIRST, "Ava in Bots")] if is_found else [])


def test_the_evidence_names_who_is_ahead_and_the_remedy_by_how_much() -> None:
    (warning,) = warnings(with_bot_capacity(3), USUAL)

    assert "Dana (3)" in warning.evidence
    assert "more than 3" in warning.remedy


@pytest.mark.parametrize("escalates", [True, False])
def test_a_bot_that_escalates_does_not_belong_in_a_pick_workstream(escalates: bool) -> None:
    stream = replace(SOUND.workstreams[0], distribution=Distribution.PICK)
    configuration = replace(SOUND, workstreams=(stream,), bots=(Bot("Ava", escalates=escalates),))

    assert found(configuration) == ([(Finding.BOT_IN_PICK, "Ava in Chat")] if escalates else [])


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [
        (Rule("Late", "Chat", "Cards", (IS_CARD, Condition("Vip", Operator.SET))), "taken before by CardRule"),
        (Rule("Odd", "Chat", "Cards", (IS_CARD, Condition(TOPIC, Operator.NOT_SET))), "exclude each other"),
    ],
)
def test_a_rule_that_can_never_be_chosen_is_found(rule: Rule, evidence: str) -> None:
    (warning,) = warnings(replace(SOUND, rules=(*SOUND.rules, rule)), USUAL)

    assert warning.finding is Finding.RULE_UNREACHABLE
    assert evidence in warning.evidence


def test_a_queue_nobody_serves_is_found_where_something_leads_to_it() -> None:
    empty = (*SOUND.queues, Queue("Loans"))
    loan = Rule("LoanRule", "Chat", "Loans", (Condition(TOPIC, Operator.EQUALS, ("HomeLoan",)),))

    assert found(replace(SOUND, queues=empty)) == []
    assert found(replace(SOUND, queues=empty, rules=(*SOUND.rules, loan))) == [(Finding.QUEUE_UNSERVED, "Loans")]


def test_a_variable_that_differs_only_in_case_is_not_called_unused_too() -> None:
    seen = Seen(values={"Chat": {"botHandoffTopic": {"CreditCard": 7}}})

    (warning,) = warnings(SOUND, seen)

    assert warning.finding is Finding.CASE_DIFFERS
    assert "7 conversations" in warning.evidence
    assert warning.remedy == "Have the bot set BotHandoffTopic."


def test_values_no_rule_handles_are_named_the_commonest_first() -> None:
    seen = replace(USUAL, unhandled={"Chat": {TOPIC: {"Pets": 2, "Mortgage": 9, "Cars": 1, "Boats": 1}, "Mood": {"bad": 4}}})

    (warning,) = warnings(SOUND, seen)

    assert warning.finding is Finding.VALUE_UNHANDLED
    assert "Mortgage (9), Pets (2), Boats (1) and 1 more" in warning.evidence


def test_a_variable_no_rule_reads_is_found_and_the_usual_ones_are_not() -> None:
    seen = Seen(values={"Chat": {TOPIC: {"CreditCard": 1}, "IDNumber": {"101": 1}, "va_Topics": {"[]": 1}}})

    assert found(SOUND, seen) == [(Finding.VARIABLE_UNUSED, "IDNumber in Chat")]


def test_conversations_given_back_to_their_bot_are_counted() -> None:
    (warning,) = warnings(SOUND, replace(USUAL, returned={"Ava": 3}))

    assert (warning.finding, warning.subject) == (Finding.RETURNED_TO_BOT, "Ava")
    assert "3 conversations" in warning.evidence
