"""Card = rows = CSV = command line: on any floor, under any filters, in any zone, for every metric."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.__main__ import main
from metrics.exports.cells import EPOCH
from metrics.exports.files import stream_csv
from metrics.exports.rows import Wanted
from metrics.exports.words import words_of
from metrics.figure_check import check_figures
from metrics.figures import Rate
from metrics.filter_options import words_of_filters
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.levels import level_name
from metrics.packs import refresh
from metrics.questions import trend
from metrics.report import report
from metrics.week import placed
from metrics.windows import Grain, Window, offsets, parse_window, window_of_bucket
from store.engine import open_store
from tests.conversation_rows import at, put, row
from tests.unit.test_report import COUNTS, EMPTY, RATES, SCORES, TIMES

pytestmark = pytest.mark.thorough

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MOMENTS = st.integers(min_value=at("2026-10-30T00:00Z"), max_value=at("2026-11-04T00:00Z"))
MAYBE = st.one_of(st.none(), st.integers(min_value=-1_000_000, max_value=1_000_000))
SPAN = st.one_of(st.none(), st.integers(min_value=0, max_value=10_000_000))
NAMES = {"": "", "ann": "Ann O'Hara", "bob": "Bob 100%"}


@st.composite
def floors(draw):
    rows = []
    for key in range(1, draw(st.integers(min_value=0, max_value=40)) + 1):
        kind = draw(st.sampled_from(["bot", "bot", "bot", "bot", "open", "people", "test"]))
        outcome = draw(st.sampled_from(["escalated", "resolved", "abandoned", "other"]))
        customer = draw(st.sampled_from(["", "ann", "ann", "bob"]))
        said = {
            "bot": draw(st.sampled_from(["Ada", "Bob", ""])),
            "channel": draw(st.sampled_from(["web", "voice"])),
            "workstream": draw(st.sampled_from(["Chat", ""])),
            "queue": draw(st.sampled_from(["Cards", "Loans", ""])),
            "topic": draw(st.sampled_from(["=Loss", ""])),
            "reason": draw(st.sampled_from(["asked by customer", "-b"])) if kind in ("bot", "test") else "",
            "bot_ms": draw(SPAN),
            "wait_ms": draw(SPAN),
            "accepted_ms": draw(SPAN),
            "bot_turns": draw(st.integers(min_value=0, max_value=9)),
            "wasted_turns": draw(st.one_of(st.none(), st.integers(min_value=0, max_value=9))),
            "num_fallbacks": draw(st.sampled_from([0, 0, 1, 3])),
            "sentiment_micro": draw(MAYBE),
            "bot_sentiment_micro": draw(MAYBE),
            "waiting_sentiment_micro": draw(MAYBE),
            "agent_sentiment_micro": draw(MAYBE),
            "csat_micro": draw(st.sampled_from([None, None, 1_000_000, 4_000_000, 5_000_000])),
            "csat_requested": draw(st.booleans()),
            "is_suspect": draw(st.booleans()) and outcome == "resolved" and kind in ("bot", "test"),
            "customer_id": customer,
            "customer_name": NAMES[customer],
            "num_customer_messages": draw(st.integers(min_value=0, max_value=2)),
            "is_bot": kind in ("bot", "open"),
            "is_test": kind == "test",
        }
        moment = draw(MOMENTS)
        if kind == "open":
            state = draw(st.sampled_from(["with_bot", "waiting", "with_agent"]))
            rows.append(row(key, **said, state=state, ended_ms=None, started_ms=moment))
        elif kind == "people":
            rows.append(row(key, **said, ended_ms=moment, outcome=None, deciding_session=None))
        else:
            resolution = draw(st.sampled_from(["confirmed", "implied", "assumed"])) if outcome == "resolved" else None
            engaged = outcome in ("resolved", "abandoned") or draw(st.booleans())
            begun = moment - draw(st.sampled_from([0, 60_000, 90_000_000]))
            decided = {"outcome": outcome, "resolution": resolution, "is_engaged": engaged}
            rows.append(row(key, **said, **decided, started_ms=begun, ended_ms=moment))
    return rows


def some(*words):
    """No word, one or two."""
    return st.one_of(st.just(()), st.just(()), st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map(tuple))


@st.composite
def cuts(draw):
    tz = draw(st.sampled_from(ZONES))
    days = draw(st.sampled_from([None, None, 0, 1, 2, 4]))
    window = Window() if days is None else parse_window("2026-10-30", f"2026-11-0{days}" if days else "2026-10-30", tz)
    bound = st.sampled_from([("bot_turns", None, 4), ("bot_ms", 1_500, None), ("wait_ms", 0, 9_000_000)])
    return Filters(
        window=window,
        tz=tz,
        bots=draw(some("Ada", "")),
        channels=draw(some("web")),
        queues=draw(some("Cards", "")),
        topics=draw(some("=Loss", "")),
        workstreams=draw(some("Chat", "")),
        outcomes=draw(some("resolved", "escalated", "other")),
        reasons=draw(some("-b", "asked by customer")),
        ranges=draw(st.one_of(st.just(()), st.just(()), st.just(()), bound.map(lambda one: (one,)))),
        resolutions=draw(some("confirmed", "assumed")),
        states=draw(some("closed", "with_bot", "waiting")),
        sentiments=draw(some("very negative", "neutral", "positive", "")),
        customers=draw(some("ann", "o'h", "100%", "")),
        is_suspect=draw(st.sampled_from([False, False, False, True])),
        has_fallback=draw(st.sampled_from([False, False, True])),
        people_only=draw(st.sampled_from([False] * 9 + [True])),
        hour_of_week=draw(st.sampled_from([None, None, None, None, (6, 1), (5, 13)])),
        include_tests=draw(st.booleans()),
        now_ms=draw(st.integers(min_value=at("2026-11-01T00:00Z"), max_value=at("2026-12-20T00:00Z"))),
    )


def holds(item, filters):
    """Whether a bot conversation is in a cut, said without any of the product's ways of finding out."""
    is_open = item["ended_ms"] is None
    moment = item["started_ms"] if is_open else item["ended_ms"]
    decided = filters.outcomes or filters.resolutions or filters.reasons or filters.ranges or filters.is_suspect
    start_ms, end_ms = filters.window.start_ms, filters.window.end_ms
    if (start_ms is not None and moment < start_ms) or (end_ms is not None and moment >= end_ms):
        return False
    if is_open and (decided or filters.hour_of_week):
        return False
    if not (item["is_bot"] or (filters.include_tests and item["is_test"])) or filters.people_only:
        return False
    words = {
        "bot": filters.bots,
        "channel": filters.channels,
        "queue": filters.queues,
        "topic": filters.topics,
        "workstream": filters.workstreams,
        "outcome": filters.outcomes,
        "resolution": filters.resolutions,
        "reason": filters.reasons,
        "state": filters.states,
    }
    if any(chosen and item[name] not in chosen for name, chosen in words.items()):
        return False
    level = "" if item["sentiment_micro"] is None else level_name(item["sentiment_micro"])
    if filters.sentiments and level not in filters.sentiments:
        return False
    if filters.customers and not any(_is_called(item, word) for word in filters.customers):
        return False
    if (filters.is_suspect and not item["is_suspect"]) or (filters.has_fallback and not item["num_fallbacks"]):
        return False
    for name, low, high in filters.ranges:
        value = item[name]
        if value is None or (low is not None and value < low) or (high is not None and value >= high):
            return False
    return filters.hour_of_week is None or filters.hour_of_week == _hour_of_week(item["ended_ms"], filters.tz)


def _is_called(item, word):
    return item["customer_id"] == word or bool(word) and word.lower() in item["customer_name"].lower()


def _hour_of_week(at_ms, tz):
    local = EPOCH + timedelta(milliseconds=at_ms + int(offsets(np.array([at_ms]), tz)[0]))
    return local.weekday(), local.hour


def behind(store, filters, metric):
    """Every conversation behind a metric (None: all of bots), in pages of seven, and how many each page says there are."""
    found, counts, after = [], set(), None
    while True:
        page = list_conversations(store, Wanted("conversations", filters, bots_only=True, metric=metric), after=after, limit=7)
        found.extend(page.rows)
        counts.add(page.count)
        after = page.next
        if after is None:
            assert not page.is_capped
            return found, counts


def exported(store, filters, metric):
    text = b"".join(stream_csv(store, Wanted("conversations", filters, bots_only=True, metric=metric))).decode()
    return list(csv.DictReader(io.StringIO(text)))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=floors(), packed=st.booleans(), cut=cuts())
def test_card_rows_csv_and_command_line_agree_on_any_floor(made_database, rows, packed, cut):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{shutil.copy(made_database, f'{folder}/x.db')}")
        put(store, rows)
        if packed:
            refresh(store)
        filters = placed(store, cut)
        with store.read() as connection:
            differences = list(check_figures(connection, now_ms=cut.now_ms))
        line = report(store, filters)[0]
        lists = {metric: behind(store, filters, metric) for metric in (*EMPTY, None)}
        files = {metric: exported(store, filters, metric) for metric in (*EMPTY, None)}
        rollups = list(csv.DictReader(io.StringIO(b"".join(stream_csv(store, Wanted("rollups", filters))).decode())))
        buckets = _buckets_told_otherwise(store, filters)
        store.close()
        printed, found, written = _command_lines(Path(folder), cut)

    assert differences == []
    assert buckets == []
    assert printed == [line]
    assert line["closed"] == line["resolved"] + line["escalated"] + line["abandoned"] + line["other"]
    assert line["resolved"] == line["confirmed"] + line["implied"] + line["assumed"]
    figures = {metric: line[metric] for metric in COUNTS}
    for metrics, part in ((RATES, "numerator"), (TIMES, "n"), (SCORES, "scored")):
        figures |= {metric: line[metric][part] for metric in metrics}
    for metric, figure in figures.items():
        listed, counts = lists[metric]
        keys = [item["conversation_id"] for item in listed]
        assert len(set(keys)) == len(keys) == figure, metric
        assert counts == {figure}, metric
        assert sorted(item["conversation_id"] for item in files[metric]) == sorted(keys), metric
    expected = sorted(item["conversation_id"] for item in rows if holds(item, cut))
    assert sorted(item["conversation_id"] for item in files[None]) == expected
    assert len(expected) == line["bot_conversations"]
    assert written == files["escalated"]
    assert [item["conversation_id"] for item in found["conversations"]] == [item["conversation_id"] for item in lists[None][0]]
    assert found["count"] == len(expected)
    _rows_tell_the_same(files[None], line, cut.now_ms)
    assert sum(int(item["closed"]) for item in rollups) == line["closed"]
    assert sum(int(item["resolved"]) for item in rollups) == line["resolved"]
    assert sum(int(item["sentiment_n"]) for item in rollups) == line["average_sentiment"]["scored"]


def _buckets_told_otherwise(store, filters):
    """Numbers of trends that open another number of conversations."""
    wrong = []
    for grain in (Grain.HOUR, Grain.WEEK):
        for point in trend(store, filters, grain):
            window = filters.window.within(window_of_bucket(point.key, filters.tz))
            for metric in ("bot_conversations", "resolved"):
                wanted = Wanted("conversations", replace(filters, window=window), metric=metric)
                opened, told = list_conversations(store, wanted).count, getattr(point.totals, metric)
                wrong += [] if opened == told else [(point.key, metric, told, opened)]
    return wrong


def _rows_tell_the_same(lines, line, now_ms):
    """Figures as somebody with the exported rows counts them."""
    assert _told_again(lines, now_ms) == {
        name: line[name] for name in ("repeat_contact_1", "repeat_contact_3", "durable_resolution_7")
    }
    waits = [float(item["wait_seconds"]) for item in lines if item["outcome"] == "escalated" and item["wait_seconds"]]
    assert (len(waits), max(waits, default=None)) == (
        line["wait_after_escalation"]["n"],
        line["wait_after_escalation"]["longest"],
    )
    assert sum(item["is_suspect"] == "true" for item in lines if item["outcome"]) == line["suspect_resolutions"]


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


def _command_lines(folder, cut):
    """What `report`, `find` and `export` say of the same cut, in the words that pages show."""
    printed = {}
    database = ["--db", f"{folder}/x.db"]
    words = words_of_filters(cut)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("wiring.system_now_ms", lambda: cut.now_ms)
        for command in (["report"], ["find", "--bots-only", "--limit=1000"]):
            out = io.StringIO()
            patched.setattr("sys.stdout", out)
            assert main([*command, "--format", "json", *words, *database]) == 0
            printed[command[0]] = json.loads(out.getvalue())
        file = folder / "escalated.csv"
        asked = words_of(Wanted("conversations", cut, metric="escalated"))
        assert main(["export", *asked, "-o", str(file), *database]) == 0
    with file.open(newline="", encoding="utf-8") as lines:
        return printed["report"], printed["find"], list(csv.DictReader(lines))
