"""Judged escalations that are kept in memory are those that the database would tell anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.filters import Filters
from metrics.packs import refresh
from metrics.routing.escalation_packs import pack_escalations, unpack_escalations
from metrics.routing.escalation_rows import EscalationRows
from metrics.routing.escalations import Escalation, Landing, read_escalations
from metrics.routing.evaluate import route
from metrics.routing.judged_rows import Coder
from metrics.routing.judging import Judge, judged_escalations
from metrics.routing.kept import judged_rows
from metrics.routing.reading import summary_of, trial
from metrics.routing.summary import summarise, summarise_rows
from metrics.routing.trying import Trial
from metrics.windows import Window
from store.engine import Store
from store.routing.configurations import InForce, configurations
from store.routing.records import Condition, Configuration, Match, Operator, Rule, Value, Workstream
from tests.integration.test_routing import CONFIGURATION, escalated, keep
from tests.stored import Loader
from tests.transcripts import ms, wire

DAYS = ("2026-03-02", "2026-03-03", "2026-03-09")


NUMBERS = replace(
    CONFIGURATION,
    rules=(
        Rule("Large", "Chat", "Loans", (Condition("Amount", Operator.GREATER, (100,)),)),
        Rule("Known", "Chat", "Cards", (Condition("Number", Operator.BEGINS_WITH, ("4",)),)),
    ),
)
SAID = (
    '"Amount": 500',
    '"Amount": "500"',
    '"Amount": 20',
    '"Number": "4711"',
    '"Number": 4711',
    '"Number": "x", "Amount": 1e3',
    "",
)


def escalated_with(name: str, variables: str) -> list[dict[str, object]]:
    """The same, and one of them is set once more when it is too late."""
    script = f"""
        10:00:00 customer: a person please
        10:00:01 bot: hello
        10:00:11 event handoff.initiate {variables}
        10:00:12 event queue.entered {{"queue": "Cards"}}
        10:00:40 event handoff.initiate {{"Amount": 999}}
    """
    return wire(script, conversation=name)


def escalation(key: int, variables: Mapping[str, Value], *, at_ms: int | None = None, **more: str) -> Escalation:
    words = dict.fromkeys(("conversation_id", "source", "customer", "bot", "topic", "from_queue", "accepted_by", "outcome"), "")
    words |= {"channel": "webchat", "workstream": "Chat", "to_queue": "Cards"} | more
    moment = key if at_ms is None else at_ms
    return Escalation(key, at_ms=moment, accepted_ms=None, returned_to_bot=False, variables=variables, **words)


def listed(rows: EscalationRows) -> list[tuple[int, dict[str, Value]]]:
    begins = [0, *rows.ends.tolist()]
    return [
        (key, dict(rows.words["pair"][place] for place in rows.pairs[begin:end]))
        for key, begin, end in zip(rows.columns["key"].tolist(), begins, begins[1:], strict=False)
    ]


NAMES, QUEUES, STREAMS = ("a", "A", "b"), ("Cards", "Loans", ""), ("Chat", "Voice", "")
LONG = "x" * 70
VALUES = st.sampled_from(("1", 1, 1.0, 1.5, "", "x", "X", "xy", 2, LONG, LONG + "y", "1" * 60, "…"))
CONDITIONS = st.builds(
    Condition, st.sampled_from(NAMES), st.sampled_from(list(Operator)), st.lists(VALUES, min_size=1, max_size=2).map(tuple)
)
RULES = st.builds(
    Rule,
    st.sampled_from(("one", "two")),
    st.sampled_from(STREAMS[:2]),
    st.sampled_from(QUEUES[:2]),
    st.lists(CONDITIONS, min_size=1, max_size=2).map(tuple),
    st.sampled_from(list(Match)),
)
CONFIGURATIONS = st.builds(
    Configuration,
    st.lists(st.builds(Workstream, st.sampled_from(STREAMS[:2]), channels=st.just(("webchat",))), max_size=2).map(tuple),
    st.just(()),
    st.lists(RULES, max_size=3).map(tuple),
)
AMOUNT = st.integers(0, 2)
ESCALATIONS = st.builds(
    escalation,
    st.integers(1, 10**9),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3),
    at_ms=st.integers(-100, 100),
    channel=st.sampled_from(("webchat", "voice")),
    workstream=st.sampled_from(STREAMS),
    to_queue=st.sampled_from(QUEUES),
    bot=st.sampled_from(("Ada", "Bob")),
)


def on(day: str, time: str = "10:00") -> str:
    return f"{day}T{time}"


def check(store: Store) -> None:
    """What is kept against what is read anew, for all of it and for parts."""
    with store.read() as connection:
        for span in ((None, None), (ms(f"{DAYS[0]}T00:00:00"), ms(f"{DAYS[1]}T00:00:00")), (ms(f"{DAYS[1]}T10:00:00"), None)):
            assert summarise_rows(judged_rows(connection, *span)) == summarise(judged_escalations(connection, *span)), span


def test_what_is_kept_follows_what_comes_changes_and_moves_to_another_day(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    loader = Loader(store)
    check(store)
    for number, day in enumerate(DAYS[:2]):
        loader.write(escalated(f"c{number}", "CreditCard", "Cards", at=on(day)))
        check(store)
    refresh(store)
    check(store)

    loader.write(escalated("c0", "HomeLoan", "Cards", at=on(DAYS[0], "09:30")))
    check(store)
    loader.write(escalated("new", "Pets", "Loans", at=on(DAYS[2])), escalated("old", "Pets", "Loans", at=on("2026-02-01")))
    check(store)
    refresh(store)
    check(store)
    with store.read() as connection:
        assert len(judged_rows(connection, None, None)) == 4


def test_days_since_another_configuration_are_judged_by_it(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"), escalated("two", "CreditCard", "Cards", at="12:00"))
    check(store)
    assert summary_of(store, Filters()).landings[Landing.AS_RULED] == 2

    swapped = replace(CONFIGURATION, rules=tuple(replace(rule, queue="Everybody") for rule in CONFIGURATION.rules))
    keep(store, swapped, "11:00:00")

    check(store)
    assert summary_of(store, Filters()).landings[Landing.AS_RULED] == 1


@pytest.mark.parametrize("is_packed", [False, True])
def test_variables_keep_their_kind_and_the_last_value_that_was_set_in_time(store: Store, is_packed: bool) -> None:
    keep(store, NUMBERS, "09:00:00")
    Loader(store).write(*(escalated_with(f"c{number}", f"{{{said}}}") for number, said in enumerate(SAID)))
    if is_packed:
        refresh(store)

    check(store)
    assert summary_of(store, Filters()).elsewhere.keys() == {("Large", "Loans", "Cards"), ("", "Everybody", "Cards")}


def test_open_conversations_are_among_them_with_the_others_of_their_time(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("closed", "CreditCard", "Cards"), escalated("later", "CreditCard", "Cards", at="12:00"))
    refresh(store)
    now_ms = ms("11:05:00")
    Loader(store, now_ms=now_ms).write(escalated("open", "CreditCard", "Loans", at="11:00"))

    check(store)
    with store.read() as connection:
        found = judged_rows(connection, None, None)
    assert found.columns["at_ms"].tolist() == [ms("10:00:11"), ms("11:00:11"), ms("12:00:11")]


def test_periods_that_are_asked_by_turns_are_put_in_order_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, CONFIGURATION, "2026-03-01T09:00:00")
    days = ("2026-03-02", "2026-05-02", "2026-07-02")
    Loader(store).write(*(escalated(day, "CreditCard", "Cards", at=on(day)) for day in days))
    refresh(store)
    ordered = []
    in_order = EscalationRows.in_order
    monkeypatch.setattr(EscalationRows, "in_order", lambda rows: ordered.append(len(rows)) or in_order(rows))

    def ask() -> list[int]:
        ordered.clear()
        with store.read() as connection:
            found = [len(judged_rows(connection, start_ms, None)) for start_ms in (None, ms("2026-04-01T00:00:00"))]
        assert found == [3, 2]
        return list(ordered)

    assert ask() != []
    assert ask() == []


def test_rows_in_any_order_keep_their_own_variables() -> None:
    made = [escalation(number, dict(zip("abc", (LONG, "y", 5)[: number % 4], strict=False))) for number in (5, 3, 0, 9, 6)]

    found = unpack_escalations(pack_escalations(3, made), ["a"]).in_order()

    assert [(key, variables) for key, variables in listed(found)] == [
        (item.key, dict(item.variables)) for item in sorted(made, key=lambda item: item.at_ms)
    ]
    assert listed(found.part(1, 4)) == listed(found)[1:4]
    assert listed(found.where(found.columns["key"] != 5)) == [each for each in listed(found) if each[0] != 5]


@given(case=st.data())
@settings(max_examples=60, deadline=None)
def test_any_rules_judge_packed_escalations_as_they_judge_each_alone(case: st.DataObject) -> None:
    kept = [InForce(number, since, "", case.draw(CONFIGURATIONS)) for number, since in enumerate((0, 50))][: case.draw(AMOUNT)]
    made = case.draw(st.lists(ESCALATIONS, max_size=12, unique_by=lambda item: item.key))
    made.sort(key=lambda item: (item.at_ms, item.key))

    coder, judge = Coder(), Judge(kept)
    half = len(made) // 2
    packs = [*pack_escalations(3, made[:half]), *pack_escalations(4, made[half:])]
    rows = unpack_escalations(packs, judge.names)
    found = coder.judged(rows, judge.cases(rows))

    whole = EscalationRows(found.columns, found.pairs, found.ends, coder.listed())
    assert summarise_rows(whole) == summarise(map(judge, made))


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("kept_rules", [2, 1, 0])
def test_a_trial_moves_what_each_escalation_alone_says(store: Store, is_packed: bool, kept_rules: int) -> None:
    keep(store, NUMBERS, "09:00:00")
    Loader(store).write(*(escalated_with(f"c{number}", f"{{{said}}}") for number, said in enumerate(SAID)))
    if is_packed:
        refresh(store)
    tried = replace(NUMBERS, rules=tuple(replace(rule, queue="Cards") for rule in NUMBERS.rules[:kept_rules]))
    streams = tuple(replace(stream, fallback_queue="Cards") for stream in NUMBERS.workstreams)
    tried = replace(tried, workstreams=streams)  # which is where the second rule leads, too
    told: list[float] = []

    found = trial(store, tried, Filters(), progress=told.append)

    expected: Counter[tuple[str, str, str]] = Counter()
    num_same_queue = 0
    with store.read() as connection:
        for item in judged_escalations(connection, None, None):
            now = route(tried, item.workstream, item.escalation.variables)
            if item.routed is not None and now.queue != item.routed.queue:
                expected[now.rule.name if now.rule else "", item.routed.queue, now.queue] += 1
            elif item.routed is not None:
                num_same_queue += (now.rule and now.rule.name) != (item.routed.rule and item.routed.rule.name)
    assert {(move.rule, move.from_queue, move.to_queue): move.count for move in found.moves} == expected
    assert (found.num_escalations, found.num_same_queue, told[-1]) == (len(SAID), num_same_queue, 1.0)
    assert trial(store, tried, Filters(queues=("Nowhere",))) == Trial(0, [], 0)
    assert trial(store, tried, Filters(window=Window(None, 5))) == Trial(0, [], 0)


def test_snapshot_that_is_older_than_what_is_kept_sees_its_own(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"))

    with store.read() as before:
        assert len(judged_rows(before, None, None)) == 1
        Loader(store).write(escalated("two", "CreditCard", "Cards"))
        refresh(store)
        check(store)

        assert len(judged_rows(before, None, None)) == 1


def test_cut_by_bot_queue_and_period_counts_its_own(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(
        escalated("one", "CreditCard", "Cards", at=on(DAYS[0])), escalated("two", "Pets", "Loans", at=on(DAYS[1]))
    )

    assert summary_of(store, Filters()).num_escalations == 2
    assert summary_of(store, Filters(queues=("Loans",))).num_escalations == 1
    assert summary_of(store, Filters(queues=("Nowhere",))).num_escalations == 0
    assert summary_of(store, Filters(window=Window(ms(f"{DAYS[1]}T00:00:00"), None))).num_escalations == 1
    assert summary_of(store, Filters(window=Window(5, 9))).num_escalations == 0
    assert summary_of(store, Filters(window=Window(None, 9), bots=("Nobody",))).num_escalations == 0


def test_variable_of_very_many_values_tells_the_first_apart(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(*(escalated(f"c{number}", f"Topic {number}", "Cards") for number in range(60)))

    with store.read() as connection:
        judge = Judge(configurations(connection))
        found = summarise(map(judge, read_escalations(connection, None, None))).seen

    (values,) = found.values["Chat"].values()
    assert (len(values), values["…"], sum(values.values())) == (51, 10, 60)
