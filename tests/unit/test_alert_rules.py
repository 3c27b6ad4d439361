"""Alert rules: read from plain fields with errors that help, written back, said in a sentence; words found in messages."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.alerts.built_in import BUILT_IN
from metrics.alerts.catalogue import KINDS, METRICS
from metrics.alerts.checking import RuleError, fields_of, rule_from
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import Origin, RuleBook, saved_row
from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Speaker
from metrics.alerts.sentences import describe_rule
from metrics.alerts.words import Message, WordSearch
from metrics.bands import Bands, Limits
from metrics.need import Targets


def made(**fields: Any) -> Rule:
    return rule_from({"name": "Mine", **fields}, rule_id="r")


@pytest.mark.parametrize(
    ("fields", "field", "remedy"),
    [
        ({"kind": "backlog", "name": " "}, "name", "1 to 120 characters"),
        ({"kind": "noise"}, "kind", "one of sentiment, wait"),
        ({"kind": "backlog", "at_rsik": 3}, "at_rsik", "did you mean at_risk"),
        ({"kind": "backlog", "at_risk": True}, "at_risk", "must be a number"),
        ({"kind": "backlog", "at_risk": float("nan")}, "at_risk", "must be a number"),
        ({"kind": "backlog", "at_risk": 9, "critical": 5}, "critical", "above at_risk"),
        ({"kind": "backlog", "at_risk": 0}, "at_risk", "above 0"),
        ({"kind": "backlog", "at_risk": 5, "clears_at": 5}, "clears_at", "below 5"),
        ({"kind": "sentiment", "at_risk": -0.3, "clears_at": -0.5}, "clears_at", "above -0.3"),
        ({"kind": "sentiment", "at_risk": -3}, "at_risk", "from -1 to 1"),
        ({"kind": "sentiment", "clears_at": 0.1}, "clears_at", "needs at_risk or critical"),
        ({"kind": "wait", "words": ["x"]}, "words", "means nothing to a rule of kind wait"),
        ({"kind": "words"}, "words", "at least one word"),
        ({"kind": "words", "words": "refund"}, "words", "a list of names"),
        ({"kind": "words", "words": ["x"], "said_by": "boss"}, "said_by", "one of any, customer"),
        ({"kind": "metric"}, "metric", "one of open"),
        ({"kind": "metric", "metric": "abandonments"}, "at_risk", "must be set"),
        ({"kind": "wait", "for_seconds": -1}, "for_seconds", "0 to 86,400"),
        ({"kind": "wait", "remind_minutes": 1.5}, "remind_minutes", "whole number"),
        ({"kind": "wait", "targets": ["desk"]}, "targets", "no target called 'desk'"),
    ],
)
def test_rule_that_cannot_be_says_where_and_what_to_write(fields: dict[str, Any], field: str, remedy: str) -> None:
    with pytest.raises(RuleError) as raised:
        rule_from({"name": "Mine", **fields}, rule_id="r", known_targets=frozenset())

    assert raised.value.field == field
    assert remedy in raised.value.remedy


@pytest.mark.parametrize("rule", BUILT_IN, ids=lambda rule: rule.rule_id)
def test_built_in_rules_are_rules_that_could_be_written(rule: Rule) -> None:
    assert rule_from(fields_of(rule), rule_id=rule.rule_id) == rule


def test_what_is_written_back_reads_the_same() -> None:
    rule = made(
        kind="metric", metric="resolutions", per="queue", queues=["A", "A", " B "], at_risk=3, clears_at=5, for_seconds=60,
        remind_minutes=10, severity="urgent", targets=["t"], channels=["sms"], bots=["Ava"],
    )  # fmt: skip

    assert rule.direction is Direction.BELOW
    assert (rule.queues, rule.per) == (("A", "B"), Per.QUEUE)
    assert rule_from(fields_of(rule), rule_id="r") == rule


def test_every_field_that_a_kind_uses_is_a_field() -> None:
    names = {name for info in KINDS.values() for name in info.uses}

    assert names <= set(Rule.__dataclass_fields__)
    assert set(KINDS) == set(RuleKind)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"kind": "sentiment", "at_risk": -0.3, "critical": -0.6, "queues": ["Loans"]},
            "When a conversation's sentiment falls to −0.30 (at risk) and −0.60 (critical) or below in queue Loans.",
        ),
        (
            {"kind": "wait", "remind_minutes": 5},
            "When a customer has waited for a human after an escalation for 1 min (at risk) and 2 min (critical), as the "
            "settings have it for the queue; told again every 5 min until somebody acknowledges it.",
        ),
        (
            {"kind": "backlog", "at_risk": 5, "clears_at": 3, "for_seconds": 30},
            "When the number of those who wait in a queue reaches 5 (at risk) and that has held for 30 s (over below 3).",
        ),
        (
            {"kind": "words", "words": ["refund", "chargeback"], "said_by": "any", "channels": ["sms", "voice"]},
            "When anybody says “refund” or “chargeback” in channels sms or voice (it stands until the conversation closes).",
        ),
        (
            {"kind": "silent_source", "critical": 600, "sources": ["web"]},
            "When nothing has come from “web” for 10 min (critical).",
        ),
    ],
)
def test_rule_is_said_in_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    assert describe_rule(made(**fields)) == sentence


@pytest.mark.parametrize("key", METRICS)
def test_every_figure_can_be_said(key: str) -> None:
    assert METRICS[key].label in describe_rule(made(kind="metric", metric=key, at_risk=0.5))


def test_levels_come_from_the_settings_where_a_rule_names_none() -> None:
    promises = Promises(
        Targets(wait_seconds=60, wait_seconds_by_queue={"Cards": 30}, sentiment_threshold_micro_by_queue={"Cards": -500_000}),
        Bands(by_queue={"Cards": {"waiting": Limits(2, 4)}}),
        silence_seconds=300,
        silence_seconds_by_source={"nightly": 0},
    )

    def pair(fields: dict[str, Any], place: str) -> tuple[float | None, float | None] | None:
        levels = promises.levels_of(made(**fields), place)
        return None if levels is None else (levels.at_risk, levels.critical)

    assert pair({"kind": "wait"}, "Cards") == (30, 60)
    assert pair({"kind": "wait"}, "Loans") == (60, 120)
    assert pair({"kind": "sentiment"}, "Cards") == (-0.5, None)
    assert pair({"kind": "backlog"}, "Cards") == (2, 4)
    assert pair({"kind": "backlog"}, "") == (5, 10)
    assert pair({"kind": "silent_source"}, "web") == (300, 900)
    assert pair({"kind": "silent_source"}, "nightly") is None
    assert pair({"kind": "wait", "critical": 7}, "Cards") == (None, 7)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I will SUE  you!", "sue you"),
        ("issue your card", None),
        ("I'll call my lawyer.", "lawyer"),
        ("lawyers are expensive", None),
        ("This can’t be", "can't be"),
        ("Ｒｅｆｕｎｄ please", "refund"),
        ("a.b", "a.b"),
        ("axb", None),
        ("<b>refund</b>", "refund"),
        ("x" * 30_000 + " refund", None),
        ("", None),
    ],
)
def test_words_are_found_whole_in_capitals_or_not(text: str, found: str | None) -> None:
    search = WordSearch(made(kind="words", words=["sue you", "lawyer", "can't be", "refund", "a.b"]))

    assert search.found_in(Message(1, 1, 0, "customer", text)) == found


@pytest.mark.parametrize(
    ("said_by", "heard"),
    [(Speaker.ANY, ["customer", "bot", "agent"]), (Speaker.CUSTOMER, ["customer"]), (Speaker.AGENT, ["agent"])],
)
def test_only_the_words_of_those_meant_count(said_by: Speaker, heard: list[str]) -> None:
    search = WordSearch(made(kind="words", words=["refund"], said_by=said_by))

    assert [role for role in ("customer", "bot", "agent") if search.found_in(Message(1, 1, 0, role, "refund"))] == heard


def test_rulebook_shows_rules_of_the_page_of_the_file_and_built_in_with_how_they_stand() -> None:
    page, configured = made(kind="backlog"), rule_from({"name": "F", "kind": "wait", "targets": ["gone"]}, rule_id="file:F")
    rows = [
        saved_row(page, is_made_here=True, created_ms=5, now_ms=7, by="Kim"),
        {**saved_row(BUILT_IN[0], is_made_here=False, created_ms=1, now_ms=2, by="Ada"), "is_enabled": False},
        {
            **saved_row(page, is_made_here=True, created_ms=5, now_ms=7, by="Kim"),
            "rule_id": "later",
            "body": '{"kind": "psychic"}',
        },
    ]

    views = RuleBook([configured], promises=Promises()).views(rows, {"r": 3})

    assert [(view.origin, view.rule.rule_id) for view in views[:3]] == [
        (Origin.PAGE, "r"),
        (Origin.FILE, "file:F"),
        (Origin.BUILT_IN, BUILT_IN[0].rule_id),
    ]
    assert (views[0].num_open, views[0].changed_by, views[0].rule.watches_from_ms) == (3, "Kim", 5)
    assert views[1].targets_unknown == ("gone",)
    assert (views[2].is_enabled, views[2].changed_by, views[3].is_enabled) == (False, "Ada", True)
