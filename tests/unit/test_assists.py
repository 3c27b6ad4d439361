"""Figures of suggestions against a count by hand; the conversations behind each; both sides of the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from statistics import fmean, median, variance
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert

from metrics.assist import questions as assists
from metrics.assist.comparing import ALIKE_IN, Of
from metrics.assist.packs import assists_of_day
from metrics.closed import closed_assists
from metrics.exports.rows import Wanted, _of_the_first, preview
from metrics.exports.rows import count as count_rows
from metrics.figure_check import check_suggestions
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.intervals import Sample, student, welch
from metrics.packs import refresh
from metrics.windows import DAY_MS, Grain, Window
from store.assist.reads import OF_CONVERSATIONS, Suggested
from store.assist.tables import suggestion
from store.engine import Store, open_store
from store.tables import session
from tests.conversation_rows import at, put, row

NOON = at("2026-03-02T12:00:00Z")
FATES = (
    ("used", "event", ""),
    ("used", "words", "exact"),
    ("used", "both", "near"),
    ("dismissed", "", "exact"),
    ("ignored", "", ""),
)


def keep(store: Store, key: int, sessions: Any, suggestions: Any, **said: Any) -> None:
    """A conversation with these sessions (handler, name, queue, ms) and suggestions (bot, agent, queue, fate, ms)."""
    written = row(key, **said)
    put(store, [written])
    with store.write() as connection:
        for number, (handler, name, queue, ms) in enumerate(sessions, start=1):
            own = {"conversation_key": key, "number": number, "handler": handler, "name": name, "queue": queue}
            rest = {"mode": "primary", "handler_id": name, "started_ms": 0, "ended_ms": ms or 0, "duration_ms": ms, "end": "end"}
            connection.execute(insert(session).values(own | rest))
        for number, (bot, agent, queue, (fate, evidence, repeat), ms) in enumerate(suggestions, start=1):
            own = {"conversation_key": key, "number": number, "bot": bot, "agent": agent, "queue": queue, "fate": fate}
            own |= {"evidence": evidence, "repeat": repeat, "ended_ms": written["ended_ms"], "session": 1, "shown_ms": 0}
            rest = {"activity_id": "", "identity": number, "event": "", "used_ms": None, "dismissed_ms": None, "text": ""}
            connection.execute(insert(suggestion).values(own | rest | {"use_ms": ms if fate == "used" else None}))


def listed(store: Store, filters: Filters) -> list[int]:
    """The keys of the conversations that a number opens; as many as it, and an export, say there are."""
    wanted = Wanted("conversations", filters)
    found = list_conversations(store, wanted, limit=100)
    assert found.count == len(found.rows) == count_rows(store, wanted)
    return [each["conversation_key"] for each in found.rows]


AGENTS, QUEUES, BOTS = ("Bea", "Cem"), ("Cards", "Loans"), ("Sage", "Scout")
SESSIONS = st.lists(
    st.tuples(
        st.sampled_from(["agent", "agent", "bot"]),
        st.sampled_from(AGENTS),
        st.sampled_from(QUEUES),
        st.sampled_from([None, 60_000, 61_001, 600_000, 1_000_000]),
    ),
    max_size=3,
)
SUGGESTIONS = st.lists(
    st.tuples(
        st.sampled_from(BOTS),
        st.sampled_from(AGENTS),
        st.sampled_from(QUEUES),
        st.sampled_from(FATES),
        st.sampled_from([None, 0, 1_500, 20_000]),
    ),
    max_size=3,
)
TALKS = st.lists(
    st.tuples(SESSIONS, SUGGESTIONS, st.integers(0, 2), st.booleans(), st.booleans(), st.sampled_from([None, -250_000, 400_000])),
    max_size=10,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('assists')}/x.db")
    yield opened
    opened.close()


def is_of(kind: str, each: Any) -> bool:
    """Whether a suggestion is of a kind, told in other words than the product tells it."""
    _, _, _, (fate, evidence, repeat), ms = each
    used = fate == "used"
    return {
        "shown": True,
        "used": used,
        "event": used and evidence in ("event", "both"),
        "words": used and evidence in ("words", "both"),
        "event_only": used and evidence == "event",
        "words_only": used and evidence == "words",
        "event_and_words": used and evidence == "both",
        "exact": used and repeat == "exact",
        "near": used and repeat == "near",
        "timed": used and ms is not None,
        "dismissed": fate == "dismissed",
        "ignored": fate == "ignored",
    }[kind]


@pytest.mark.thorough
@given(
    talks=TALKS,
    packed=st.booleans(),
    bot=st.sampled_from(["", "Sage"]),
    agent=st.sampled_from(["", "Bea"]),
    queue=st.sampled_from(["", "Cards"]),
    topic=st.sampled_from(["", "x"]),
    asked=st.lists(st.sampled_from(list(Suggested)), min_size=3, max_size=4, unique=True),
)
@settings(max_examples=20, deadline=None)
def test_figures_are_those_of_a_count_by_hand_and_open_their_conversations(
    shared: Store, talks: list[Any], packed: bool, bot: str, agent: str, queue: str, topic: str, asked: list[str]
) -> None:
    with shared.write() as connection:
        for table in ("suggestion", "session", "conversation"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - of a list
        connection.exec_driver_sql("INSERT OR REPLACE INTO dirty_day SELECT day, abs(random()) FROM packed_day")
    meant: list[tuple[int, Any]] = []
    served: dict[int, dict[str, Any]] = {}
    for key, (sessions, suggestions, day, is_bot, is_test, felt) in zip(count(1), talks, strict=False):
        people = [each for each in sessions if each[0] == "agent"]
        suggestions = suggestions if people else []  # there is none without a person
        said = {"outcome": "other", "bot": "Ada", "is_bot": not is_test} if is_bot else {}
        said = {"outcome": None, "bot": "", "is_bot": False} | said
        said |= {"ended_ms": NOON + day * DAY_MS, "is_test": is_test, "topic": "x" if key % 2 else "y"}
        keep(shared, key, sessions, suggestions, agent_sentiment_micro=felt, **said)
        if is_test or not people or (topic and key % 2 == 0):
            continue
        times = [each[3] for each in people]
        served[key] = {
            "agent": people[0][1],
            "queue": people[0][2],
            "any": bool(suggestions),
            "with": any(bot in ("", each[0]) for each in suggestions),
            "time": None if None in times else sum(times) / 1000,
            "score": None if felt is None else felt / 1_000_000,
        }
        meant += [
            (key, each) for each in suggestions if bot in ("", each[0]) and agent in ("", each[1]) and queue in ("", each[2])
        ]
    if packed:
        refresh(shared)
    filters = Filters(
        window=Window(NOON - DAY_MS, NOON + 9 * DAY_MS),
        topics=(topic,) if topic else (),
        suggested_by=(bot,) if bot else (),
        suggested_to=(agent,) if agent else (),
        suggested_in=(queue,) if queue else (),
    )

    found = assists.headline(shared, filters, ("suggestions_used",)).totals

    kinds = [each.value for each in Suggested if each not in OF_CONVERSATIONS]
    counted = {kind: [key for key, each in meant if is_of(kind, each)] for kind in kinds}
    assert (found.suggestions_shown, found.num_conversations) == (len(meant), len({key for key, _ in meant}))
    rates = {"used": "used", "used_by_event": "event", "used_by_words": "words", "dismissed": "dismissed", "ignored": "ignored"}
    for name, kind in rates.items():
        rate = getattr(found, f"suggestions_{name}")
        assert (rate.numerator, rate.denominator) == (len(counted[kind]), len(meant))
    waits = [each[4] / 1000 for _, each in meant if is_of("timed", each)]
    assert found.time_to_use.median_seconds == (pytest.approx(median(waits)) if waits else None)
    first = {key: each for key, each in served.items() if agent in ("", each["agent"]) and queue in ("", each["queue"])}
    reached = {key for key, each in first.items() if each["with"]}
    alone = {key for key, each in first.items() if not each["any"]}
    assert (found.served_with, found.served) == (len(reached), len(first))

    for kind in set(kinds) & {*asked}:
        narrowed = Filters(**{name: getattr(filters, name) for name in Filters.__slots__} | {"suggested": (kind,)})
        assert sorted(listed(shared, narrowed)) == sorted(set(counted[kind])), kind
        assert count_rows(shared, Wanted("suggestions", narrowed)) == len(counted[kind]), kind
    of_whole = {"served": {*first}, "with": reached, "without": alone}
    for side, name in ((reached, "with"), (alone, "without")):
        of_whole |= {f"{name}_{what}": {key for key in side if first[key][what] is not None} for what in ("time", "score")}
    for kind in of_whole.keys() & {*asked}:
        narrowed = Filters(**{name: getattr(filters, name) for name in Filters.__slots__} | {"suggested": (kind,)})
        assert sorted(listed(shared, narrowed)) == sorted(of_whole[kind]), kind

    by_agent = {each.word: each.totals.suggestions_shown for each in assists.by_word(shared, filters, "agent")}
    assert by_agent == {name: n for name in AGENTS if (n := sum(each[1] == name for _, each in meant))}
    points = assists.trend(shared, filters, Grain.DAY)
    assert sum(point.totals.suggestions_shown for point in points) == len(meant)
    of_days = [point.totals.suggestion_reach for point in points]
    assert (sum(day.numerator for day in of_days), sum(day.denominator for day in of_days)) == (len(reached), len(first))
    for of, what in ((Of.HANDLE_TIME, "time"), (Of.SENTIMENT, "score")):
        compared = assists.compared(shared, filters, of, "queue")
        sides = {
            (each.words[0], side): getattr(each, side).sample for each in compared.strata for side in ("with_any", "without")
        }
        for name in QUEUES:
            for side, keys in (("with_any", reached), ("without", alone)):
                values = [first[key][what] for key in keys if first[key]["queue"] == name and first[key][what] is not None]
                sample = sides.get((name, side), Sample(0, 0.0, None))
                assert sample.n == len(values)
                assert not values or sample.mean == pytest.approx(fmean(values))
                assert (sample.variance or 0) == (pytest.approx(variance(values), abs=1e-9) if len(values) > 1 else 0)
    with shared.read() as connection:
        assert list(check_suggestions(connection)) == []


def test_filter_that_packed_days_do_not_tell_gives_the_same_figures(store: Store) -> None:
    for key, name in ((1, "Ann"), (2, "Bob")):
        served = [("agent", "Bea", "Cards", 60_000)]
        keep(store, key, served, [("Sage", "Bea", "Cards", FATES[0], 500)], customer_id=name.lower(), customer_name=name)
    refresh(store)

    assert assists.headline(store, Filters(), ()).totals.suggestions_shown == 2
    assert assists.headline(store, Filters(customers=("ann",)), ()).totals.suggestions_shown == 1
    assert listed(store, Filters(customers=("bob",), suggested=("used",))) == [2]


def test_wrong_figure_is_found_by_the_recount(store: Store) -> None:
    keep(store, 1, [("agent", "Bea", "Cards", 60_000)], [("Sage", "Bea", "Cards", FATES[0], 500)])
    refresh(store)
    with store.write() as connection:
        connection.execute(delete(suggestion))

    with store.read() as connection:
        differences = list(check_suggestions(connection))

    assert {each.where for each in differences} >= {"suggestions: all"}


def test_open_conversations_suggestions_count_once_it_is_closed(store: Store) -> None:
    keep(store, 1, [("agent", "Bea", "Cards", 60_000)], [("Sage", "Bea", "Cards", ("open", "", ""), None)], ended_ms=None)
    refresh(store)

    assert assists.headline(store, Filters(), ()).totals.suggestions_shown == 0
    assert count_rows(store, Wanted("suggestions")) == 1


def test_like_with_like_is_weighed_by_the_conversations_with_suggestions(store: Store) -> None:
    """Cards: 600 s against 300 s, three with; Loans: 100 s against 200 s, two with: (3 × 300 − 2 × 100) / 5."""
    talks = [("Cards", 600, 3, 2), ("Loans", 100, 2, 0), ("Cards", 300, 0, 2), ("Loans", 200, 0, 2)]
    keys = count(1)
    for queue, seconds, num_with, num_without in talks[:2]:
        for _ in range(num_with):
            keep(store, next(keys), [("agent", "Bea", queue, seconds * 1000)], [("Sage", "Bea", queue, FATES[4], None)])
        assert num_without >= 0
    for queue, seconds, _, num_without in talks[2:]:
        for _ in range(num_without):
            keep(store, next(keys), [("agent", "Bea", queue, seconds * 1000)], [])

    found = assists.compared(store, Filters(), Of.HANDLE_TIME, "queue")

    assert found.like_with_like is not None
    assert found.like_with_like.value == pytest.approx((3 * 300 - 2 * 100) / 5)
    assert (found.num_compared, len(found.compared)) == (5, 2)
    assert found.whole.difference is not None
    assert found.whole.difference.value == pytest.approx((3 * 600 + 2 * 100) / 5 - (2 * 300 + 2 * 200) / 4)


@pytest.mark.parametrize("alike_in", ALIKE_IN)
@pytest.mark.parametrize("of", Of)
def test_nothing_to_compare_gives_no_difference(store: Store, of: Of, alike_in: str) -> None:
    found = assists.compared(store, Filters(), of, alike_in)

    assert (found.whole.difference, found.like_with_like, list(found.strata)) == (None, None, [])


def test_welchs_interval_is_that_of_the_textbook() -> None:
    """Welch (1947) by hand: means 10 and 8, variances 4 and 9, sizes 5 and 10: 8 degrees and some, t = 2.306 rounded down."""
    found = welch([(Sample(5, 10.0, 4.0), Sample(10, 8.0, 9.0))])

    error = (4 / 5 + 9 / 10) ** 0.5
    degrees = (4 / 5 + 9 / 10) ** 2 / ((4 / 5) ** 2 / 4 + (9 / 10) ** 2 / 9)
    assert int(degrees) == 11
    assert found is not None and found.low is not None and found.high is not None
    assert (found.value, found.high - found.value) == (2.0, pytest.approx(2.200985 * error, rel=1e-4))
    assert found.value - found.low == pytest.approx(found.high - found.value)


@pytest.mark.parametrize(
    ("degrees", "point"), [(1, 12.7062), (5.9, 2.570582), (10, 2.228139), (11, 2.200985), (30, 2.042272), (1e6, 1.95996)]
)
def test_points_of_students_distribution_are_those_of_its_tables(degrees: float, point: float) -> None:
    assert student(degrees) == pytest.approx(point, rel=1e-4)


def test_too_few_values_have_a_difference_and_no_interval() -> None:
    found = welch([(Sample(1, 5.0, None), Sample(3, 2.0, 1.0))])

    assert found is not None
    assert (found.value, found.low, found.high) == (3.0, None, None)


def test_suggestions_of_a_day_and_of_a_period_are_found_by_index(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")
    keep(store, 1, [("agent", "Bea", "Cards", 60_000)], [("Sage", "Bea", "Cards", FATES[0], 500)])
    asked: list[Any] = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _k, sql, values, _x, _m: asked.append((sql, values)))
    with store.read() as connection:
        assists_of_day(connection, NOON // DAY_MS)
        closed_assists(connection, Filters(window=Window(NOON, NOON + DAY_MS)))
        steps = [
            step[-1] for sql, values in list(asked) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]

    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] not in ("dirty_day",)] == []
    assert any("suggestion_ended" in step for step in steps)


def test_suggestions_of_conversations_of_people_alone_are_found_by_figures_lists_and_exports(store: Store) -> None:
    served = [("agent", "Bea", "Cards", 60_000)]
    keep(store, 1, served, [("Sage", "Bea", "Cards", FATES[0], 1_500)], is_bot=False, ended_ms=NOON)
    keep(store, 2, served, [("Sage", "Bea", "Cards", FATES[0], 1_500)], ended_ms=NOON)
    people = Filters(people_only=True)

    [found] = assists.headline(store, people, ("suggestions_shown",)).cards

    assert found.now == 1
    assert count_rows(store, Wanted("suggestions", people, bots_only=False)) == 1


def test_preview_of_a_table_that_few_conversations_have_rows_of_looks_up_only_these(store: Store) -> None:
    for key in range(1, 40):
        keep(store, key, [], [("Sage", "Bea", "Cards", FATES[0], 1_500)] if key == 20 else [], ended_ms=NOON + key)
    wanted = Wanted("suggestions", Filters())

    with store.read() as connection:
        looked_up = _of_the_first(connection, wanted, 20)

    assert looked_up is not None
    assert looked_up.ended == (NOON + 20,)
    assert len(preview(store, wanted, 20)) == 1
