"""Routing: which queue the rules choose, against a naive reading of the definition."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.routing.evaluate import Because, route, try_rule
from metrics.routing.reach import Reach, reach_of
from store.routing.records import Condition, Configuration, Match, Operator, Queue, Rule, Workstream

TOPIC = "BotHandoffTopic"
STREAM = "ChatWorkStream"
REFERENCE = Configuration(
    workstreams=(Workstream(STREAM, fallback_queue="Everybody"),),
    queues=(Queue("BotQueue"), Queue("CreditCardQueue"), Queue("HomeLoanQueue"), Queue("Everybody")),
    rules=(
        Rule("BotRule", STREAM, "BotQueue", (Condition(TOPIC, Operator.NOT_SET),)),
        Rule("CreditCardRule", STREAM, "CreditCardQueue", (Condition(TOPIC, Operator.EQUALS, ("CreditCard",)),)),
        Rule("HomeLoanRule", STREAM, "HomeLoanQueue", (Condition(TOPIC, Operator.EQUALS, ("HomeLoan",)),)),
    ),
)


@pytest.mark.parametrize(
    ("variables", "queue"),
    [
        ({}, "BotQueue"),
        ({TOPIC: ""}, "BotQueue"),
        ({"Other": "CreditCard"}, "BotQueue"),
        ({TOPIC: "CreditCard"}, "CreditCardQueue"),
        ({TOPIC: "HomeLoan"}, "HomeLoanQueue"),
        ({TOPIC: "Mortgage"}, "Everybody"),
        ({TOPIC: "creditcard"}, "Everybody"),
        ({"bothandofftopic": "CreditCard"}, "BotQueue"),
    ],
)
def test_the_reference_configuration_routes_as_described(variables: dict[str, str], queue: str) -> None:
    assert route(REFERENCE, STREAM, variables).queue == queue


def test_the_rules_tried_say_which_condition_held() -> None:
    routed = route(REFERENCE, STREAM, {TOPIC: "CreditCard"})

    assert [(item.rule.name, item.held, item.matches) for item in routed.tried] == [
        ("BotRule", (False,), False),
        ("CreditCardRule", (True,), True),
    ]
    assert routed.because is Because.RULE


def test_a_workstream_that_is_not_configured_is_said() -> None:
    assert route(REFERENCE, "Elsewhere", {}).because is Because.UNKNOWN_WORKSTREAM


def second_choice() -> Configuration:
    second = Rule("Second", STREAM, "HomeLoanQueue", (Condition(TOPIC, Operator.SET),))
    return Configuration(REFERENCE.workstreams, REFERENCE.queues, (*REFERENCE.rules, second))


@pytest.mark.parametrize(("overflow_at", "on_overflow"), [(None, ()), (5, ("HomeLoanQueue",))])
def test_beside_a_queue_that_may_overflow_stands_the_one_that_is_taken_then(overflow_at, on_overflow) -> None:
    queues = (Queue("CreditCardQueue", overflow_at=overflow_at), Queue("HomeLoanQueue"))

    routed = route(replace(second_choice(), queues=queues), STREAM, {TOPIC: "CreditCard"})

    assert (routed.queue, routed.because, routed.on_overflow) == ("CreditCardQueue", Because.RULE, on_overflow)


def test_a_rule_behind_one_whose_queue_may_overflow_can_be_chosen() -> None:
    rules = (Rule("all", STREAM, "Small"), Rule("rest", STREAM, "Large"))

    for overflow_at, reach in ((None, Reach.SHADOWED), (3, Reach.CAN)):
        found = reach_of(Configuration(queues=(Queue("Small", overflow_at=overflow_at),), rules=rules), STREAM)
        assert [item.reach for item in found] == [Reach.CAN, reach]


@pytest.mark.parametrize(
    ("operator", "values", "value", "expected"),
    [
        (Operator.EQUALS, (101,), "101", True),
        (Operator.EQUALS, ("101",), 101, True),
        (Operator.EQUALS, ("101",), "101.0", False),
        (Operator.EQUALS, ("1e3",), 1000, True),
        (Operator.NOT_EQUALS, ("a",), "b", True),
        (Operator.IN, ("a", "b"), "b", True),
        (Operator.NOT_IN, ("a", "b"), "b", False),
        (Operator.CONTAINS, ("loan",), "home loan", True),
        (Operator.CONTAINS, ("Loan",), "home loan", False),
        (Operator.BEGINS_WITH, ("home",), "home loan", True),
        (Operator.GREATER, (5,), "5.5", True),
        (Operator.GREATER, (5,), 5, False),
        (Operator.LESS, (5,), "four", False),
        (Operator.SET, (), "x", True),
        (Operator.NOT_SET, (), "x", False),
    ],
)
def test_operators(operator: Operator, values: tuple[str | int, ...], value: str | int, expected: bool) -> None:
    rule = Rule("r", STREAM, "q", (Condition("v", operator, values),))

    assert try_rule(rule, {"v": value}).matches is expected


NAMES = st.sampled_from(["a", "b", "A"])
VALUES = st.sampled_from(["x", "y", "xy", "X", 1, 2, 5])
CONDITIONS = st.one_of(
    st.builds(Condition, NAMES, st.sampled_from([Operator.SET, Operator.NOT_SET])),
    st.builds(Condition, NAMES, st.sampled_from([Operator.GREATER, Operator.LESS]), st.tuples(st.sampled_from([1, 2, 5]))),
    st.builds(
        Condition, NAMES, st.sampled_from([Operator.CONTAINS, Operator.BEGINS_WITH]), st.tuples(st.sampled_from(["x", "y"]))
    ),
    st.builds(
        Condition,
        NAMES,
        st.sampled_from([Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN, Operator.NOT_IN]),
        st.lists(VALUES, min_size=1, max_size=2).map(tuple),
    ),
)
RULES = st.lists(
    st.builds(
        Rule,
        st.uuids().map(str),
        st.just(STREAM),
        st.sampled_from(["q1", "q2", "q3"]),
        st.lists(CONDITIONS, min_size=1, max_size=2).map(tuple),
        st.sampled_from(list(Match)),
    ),
    max_size=5,
).map(tuple)
VARIABLES = st.dictionaries(NAMES, st.one_of(VALUES, st.just("")), max_size=3)


def plainly(configuration: Configuration, variables: dict[str, str | int], full: set[str]) -> str:
    """The definition once more, in another way: by words on plain text and numbers."""

    def truth(condition: Condition) -> bool:
        value = variables.get(condition.variable, "")
        is_set = value != ""
        texts = {str(item) for item in condition.values}
        match condition.operator:
            case Operator.SET:
                return is_set
            case Operator.NOT_SET:
                return not is_set
            case Operator.EQUALS | Operator.IN:
                return is_set and str(value) in texts
            case Operator.NOT_EQUALS | Operator.NOT_IN:
                return not (is_set and str(value) in texts)
            case Operator.CONTAINS:
                return isinstance(value, str) and is_set and any(text in value for text in texts)
            case Operator.BEGINS_WITH:
                return isinstance(value, str) and is_set and any(value.startswith(text) for text in texts)
            case Operator.GREATER:
                return isinstance(value, int) and value > int(min(texts))
            case Operator.LESS:
                return isinstance(value, int) and value < int(min(texts))

    wanted = []
    for rule in configuration.rules:
        truths = [truth(condition) for condition in rule.conditions]
        if False not in truths if rule.match is Match.ALL else True in truths:
            wanted.append(rule.queue)
    free = [queue for queue in wanted if queue not in full]
    return (free or wanted or ["fallback"])[0]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES, VARIABLES, st.sets(st.sampled_from(["q1", "q2", "q3"])))
def test_the_evaluator_agrees_with_a_naive_one(rules, variables, limited) -> None:
    queues = tuple(Queue(name, overflow_at=1) for name in sorted(limited))
    configuration = Configuration((Workstream(STREAM, fallback_queue="fallback"),), queues, rules)

    routed = route(configuration, STREAM, variables)

    fulls = [set(full) for count in range(1, len(limited) + 1) for full in combinations(limited, count)]
    assert routed.queue == plainly(configuration, variables, set())
    assert {*routed.on_overflow, routed.queue} == {routed.queue, *(plainly(configuration, variables, full) for full in fulls)}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES, VARIABLES)
def test_a_rule_that_is_said_never_to_be_chosen_never_is(rules, variables) -> None:
    configuration = Configuration((Workstream(STREAM),), rules=rules)
    routed = route(configuration, STREAM, variables)

    chosen = {item.rule.name for item in reach_of(configuration, STREAM) if item.reach is Reach.CAN}
    assert routed.rule is None or routed.rule.name in chosen


def rule(name: str, *conditions: Condition, match: Match = Match.ALL) -> Rule:
    return Rule(name, STREAM, "q", conditions, match)


@pytest.mark.parametrize(
    ("rules", "reach", "by"),
    [
        ([rule("one", Condition("v", Operator.EQUALS, ("a",)), Condition("v", Operator.EQUALS, ("b",)))], Reach.IMPOSSIBLE, ()),
        ([rule("one", Condition("v", Operator.SET), Condition("v", Operator.NOT_SET))], Reach.IMPOSSIBLE, ()),
        ([rule("one", Condition("v", Operator.GREATER, (5,)), Condition("v", Operator.LESS, (5,)))], Reach.IMPOSSIBLE, ()),
        ([rule("one", Condition("v", Operator.GREATER, (4,)), Condition("v", Operator.LESS, (5,)))], Reach.CAN, ()),
        ([rule("one", Condition("v", Operator.CONTAINS, ("a",)), Condition("v", Operator.CONTAINS, ("b",)))], Reach.CAN, ()),
        (
            [rule("all", Condition("v", Operator.SET)), rule("one", Condition("v", Operator.EQUALS, ("a",)))],
            Reach.SHADOWED,
            ("all",),
        ),
        (
            [
                rule("set", Condition("v", Operator.SET)),
                rule("not", Condition("v", Operator.NOT_SET)),
                rule("one", Condition("w", Operator.SET)),
            ],
            Reach.SHADOWED,
            ("not", "set"),
        ),
        (
            [rule("all", Condition("v", Operator.EQUALS, ("a",))), rule("one", Condition("v", Operator.EQUALS, ("A",)))],
            Reach.CAN,
            (),
        ),
    ],
)
def test_what_can_be_reached(rules: list[Rule], reach: Reach, by: tuple[str, ...]) -> None:
    found = reach_of(Configuration(rules=tuple(rules)), STREAM)[-1]

    assert (found.reach, tuple(sorted(found.by))) == (reach, by)


def test_too_many_combinations_are_said_and_not_tried() -> None:
    many = tuple(Condition(f"v{number}", Operator.EQUALS, ("a", "b", "c")) for number in range(12))

    assert reach_of(Configuration(rules=(rule("one", *many),)), STREAM)[0].reach is Reach.UNKNOWN
