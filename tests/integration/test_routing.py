"""Routing over stored conversations: what was in force when, where escalations should have gone, what other rules would move."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.packs import refresh
from metrics.routing.escalations import Landing, escalation_by_key, read_escalations
from metrics.routing.evaluate import Because
from metrics.routing.health import Finding, warnings
from metrics.routing.judging import judged_escalations
from metrics.routing.listing import Which
from metrics.routing.reading import health_of, judged_of, keys_of, summary_of, trial
from metrics.routing.summary import rows_elsewhere, summarise
from metrics.windows import Window
from store.engine import Store, open_store
from store.routing.configurations import configurations, in_force_at, save_configuration
from store.routing.records import Condition, Configuration, Member, Operator, Queue, Rule, Workstream
from tests.stored import Loader
from tests.transcripts import ms, wire

TOPIC = "BotHandoffTopic"
CONFIGURATION = Configuration(
    workstreams=(Workstream("Chat", channels=("webchat",), fallback_queue="Everybody"),),
    queues=tuple(Queue(name, (Member("Dana", False, 3),)) for name in ("Cards", "Loans", "Everybody")),
    rules=(
        Rule("CardRule", "Chat", "Cards", (Condition(TOPIC, Operator.EQUALS, ("CreditCard",)),)),
        Rule("LoanRule", "Chat", "Loans", (Condition(TOPIC, Operator.EQUALS, ("HomeLoan",)),)),
    ),
)


def escalated(name: str, topic: str, queue: str, *, at: str = "10:00", variable: str = TOPIC) -> list[dict[str, object]]:
    script = f"""
        {at}:00 customer: hello
        {at}:01 bot: hello, what can I do for you?
        {at}:10 customer: a person please
        {at}:11 event handoff.initiate {{"{variable}": "{topic}"}}
        {at}:12 event queue.entered {{"queue": "{queue}"}}
        {at}:30 system event handoff.status {{"state": "accepted"}}
        {at}:31 agent Bea: hello
        {at}:40 event handoff.initiate {{"{TOPIC}": "Later"}}
    """
    return wire(script, conversation=name)


def keep(store: Store, configuration: Configuration, at: str) -> bool:
    with store.write() as connection:
        return save_configuration(connection, configuration, origin="routing.toml", now_ms=ms(at))


def landings(store: Store) -> dict[str, Landing]:
    with store.read() as connection:
        return {item.escalation.conversation_id: item.landing for item in judged_escalations(connection, None, None)}


def test_the_same_configuration_again_is_not_kept_twice(store: Store) -> None:
    assert keep(store, CONFIGURATION, "09:00:00")
    assert not keep(store, CONFIGURATION, "09:30:00")
    with store.read() as connection:
        kept = configurations(connection)

    assert [item.configuration for item in kept] == [CONFIGURATION]
    assert kept[0].from_ms == ms("09:00:00")


def test_an_earlier_configuration_that_comes_back_is_in_force_again(store: Store) -> None:
    other = replace(CONFIGURATION, rules=())
    for at, configuration in (("09:00:00", CONFIGURATION), ("10:00:00", other), ("11:00:00", CONFIGURATION)):
        assert keep(store, configuration, at)

    with store.read() as connection:
        kept = configurations(connection)

    found = [in_force_at(kept, ms(at)) for at in ("08:00:00", "09:00:00", "10:59:59", "11:00:00")]
    assert [item.configuration for item in found if item] == [CONFIGURATION, CONFIGURATION, other, CONFIGURATION]


def test_each_escalation_is_judged_by_what_was_set_when_it_was_routed(store: Store) -> None:
    loader = Loader(store)
    keep(store, CONFIGURATION, "09:00:00")
    loader.write(escalated("right", "CreditCard", "Cards"), escalated("astray", "HomeLoan", "Cards"))
    loader.write(escalated("other", "Mortgage", "Everybody"), escalated("case", "creditcard", "Cards"))

    assert landings(store) == {
        "right": Landing.AS_RULED,
        "astray": Landing.ELSEWHERE,
        "other": Landing.AS_RULED,
        "case": Landing.ELSEWHERE,
    }


def test_where_an_overflow_would_have_sent_it_is_neither_right_nor_elsewhere(store: Store) -> None:
    limited = Queue("Cards", CONFIGURATION.queues[0].members, overflow_at=2)
    rules = (*CONFIGURATION.rules, Rule("Rest", "Chat", "Loans", (Condition(TOPIC, Operator.SET),)))
    keep(store, replace(CONFIGURATION, queues=(limited, *CONFIGURATION.queues[1:]), rules=rules), "09:00:00")
    loader = Loader(store)
    loader.write(escalated("passed on", "CreditCard", "Loans"), escalated("astray", "CreditCard", "Everybody"))
    loader.write(escalated("right", "CreditCard", "Cards"), escalated("unlimited", "HomeLoan", "Cards"))

    assert landings(store) == {
        "passed on": Landing.ON_OVERFLOW,
        "astray": Landing.ELSEWHERE,
        "right": Landing.AS_RULED,
        "unlimited": Landing.ELSEWHERE,
    }
    counted = summary_of(store, Filters()).landings
    assert [counted[landing] for landing in (Landing.AS_RULED, Landing.ON_OVERFLOW, Landing.ELSEWHERE)] == [1, 1, 2]


def test_without_a_configuration_nothing_is_said_of_where_it_should_have_gone(store: Store) -> None:
    Loader(store).write(escalated("one", "CreditCard", "Cards"))

    assert landings(store) == {"one": Landing.NOT_RULED}


def test_the_configuration_of_the_moment_decides_not_the_present_one(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    swapped = replace(CONFIGURATION, rules=tuple(replace(rule, queue="Everybody") for rule in CONFIGURATION.rules))
    keep(store, swapped, "11:00:00")
    Loader(store).write(escalated("before", "CreditCard", "Cards"), escalated("after", "CreditCard", "Cards", at="12:00"))

    assert landings(store) == {"before": Landing.AS_RULED, "after": Landing.ELSEWHERE}


def test_one_conversation_is_explained_with_the_rules_tried(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("astray", "HomeLoan", "Cards"))

    with store.read() as connection:
        (judged,) = judged_escalations(connection, None, None)
        alone = escalation_by_key(connection, judged.escalation.key)

    assert judged.routed is not None
    assert [(item.rule.name, item.matches) for item in judged.routed.tried] == [("CardRule", False), ("LoanRule", True)]
    assert judged.escalation == alone
    assert (judged.escalation.variables, judged.escalation.accepted_by) == ({TOPIC: "HomeLoan"}, "Bea")
    assert judged.escalation.accepted_ms == ms("10:00:30")


def test_landed_elsewhere_is_grouped_by_rule_with_its_conversations(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(*(escalated(f"astray-{number}", "HomeLoan", "Cards") for number in range(3)))
    Loader(store).write(escalated("right", "HomeLoan", "Loans"), escalated("lost", "Pets", "Loans"))

    with store.read() as connection:
        summary = summarise(judged_escalations(connection, None, None))

    assert list(rows_elsewhere(summary)) == [("LoanRule", "Loans", "Cards", 3), ("", "Everybody", "Loans", 1)]
    assert (summary.num_escalations, summary.landings[Landing.ELSEWHERE]) == (5, 4)
    which = Which((Landing.ELSEWHERE,), {"rule": "LoanRule", "wanted": "Loans", "to_queue": "Cards"})
    assert {item.escalation.conversation_id for item in judged_of(store, keys_of(store, Filters(), which))} == {
        f"astray-{number}" for number in range(3)
    }


def test_what_was_seen_feeds_the_warnings(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(
        escalated("a", "Pets", "Everybody"), escalated("b", "CreditCard", "Everybody", variable="botHandoffTopic")
    )

    with store.read() as connection:
        found = warnings(CONFIGURATION, summarise(judged_escalations(connection, None, None)).seen)

    assert [(item.finding, item.subject) for item in found] == [
        (Finding.CASE_DIFFERS, "botHandoffTopic in Chat"),
        (Finding.VALUE_UNHANDLED, "BotHandoffTopic in Chat"),
    ]


def test_trying_other_rules_says_what_would_move_and_changes_nothing(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(*(escalated(f"pets-{number}", "Pets", "Everybody") for number in range(2)))
    Loader(store).write(escalated("card", "CreditCard", "Cards"))
    pets = Rule("PetRule", "Chat", "Loans", (Condition(TOPIC, Operator.EQUALS, ("Pets",)),))
    before = landings(store)

    tried = replace(CONFIGURATION, rules=(pets, *CONFIGURATION.rules))
    found = trial(store, tried, Filters())

    assert (found.num_escalations, found.num_moved, found.num_same_queue) == (3, 2, 0)
    assert [(move.rule, move.from_queue, move.to_queue, move.count) for move in found.moves] == [
        ("PetRule", "Everybody", "Loans", 2)
    ]
    assert landings(store) == before


def test_a_workstream_that_is_named_but_not_configured_is_not_ruled(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    lines = escalated("one", "CreditCard", "Cards")
    context = {"msdyn_WorkstreamId": "Elsewhere"}
    begun = wire(f"09:59:59 event startConversation {json.dumps(context)}", conversation="one")[0] | {"id": "begun"}
    Loader(store).write([begun, *lines])

    with store.read() as connection:
        (judged,) = judged_escalations(connection, None, None)

    assert judged.routed is not None
    assert (judged.workstream, judged.routed.because) == ("Elsewhere", Because.UNKNOWN_WORKSTREAM)
    assert judged.landing is Landing.NOT_RULED


def test_escalations_of_a_span_are_found_by_their_index(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    with store.read() as connection:
        asked: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", lambda _c, _k, statement, values, *_: asked.append((statement, values)))
        list(read_escalations(connection, 5, 9))
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all() for statement, values in list(asked)]
    store.close()

    assert "conversation_escalated" in str(plans[0])


def exported(store: Store, **cut: Any) -> list[dict[str, str]]:
    wanted = Wanted("escalations", Filters(**cut))
    names = [column.name for column in wanted.columns]
    found = [dict(zip(names, line, strict=True)) for line in exports.rows(store, wanted)]
    assert exports.count(store, wanted) == len(found)
    return found


def test_every_escalation_is_a_row_of_the_export_with_where_it_should_have_gone_and_went(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("astray", "HomeLoan", "Cards"), escalated("lost", "Pets", "", at="12:00"))

    first, second = exported(store)

    assert (first["conversation_id"], first["escalated_at"][11:19], first["wait_seconds"]) == ("astray", "10:00:11", "19")
    assert (first["landing"], first["rule"], first["should_go_to"]) == ("elsewhere", "LoanRule", "Loans")
    assert (first["went_to"], first["accepted_by"], json.loads(first["variables"])) == ("Cards", "Bea", {TOPIC: "HomeLoan"})
    assert (second["landing"], second["rule"], second["should_go_to"]) == ("queue unknown", "", "Everybody")


@pytest.mark.parametrize("is_packed", [False, True])
def test_rows_of_a_cut_are_those_that_are_counted_in_it(store: Store, is_packed: bool) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    some = ("CreditCard", "HomeLoan", "Pets", "creditcard")
    Loader(store).write(
        *(escalated(f"c{n}", some[n % 4], ("Cards", "Loans", "Everybody")[n % 3], at=f"{9 + n}:00") for n in range(12))
    )
    if is_packed:
        refresh(store)
    for cut in (
        {},
        {"window": Window(ms("12:00:00"), ms("16:00:00"))},
        {"queues": ("Loans",)},
        {"bots": ("Nobody",)},
        {"channels": ("webchat",), "queues": ("Cards", "Everybody")},
    ):
        rows, summary = exported(store, **cut), summary_of(store, Filters(**cut))
        assert Counter(row["landing"] for row in rows) == Counter({str(at): n for at, n in summary.landings.items() if n}), cut
        for landing, count in summary.landings.items():
            assert len(keys_of(store, Filters(**cut), Which((landing,)))) == count
        for (rule, wanted, went), count in summary.elsewhere.items():
            which = Which((Landing.ELSEWHERE,), {"rule": rule, "wanted": wanted, "to_queue": went})
            found = {item.escalation.conversation_id for item in judged_of(store, keys_of(store, Filters(**cut), which))}
            same = [row for row in rows if (row["rule"], row["should_go_to"], row["went_to"]) == (rule, wanted, went)]
            assert (len(found), found) == (count, {row["conversation_id"] for row in same})
        for (bot, queue), count in summary.flows.items():
            assert len(keys_of(store, Filters(**cut), Which(words={"bot": bot, "to_queue": queue}))) == count


def test_export_is_narrowed_by_what_the_page_is_and_refused_under_other_filters(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"), escalated("two", "CreditCard", "Cards"))

    with pytest.raises(exports.ExportError, match="told apart by period, bot, channel, queue and topic alone"):
        exported(store, outcomes=("escalated",))
    assert len(exported(store, queues=("Cards",))) == 2
    assert exported(store, queues=("Loans",)) == []


def test_what_shows_a_warning_is_listed_to_the_last_escalation(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(
        *(escalated(f"pets-{n}", "Pets", "Everybody", at=f"1{n}:00") for n in range(3)),
        *(escalated(f"case-{n}", "CreditCard", "Everybody", variable="botHandoffTopic", at=f"1{n}:00") for n in range(2)),
        escalated("right", "CreditCard", "Cards"),
    )

    found = {item.finding: item.seen for item in health_of(store, summary_of(store, Filters())) if item.seen}

    assert {finding: seen.count for finding, seen in found.items()} == {Finding.CASE_DIFFERS: 2, Finding.VALUE_UNHANDLED: 3}
    for finding, seen in found.items():
        words = {"workstream": seen.workstream or ""}
        which = Which(words=words, variable=seen.variable, is_fallback=seen.is_fallback)
        names = {item.escalation.conversation_id for item in judged_of(store, keys_of(store, Filters(), which))}
        start = "case" if finding is Finding.CASE_DIFFERS else "pets"
        assert (len(names), {name.partition("-")[0] for name in names}) == (seen.count, {start})
