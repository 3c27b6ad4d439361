"""What surveys come to, against a count by hand, and the conversations behind each number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from metrics.check import check
from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.figure_check import check_surveys
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.packs import refresh
from metrics.report import count, report
from metrics.surveys.counting import Whose
from metrics.surveys.figures import SurveyTotals
from metrics.surveys.questions import by_word, comments, headline, standing, trend
from metrics.surveys.questions import report as survey_report
from metrics.windows import DAY_MS, Grain, Window
from store.engine import Store, open_store
from store.surveys.records import BOUNDS, SurveyKind
from store.surveys.tables import survey
from store.tables import conversation
from tests.conversation_rows import at, put, row
from tests.stored import Loader
from tests.transcripts import wire

CSAT, NPS, CES, PRR = SurveyKind
NOON = at("2026-03-02T12:00:00Z")
ASKED = "10:00:00 customer: hi\n10:00:02 bot: Hello.\n"

# Figures


def asked(kind: str, answer: float | None = None, **said: Any) -> dict[str, Any]:
    micro = None if answer is None else round(answer * 1_000_000)
    filled = {"survey": kind, "asked_ms": NOON, "answered_ms": None if answer is None else NOON, "answer_micro": micro}
    return filled | {"comment": "", "asked_by": "Ada", "is_after": False, "counts": True} | said


def keep(store: Store, key: int, *rows: dict[str, Any], **said: Any) -> None:
    """A conversation with these surveys."""
    facts = row(key, **said)
    put(store, [facts])
    with store.write() as connection:
        for number, each in enumerate(rows, start=1):
            own = {"conversation_key": key, "number": number, "ended_ms": facts["ended_ms"]}
            connection.execute(insert(survey).values(own | each))


def people(**said: Any) -> dict[str, Any]:
    """What a conversation between people only has."""
    return {"is_bot": False, "outcome": None, "deciding_session": None, "bot": ""} | said


def totals(store: Store, kind: SurveyKind, whose: Whose = Whose.BOTS, filters: Filters | None = None) -> SurveyTotals:
    return headline(store, filters or Filters(), kind, whose, ()).totals


def listed(store: Store, said: str, whose: Whose = Whose.BOTS, **more: Any) -> list[int]:
    """The conversations that a number opens, as many as it says."""
    filters = Filters(surveyed=(said,), people_only=whose is Whose.PEOPLE, **more)
    wanted = Wanted("conversations", filters, bots_only=whose is Whose.BOTS)
    found = list_conversations(store, wanted, limit=200)
    assert found.count == len(found.rows) == exports.count(store, wanted)
    assert sorted(line[0] for line in exports.rows(store, wanted)) == sorted(each["conversation_id"] for each in found.rows)
    return sorted(each["conversation_key"] for each in found.rows)


def test_figures_of_each_kind_and_what_they_open(store: Store) -> None:
    for key, answer in enumerate((1, 3, 4, 5, None), start=1):
        keep(store, key, asked("csat", answer))
    for key, answer in enumerate((0, 6, 7, 8, 9, 10, 10), start=11):
        keep(store, key, asked("nps", answer))
    for key, answer in enumerate((4, 5, 7), start=21):
        keep(store, key, asked("ces", answer))
    for key, answer in enumerate((1, 1, 0), start=31):
        keep(store, key, asked("prr", answer))

    csat, nps, ces, prr = (totals(store, kind) for kind in SurveyKind)

    assert (csat.surveys_asked, csat.surveys_answered, csat.survey_csat.value) == (5, 4, 3.25)
    assert (csat.survey_csat_satisfied.numerator, csat.survey_response_rate.value) == (2, 0.8)
    assert csat.distribution() == {1: 1, 2: 0, 3: 1, 4: 1, 5: 1}
    assert (nps.survey_nps.value, nps.survey_promoters.numerator, nps.survey_detractors.numerator) == (1 / 7, 3, 2)
    assert nps.survey_passives.numerator == 2
    assert (ces.survey_ces.value, ces.survey_ces_easy.numerator) == (16 / 3, 2)
    assert (prr.survey_answered_question.numerator, prr.survey_answered_question.denominator) == (2, 3)
    assert listed(store, "csat:4-5") == [3, 4]
    assert listed(store, "csat:unanswered") == [5]
    assert listed(store, "nps:0-6") == [11, 12]
    assert listed(store, "nps:9-10") == [15, 16, 17]
    assert listed(store, "ces") == [21, 22, 23]
    assert listed(store, "prr:no") == [33]


def test_bot_conversations_and_those_between_people_are_told_apart(store: Store) -> None:
    keep(store, 1, asked("csat", 5))
    keep(store, 2, asked("csat", 2, asked_by="Pulse", is_after=True), **people())
    keep(store, 3, asked("csat", 1), is_test=True, is_bot=False)

    found = {whose: totals(store, CSAT, whose).survey_csat.value for whose in Whose}

    assert found == {Whose.BOTS: 5.0, Whose.PEOPLE: 2.0, Whose.ALL: 3.5}
    assert {whose: listed(store, "csat", whose) for whose in Whose} == {Whose.BOTS: [1], Whose.PEOPLE: [2], Whose.ALL: [1, 2]}
    with_tests = Filters(include_tests=True)
    assert totals(store, CSAT, Whose.BOTS, with_tests).survey_csat.value == 3.0
    assert listed(store, "csat", Whose.BOTS, include_tests=True) == [1, 3]
    assert [standing(store, Filters()).of(CSAT, whose) for whose in Whose] == [1, 1, 2]


def test_csat_of_bot_conversations_is_that_of_every_other_page(store: Store) -> None:
    for key, answer in enumerate((1, 3, 4, 5, None, 4), start=1):
        micro = None if answer is None else answer * 1_000_000
        keep(store, key, asked("csat", answer), csat_requested=True, csat_micro=micro)
    keep(store, 9, asked("csat", 1), csat_requested=True, csat_micro=1_000_000, **people())

    found, [own] = totals(store, CSAT), report(store, Filters())

    assert own["csat"] == found.survey_csat.as_json()
    assert own["csat_response_rate"] == found.survey_response_rate.as_json()
    assert own["csat_satisfied_rate"] == found.survey_csat_satisfied.as_json()


def test_open_conversation_does_not_count_yet(store: Store) -> None:
    keep(store, 1, asked("csat", 5), ended_ms=None, state="with_bot")

    assert totals(store, CSAT, Whose.ALL).surveys_asked == 0
    assert listed(store, "csat", Whose.ALL) == []


def test_conversation_asked_twice_counts_once_with_its_last_answer(store: Store) -> None:
    keep(store, 1, asked("csat", 2, counts=False), asked("csat", 5))

    assert totals(store, CSAT).survey_csat.as_json() == {"value": 5.0, "scored": 1, "n": 1}
    assert (listed(store, "csat:5"), listed(store, "csat:2")) == ([1], [])


def test_told_apart_by_who_asked_and_by_outcome(store: Store) -> None:
    keep(store, 1, asked("csat", 5), outcome="resolved")
    keep(store, 2, asked("csat", 1, asked_by="Pulse"), outcome="escalated")
    keep(store, 3, asked("csat", 2, asked_by=""), outcome="escalated")
    keep(store, 4, asked("csat", 4, asked_by="Pulse"), **people())

    def cut(by: str) -> dict[str, float | None]:
        return {each.word: each.totals.survey_csat.value for each in by_word(store, Filters(), CSAT, Whose.ALL, by)}

    assert cut("outcome") == {"escalated": 1.5, "resolved": 5.0, "": 4.0}
    assert cut("asked_by") == {"Pulse": 2.5, "Ada": 5.0, "": 2.0}
    assert listed(store, "csat:answered:Pulse", Whose.ALL) == [2, 4]
    assert listed(store, "csat:answered:", Whose.ALL) == [3]


def test_answer_between_two_whole_numbers_goes_with_the_lower_one(store: Store) -> None:
    keep(store, 1, asked("csat", 3.9))

    found = totals(store, CSAT)

    assert (found.distribution()[3], found.survey_csat.value, found.survey_csat_satisfied.numerator) == (1, 3.9, 0)
    assert (listed(store, "csat:3"), listed(store, "csat:4-5")) == ([1], [])


def test_none_asked_gives_no_value_and_every_key(store: Store) -> None:
    found = survey_report(store, Filters(), list(SurveyKind), Whose.ALL)

    assert [each["survey"] for each in found] == ["csat", "nps", "ces", "prr"]
    assert {each["csat"]["value"] for each in found} == {None} == {each["nps"]["value"] for each in found}
    assert len({tuple(each) for each in found}) == 1
    assert survey_report(store, Filters(), [CSAT], Whose.ALL, "bot") == []


def test_trend_has_the_buckets_between(store: Store) -> None:
    keep(store, 1, asked("nps", 10), ended_ms=NOON)
    keep(store, 2, asked("nps", 0), ended_ms=NOON + 2 * DAY_MS)

    found = trend(store, Filters(), NPS, Whose.BOTS, Grain.DAY)

    assert [(each.key, each.totals.survey_nps.value) for each in found] == [
        ("2026-03-02", 1.0),
        ("2026-03-03", None),
        ("2026-03-04", -1.0),
    ]


def test_comments_are_those_of_the_cut_newest_first(store: Store) -> None:
    keep(store, 1, asked("csat", 5, comment="first"), ended_ms=NOON)
    keep(store, 2, asked("csat", 1, comment="second"), ended_ms=NOON + 1)
    keep(store, 3, asked("csat", 1), ended_ms=NOON + 2)
    keep(store, 4, asked("csat", 3, comment="people"), ended_ms=NOON + 3, **people())
    keep(store, 5, asked("nps", 3, comment="other"), ended_ms=NOON + 4)

    def said(whose: Whose, **narrowed: Any) -> list[str]:
        return [each["comment"] for each in comments(store, Filters(**narrowed), CSAT, whose).rows]

    assert said(Whose.BOTS) == ["second", "first"]
    assert said(Whose.ALL) == ["people", "second", "first"]
    assert said(Whose.PEOPLE) == ["people"]
    assert said(Whose.BOTS, window=Window(NOON + 1, None)) == ["second"]
    assert listed(store, "csat:comment", Whose.ALL) == [1, 2, 4]
    few = comments(store, Filters(), CSAT, Whose.ALL, most=2)
    assert ([each["comment"] for each in few.rows], few.count) == (["people", "second"], 3)


def test_a_day_that_changes_is_counted_as_it_is_now(store: Store) -> None:
    keep(store, 1, asked("csat", 5))
    refresh(store)
    keep(store, 2, asked("csat", 1))
    assert totals(store, CSAT).survey_csat.value == 3.0
    refresh(store)

    assert totals(store, CSAT).survey_csat.value == 3.0


def test_check_finds_a_survey_that_is_not_what_was_said(store: Store) -> None:
    loader = Loader(store)
    loader.write(wire(ASKED + '10:00:10 trace CSATSurveyRequest {}\n10:00:11 trace CSATSurveyResponse {"response": 4}'))
    loader.settle()
    assert list(check(store, loader.deriver, now_ms=loader.now_ms)) == []
    with store.write() as connection:
        connection.execute(update(survey).values(answer_micro=5_000_000))

    found = {(each.where, each.what) for each in check(store, loader.deriver, now_ms=loader.now_ms)}

    assert ("csat surveys of all by nothing in UTC: ", "sum") in found
    assert any(what == "answer_micro" for _, what in found)


def test_history_of_an_earlier_release_is_said_to_be(store: Store) -> None:
    keep(store, 1, definition_version=3)
    assert standing(store, Filters()).is_stale

    with store.write() as connection:
        connection.execute(update(conversation).values(definition_version=4))
    assert not standing(store, Filters()).is_stale


# Against a count by hand

ROWS = st.lists(
    st.builds(
        asked,
        st.sampled_from(["csat", "csat", "nps", "prr"]),
        st.sampled_from([None, None, 0, 1, 1, 4.5, 5]),
        asked_by=st.sampled_from(["Ada", "Pulse", ""]),
        comment=st.sampled_from(["", "", "hm"]),
    ),
    max_size=4,
)
TALKS = st.lists(
    st.tuples(
        ROWS,
        st.integers(0, 3),
        st.sampled_from(["bot", "bot", "people", "test"]),
        st.sampled_from(["chat", "voice"]),
        st.sampled_from(["resolved", "escalated"]),
        st.integers(0, 2),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('surveys')}/x.db")
    yield opened
    opened.close()


def counted_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that can be, with those marked that count."""
    possible = [
        each
        for each in rows
        if each["answer_micro"] is None or BOUNDS[each["survey"]][0] <= each["answer_micro"] / 1e6 <= BOUNDS[each["survey"]][1]
    ]
    for kind in {each["survey"] for each in possible}:
        own = [each for each in possible if each["survey"] == kind]
        shown = ([each for each in own if each["answer_micro"] is not None] or own)[-1]
        for each in own:
            each["counts"] = each is shown
    return possible


@pytest.mark.thorough
@given(
    talks=TALKS,
    packed=st.booleans(),
    kind=st.sampled_from([CSAT, NPS, PRR]),
    whose=st.sampled_from(list(Whose)),
    channel=st.sampled_from(["", "chat"]),
    narrow=st.booleans(),
    tests=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_figures_are_those_of_a_count_by_hand_and_open_their_conversations(
    shared: Store, talks: list[Any], packed: bool, kind: SurveyKind, whose: Whose, channel: str, narrow: bool, tests: bool
) -> None:
    with shared.write() as connection:
        connection.execute(survey.delete())
        connection.execute(conversation.delete())
        connection.exec_driver_sql("INSERT OR REPLACE INTO dirty_day SELECT day, abs(random()) FROM packed_day")
    expected: Counter[str] = Counter()
    values, behind = Fraction(0), []
    for key, (rows, day, kept_by, ran_over, outcome, turns) in enumerate(talks, start=1):
        rows = counted_once([dict(each) for each in rows])
        said = {"channel": ran_over, "outcome": outcome, "ended_ms": NOON + day * DAY_MS, "bot_turns": turns}
        said |= people() if kept_by == "people" else {"is_test": True, "is_bot": False} if kept_by == "test" else {}
        keep(shared, key, *rows, **said)
        is_in = (kept_by != "test" or tests) and (not channel or ran_over == channel) and (not narrow or turns < 2)
        is_in = is_in and (whose is Whose.ALL or (whose is Whose.PEOPLE) == (kept_by == "people"))
        for each in rows:
            if is_in and each["survey"] == kind and each["counts"]:
                expected["asked"] += 1
                if each["answer_micro"] is not None:
                    expected["answered"] += 1
                    values += Fraction(each["answer_micro"], 1_000_000)
                    behind.append(key)
    if packed:
        refresh(shared)
    ranges = (("bot_turns", None, 2),) if narrow else ()
    filters = Filters(channels=(channel,) if channel else (), ranges=ranges, include_tests=tests)

    found = totals(shared, kind, whose, filters)

    assert (found.surveys_asked, found.surveys_answered) == (expected["asked"], expected["answered"])
    assert Fraction(found.sum_micro, 1_000_000) == values
    more = {"channels": filters.channels, "ranges": ranges, "include_tests": tests}
    assert listed(shared, f"{kind.value}:answered", whose, **more) == behind
    with shared.read() as connection:
        assert list(check_surveys(connection)) == []
        assert list(check_surveys(connection, at_once=1)) == []


def test_counted_by_report_in_the_same_snapshot(store: Store) -> None:
    """A row for each group that has surveys, as the page has it, and nothing of those that have none."""
    keep(store, 1, asked("csat", 5), topic="Cards")
    keep(store, 2, topic="Loans")

    found = survey_report(store, Filters(), list(SurveyKind), Whose.BOTS, "topic")

    assert [(each["survey"], each["topic"], each["asked"]) for each in found] == [("csat", "Cards", 1)]
    assert count(store, Filters())[()].closed == 2


def test_export_of_one_kind_has_no_survey_of_another(store: Store) -> None:
    keep(store, 1, asked("csat", 2, counts=False), asked("csat", 5), asked("prr", 1))
    keep(store, 2, asked("nps", 5))

    def exported(*said: str) -> list[tuple[str, str]]:
        wanted = Wanted("surveys", Filters(surveyed=said))
        found = [(line[3], line[6]) for line in exports.rows(store, wanted)]
        assert exports.count(store, wanted) == len(found) == len(exports.preview(store, wanted, 9))
        return found

    assert exported() == [("csat", "2"), ("csat", "5"), ("prr", "1"), ("nps", "5")]
    assert exported("csat") == [("csat", "5")]
    assert exported("prr:yes", "nps") == [("prr", "1"), ("nps", "5")]
