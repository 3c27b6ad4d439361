"""What customers wrote when the bot did not understand: the same messages always make the same groups, and each opens its own."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from metrics.check import check
from metrics.exports.rows import Wanted
from metrics.figure_check import check_fallbacks
from metrics.figures import Rate
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.misunderstood import Group, leaders, misunderstood, within_turns, within_words
from metrics.settle import rederive
from metrics.windows import DAY_MS, Grain, parse_window
from metrics.wording import words_of
from store.engine import Store
from store.tables import conversation, fallback
from store.writes import mark_days
from tests.conversation_rows import at
from tests.stored import Loader
from tests.transcripts import wire

SORRY = "bot: Sorry, I didn't understand."


def loaded(store: Store, *, days: int = 3) -> Loader:
    """On each day: two about the blue form (one escalated after it), one about a letter, one that was understood."""
    loader = Loader(store)
    for day in range(1, days + 1):
        at = f"2026-03-{day:02}T"
        said = {
            f"form-{day}": f"{at}10:00:00 customer: The blue form\n{at}10:00:01 {SORRY}",
            f"forms-{day}": f"{at}11:00:00 customer: blue forms, please\n{at}11:00:01 {SORRY}\n"
            f"{at}11:00:02 customer: agent please\n{at}11:00:03 event handoff.initiate {{}}",
            f"letter-{day}": f"{at}12:00:00 customer: the letter you sent me\n{at}12:00:01 bot Max: Sorry, I didn't understand.",
            f"clear-{day}": f"{at}13:00:00 customer: where is my card\n{at}13:00:01 bot: It comes tomorrow.",
        }
        loader.write(*(wire(text, conversation=name) for name, text in said.items()))
    loader.settle()
    return loader


def listed(store: Store, filters: Filters) -> set[str]:
    page = list_conversations(store, Wanted("conversations", filters, metric="closed"), limit=200)
    assert page.count == len(page.rows)
    return {row["conversation_id"] for row in page.rows}


def groups(store: Store, by: str = "words", filters: Filters | None = None, grain: Grain = Grain.DAY) -> dict[str, Group]:
    return {group.key: group for group in misunderstood(store, filters or Filters(), by, grain).groups}


def test_messages_are_grouped_with_examples_bots_and_what_came_after(store: Store) -> None:
    loaded(store)

    found = groups(store)

    assert list(found) == ["blue form", "letter sent"]
    form = found["blue form"]
    assert (form.num_turns, form.escalated) == (6, Rate(3, 6))
    assert form.examples == ("blue forms, please", "The blue form")
    assert (form.bots, form.over_time) == ({"Ada": 6}, (2, 2, 2))
    assert (found["letter sent"].bots, found["letter sent"].escalated) == ({"Max": 3}, Rate(0, 3))


def test_each_group_opens_exactly_its_conversations(store: Store) -> None:
    loaded(store)

    for group in groups(store).values():
        found = listed(store, within_words(store, Filters(), group.name))
        assert len(found) == group.escalated.denominator
    assert listed(store, within_words(store, Filters(), groups(store)["blue form"].name)) == {
        *(f"form-{day}" for day in (1, 2, 3)),
        *(f"forms-{day}" for day in (1, 2, 3)),
    }


def test_group_that_there_is_none_of_is_refused(store: Store) -> None:
    loaded(store, days=1)

    with pytest.raises(ValueError, match="nothing-such"):
        within_words(store, Filters(), "nothing-such")


@pytest.mark.parametrize(("by", "keys"), [("bot", ["Ada", "Max"]), ("topic", [""]), ("time", ["2026-03-01", "2026-03-02"])])
def test_the_same_turns_are_told_apart_in_other_ways(store: Store, by: str, keys: list[str]) -> None:
    loaded(store, days=2)

    found = misunderstood(store, Filters(), by, Grain.DAY)

    assert [group.key for group in found.groups] == keys
    assert sum(group.num_turns for group in found.groups) == found.num_turns == 6
    assert (found.num_conversations, found.bots) == (6, {"Ada", "Max"})


def test_filters_narrow_what_is_grouped(store: Store) -> None:
    loaded(store)
    of_a_day = Filters(window=parse_window("2026-03-02", "2026-03-03", "UTC"))

    assert groups(store, filters=of_a_day)["blue form"].num_turns == 2
    assert list(groups(store, filters=Filters(bots=("Max",)))) == ["letter sent"]
    assert groups(store, filters=Filters(outcomes=("escalated",)))["blue form"].escalated == Rate(3, 3)
    assert misunderstood(store, Filters(bots=("Nobody",)), "words", Grain.DAY).num_turns == 0


def test_more_than_are_looked_at_leaves_the_newest_and_the_list_has_the_same(store: Store) -> None:
    loaded(store)
    everything = misunderstood(store, Filters(), "words", Grain.DAY)

    found = misunderstood(store, Filters(), "words", Grain.DAY, most=4)

    assert everything.since_ms is None
    assert found.since_ms is not None
    assert found.num_turns == 4
    assert len(listed(store, within_turns(store, Filters(), most=4))) == found.num_conversations
    for group in found.groups:
        assert len(listed(store, within_words(store, Filters(), group.name, most=4))) == group.escalated.denominator


def test_conversations_that_are_open_are_not_among_them(store: Store) -> None:
    loader = Loader(store, now_ms=0)
    loader.write(wire(f"2026-03-01T10:00:00 customer: blue form\n2026-03-01T10:00:01 {SORRY}"))

    assert misunderstood(store, Filters(), "words", Grain.DAY).num_turns == 0
    assert listed(store, Filters(has_fallback=True)) == set()


def test_forgotten_with_its_conversation_and_derived_anew(store: Store) -> None:
    loader = loaded(store, days=1)
    before = groups(store)
    with store.write() as connection:
        connection.execute(delete(fallback))
        connection.execute(update(conversation).values(definition_version=2))
        mark_days(connection, {at("2026-03-01T00:00Z") // DAY_MS})
    assert misunderstood(store, Filters(), "words", Grain.DAY).is_stale
    assert list(check(store, loader.deriver, now_ms=loader.now_ms)) != []

    rederive(store, loader.deriver, now_ms=loader.now_ms)

    assert groups(store) == before
    assert not misunderstood(store, Filters(), "words", Grain.DAY).is_stale
    assert list(check(store, loader.deriver, now_ms=loader.now_ms)) == []


def test_check_finds_turns_that_are_packed_wrong(store: Store) -> None:
    loaded(store)
    with store.read() as connection:
        assert list(check_fallbacks(connection)) == list(check_fallbacks(connection, at_once=1)) == []

    with store.write() as connection:  # behind the back of what is packed
        connection.execute(update(fallback).where(fallback.c.words == "letter sent").values(words="letter lost"))

    with store.read() as connection:
        assert len(list(check_fallbacks(connection))) == 2


def test_examples_are_different_messages_the_newest_first_and_one_in_the_commonest_words_before_them(store: Store) -> None:
    loader = Loader(store)
    said = ["the form", "the form", "form", "a blue form", "Form!", *["the blue form"] * 20]
    for minute, text in enumerate(said):
        at_ms = f"2026-03-01T10:{minute:02}"
        loader.write(wire(f"{at_ms}:00 customer: {text}\n{at_ms}:01 {SORRY}", conversation=f"c{minute}"))
    loader.settle()

    [of_bot] = groups(store, "bot").values()
    assert of_bot.examples == ("the blue form",)  # the newest say nothing else
    assert groups(store)["form"].examples == ("Form!", "form", "the form")


WORDS = st.sampled_from(["card", "lost", "form", "blue", "letter", "bank", "loan", "rate"])
MESSAGES = st.lists(st.lists(WORDS, max_size=6).map(lambda words: words_of(" ".join(words))), max_size=40)


@given(MESSAGES, st.integers(0, 9))
def test_order_in_which_messages_come_does_not_matter(messages: list[str], seed: int) -> None:
    shuffled = list(messages)
    Random(seed).shuffle(shuffled)

    assert leaders(Counter(messages)) == leaders(Counter(shuffled))


@given(MESSAGES)
def test_groups_are_those_of_comparing_each_with_every_leader(messages: list[str]) -> None:
    counts = Counter(messages)
    expected: dict[str, str] = {}

    def likeness(one: str, two: str) -> float:
        first, second = set(one.split()), set(two.split())
        return len(first & second) / len(first | second) if first | second else 1.0

    for words in sorted(counts, key=lambda each: (-counts[each], each)):
        own = [each for each in expected if expected[each] == each and each and words and likeness(words, each) >= 0.6 - 1e-9]
        expected[words] = min(own, key=lambda each: (-likeness(words, each), -counts[each], each), default=words)

    assert leaders(counts) == expected
