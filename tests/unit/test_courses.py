"""Time to escalation with competing ends, topic impact, and end sentiment by level: against counting by hand."""

from __future__ import annotations

import shutil
import tempfile
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.courses import ENDS, Clock, course
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.impact import impact_of
from metrics.levels import LEVELS, level_name
from metrics.moods import moods
from metrics.report import count
from store.engine import open_store
from tests.conversation_rows import put, row


def ended(key, outcome, seconds, turns=0, **said):
    return row(key, outcome=outcome, bot_ms=None if seconds is None else seconds * 1000, bot_turns=turns, **said)


def aalen_johansen(spans, end, by):
    """By the textbook: sum of survival before each moment × share of those at risk that end so at it."""
    incidence, surviving, at_risk = Fraction(0), Fraction(1), len(spans)
    for moment in sorted({span for span, _ in spans}):
        if moment > by:
            break
        here = [outcome for span, outcome in spans if span == moment]
        incidence += surviving * Fraction(here.count(end), at_risk)
        surviving *= 1 - Fraction(len(here), at_risk)
        at_risk -= len(here)
    return incidence


def test_shares_by_a_moment_are_counted_and_those_without_a_time_left_out(store):
    put(
        store,
        [
            ended(1, "escalated", 15, 1),
            ended(2, "escalated", 61, 3),
            ended(3, "resolved", 60, 2),
            ended(4, "abandoned", 200, 0),
            ended(5, "other", None, 0),
        ],
    )

    by_time, by_turns = course(store, Filters(), Clock.SECONDS), course(store, Filters(), Clock.TURNS)

    assert (by_time.n, by_turns.n) == (4, 5)
    assert [(moment.at, *(moment.ended[end] for end in ENDS)) for moment in by_time.table] == [
        (15, 1, 0, 0, 0),
        (30, 1, 0, 0, 0),
        (60, 1, 1, 0, 0),
        (120, 2, 1, 0, 0),
        (180, 2, 1, 0, 0),
        (300, 2, 1, 1, 0),
    ]
    assert [(moment.at, moment.ended[ENDS[0]], moment.num_ended) for moment in by_turns.table] == [
        (0, 0, 2),
        (1, 1, 3),
        (2, 1, 4),
        (3, 2, 5),
    ]


def test_nothing_has_no_curve(store):
    assert course(store, Filters(), Clock.SECONDS).n == 0


@pytest.mark.thorough
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from([str(end) for end in ENDS])), min_size=1, max_size=30))
def test_shares_are_the_aalen_johansen_estimate_and_add_up(made_database, spans):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{shutil.copy(made_database, f'{folder}/x.db')}")
        put(store, [ended(key, outcome, seconds) for key, (seconds, outcome) in enumerate(spans, 1)])
        found = course(store, Filters(), Clock.SECONDS)
        totals = count(store, Filters())[()]
        store.close()

    for moment in (*found.table, *found.curve):
        for end in ENDS:
            assert Fraction(moment.ended[end], found.n) == aalen_johansen(spans, str(end), moment.at)
    last = found.table[-1]
    assert (last.num_ended, last.ended[ENDS[0]]) == (found.n, totals.escalated)


def test_impact_is_the_rate_of_all_less_the_rate_without_the_topic(store):
    topics = [("Cards", 6, 4), ("Loans", 2, 8), ("", 0, 10)]
    rows, key = [], 0
    for topic, escalated, resolved in topics:
        for outcome in ["escalated"] * escalated + ["resolved"] * resolved:
            key += 1
            rows.append(row(key, outcome=outcome, topic=topic))
    put(store, rows)

    found = {
        each.word: (round(each.moved, 6), each.totals.closed) for each in impact_of(store, Filters(), "escalation_rate", "topic")
    }

    whole = 8 / 30
    assert found == {
        "Cards": (round(whole - 2 / 20, 6), 10),
        "Loans": (round(whole - 6 / 20, 6), 10),
        "": (round(whole - 8 / 20, 6), 10),
    }
    assert list(found) == ["Cards", "Loans", ""]


def test_only_topic_has_nothing_to_be_compared_with(store):
    put(store, [row(1, outcome="escalated", topic="Cards")])

    assert [each.moved for each in impact_of(store, Filters(), "escalation_rate", "topic")] == [None]


def test_impact_on_a_mean_leaves_out_conversations_without_a_score(store):
    put(
        store,
        [
            row(key, sentiment_micro=score, bot=bot)
            for key, (bot, score) in enumerate([("A", 500_000), ("A", None), ("B", -100_000), ("C", None)], 1)
        ],
    )

    found = {each.word: each.moved for each in impact_of(store, Filters(), "average_sentiment", "bot")}

    assert found == {"A": pytest.approx(0.2 - -0.1), "B": pytest.approx(0.2 - 0.5), "C": None}


SCORES = [
    *(-1_000_000, -600_001, -600_000, -300_001, -300_000, -100_001, -100_000),
    *(0, 100_000, 100_001, 300_000, 300_001, 600_000, 600_001, 1_000_000),
]


def test_levels_of_the_past_are_those_of_the_floor_and_each_opens_its_conversations(store):
    put(store, [row(key, sentiment_micro=score) for key, score in enumerate([*SCORES, None], 1)])

    found = moods(store, Filters())

    assert found.levels == {level: sum(level_name(score) == level for score in SCORES) for level in LEVELS}
    assert (found.scored, found.unscored) == (len(SCORES), 1)
    for level in LEVELS:
        assert count(store, Filters(sentiments=(level,)))[()].closed == found.levels[level]


@pytest.mark.parametrize(
    "bound", [("bot_turns", None, 3), ("bot_ms", None, 2_001), ("wait_ms", 1, None), ("sentiment_micro", None, 0)]
)
def test_range_in_packs_is_the_range_in_lists(store, bound):
    rows = [
        row(
            key,
            bot_turns=key,
            bot_ms=[None, 2_000, 2_001][key % 3],
            wait_ms=[None, 0, 1][key % 3],
            sentiment_micro=[None, -1, 0][key % 3],
        )
        for key in range(1, 10)
    ]
    put(store, rows)
    filters = Filters(ranges=(bound,))

    listed = list_conversations(store, Wanted("conversations", filters, metric="closed")).rows

    assert len(listed) == count(store, filters)[()].closed > 0
