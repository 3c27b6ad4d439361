"""Figures against hand-written expectations, and against a recount that shares no code."""

from __future__ import annotations

import pytest

from metrics.catalogue import find_metric
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.metric import Better
from metrics.packs import refresh
from metrics.questions import card, choices, headline, trend
from metrics.report import CutError, count, report
from metrics.windows import Grain, parse_window
from tests.conversation_rows import at, put, row

NOTHING = {"value": None, "numerator": 0, "denominator": 0, "low": None, "high": None}
NO_TIME = {"mean": None, "median": None, "p90": None, "n": 0}
NO_SCORE = {"value": None, "scored": 0, "n": 0}
EMPTY = {
    **dict.fromkeys(("bot_conversations", "closed", "resolved", "escalated", "abandoned", "other"), 0),
    **dict.fromkeys(("resolution_rate", "escalation_rate", "abandonment_rate", "deflection_rate"), NOTHING),
    **dict.fromkeys(("resolution_time", "escalation_time"), NO_TIME),
    "average_sentiment": NO_SCORE,
    **dict.fromkeys(("confirmed", "implied", "assumed", "suspect_resolutions", "engaged"), 0),
    **dict.fromkeys(
        ("resolution_rate_engaged", "escalation_rate_engaged", "resolution_rate_all", "escalation_rate_all"), NOTHING
    ),
    **{
        f"{name}_{days}": NOTHING
        for days in (1, 3, 7, 30)
        for name in ("durable_resolution", "repeat_contact", "mature_resolutions")
    },
    "never_accepted_rate": NOTHING,
    **dict.fromkeys(("escalation_turns", "wasted_turns"), NO_TIME),
    **dict.fromkeys(("sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent"), NO_SCORE),
    "csat": NO_SCORE,
    **dict.fromkeys(("csat_response_rate", "csat_satisfied_rate"), NOTHING),
    "wait_after_escalation": NO_TIME | {"longest": None},
    **dict.fromkeys(("offered", "accepted", "abandoned_in_queue"), 0),
    **dict.fromkeys(("service_level", "queue_abandonment"), NOTHING),
    "speed_to_answer": NO_TIME,
}
RATES = [name for name, figure in EMPTY.items() if figure is NOTHING]
COUNTS = [name for name, figure in EMPTY.items() if figure == 0]
TIMES = [name for name, figure in EMPTY.items() if figure is NO_TIME] + ["wait_after_escalation"]
SCORES = [name for name, figure in EMPTY.items() if figure is NO_SCORE]


def resolved(key, seconds, **said):
    return row(key, outcome="resolved", resolution="implied", bot_ms=None if seconds is None else round(seconds * 1000), **said)


def test_empty_database_gives_one_object_without_groups_and_none_with(store):
    assert report(store, Filters()) == [EMPTY]
    assert list(report(store, Filters())[0]) == list(EMPTY)
    assert report(store, Filters(), ("bot",)) == []


def test_report_adds_up_a_small_floor(store):
    put(
        store,
        [
            resolved(1, 10, sentiment_micro=500_000),
            resolved(2, 20, sentiment_micro=-100_000),
            resolved(3, 40),
            resolved(4, None),
            row(5, outcome="escalated", bot_ms=1_500),
            row(6, outcome="abandoned", bot_ms=9_000),
            row(7, outcome="other"),
            row(8, ended_ms=None, started_ms=at("2026-03-02T11:00Z")),
            row(9, is_bot=False, outcome=None, deciding_session=None),
            row(10, is_bot=False, is_test=True, outcome="abandoned"),
        ],
    )

    found = report(store, Filters())[0]

    assert [found[name] for name in list(EMPTY)[:6]] == [8, 7, 4, 1, 1, 1]
    assert found["resolution_rate"]["value"] == 4 / 7
    assert found["deflection_rate"] | {"low": 0, "high": 0} == {
        "value": 5 / 7,
        "numerator": 5,
        "denominator": 7,
        "low": 0,
        "high": 0,
    }
    assert found["resolution_time"] == {"mean": 70 / 3, "median": 20.0, "p90": 36.0, "n": 3}
    assert found["escalation_time"] == {"mean": 1.5, "median": 1.5, "p90": 1.5, "n": 1}
    assert found["average_sentiment"] == {"value": 0.2, "scored": 2, "n": 7}
    assert report(store, Filters(include_tests=True))[0]["abandoned"] == 2


def test_groups_ascend_by_key_with_null_last_and_open_conversations_count_where_they_began(store):
    put(
        store,
        [
            row(1, queue="Loans", ended_ms=at("2026-03-02T04:59:59Z")),
            row(2, queue="", ended_ms=at("2026-03-02T05:00Z")),
            row(3, queue="Cards", ended_ms=None, started_ms=at("2026-03-01T23:00Z")),
        ],
    )

    by_queue = report(store, Filters(), ("queue",))
    by_both = report(store, Filters(tz="America/New_York"), ("day", "queue"))

    assert [(line["queue"], line["bot_conversations"], line["closed"]) for line in by_queue] == [
        ("Cards", 1, 0),
        ("Loans", 1, 1),
        (None, 1, 1),
    ]
    assert [(line["day"], line["queue"]) for line in by_both] == [
        ("2026-03-01", "Cards"),
        ("2026-03-01", "Loans"),
        ("2026-03-02", None),
    ]
    assert list(by_both[0])[:2] == ["day", "queue"]


def test_window_and_filters_choose_the_same_in_packs_and_among_the_open(store):
    put(
        store,
        [
            row(1, ended_ms=at("2026-03-02T12:00Z"), channel="web"),
            row(2, ended_ms=at("2026-03-02T13:00Z"), channel="web"),
            row(3, ended_ms=at("2026-03-02T12:30Z"), channel="voice"),
            row(4, ended_ms=None, started_ms=at("2026-03-02T12:10Z"), channel="web"),
            row(5, ended_ms=None, started_ms=at("2026-03-02T13:00Z"), channel="web"),
        ],
    )
    refresh(store)
    window = parse_window("2026-03-02T12:00", "2026-03-02T13:00", "UTC")

    found = count(store, Filters(window=window, channels=("web",)))[()]

    assert (found.closed, found.open) == (1, 1)
    assert count(store, Filters(window=window, channels=("fax",)))[()] == Totals()
    assert count(store, Filters(bots=("Ada", "Eve")))[()].bot_conversations == 5


@pytest.mark.parametrize("by", [("colour",), ("bot", "bot")])
def test_unknown_and_repeated_groups_are_refused(store, by):
    with pytest.raises(CutError):
        report(store, Filters(), by)


def test_card_compares_with_the_same_length_before_and_colours_only_what_is_sure(store):
    put(
        store,
        [row(key, outcome="resolved" if key <= 620 else "other", ended_ms=at("2026-03-02T12:00Z")) for key in range(1, 1001)],
    )
    put(
        store,
        [
            row(key, outcome="resolved" if key <= 1500 else "other", ended_ms=at(f"2026-03-01T{'02' if key > 1990 else 12}:00Z"))
            for key in range(1001, 2001)
        ],
    )

    cards = {
        found.metric.key: found
        for found in headline(store, Filters(window=parse_window("2026-03-02", "2026-03-03", "UTC"))).cards
    }

    change = cards["resolution_rate"].change
    assert (round(change.difference, 3), round(change.low, 4), round(change.high, 4)) == (0.12, 0.0766, 0.1628)
    assert change.is_good is True
    assert cards["escalation_rate"].change.is_good is None
    assert cards["resolution_time"].change is None


def test_rise_of_what_should_be_low_is_not_good():
    worse = card("escalation_rate", Totals(closed=100, escalated=60), Totals(closed=100, escalated=20))

    assert find_metric("escalation_rate").better is Better.LOWER
    assert worse.change.is_good is False


def test_trend_shows_days_without_conversations_as_empty(store):
    put(store, [row(1, ended_ms=at("2026-03-02T12:00Z")), row(2, ended_ms=at("2026-03-05T12:00Z"))])

    found = trend(store, Filters(), Grain.DAY)

    assert [(point.key, point.totals.closed) for point in found] == [
        ("2026-03-02", 1),
        ("2026-03-03", 0),
        ("2026-03-04", 0),
        ("2026-03-05", 1),
    ]
    assert found[1].totals.resolution_rate.value is None


@pytest.mark.parametrize(("grain", "first", "num_points"), [(Grain.HOUR, "2025-W10", 1_045), (Grain.DAY, "2025-W10", 1_045)])
def test_trend_too_long_for_its_buckets_takes_coarser_ones(store, grain, first, num_points):
    put(store, [row(1, ended_ms=at("2025-03-04T12:00Z")), row(2, ended_ms=at("2045-03-06T12:00Z"))])

    found = trend(store, Filters(), grain)

    assert (found[0].key, len(found)) == (first, num_points)
    assert sum(point.totals.closed for point in found) == 2


@pytest.mark.parametrize("grain", list(Grain))
def test_stamp_of_a_far_year_costs_a_trend_nothing(store, grain):
    put(store, [row(1), row(2, ended_ms=at("9998-03-02T12:00Z"))])

    assert [(point.key, point.totals.closed) for point in trend(store, Filters(), grain)] == [("2026-03", 1), ("9998-03", 1)]


def test_choices_are_the_words_in_use(store):
    put(store, [row(1, queue="Cards"), row(2, queue=""), row(3, ended_ms=None, queue="Loans", bot="Bob")])

    found = choices(store, Filters())

    assert found["queue"] == ["", "Cards", "Loans"]
    assert found["bot"] == ["Ada", "Bob"]
