"""The filters of the past: period, zone, bot, channel, queue, topic. Each stands in the link, on every page in the same place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from metrics.filters import Filters
from metrics.questions import reaches_over
from metrics.windows import DAY_MS, HOUR_MS, Grain, Window, parse_moment
from pages.components import loaders
from pages.components.carried import note_choices, take_along
from pages.components.formats import moment, several
from pages.components.linked import linked_choice, state_key
from pages.components.zone import viewer_zone, zones
from pages.runtime import runtime

HOURS, ALL, DATES = "24 hours", "All", "Dates"
DAYS = {"7 days": 7, "30 days": 30, "90 days": 90}
PERIODS = (HOURS, *DAYS, ALL, DATES)
DEFAULT = "30 days"
WORDS = {"bot": "Bot", "channel": "Channel", "queue": "Queue", "topic": "Topic"}
WITHOUT = "(none)"  # those that have no queue, no topic …
LINKED = ("period", "dates", *WORDS, "tests")
WIDTH = 131  # of a filter, in pixels
# A period's length up to which its trend is drawn by hour, day and week.
MINUTE_MS = 60_000
HOURS_UP_TO, DAYS_UP_TO, WEEKS_UP_TO = 3 * DAY_MS, 62 * DAY_MS, 400 * DAY_MS


@dataclass(frozen=True, slots=True)
class Asked:
    """What the filters say."""

    filters: Filters
    period: str
    window: Window  # of the period; that of the filters may be a part of it
    as_of: loaders.AsOf


def choose_filters() -> Asked:
    """Bring the figures up to now, draw the filters, and say what is chosen."""
    take_along()
    as_of = loaders.settle()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="filters"):
        period = st.selectbox("Period", PERIODS, index=PERIODS.index(DEFAULT), key="period", bind="query-params", width=104)
        dates = _choose_dates() if period == DATES else ()
        # What there is to choose from depends on the zone, which stands behind it. All are of one row, so that a phone wraps them
        # evenly.
        places = [st.container(width=WIDTH) for _ in WORDS]
        tests = st.container(
            width="content", height=38, border=False, vertical_alignment="center"
        )  # as high as the fields beside it
        tz = _choose_zone()
    now_ms = runtime().now_ms()
    window = window_of(period, dates, tz, now_ms)
    include_tests, chosen = _choose_words(places, tests, window, tz, as_of)
    note_choices((*LINKED, state_key("tz")))
    filters = Filters(
        window=window,
        tz=tz,
        bots=chosen["bot"],
        channels=chosen["channel"],
        queues=chosen["queue"],
        topics=chosen["topic"],
        include_tests=include_tests,
        now_ms=now_ms // MINUTE_MS * MINUTE_MS,
    )
    return Asked(filters, period, window, as_of)


def window_of(period: str, dates: Sequence[date], tz: str, now_ms: int) -> Window:
    """The span that a period means: whole hours or whole days of the zone, the present one to the end of this minute."""
    end = (now_ms // MINUTE_MS + 1) * MINUTE_MS
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(tz))
    if period == HOURS:
        past_hour_ms = (local.minute * 60 + local.second) * 1000 + now_ms % 1000
        return Window(now_ms - past_hour_ms - 23 * HOUR_MS, end)
    if period in DAYS:
        first = local.date() - timedelta(days=DAYS[period] - 1)
        return Window(parse_moment(first.isoformat(), tz), end)
    if period == DATES and dates:
        after = dates[-1] + timedelta(days=1)
        return Window(parse_moment(dates[0].isoformat(), tz), parse_moment(after.isoformat(), tz))
    return Window()


def natural_grain(window: Window) -> Grain:
    """The bucket that gives a trend of readable length."""
    if window.start_ms is None or window.end_ms is None:
        return Grain.MONTH
    length = window.end_ms - window.start_ms
    for limit, grain in ((HOURS_UP_TO, Grain.HOUR), (DAYS_UP_TO, Grain.DAY), (WEEKS_UP_TO, Grain.WEEK)):
        if length <= limit:
            return grain
    return Grain.MONTH


def say_period(asked: Asked, *, compared: bool) -> None:
    """One quiet line: which span exactly, in which zone, beside what."""
    window, tz = asked.filters.window, asked.filters.tz
    if window.start_ms is None or window.end_ms is None:
        st.caption(f"All of history, days of {tz}.", width="content")
        return
    until = f"{moment(window.end_ms, tz)}" if asked.period == DATES else "now"
    before = _say_before(asked) if compared else ""
    st.caption(f"{moment(window.start_ms, tz)} to {until}, {tz}.{before}", width="content")


def _say_before(asked: Asked) -> str:
    earlier, first_ms = asked.filters.before(), loaders.first_end_ms(asked.as_of)
    if earlier is not None and reaches_over(first_ms, earlier.window):
        return " Compared with the same time before."
    begins = "" if first_ms is None else f": history begins on {moment(first_ms, asked.filters.tz)}"
    return f" Not compared{begins}."


def link_of_filters() -> Mapping[str, str | list[str]]:
    """The filters as parameters of a link to another page of the past."""
    return {name: st.query_params.get_all(name) for name in (*LINKED, "tz") if name in st.query_params}


def describe(filters: Filters) -> str:
    """What narrows the cut, counted: "2 bots, 1 topic"; empty where nothing does."""
    chosen = {"bot": filters.bots, "channel": filters.channels, "queue": filters.queues, "topic": filters.topics}
    return ", ".join(several(len(names), word) for word, names in chosen.items() if names)


def _choose_dates() -> tuple[date, ...]:
    chosen: tuple[date, ...] = st.date_input("Dates", value=(), key="dates", bind="query-params", width=250, format="YYYY-MM-DD")
    return chosen


def _choose_zone() -> str:
    return linked_choice("Time zone", zones(), name="tz", default=viewer_zone(), filter_mode="contains", width=172)


def _choose_words(
    places: Sequence[DeltaGenerator], tests: DeltaGenerator, window: Window, tz: str, as_of: loaders.AsOf
) -> tuple[bool, dict[str, tuple[str, ...]]]:
    include_tests = bool(st.session_state.get("tests") or "tests" in st.query_params)
    found = loaders.choices(Filters(window=window, tz=tz, include_tests=include_tests), as_of)
    chosen = {}
    for place, (name, label) in zip(places, WORDS.items(), strict=True):
        picked = place.multiselect(label, with_chosen(found[name], name), key=name, bind="query-params", placeholder="All")
        chosen[name] = tuple("" if word == WITHOUT else word for word in picked)
    include_tests = tests.toggle("Tests", key="tests", bind="query-params")
    return include_tests, chosen


def with_chosen(names: Sequence[str], key: str, *, in_order: bool = False) -> list[str]:
    """These names and those that the link or the person has chosen: a choice stays valid where the period has none of it.

    With `in_order` the names are all there can be, and stay as they come.
    """
    if in_order:
        return [name or WITHOUT for name in names]
    chosen = st.session_state.get(key) or st.query_params.get_all(key)
    return sorted({*(name or WITHOUT for name in names), *chosen})
