"""The figures of the floor: kept as rows come and go, they are those that counting everything anew would give."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from live.lately import KEPT_MS, QUARTER_MS, Lately
from live.silence import source_payloads
from live.tally import Names, Soonest, Tally
from live.trend import POINTS, STEP_MS
from live.watch import Moved, Watch
from metrics.bands import Bands, Limits
from metrics.need import Targets
from metrics.silence import Silence
from store.engine import Store
from tests.unit.floor_rows import NOW, ended, facts, save

MINUTE = 60_000
HOUR = 60 * MINUTE


class Clock:
    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms


def any_row(chance: random.Random, key: int, now_ms: int) -> dict[str, Any]:
    """A conversation in any state, begun within the last two days."""
    started = now_ms - chance.choice([10 * MINUTE, HOUR, 5 * HOUR, 30 * HOUR]) - chance.randrange(MINUTE)
    escalated = chance.choice([None, started + chance.randrange(1, 5 * MINUTE)])
    own = {
        "started_ms": started,
        "escalated_ms": escalated,
        "queue": chance.choice(["BotQueue", "OtherBotQueue"]),
        "escalation_queue": chance.choice(["CreditCardQueue", "HomeLoanQueue"]) if escalated else "",
        "sentiment_micro": chance.choice([None, chance.randrange(-900_000, 900_000)]),
        "is_bot": chance.random() < 0.8,
        "is_test": chance.random() < 0.1,
    }
    if chance.random() < 0.4:
        outcome = chance.choice(["resolved", "abandoned", "escalated", "other"])
        return ended(key, outcome, ended_ms=started + 6 * MINUTE, **own)
    states = ["waiting", "with_agent", "wrap_up"] if escalated else ["with_bot"]
    return facts(key, state=chance.choice(states), accepted_ms=None, **own)


def figures_of(watch: Watch) -> dict[str, Any]:
    seen = watch.seen()
    parts = {name: orjson.loads(part) for name, part in watch._parts.items() if name != "trend"}
    return {"tiles": seen.tiles, **parts}


@pytest.mark.parametrize("seed", range(6))
def test_figures_kept_are_those_counted_anew(store: Store, seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    watch = Watch(store, now_ms=clock, targets=Targets())
    watch.load()
    for _ in range(12):
        clock.ms += chance.choice([1000, MINUTE, 17 * MINUTE, 90 * MINUTE])
        rows = [any_row(chance, key, clock.ms) for key in chance.sample(range(1, 25), 6)]
        gone = tuple({25, 26} if chance.random() < 0.2 else ())
        save(store, *rows, *(facts(key) for key in (25, 26) if not gone), gone=gone)
        watch.follow()
    clock.ms += 20_000  # whatever of the past moved has been counted anew by then
    watch.tick()

    anew = Watch(store, now_ms=clock, targets=Targets())
    anew.load()

    assert figures_of(watch) == figures_of(anew)
    assert watch.due_ms() == anew.due_ms()


def parts_of(moved: Moved) -> dict[str, Any]:
    return {name: orjson.loads(part) for name, part in moved.parts.items()}


def test_queue_says_how_it_stands_in_bands_of_its_own(store: Store) -> None:
    targets = Targets(wait_seconds_by_queue={"CreditCardQueue": 10})
    bands = Bands(by_queue={"HomeLoanQueue": {"waiting": Limits(1, 2)}})
    waits = {"state": "waiting", "escalated_ms": NOW - 30_000, "sentiment_micro": -200_000}
    save(store, facts(1, **waits, escalation_queue="CreditCardQueue"), facts(2, **waits, escalation_queue="HomeLoanQueue"))

    parts = parts_of(Watch(store, now_ms=lambda: NOW, targets=targets, bands=bands).load())

    cards, loans = parts["queue:CreditCardQueue"], parts["queue:HomeLoanQueue"]
    assert (cards["bands"]["longest_wait"], cards["bands"]["waiting"], cards["num_over_target"]) == ("critical", "normal", 1)
    assert (loans["bands"]["longest_wait"], loans["bands"]["waiting"], loans["num_over_target"]) == ("normal", "at_risk", 0)
    assert (cards["band"], loans["band"], loans["bands"]["live_sentiment"]) == ("critical", "at_risk", "at_risk")


def test_tiles_take_the_band_of_the_worst_queue(store: Store) -> None:
    bands = Bands(by_queue={"HomeLoanQueue": {"waiting": Limits(1, 2), "low_sentiment": Limits(1, 1)}})
    waits = {"state": "waiting", "escalated_ms": NOW - 1000, "escalation_queue": "HomeLoanQueue", "sentiment_micro": -400_000}
    save(store, facts(1, **waits), facts(2, sentiment_micro=900_000))
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets(), bands=bands)

    watch.load()

    expected = {"waiting": "at_risk", "longest_wait": "normal", "live_sentiment": "normal", "low_sentiment": "critical"}
    assert watch.seen().tiles["bands"] == expected


def test_queue_that_empties_is_told_once_as_gone(store: Store) -> None:
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())
    save(store, facts(1, queue="Night"), facts(2))
    watch.load()
    save(store, gone=(1,))

    assert parts_of(watch.follow())["queue:Night"] is None
    assert "queue:Night" not in parts_of(watch.tick())


def test_windows_are_told_with_the_window_before(store: Store) -> None:
    def resolved(key: int, ago: int) -> dict[str, Any]:
        return ended(key, "resolved", ended_ms=NOW - ago)

    save(store, *(resolved(key, ago) for key, ago in enumerate((MINUTE, 14 * MINUTE, 16 * MINUTE, HOUR, 3 * HOUR), start=1)))
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())

    watch.load()

    windows = watch.seen().tiles["windows"]
    assert (windows["15"]["resolutions"], windows["120"]["resolutions"]) == ([2, 1], [4, 1])


def test_quarters_reach_over_two_days_and_sum_up_with_the_present_one(store: Store) -> None:
    ends = [NOW - 49 * HOUR, NOW - 30 * HOUR, NOW - 5 * HOUR, NOW - HOUR, NOW]
    save(store, *(ended(key, "abandoned", ended_ms=at) for key, at in enumerate(ends, start=1)))
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())

    quarters = parts_of(watch.load())["quarters"]

    counts = quarters["counts"]["abandonments"]
    places = {place for place, count in enumerate(counts) if count}
    assert places == {(at - quarters["first_ms"]) // quarters["step_ms"] for at in ends[:-1]}
    assert quarters["first_ms"] + len(counts) * QUARTER_MS == NOW // QUARTER_MS * QUARTER_MS
    assert watch.seen().tiles["this_quarter"]["abandonments"] == 1


def test_conversation_of_yesterday_that_comes_late_is_counted_within_seconds(store: Store) -> None:
    clock = Clock()
    watch = Watch(store, now_ms=clock, targets=Targets())
    watch.load()
    save(store, ended(1, "resolved", ended_ms=NOW - 20 * HOUR, started_ms=NOW - 21 * HOUR))
    watch.follow()
    clock.ms += 15_000

    assert sum(parts_of(watch.tick())["quarters"]["counts"]["resolutions"]) == 1


def test_what_ages_stays_in_the_counts_by_quarter() -> None:
    lately = Lately()
    lately.put(1, ended(1, "resolved", ended_ms=NOW - HOUR, escalated_ms=NOW - HOUR - 1000))
    before = lately.quarters(NOW)

    lately.age(1)

    assert lately.quarters(NOW) == before
    assert lately.between("resolutions", NOW - KEPT_MS, NOW) == 0


def test_line_of_a_tile_is_worked_out_from_the_conversations_after_a_restart(store: Store) -> None:
    end = NOW // STEP_MS * STEP_MS
    began, asked, taken = end - 60 * MINUTE, end - 40 * MINUTE, end - 30 * MINUTE
    save(
        store,
        facts(1, started_ms=began, escalated_ms=asked, accepted_ms=taken, state="with_agent"),
        ended(2, "resolved", started_ms=began, ended_ms=end - 20 * MINUTE),
    )

    trend = parts_of(Watch(store, now_ms=lambda: NOW, targets=Targets()).load())["trend"]

    values = trend["values"]
    assert (trend["end_ms"], trend["step_ms"], len(values["open"])) == (end, STEP_MS, POINTS)
    assert values["open"] == [0] * 11 + [2] * 8 + [1] * 5
    assert values["waiting"] == [0] * 15 + [1] * 2 + [0] * 7
    assert values["with_agent"] == [0] * 17 + [1] * 7
    assert values["longest_wait"][15:18] == [0, 300, None]
    assert values["resolutions"] == [0] * 19 + [1] + [0] * 4


def test_line_of_a_tile_grows_by_a_point_every_five_minutes(store: Store) -> None:
    clock = Clock()
    watch = Watch(store, now_ms=clock, targets=Targets())
    watch.load()
    save(store, facts(1))
    assert "trend" not in parts_of(watch.follow())
    clock.ms += STEP_MS

    values = parts_of(watch.tick())["trend"]["values"]

    assert (values["open"][-2:], len(values["open"])) == ([0, 1], POINTS)


def test_sums_go_back_to_nothing_when_everything_has_left() -> None:
    tally = Tally(Targets())
    tally.put(1, facts(1, state="waiting", escalated_ms=NOW, sentiment_micro=-500_000))
    tally.put(1, facts(1, state="waiting", escalated_ms=NOW, sentiment_micro=-600_000))
    assert (tally.floor.num_open, tally.floor.mean_micro, tally.floor.num_low) == (1, -600_000, 1)

    tally.drop(1)
    tally.drop(1)

    assert (tally.floor.num_open, tally.floor.mean_micro, tally.floor.num_low, tally.floor.waits) == (0, None, 0, [])
    assert tally.queues == {}


def test_names_say_when_one_comes_and_when_the_last_of_it_goes() -> None:
    names = Names()

    moves = [names.put(1, "a"), names.put(2, "a"), names.put(2, "b"), names.put(1, ""), names.drop(2), names.drop(2)]

    assert moves == [True, False, True, True, True, False]
    assert names.sorted() == ()


def test_soonest_follows_moments_that_move_and_go() -> None:
    soonest = Soonest()
    assert soonest.least() is None
    for key, moment in ((1, 50), (2, 40), (3, 60)):
        soonest.put(key, moment)
    assert soonest.least() == 40
    soonest.put(2, 70)
    assert soonest.least() == 50
    soonest.put(3, 10)
    assert soonest.least() == 10
    soonest.drop(3)
    soonest.drop(1)
    assert soonest.least() == 70


@pytest.mark.parametrize(
    ("name", "event_ago", "seen_ago", "late", "lost"),
    [
        ("web", MINUTE, MINUTE, 300_000, 900_000),
        ("email", MINUTE, MINUTE, 3_600_000, 10_800_000),
        ("archive", MINUTE, MINUTE, None, None),
        ("web", 40 * HOUR, MINUTE, None, None),
        ("web", 40 * HOUR, 40 * HOUR, 300_000, 900_000),
        ("web", 20 * MINUTE, MINUTE, None, None),  # is catching up
        ("web", 20 * MINUTE, 6 * MINUTE, 300_000, 900_000),  # was catching up, and has stopped
        ("web", 70 * MINUTE, 6 * MINUTE, None, None),
        ("email", 70 * MINUTE, 6 * MINUTE, None, None),
        ("email", 170 * MINUTE, 70 * MINUTE, 3_600_000, 10_800_000),
    ],
)
def test_source_is_late_by_the_silence_expected_of_it_unless_it_brought_the_past(
    name: str, event_ago: int, seen_ago: int, late: int | None, lost: int | None
) -> None:
    silence = Silence(seconds=300, seconds_by_source={"email": 3600, "archive": 0})
    row = {"name": name, "last_event_ms": NOW - event_ago, "last_seen_ms": NOW - seen_ago, "is_simulated": False}

    (told,) = source_payloads(silence, [row], NOW)

    assert (told["late_ms"], told["lost_ms"]) == (late, lost)


@pytest.mark.parametrize(
    ("name", "event_ago", "seen_ago", "expected"),
    [
        ("web", 20 * MINUTE, MINUTE, True),
        ("web", 20 * 24 * HOUR, 0, True),
        ("web", 4 * MINUTE, 0, False),
        ("web", 20 * MINUTE, 20 * MINUTE, False),
        ("web", 20 * MINUTE, 6 * MINUTE, False),
        ("archive", 20 * 24 * HOUR, 0, True),
    ],
)
def test_source_that_brings_the_past_now_is_catching_up(name: str, event_ago: int, seen_ago: int, expected: bool) -> None:
    silence = Silence(seconds=300, seconds_by_source={"archive": 0})
    row = {"name": name, "last_event_ms": NOW - event_ago, "last_seen_ms": NOW - seen_ago, "is_simulated": False}

    (told,) = source_payloads(silence, [row], NOW)

    assert told["is_catching_up"] is expected
    assert not (expected and told["late_ms"])


def test_source_that_never_gave_an_event_has_no_age_on_the_floor() -> None:
    rows = [
        {"name": name, "last_event_ms": event_ms, "last_seen_ms": NOW, "is_simulated": False}
        for name, event_ms in (("unknown", None), ("web", NOW))
    ]

    assert [told["name"] for told in source_payloads(Silence(), rows, NOW)] == ["web"]
