"""The state machine of an alert: cases by hand, and what holds whatever comes, in any order and with any clock."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.alerts.levels import Levels, Reading
from metrics.alerts.rules import Direction, Rule, RuleKind
from metrics.alerts.states import AlertState, Standing, Step, StepKind, acknowledge, due_ms, end, step
from metrics.need import Band

LEVELS = Levels(5, 10, clears_at=3)
RULE = Rule("r", "Backlog", RuleKind.BACKLOG)
START = 1_800_000_000_000


def run(
    values: list[float | None], *, rule: Rule = RULE, levels: Levels = LEVELS, every_ms: int = 1000
) -> tuple[Standing, list[Step]]:
    """One value a second, from `START` on."""
    standing, steps = Standing(), []
    for number, value in enumerate(values):
        standing, new = step(standing, Reading(levels, value), rule, START + number * every_ms)
        steps += new
    return standing, steps


def kinds(steps: list[Step]) -> list[str]:
    return [str(one.kind) for one in steps]


def test_value_that_goes_up_and_comes_back_fires_worsens_eases_and_resolves() -> None:
    standing, steps = run([0, 5, 9, 10, 9, 8, 7, 4, 3])

    assert kinds(steps) == ["fired", "worsened", "eased", "resolved"]
    assert [one.at_ms - START for one in steps] == [1000, 3000, 5000, 8000]  # eased at 8: the gap of 2 holds below 10, too
    assert not standing.is_open


def test_value_that_swings_around_its_level_fires_once() -> None:
    _, steps = run([4, 5, 4, 5, 4, 5, 4, 6, 4])

    assert kinds(steps) == ["fired"]


def test_level_must_be_held_without_a_break() -> None:
    held = replace(RULE, for_seconds=3)

    assert kinds(run([5, 5, 4, 5, 5, 4, 5], rule=held)[1]) == []
    standing, steps = run([5, 5, 5, 5], rule=held)
    assert kinds(steps) == ["fired"]
    assert (standing.since_ms, standing.fired_ms) == (START, START + 3000)


def test_wait_that_is_looked_at_late_began_when_it_passed_its_level() -> None:
    waiting = Reading(Levels(60, 120), grows_since_ms=START)

    standing, steps = step(Standing(), waiting, RULE, START + 100_000)

    assert (standing.since_ms, standing.fired_ms) == (START + 60_000, START + 100_000)
    assert steps[0].band is Band.AT_RISK


def test_falling_value_fires_below_and_clears_above() -> None:
    falls = Levels(-0.3, None, clears_at=-0.2, direction=Direction.BELOW)

    _, steps = run([0.0, -0.3, -0.25, -0.4, -0.2, -0.3], levels=falls)

    assert kinds(steps) == ["fired", "resolved", "fired"]


def test_acknowledged_is_not_reminded_of_and_told_again_when_it_worsens() -> None:
    rule = replace(RULE, remind_minutes=1)
    standing, _ = step(Standing(), Reading(LEVELS, 5), rule, START)

    standing, acknowledged = acknowledge(standing, START + 1000, "Kim")
    quiet, nothing = step(standing, Reading(LEVELS, 5), rule, START + 600_000)
    worse, told = step(quiet, Reading(LEVELS, 10), rule, START + 601_000)

    assert [(one.kind, one.actor, one.is_told) for one in acknowledged] == [(StepKind.ACKNOWLEDGED, "Kim", False)]
    assert (nothing, quiet.state) == ((), AlertState.ACKNOWLEDGED)
    assert [(one.kind, one.is_told) for one in told] == [(StepKind.WORSENED, True)]
    assert (worse.state, worse.acknowledged_by) == (AlertState.CRITICAL, "")


def test_reminder_comes_each_time_its_minutes_have_passed() -> None:
    rule = replace(RULE, remind_minutes=5)

    _, steps = run([5] * 12, rule=rule, every_ms=60_000)

    assert [(one.kind, (one.at_ms - START) // 60_000) for one in steps] == [
        (StepKind.FIRED, 0),
        (StepKind.REMINDED, 5),
        (StepKind.REMINDED, 10),
    ]


def test_muted_rule_records_and_tells_when_the_mute_ends_if_it_still_stands() -> None:
    rule = replace(RULE, muted_until_ms=START + 5000)

    _, steps = run([5, 5, 10, 10, 10, 10, 10], rule=rule)

    assert [(str(one.kind), one.is_told) for one in steps] == [("fired", False), ("worsened", False), ("reminded", True)]
    assert steps[-1].at_ms == START + 5000


def test_what_was_told_to_nobody_is_told_to_nobody_when_it_is_over() -> None:
    rule = replace(RULE, muted_until_ms=START + 60_000)

    _, steps = run([5, 0], rule=rule)

    assert [one.is_told for one in steps] == [False, False]


def test_resolved_by_hand_is_silent_until_it_has_been_clear_once() -> None:
    standing, _ = step(Standing(), Reading(LEVELS, 6), RULE, START)
    standing, steps = end(standing, RULE, START + 1000, by="Kim")
    found: list[Step] = []
    for number, value in enumerate([6, 11, 4, 6, 3, 6], start=2):
        standing, new = step(standing, Reading(LEVELS, value), RULE, START + number * 1000)
        found += new

    assert [(one.kind, one.actor) for one in steps] == [(StepKind.RESOLVED, "Kim")]
    assert [(one.kind, one.at_ms - START) for one in found] == [(StepKind.FIRED, 7000)]


def test_without_data_it_stands_and_goes_on_when_they_are_back() -> None:
    _, steps = run([5, None, None, 6, 2])

    assert [(str(one.kind), str(one.state)) for one in steps] == [
        ("fired", "at_risk"),
        ("no_data", "no_data"),
        ("data_back", "at_risk"),
        ("resolved", "resolved"),
    ]


@pytest.mark.parametrize(
    ("value", "rule", "expected_ms"),
    [
        (Reading(Levels(60, 120), grows_since_ms=START), RULE, START + 60_000),
        (Reading(Levels(None, 120), grows_since_ms=START), replace(RULE, for_seconds=5), START + 125_000),
        (Reading(LEVELS, 4), RULE, None),
        (Reading(LEVELS, 6), replace(RULE, for_seconds=5), START + 5000),
        (Reading(LEVELS, 6), replace(RULE, remind_minutes=2), START + 120_000),
        (Reading(LEVELS, 4, until_ms=START + 9), RULE, START + 9),
    ],
)
def test_time_alone_is_due_when_it_makes_a_difference(value: Reading, rule: Rule, expected_ms: int | None) -> None:
    standing, _ = step(Standing(), value, rule, START)

    assert due_ms(standing, value, rule) == expected_ms


# What may come: a value (None: no data), seconds that pass (a clock may go back), and what a person does.
moves = st.tuples(
    st.one_of(st.none(), st.integers(0, 14).map(float)),
    st.integers(-30, 400),
    st.sampled_from(["", "", "", "", "acknowledge", "resolve", "close"]),
)
rules = st.builds(
    Rule,
    rule_id=st.just("r"),
    name=st.just("r"),
    kind=st.just(RuleKind.BACKLOG),
    for_seconds=st.sampled_from([0, 0, 5, 60]),
    remind_minutes=st.sampled_from([0, 0, 1, 5]),
    muted_until_ms=st.one_of(st.none(), st.integers(START, START + 600_000)),
)
any_levels = st.sampled_from([LEVELS, Levels(5, 10), Levels(5, None, clears_at=4), Levels(None, 7), Levels(None, 7, clears_at=2)])


def play(rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]]) -> tuple[Standing, list[Step]]:
    standing, steps, now_ms = Standing(), [], START
    for value, seconds, act in course:
        now_ms += seconds * 1000
        new: tuple[Step, ...] = ()
        match act:
            case "acknowledge":
                standing, new = acknowledge(standing, now_ms, "Kim")
            case "resolve":
                standing, new = end(standing, rule, now_ms, by="Kim")
            case "close":
                standing, new = end(standing, rule, now_ms)
            case _:
                standing, new = step(standing, Reading(levels, value), rule, now_ms)
        steps += new
    return standing, steps


@given(rules, any_levels, st.lists(moves, max_size=40))
def test_firings_alternate_and_every_one_ends(rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]]) -> None:
    standing, steps = play(rule, levels, course)

    _, last = end(standing, rule, START)
    is_open = False
    for one in (*steps, *last):
        assert is_open is (one.kind is not StepKind.FIRED)  # never two at once, and nothing happens outside one
        is_open = one.kind is not StepKind.RESOLVED
    assert not is_open


@given(rules, any_levels, st.lists(moves, max_size=40))
def test_steps_follow_one_another_sensibly(rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]]) -> None:
    rank = {Band.NORMAL: 0, Band.AT_RISK: 1, Band.CRITICAL: 2}
    _, steps = play(rule, levels, course)

    band = Band.NORMAL
    for before, one in zip([None, *steps], steps, strict=False):
        match one.kind:
            case StepKind.FIRED | StepKind.WORSENED:
                assert rank[one.band] > rank[band]
            case StepKind.EASED:
                assert one.band is Band.AT_RISK and band is Band.CRITICAL
            case StepKind.RESOLVED:
                assert one.band is Band.NORMAL
            case _:
                assert one.band is band
        assert before is None or one.at_ms >= before.at_ms  # a clock that goes back undoes nothing
        assert one.is_told <= (not rule.is_muted(one.at_ms))
        if one.kind in (StepKind.NO_DATA, StepKind.DATA_BACK):
            assert before is not None and (one.kind is StepKind.NO_DATA or before.kind is not StepKind.ACKNOWLEDGED)
        band = one.band


@given(rules, any_levels, st.lists(moves, max_size=30), st.one_of(st.none(), st.integers(0, 14).map(float)), st.integers(0, 10))
def test_the_same_reading_again_makes_nothing_of_it(
    rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]], value: float | None, back: int
) -> None:
    standing, _ = play(rule, levels, course)
    reading, now_ms = Reading(levels, value), standing.clock_ms + 1000
    once, _ = step(standing, reading, rule, now_ms)

    again, steps = step(once, reading, rule, now_ms - back * 1000)

    assert (again, steps) == (once, ())


@given(rules, any_levels, st.lists(moves, max_size=30), st.integers(0, 14).map(float))
def test_nothing_happens_before_it_is_due(
    rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]], value: float
) -> None:
    standing, _ = play(rule, levels, course)
    reading = Reading(levels, value)
    standing, _ = step(standing, reading, rule, standing.clock_ms)
    moment_ms = due_ms(standing, reading, rule)

    until_ms = standing.clock_ms + 10_000_000 if moment_ms is None else moment_ms - 1
    _, before = step(standing, reading, rule, until_ms)
    at_it = () if moment_ms is None else step(standing, reading, rule, moment_ms)[1]

    assert before == ()
    assert moment_ms is None or at_it != ()


# `START` is eight in the morning by UTC.
duties = st.builds(
    Rule,
    rule_id=st.just("r"),
    name=st.just("r"),
    kind=st.just(RuleKind.BACKLOG),
    for_seconds=st.sampled_from([0, 0, 60]),
    remind_minutes=st.sampled_from([0, 1]),
    active_from=st.sampled_from(["07:00", "08:02", "08:05"]),
    active_until=st.sampled_from(["08:01", "08:04", "08:30"]),
    active_zone=st.just("UTC"),
)


@given(duties, any_levels, st.lists(moves, max_size=30), st.integers(0, 14).map(float))
def test_rule_with_hours_stands_only_within_them_and_is_due_when_they_begin_and_end(
    rule: Rule, levels: Levels, course: list[tuple[float | None, int, str]], value: float
) -> None:
    standing, steps = play(rule, levels, course)
    reading = Reading(levels, value)
    standing, _ = step(standing, reading, rule, standing.clock_ms)
    moment_ms = due_ms(standing, reading, rule)

    until_ms = standing.clock_ms + 10_000_000 if moment_ms is None else moment_ms - 1
    _, before = step(standing, reading, rule, until_ms)

    assert before == ()  # nothing happens before it is due
    assert rule.hours is not None
    assert all(rule.hours.is_on(one.at_ms) for one in steps if one.kind in (StepKind.FIRED, StepKind.WORSENED, StepKind.REMINDED))
    assert not standing.is_open or rule.hours.is_on(standing.clock_ms)


@given(st.lists(st.sampled_from([3.5, 4.0, 4.5, 4.9]), min_size=1, max_size=30))
def test_between_clearing_and_level_nothing_changes(values: list[float]) -> None:
    standing, _ = run([5])
    assert run([*values])[1] == []
    for number, value in enumerate(values):
        standing, steps = step(standing, Reading(LEVELS, value), RULE, START + (number + 1) * 1000)
        assert steps == ()
