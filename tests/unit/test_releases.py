"""A bot's releases: from configurations and annotations, without gap or overlap, and what ended in each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from metrics.annotations import Annotations
from metrics.filters import Filters
from metrics.releases import BEFORE, Release, by_release, releases_of, within_release
from metrics.report import count
from metrics.windows import parse_window
from store.engine import Store
from store.routing.configurations import save_configuration
from store.routing.records import Bot, Configuration
from tests.conversation_rows import at, put, row

NOON = at("2026-03-02T12:00Z")
DAY = 86_400_000


def configure(store: Store, at_ms: int, *bots: Bot) -> None:
    with store.write() as connection:
        assert save_configuration(connection, Configuration(bots=bots), origin="test", now_ms=at_ms)


def names(store: Store, bot: str) -> list[tuple[str, int | None, int | None]]:
    with store.read() as connection:
        found = releases_of(connection, [bot])
    return [(each.name, each.from_ms, each.until_ms) for each in found.get(bot, [])]


def test_versions_of_the_configuration_are_releases(store: Store) -> None:
    configure(store, NOON, Bot("Ada", version="1.0"), Bot("Vox"))
    configure(store, NOON + 1, Bot("Ada", version="1.0"), Bot("Vox", version="7"))
    configure(store, NOON + 2, Bot("Ada", version="1.1"))
    configure(store, NOON + 3, Bot("Ada", version="1.0"))

    assert names(store, "Ada") == [
        ("version 1.0", None, NOON + 2),
        ("version 1.1", NOON + 2, NOON + 3),
        ("version 1.0", NOON + 3, None),
    ]
    assert names(store, "Vox") == [(BEFORE, None, NOON + 1), ("version 7", NOON + 1, None)]


def test_annotations_of_the_bot_are_releases_and_those_for_all_are_not(store: Store) -> None:
    notes = Annotations(store, lambda: 0)
    notes.add("Ada v2 released", NOON, bot="Ada", by="Ann")
    notes.add("holiday", NOON + 5, by="Ann")

    assert names(store, "Ada") == [(BEFORE, None, NOON), ("Ada v2 released", NOON, None)]
    assert names(store, "Vox") == []


def test_bot_of_which_one_version_is_known_has_nothing_to_compare(store: Store) -> None:
    configure(store, NOON, Bot("Ada", version="1.0"))

    assert names(store, "Ada") == []


def test_releases_are_counted_by_what_ended_in_them_within_the_period(store: Store) -> None:
    put(store, [row(key, ended_ms=NOON + key * DAY, outcome="resolved" if key % 2 else "escalated") for key in range(6)])
    put(store, [row(9, bot="Vox", ended_ms=NOON)])
    Annotations(store, lambda: 0).add("v2", NOON + 2 * DAY, bot="Ada", by="Ann")

    found = by_release(store, Filters(), ["Ada", "Vox"], ("resolution_rate",))
    assert {(each.bot, each.name): (totals.resolved, totals.closed) for each, totals in found.items()} == {
        ("Ada", BEFORE): (1, 2),
        ("Ada", "v2"): (2, 4),
    }
    of_a_day = Filters(window=parse_window("2026-03-04", "2026-03-05", "UTC"))
    assert [each.name for each in by_release(store, of_a_day, ["Ada"], ("resolution_rate",))] == ["v2"]


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["a", "b"])), max_size=8))
def test_releases_follow_each_other_without_gap_or_overlap(begins: list[tuple[int, str]]) -> None:
    from metrics.releases import _stretches

    found = list(_stretches("Ada", begins))

    assert not begins or (found[0].from_ms is None and found[-1].until_ms is None)
    assert all(one.until_ms == two.from_ms for one, two in zip(found, found[1:], strict=False))


def test_all_releases_together_are_the_bot(store: Store) -> None:
    put(store, [row(key, ended_ms=NOON + key * 1000) for key in range(20)])
    for second in (3, 7, 7, 15):
        Annotations(store, lambda: 0).add(f"at {second}", NOON + second * 1000, bot="Ada", by="Ann")
    with store.read() as connection:
        [releases] = releases_of(connection, ["Ada"]).values()

    closed = [count(store, within_release(Filters(), release))[()].closed for release in releases]

    assert closed == [3, 4, 0, 8, 5]
    assert Release("Ada", BEFORE, None, NOON + 3000) == releases[0]
