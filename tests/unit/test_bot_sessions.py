"""A month's bot sessions against an oracle that counts by hand: by day, bot and channel, kept or not, and which are listed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from metrics.bot_sessions import days as bot_days
from metrics.bot_sessions.entitlement import Entitlement
from metrics.bot_sessions.lists import Cut, counted_page, cut_of, exported, uncounted_page
from metrics.bot_sessions.questions import count_used, months_of, past_months, read_month
from metrics.filters import Filters
from metrics.months import month_window
from metrics.rules import DEFINITION_VERSION
from store.bot_sessions import lists as bot_session_lists
from store.engine import Store, open_store
from store.routing.records import Licences
from tests.conversation_rows import at, put, row

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Lisbon")
UTC = ZoneInfo("UTC")
NOW = at("2026-11-25T17:00Z")


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few are many."""
    monkeypatch.setattr(bot_session_lists, "AT_FIRST", 1)
    monkeypatch.setattr(bot_session_lists, "AT_ONCE", 2)


def session(key: int, invoked: str, **said: Any) -> dict[str, Any]:
    """A conversation whose bot was invoked then; it began then too, unless told otherwise."""
    invoked_ms = at(invoked)
    facts = {"invoked_ms": invoked_ms, "started_ms": invoked_ms, "invoked_bot": "Ada", "channel": "web", "bot_use": "beginning"}
    return row(key, **(facts | {"ended_ms": invoked_ms + 60_000, "definition_version": DEFINITION_VERSION} | said))


def nobody(key: int, began: str, **said: Any) -> dict[str, Any]:
    facts = {
        "started_ms": at(began),
        "ended_ms": at(began) + 60_000,
        "channel": "web",
        "definition_version": DEFINITION_VERSION,
        "is_bot": False,
    }
    return row(key, **(facts | said))


MINUTES = st.integers(0, 75 * 24 * 60)
CONVERSATIONS = st.lists(
    st.tuples(
        MINUTES,
        st.one_of(st.none(), st.integers(0, 3 * 24 * 60)),  # how long after the beginning a bot came
        st.sampled_from(("Ada", "Max", "")),
        st.sampled_from(("web", "sms")),
        st.sampled_from(("", "assist")),
        st.booleans(),
    ),
    max_size=25,
)


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(CONVERSATIONS, st.sampled_from(ZONES), st.sampled_from(("2026-10", "2026-11")), st.booleans())
def test_month_is_what_an_oracle_counts_by_hand(tmp_path_factory, conversations, zone, month, is_kept):
    beginning = datetime(2026, 9, 20, tzinfo=UTC)
    rows, truths = [], []
    for key, (minute, after, bot, channel, use, is_test) in enumerate(conversations, start=1):
        began = beginning + timedelta(minutes=minute)
        met = None if after is None else began + timedelta(minutes=after)
        facts = {"is_test": is_test and key % 4 == 0, "channel": channel}
        if met is None:
            rows.append(nobody(key, began.isoformat(), bot_use=use, **facts))
        else:
            rows.append(session(key, met.isoformat(), started_ms=round(began.timestamp() * 1000), invoked_bot=bot, **facts))
        truths.append((f"c{key}", began, met, bot, channel, use, facts["is_test"]))
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('month')}/x.db")
    try:
        put(store, rows)
        if is_kept:
            bot_days.refresh(store)
        found = read_month(store, month, Entitlement(zone=zone), now_ms=NOW)
        clock = ZoneInfo(zone)
        used = [t for t in truths if t[2] and not t[6] and f"{t[2].astimezone(clock):%Y-%m}" == month]
        assert found.used == len(used)
        assert {day: num for day, num in found.by_day.items() if num} == Counter(
            f"{t[2].astimezone(clock):%Y-%m-%d}" for t in used
        )
        assert found.by_bot == Counter(t[3] for t in used)
        assert found.by_channel == Counter(t[4] for t in used)
        with store.read() as connection:
            assert count_used(connection, month, zone) == len(used)

        began_here = [t for t in truths if f"{t[1].astimezone(clock):%Y-%m}" == month and t not in used]
        assert found.not_counted == Counter(_why_not(t) for t in began_here)
        assert _ids(counted_page(store, cut_of(month, zone), after=None, limit=100)) == {t[0] for t in used}
        assert _ids(uncounted_page(store, cut_of(month, zone), zone, after=None, limit=100)) == {t[0] for t in began_here}
        for why in found.not_counted:
            listed = uncounted_page(store, cut_of(month, zone, why=why), zone, after=None, limit=100)
            assert _ids(listed) == {t[0] for t in began_here if _why_not(t) == why}
        _check_export(store, month, zone, {t[0] for t in used}, {t[0] for t in began_here})
    finally:
        store.close()


def _why_not(truth: tuple[Any, ...]) -> str:
    _, _, met, _, _, use, is_test = truth
    return "test" if is_test else "elsewhere" if met else "assist" if use else "nobody"


def _ids(page: Any) -> set[str]:
    return {each["conversation_id"] for each in page.rows}


def _check_export(store: Store, month: str, zone: str, used: set[str], others: set[str]) -> None:
    filters = Filters(window=month_window(month, zone), tz=zone, include_tests=True)
    with store.read() as connection:
        rows = [each for part in exported(connection, filters, bots_only=False) for each in part]
    assert {each["conversation_id"] for each in rows if each["counts"]} == used
    assert {each["conversation_id"] for each in rows if not each["counts"]} == others


def test_conversation_across_midnight_of_the_last_of_the_month_counts_in_the_month_its_bot_was_invoked(store: Store) -> None:
    put(
        store,
        [
            session(1, "2026-10-31T23:50Z", ended_ms=at("2026-11-01T00:20Z")),
            session(2, "2026-11-01T00:10Z", started_ms=at("2026-10-31T23:50Z"), bot_use="end"),
        ],
    )

    def used(month: str, zone: str) -> int:
        return read_month(store, month, Entitlement(zone=zone), now_ms=NOW).used

    assert (used("2026-10", "UTC"), used("2026-11", "UTC")) == (1, 1)
    assert (used("2026-10", "America/New_York"), used("2026-11", "America/New_York")) == (2, 0)
    assert (used("2026-10", "Asia/Kolkata"), used("2026-11", "Asia/Kolkata")) == (0, 2)
    (other,) = uncounted_page(store, cut_of("2026-10", "UTC"), "UTC", after=None, limit=9).rows
    assert (other["conversation_id"], other["why"]) == ("c2", "counts in 2026-11, when its bot was first invoked")


def test_what_is_kept_follows_every_change(store: Store) -> None:
    put(store, [session(1, "2026-11-03T10:00Z"), session(2, "2026-11-03T11:00Z"), session(3, "2026-11-04T11:00Z")])
    bot_days.refresh(store)
    put(store, [session(2, "2026-11-05T11:00Z")])

    def used() -> int:
        with store.read() as connection:
            return count_used(connection, "2026-11", "UTC")

    assert used() == 3
    put(store, [session(3, "2026-10-05T11:00Z")])
    assert used() == 2
    bot_days.refresh(store)
    assert used() == 2
    months = past_months(store, Entitlement((Licences("2026-11", 1),)), months_of(store, "UTC", now_ms=NOW))
    assert [(each.month, each.used, each.entitled, each.left) for each in months] == [
        ("2026-11", 2, 50, 48),
        ("2026-10", 1, None, None),
    ]


@pytest.mark.parametrize(
    ("used", "band", "left"), [(0, "normal", 5), (3, "normal", 2), (4, "at_risk", 1), (5, "used_up", 0), (7, "used_up", 0)]
)
def test_band_and_what_is_left(store: Store, used: int, band: str, left: int) -> None:
    put(store, [session(key, f"2026-11-{key:02d}T10:00Z") for key in range(1, used + 1)])

    found = read_month(store, "2026-11", Entitlement((Licences("2026-01", 1),), per_licence=5), now_ms=NOW)

    assert (found.entitled, found.band, found.left, found.share) == (5, band, left, used / 5)
    assert found.used_up_ms == (at("2026-11-05T10:00Z") if used >= 5 else None)


def test_entitlement_of_nothing_is_used_up_by_the_first(store: Store) -> None:
    held = Entitlement((Licences("2026-01", 0),))
    assert read_month(store, "2026-11", held, now_ms=NOW).band == "normal"
    put(store, [session(1, "2026-11-05T10:00Z")])
    found = read_month(store, "2026-11", held, now_ms=NOW)
    assert (found.band, found.share, found.left) == ("used_up", None, 0)


def test_forecast_rests_on_whole_days_and_on_what_came_after_this_time_of_day(store: Store) -> None:
    days = [datetime(2026, 10, 19, tzinfo=UTC) + timedelta(days=place) for place in range(38)]
    hours = [
        day + timedelta(hours=hour)
        for day in days
        for hour in (8, 9, 10, 18)
        if day + timedelta(hours=hour) < datetime(2026, 11, 25, 17, tzinfo=UTC)
    ]
    put(store, [session(key, moment.isoformat()) for key, moment in enumerate(hours, start=1)])

    found = read_month(store, "2026-11", Entitlement((Licences("2026-01", 2),)), now_ms=NOW)

    assert found.forecast is not None
    # 19 October is cut off where recording began: 36 whole days. One more comes today, then four a day.
    assert (found.days_known, found.forecast.rests_on_days) == (36, 36)
    assert found.used == 24 * 4 + 3
    assert [round(ahead.expected, 6) for ahead in found.forecast.path] == [100.0, 104.0, 108.0, 112.0, 116.0, 120.0]
    assert found.forecast.reaches(100)[1].isoformat() == "2026-11-25"
    assert read_month(store, "2026-10", Entitlement(), now_ms=NOW).forecast is None


def test_days_before_the_first_session_ever_are_unknown_and_later_ones_without_any_are_zero(store: Store) -> None:
    put(store, [session(1, "2026-10-29T10:00Z"), session(2, "2026-10-31T10:00Z"), session(3, "2026-11-02T10:00Z")])

    october = read_month(store, "2026-10", Entitlement(), now_ms=NOW)
    november = read_month(store, "2026-11", Entitlement(), now_ms=NOW)

    assert october.by_day == {"2026-10-29": 1, "2026-10-30": 0, "2026-10-31": 1}
    assert (len(november.by_day), november.by_day["2026-11-01"], november.by_day["2026-11-25"]) == (25, 0, 0)


def test_history_of_an_earlier_release_is_said_to_be(store: Store) -> None:
    put(store, [nobody(1, "2026-11-05T10:00Z", definition_version=2)])
    assert read_month(store, "2026-11", Entitlement(), now_ms=NOW).is_older
    put(store, [nobody(1, "2026-11-05T10:00Z")])
    assert not read_month(store, "2026-11", Entitlement(), now_ms=NOW).is_older


def test_pages_of_a_list_go_on_where_the_one_before_ended(store: Store) -> None:
    put(store, [session(key, f"2026-11-{key % 3 + 1:02d}T10:00Z") for key in range(1, 8)])
    cut, seen, after = cut_of("2026-11", "UTC"), [], None
    while True:
        page = counted_page(store, cut, after=after, limit=2)
        seen += [each["conversation_id"] for each in page.rows]
        if page.next is None:
            break
        after = page.next

    assert seen == ["c5", "c2", "c7", "c4", "c1", "c6", "c3"]
    assert _ids(counted_page(store, Cut(cut.start_ms, cut.end_ms, bots=("Max",)), after=None, limit=9)) == set()


def test_month_is_counted_in_its_indexes_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/x.db")  # the plan is SQLite's
    put(store, [session(key, f"2026-11-{key:02d}T10:00Z") for key in range(1, 25)])
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(store.reader, "before_cursor_execute", note)
    try:
        read_month(store, "2026-11", Entitlement((Licences("2026-01", 1),), per_licence=10), now_ms=NOW)
        past_months(store, Entitlement(), ["2026-11", "2026-10"])
        counted_page(store, cut_of("2026-11", "UTC", day="2026-11-05"), after=(NOW, 9), limit=9)
    finally:
        event.remove(store.reader, "before_cursor_execute", note)

    with store.read() as connection:
        plans = [
            (statement, [each[3] for each in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)])
            for statement, values in asked
            if " conversation" in statement and "LIMIT" not in statement
        ]
    assert plans
    for statement, plan in plans:
        looked = [line for line in plan if line.startswith(("SEARCH conversation", "SCAN conversation"))]
        assert looked, statement
        for line in looked:
            assert line.startswith("SEARCH conversation USING COVERING INDEX conversation_"), (statement, plan)
            assert "(invoked_ms>? AND invoked_ms<?)" in line or "(started_ms>? AND started_ms<?)" in line, (statement, plan)
    store.close()
