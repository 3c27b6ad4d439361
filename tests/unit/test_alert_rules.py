"""Alert rules: read from plain fields with errors that help, written back, said in a sentence; words found in messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from metrics.alerts.built_in import BUILT_IN
from metrics.alerts.catalogue import KINDS, LIMITED, METRICS
from metrics.alerts.checking import RuleError, fields_of, rule_from
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import Origin, RuleBook, saved_row
from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Speaker
from metrics.alerts.sentences import describe_rule
from metrics.alerts.words import Message, WordSearch
from metrics.bands import Bands, Limits
from metrics.need import Targets
from metrics.silence import Silence

OFFICE = {
    **{"active_days": ["mon", "tue", "wed", "thu", "fri"], "active_from": "08:00", "active_until": "18:00"},
    "active_zone": "America/New_York",
}


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
        ({"kind": "wait", "at_risk": 0}, "at_risk", "above 0"),
        ({"kind": "metric", "metric": "waiting", "direction": "below"}, "at_risk", "for the other direction"),
        ({"kind": "wait", "active_days": ["monday"]}, "active_days", "days are mon, tue"),
        ({"kind": "wait", "active_from": "8:00"}, "active_from", "such as 08:00"),
        ({"kind": "wait", "active_from": "24:00", "active_until": "08:00"}, "active_from", "before 24:00"),
        ({"kind": "wait", "active_from": "08:00", "active_zone": "UTC"}, "active_until", "must be set too"),
        ({"kind": "wait", "active_days": ["mon"]}, "active_zone", "by which clock"),
        ({"kind": "wait", "active_days": ["mon"], "active_zone": "Berlin"}, "active_zone", "such as Europe/Berlin"),
        ({"kind": "wait", "active_zone": "UTC"}, "active_zone", "needs active_days"),
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
        remind_minutes=10, severity="urgent", targets=["t"], channels=["sms"], bots=["Ava"], **OFFICE,
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
            "When a conversation's sentiment falls to or below −0.30 (at risk) or −0.60 (critical) in queue Loans.",
        ),
        (
            {"kind": "sentiment", "queues": ["Loans"]},
            "When a conversation's sentiment falls to or below −0.30 (at risk) in queue Loans. The levels are from the "
            "settings, where a queue may have its own.",
        ),
        (
            {"kind": "wait", "remind_minutes": 5},
            "When a customer has waited 2 min (at risk) or 5 min (critical) for a human. The levels are from the settings, where "
            "a queue may have its own. Told again every 5 min until somebody acknowledges it.",
        ),
        (
            {"kind": "backlog", "at_risk": 5, "clears_at": 3, "for_seconds": 30},
            "When the number of those who wait in a queue reaches 5 (at risk), and that has held for 30 s. It is over below 3.",
        ),
        (
            {"kind": "longest_wait", "critical": 90, "channels": ["voice"], "bots": ["Ava", "Vox"]},
            "When the longest wait on the floor, on channel voice, with bot Ava or Vox reaches 90 s (critical).",
        ),
        (
            {"kind": "words", "words": ["refund", "chargeback"], "said_by": "any", "channels": ["sms", "voice"]},
            "When anybody says “refund” or “chargeback” on channel sms or voice. It stands until the conversation closes.",
        ),
        (
            {"kind": "metric", "metric": "live_sentiment", "per": "queue", "critical": -0.2, "clears_at": 0},
            "When the figure “Average live sentiment (estimated)” in a queue falls to or below −0.20 (critical). It is over "
            "above 0.00.",
        ),
        (
            {"kind": "silent_source", "critical": 600, "sources": ["web"], **OFFICE},
            "When nothing has come from “web” for 10 min (critical). On duty Monday to Friday, 08:00–18:00, by the clock of "
            "America/New York.",
        ),
        (
            {"kind": "silent_source", "active_days": ["sun", "wed", "mon"], "active_zone": "UTC"},
            "When nothing has come from a source for 5 min (at risk) or 15 min (critical). The levels are from the settings, "
            "where a source may have its own. On duty Monday, Wednesday and Sunday, by the clock of UTC.",
        ),
    ],
)
def test_rule_is_said_in_short_sentences(fields: dict[str, Any], sentence: str) -> None:
    assert describe_rule(made(**fields)) == sentence


def test_rule_about_bot_sessions_says_its_levels() -> None:
    said = "When the bot sessions used this month reach 80 % (at risk) or 100 % (critical) of those entitled to."
    assert describe_rule(made(kind="bot_sessions")) == said


def test_levels_that_the_settings_have_for_the_one_place_a_rule_is_about_are_said() -> None:
    targets = Targets(wait_seconds=60, wait_seconds_by_queue={"Cards": 30})
    promises = Promises(targets, silence=Silence(seconds_by_source={"nightly": 90_000.0}))

    assert "waited 1 min (at risk) or 2 min 30 s (critical)" in describe_rule(made(kind="wait", queues=["Cards"]), promises)
    assert "waited 2 min (at risk)" in describe_rule(made(kind="wait", queues=["Cards", "Loans"]), promises)
    assert "“nightly” for 25 h (at risk)" in describe_rule(made(kind="silent_source", sources=["nightly"]), promises)


LEVELS: Mapping[str, Sequence[dict[str, Any]]] = {
    "sentiment": ({}, {"at_risk": -0.3}, {"critical": -0.5}, {"at_risk": -0.3, "critical": -0.5, "clears_at": -0.1}),
    "words": ({"words": ["a"]}, {"words": [*"abcdef"], "said_by": "agent"}),
    "bot_sessions": ({}, {"at_risk": 90}, {"critical": 100}, {"at_risk": 82.5, "critical": 100, "clears_at": 80}),
    **dict.fromkeys(
        ("wait", "backlog", "longest_wait", "silent_source"),
        ({}, {"at_risk": 90}, {"critical": 1}, {"at_risk": 60, "critical": 3600, "clears_at": 30}),
    ),
}
PLACES: Sequence[dict[str, Any]] = (
    {},
    {"queues": ["A"]},
    {"queues": ["A", "B"], "channels": ["sms"]},
    {"channels": ["sms", "voice"], "bots": ["Ava"]},
)
SPARE: Mapping[str, Sequence[dict[str, Any]]] = {
    "for_seconds": ({}, {"for_seconds": 45}),
    "remind_minutes": ({}, {"remind_minutes": 90}),
    "active_zone": ({}, {**OFFICE}, {"active_from": "22:00", "active_until": "06:00", "active_zone": "UTC"}),
    "per": ({}, {"per": "queue"}),
    "sources": ({}, {"sources": ["web", "nightly"]}),
    "queues": PLACES,
}


def every_rule() -> Iterator[dict[str, Any]]:
    """All kinds, each with all that can be said of it."""
    kinds: dict[str, Sequence[dict[str, Any]]] = {str(kind): LEVELS[kind] for kind in RuleKind if kind is not RuleKind.METRIC}
    figures = {key: ({"at_risk": -0.5 if key == "live_sentiment" else 3},) for key in METRICS}
    told = [(kind, {"kind": kind}, levels) for kind, levels in kinds.items()]
    told += [
        ("metric", {"kind": "metric", "metric": key}, (*levels, *([{}] if key in LIMITED else [])))
        for key, levels in figures.items()
    ]
    for kind, start, levels in told:
        spare = [choices for name, choices in SPARE.items() if name in KINDS[RuleKind(kind)].uses]
        for chosen in product(levels, *spare):
            yield start | {name: value for part in chosen for name, value in part.items()}


@pytest.mark.parametrize("silence_seconds", [300.0, 0.0])
def test_every_sentence_reads_well_whatever_a_rule_says(silence_seconds: float) -> None:
    promises, heard = Promises(silence=Silence(silence_seconds)), 0
    for fields in every_rule():
        said = describe_rule(made(**fields), promises)

        assert said.startswith("When ") and said.endswith(".") and said.count("When ") == 1, said
        assert not re.search(r"\s[,.;)]|[,;(]\s*[,.;)]|\.\.|\s\s|None|or or|_|[{}]|\(\)", said), said
        assert all(sentence[0].isupper() for sentence in re.split(r"(?<=\.) ", said)), said
        assert said.count("in queue") + said.count("in a queue") + said.count("on the floor") <= 1, said
        heard += 1
    assert heard > 1_000


@pytest.mark.parametrize("key", METRICS)
def test_every_figure_can_be_said(key: str) -> None:
    assert METRICS[key].label in describe_rule(made(kind="metric", metric=key, at_risk=0.5))


def test_levels_come_from_the_settings_where_a_rule_names_none() -> None:
    promises = Promises(
        Targets(wait_seconds=60, wait_seconds_by_queue={"Cards": 30}, sentiment_threshold_micro_by_queue={"Cards": -500_000}),
        Bands(by_queue={"Cards": {"waiting": Limits(2, 4)}}),
        silence=Silence(300, {"nightly": 0}),
    )

    def pair(fields: dict[str, Any], place: str) -> tuple[float | None, float | None] | None:
        levels = promises.levels_of(made(**fields), place)
        return None if levels is None else (levels.at_risk, levels.critical)

    assert pair({"kind": "wait"}, "Cards") == (60, 150)
    assert pair({"kind": "wait"}, "Loans") == (120, 300)
    assert pair({"kind": "longest_wait"}, "Loans") == (60, 120)
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
