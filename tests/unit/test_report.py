"""Figures against hand-written expectations, and against a recount that shares no code."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.__main__ import main
from metrics.catalogue import Better, find_metric
from metrics.check import check_figures
from metrics.export_cells import EPOCH, iso_time
from metrics.export_files import stream_csv
from metrics.exports import Wanted
from metrics.figures import Rate, Totals
from metrics.filters import Filters
from metrics.packs import refresh
from metrics.questions import card, choices, conversations, headline, trend
from metrics.report import CutError, count, report
from metrics.windows import Grain, Window, parse_window
from store.engine import open_store
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
        [row(key, outcome="resolved" if key <= 1500 else "other", ended_ms=at("2026-03-01T12:00Z")) for key in range(1001, 2001)],
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


MOMENTS = st.integers(min_value=at("2026-10-30T00:00Z"), max_value=at("2026-11-04T00:00Z"))
MAYBE = st.one_of(st.none(), st.integers(min_value=-1_000_000, max_value=1_000_000))
SPAN = st.one_of(st.none(), st.integers(min_value=0, max_value=10_000_000))


@st.composite
def floors(draw):
    rows = []
    for key in range(1, draw(st.integers(min_value=0, max_value=40)) + 1):
        kind = draw(st.sampled_from(["bot", "bot", "bot", "bot", "open", "people", "test"]))
        outcome = draw(st.sampled_from(["escalated", "resolved", "abandoned", "other"]))
        said = {
            "bot": draw(st.sampled_from(["Ada", "Bob", ""])),
            "channel": draw(st.sampled_from(["web", "voice"])),
            "queue": draw(st.sampled_from(["Cards", "Loans", ""])),
            "topic": draw(st.sampled_from(["=Loss", ""])),
            "bot_ms": draw(SPAN),
            "wait_ms": draw(SPAN),
            "accepted_ms": draw(SPAN),
            "bot_turns": draw(st.integers(min_value=0, max_value=9)),
            "wasted_turns": draw(st.one_of(st.none(), st.integers(min_value=0, max_value=9))),
            "sentiment_micro": draw(MAYBE),
            "bot_sentiment_micro": draw(MAYBE),
            "waiting_sentiment_micro": draw(MAYBE),
            "agent_sentiment_micro": draw(MAYBE),
            "csat_micro": draw(st.sampled_from([None, None, 1_000_000, 4_000_000, 5_000_000])),
            "csat_requested": draw(st.booleans()),
            "is_suspect": draw(st.booleans()) and outcome == "resolved",
            "customer_id": draw(st.sampled_from(["", "ann", "ann", "bob"])),
            "num_customer_messages": draw(st.integers(min_value=0, max_value=2)),
            "is_bot": kind in ("bot", "open"),
            "is_test": kind == "test",
        }
        moment = draw(MOMENTS)
        if kind == "open":
            rows.append(row(key, **said, ended_ms=None, started_ms=moment))
        elif kind == "people":
            rows.append(row(key, **said, ended_ms=moment, outcome=None, deciding_session=None))
        else:
            resolution = draw(st.sampled_from(["confirmed", "implied", "assumed"])) if outcome == "resolved" else None
            engaged = outcome in ("resolved", "abandoned") or draw(st.booleans())
            begun = moment - draw(st.sampled_from([0, 60_000, 90_000_000]))
            decided = {"outcome": outcome, "resolution": resolution, "is_engaged": engaged}
            rows.append(row(key, **said, **decided, started_ms=begun, ended_ms=moment))
    return rows


def behind(store, filters, metric):
    """Every conversation behind a metric, in pages of seven."""
    found, after = [], None
    while True:
        page = conversations(store, filters, metric, after=after, limit=7)
        found.extend(page.rows)
        after = page.next
        if after is None:
            return found


@settings(max_examples=25, deadline=None)
@given(
    rows=floors(),
    packed=st.booleans(),
    days=st.integers(min_value=0, max_value=6),
    include_tests=st.booleans(),
    queue=st.booleans(),
    now_ms=st.integers(min_value=at("2026-11-01T00:00Z"), max_value=at("2026-12-20T00:00Z")),
)
def test_card_rows_csv_and_command_line_agree_on_any_floor(made_database, rows, packed, days, include_tests, queue, now_ms):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{shutil.copy(made_database, f'{folder}/x.db')}")
        put(store, rows)
        if packed:
            refresh(store)
        tz = "America/New_York"
        window = parse_window("2026-10-30", f"2026-11-0{days}" if days else "2026-10-30", tz) if days != 6 else Window()
        filters = Filters(window=window, tz=tz, include_tests=include_tests, queues=("Cards",) if queue else (), now_ms=now_ms)
        with store.read() as connection:
            differences = list(check_figures(connection, now_ms=now_ms))
        line = report(store, filters)[0]
        lists = {metric: behind(store, filters, metric) for metric in (*list(EMPTY), None)}
        text = b"".join(stream_csv(store, Wanted("conversations", filters, bots_only=True))).decode()
        rollups = list(csv.DictReader(io.StringIO(b"".join(stream_csv(store, Wanted("rollups", filters))).decode())))
        store.close()
        printed = _command_line(Path(folder), tz, window, include_tests, queue, now_ms)

    assert differences == []
    assert printed == [line]
    assert line["closed"] == line["resolved"] + line["escalated"] + line["abandoned"] + line["other"]
    assert line["resolved"] == line["confirmed"] + line["implied"] + line["assumed"]
    for metric in COUNTS:
        assert len(lists[metric]) == line[metric] == len({item["conversation_key"] for item in lists[metric]}), metric
    for metrics, part in ((RATES, "numerator"), (TIMES, "n"), (SCORES, "scored")):
        for metric in metrics:
            assert len(lists[metric]) == line[metric][part], metric
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [item["conversation_id"] for item in lines if item["outcome"]] == [
        item["conversation_id"] for item in reversed(lists[None])
    ]
    assert len(lines) == line["bot_conversations"]
    assert _told_again(lines, now_ms) == {
        name: line[name] for name in ("repeat_contact_1", "repeat_contact_3", "durable_resolution_7")
    }
    waits = [float(item["wait_seconds"]) for item in lines if item["outcome"] == "escalated" and item["wait_seconds"]]
    assert (len(waits), max(waits, default=None)) == (
        line["wait_after_escalation"]["n"],
        line["wait_after_escalation"]["longest"],
    )
    assert sum(item["is_suspect"] == "true" for item in lines if item["outcome"]) == line["suspect_resolutions"]
    assert sum(int(item["closed"]) for item in rollups) == line["closed"]
    assert sum(int(item["resolved"]) for item in rollups) == line["resolved"]
    assert sum(int(item["sentiment_n"]) for item in rollups) == line["average_sentiment"]["scored"]


def _told_again(lines, now_ms):
    """Repeat contact and durable resolution as somebody counts them in the exported rows."""
    found = {}
    for name, days, came_back in (
        ("repeat_contact_1", 1, True),
        ("repeat_contact_3", 3, True),
        ("durable_resolution_7", 7, False),
    ):
        span = timedelta(days=days)
        resolved = [item for item in lines if item["outcome"] == "resolved" and item["customer_id"]]
        old = [item for item in resolved if time_of(item["ended_at"]) <= EPOCH + timedelta(milliseconds=now_ms) - span]
        back = [i for i in old if i["next_contact_at"] and time_of(i["next_contact_at"]) - time_of(i["ended_at"]) < span]
        found[name] = Rate(len(back) if came_back else len(old) - len(back), len(old)).as_json()
    return found


def time_of(text):
    return datetime.fromisoformat(text)


def _command_line(folder, tz, window, include_tests, queue, now_ms):
    arguments = ["report", "--format", "json", "--db", f"{folder}/x.db", "--tz", tz]
    if window.start_ms is not None:
        arguments += ["--from", iso_time(window.start_ms), "--to", iso_time(window.end_ms)]
    arguments += ["--include-tests"] if include_tests else []
    arguments += ["--queue", "Cards"] if queue else []
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", printed)
        patched.setattr("wiring.system_now_ms", lambda: now_ms)
        assert main(arguments) == 0
    return json.loads(printed.getvalue())
