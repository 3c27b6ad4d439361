"""Parts of the floor's script on their own: the order of rows kept as they move, and windows by the viewer's clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages.components.formats import moment

pytestmark = pytest.mark.browser
COMPONENTS = Path(__file__).resolve().parents[2] / "pages" / "components"
NO_FILTER: dict[str, Any] = {
    **{name: [] for name in ("channel", "queue", "bot", "workstream", "state")},
    **{"rank": None, "unclaimed": False, "text": ""},
}
MINUTE = 60_000
QUARTER = 15 * 60 * 1000


@pytest.fixture(params=["Europe/Berlin", "Asia/Kathmandu"])
def script(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A blank page that holds the scripts."""
    context = browser.new_context(timezone_id=request.param)
    page = context.new_page()
    for name in ("browser/format.js", "floor/spark.js", "floor/spans.js", "floor/ranking.js"):
        page.add_script_tag(content=(COMPONENTS / name).read_text(encoding="utf-8"))
    yield page
    context.close()


def payload(chance: random.Random, key: int) -> dict[str, Any]:
    named = {name: "" for name in ("customer", "id", "topic", "handler", "queue", "bot", "claimed_by", "channel", "workstream")}
    own = {
        "key": str(key),
        "need": chance.randrange(4),
        "since_ms": chance.randrange(3),
        "reasons": [],
        "rank": chance.randrange(7),
    }
    return named | own | {"state": chance.choice(["waiting", "with_bot"])}


@pytest.mark.parametrize("filter_", [NO_FILTER, NO_FILTER | {"state": ["waiting"], "rank": 3}])
def test_order_kept_is_the_order_sorted_anew(script: Page, filter_: dict[str, Any]) -> None:
    chance = random.Random(5)
    moves = [(str(key), payload(chance, key) if chance.random() < 0.8 else None) for key in chance.choices(range(40), k=400)]

    kept, anew = script.evaluate(
        """([moves, filter]) => {
          const [rows, kept] = [new Map(), new Ranking()]
          for (const [key, row] of moves) {
            row ? rows.set(key, row) : rows.delete(key)
            kept.put(key, row ?? undefined, filter)
          }
          const anew = new Ranking()
          anew.reset(rows, filter)
          return [kept.first(1000), anew.first(1000)]
        }""",
        [moves, filter_],
    )

    assert kept == anew
    assert len(kept) > 5


@pytest.mark.parametrize(
    ("filter_", "shown"),
    [
        ({"rank": 2}, True),
        ({"rank": 1}, False),
        ({"unclaimed": True}, True),
        ({"text": " LOAN "}, True),
        ({"text": "card"}, False),
        ({"workstream": ["Chat"]}, True),
        ({"bot": ["Cora"], "queue": ["Other"]}, False),
    ],
)
def test_filter_narrows_by_level_text_and_names(script: Page, filter_: dict[str, Any], shown: bool) -> None:
    row = payload(random.Random(1), 1) | {"rank": 2, "reasons": ["asked about a loan"], "workstream": "Chat", "bot": "Cora"}

    assert script.evaluate("([row, filter]) => passes(row, filter)", [row, NO_FILTER | filter_]) is shown


def test_filter_for_what_nobody_is_on_hides_what_somebody_is_on(script: Page) -> None:
    row = payload(random.Random(1), 1)

    shown = [
        script.evaluate("([row, filter]) => passes(row, filter)", [row | {"claimed_by": name}, NO_FILTER | {"unclaimed": True}])
        for name in ("", "Dana")
    ]

    assert shown == [True, False]
    assert script.evaluate("(filter) => isNarrow(filter)", NO_FILTER | {"unclaimed": True}) is True
    assert script.evaluate("(filter) => isNarrow(filter)", NO_FILTER) is False


def test_window_begins_by_the_viewers_clock_and_a_shift_to_come_began_yesterday(script: Page) -> None:
    begins = script.evaluate(
        """() => {
          const now = new Date(2026, 10, 25, 10, 7).getTime()
          const say = (span) => new Date(beginOf(span, now)).toString().slice(4, 21)
          return [say({window: "today"}), say({window: "shift", shift: "08:15"}), say({window: "shift", shift: "22:00"})]
        }"""
    )

    assert begins == ["Nov 25 2026 00:00", "Nov 25 2026 08:15", "Nov 24 2026 22:00"]


def test_window_since_a_time_of_day_is_summed_from_quarters_and_compared_with_the_day_before(script: Page) -> None:
    counted = script.evaluate(
        """(quarter) => {
          const now = new Date(2026, 10, 25, 10, 7).getTime()
          const last = Math.floor(now / quarter) * quarter
          const counts = new Array(200).fill(0)
          const at = (ms, count) => { counts[200 - (last - ms) / quarter] = count }
          const begin = new Date(2026, 10, 25, 8, 0).getTime()
          at(begin - quarter, 100)
          at(begin, 3)
          at(begin + quarter, 4)
          at(begin - 24 * 60 * 60 * 1000, 5)
          at(last - 24 * 60 * 60 * 1000, 100)
          const all = {escalations: counts, resolutions: counts, abandonments: counts}
          const quarters = {first_ms: last - 200 * quarter, step_ms: quarter, counts: all}
          const this_quarter = {escalations: 2, resolutions: 0, abandonments: 0}
          const figures = {this_quarter, windows: {}, known_since_ms: begin - 24 * 60 * 60 * 1000}
          return countWindow({window: "shift", shift: "08:00"}, figures, quarters, now).counts
        }""",
        QUARTER,
    )

    assert counted["escalations"] == [9, 5, 7]  # now, the same quarters the day before, whole quarters so far


@pytest.mark.parametrize(
    ("known_ago", "before", "compared"),
    [
        (240 * MINUTE, (5, 0, 1), [5, 0, 1]),
        (239 * MINUTE, (5, 0, 1), [None] * 3),  # not all of the window before is known
        (None, (5, 0, 1), [None] * 3),  # nothing is, or a history is being filled in
        (10_000 * MINUTE, (0, 0, 0), [None] * 3),  # nothing at all happened, as after old transcripts were loaded
    ],
)
def test_window_is_compared_with_one_that_is_known_and_in_which_something_happened(
    script: Page, known_ago: int | None, before: tuple[int, int, int], compared: list[int | None]
) -> None:
    counted = script.evaluate(
        """([knownAgo, before]) => {
          const now = new Date(2026, 10, 25, 10, 7).getTime()
          const rolling = Object.fromEntries(KINDS.map((kind, at) => [kind, [2, before[at]]]))
          const figures = {windows: {120: rolling}, known_since_ms: knownAgo == null ? null : now - knownAgo}
          return KINDS.map((kind) => countWindow({window: "120"}, figures, null, now).counts[kind])
        }""",
        [known_ago, before],
    )

    assert counted == [[2, each] for each in compared]


def test_shift_may_begin_with_any_quarter_of_the_day(script: Page) -> None:
    assert script.evaluate("[0, 1, 31, 95].map(timeOfQuarter)") == ["00:00", "00:15", "07:45", "23:45"]


def test_moments_are_written_by_24_hours_in_the_viewers_zone_as_python_writes_them(script: Page) -> None:
    at_ms, zone = 1_789_852_500_000, script.evaluate("zoneName()")

    assert script.evaluate("moment", at_ms) == moment(at_ms, zone)
    words = script.evaluate("((ms) => [clockTime(ms), minuteTime(ms), exactMoment(ms)])(new Date(2026, 8, 5, 0, 9, 1).getTime())")
    assert words == ["00:09:01", "00:09", f"Sat 5 Sep 2026, 00:09:01, {zone}"]
