"""Random searches of random conversations find what a plain look through every text finds, under random filters, page by page."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import store.search.found
from metrics.filters import Filters
from metrics.found import find_page
from metrics.indexing import Indexing, catch_up
from metrics.levels import LEVELS
from metrics.windows import Window
from store.engine import open_store
from store.selecting import closed_conversations, open_conversations
from store.spoken import spoken_in
from store.tables import conversation
from tests.stored import Loader, database_url
from tests.transcripts import ms, wire

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("search")]

WORDS = ("parcel", "parcels", "Paris", "late", "Été", "ete\u0301", "naïve", "refund", "x1", "12", "退款", "我要退款", "ok", "o")
NUM = 70
NOW_MS = ms("2026-03-05T18:00:00")
METRICS = (
    None,
    "resolution_rate",
    "escalation_rate",
    "abandonment_rate",
    "never_accepted_rate",
    "wasted_turns",
    "suspect_resolutions",
)


@dataclass(frozen=True)
class Word:
    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True)
class Joined:
    how: str
    parts: tuple


def typed(query):
    match query:
        case Word((word,), is_prefix):
            return word + "*" * is_prefix
        case Word(words, is_prefix):
            return '"' + " ".join(words) + '"' + "*" * is_prefix
        case Joined(how, parts):
            return "(" + f" {how} ".join(map(typed, parts)) + ")"


def tokens(text):
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)).lower()
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff_]+", plain)


def says(query, messages):
    match query:
        case Word(words, is_prefix):
            wanted = tokens(" ".join(words))
            is_prefix = is_prefix and wanted[-1].isascii()
            return any(
                found[:-1] == wanted[:-1] and (found[-1].startswith(wanted[-1]) if is_prefix else found[-1] == wanted[-1])
                for message in messages
                for at in range(len(message) - len(wanted) + 1)
                for found in [message[at : at + len(wanted)]]
            )
        case Joined("AND", parts):
            return all(says(part, messages) for part in parts)
        case Joined("OR", parts):
            return any(says(part, messages) for part in parts)
        case Joined("NOT", (first, second)):
            return says(first, messages) and not says(second, messages)


def single_words():
    long_enough = st.sampled_from([word for word in WORDS if len(word) >= 3])
    prefixes = long_enough.flatmap(lambda word: st.integers(3, len(word)).map(lambda length: Word((word[:length],), True)))
    phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda words: Word(tuple(words), False))
    return phrases | prefixes.filter(lambda word: len(tokens(word.words[0])) == 1)


QUERIES = st.recursive(
    single_words(),
    lambda part: st.tuples(st.sampled_from(("AND", "OR", "NOT")), part, part).map(lambda made: Joined(made[0], made[1:])),
    max_leaves=5,
)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "bots": st.lists(st.sampled_from(("Ada", "Max", "Nobody")), min_size=1, max_size=2).map(tuple),
        "channels": st.lists(st.sampled_from(("webchat", "sms", "directline")), min_size=1, max_size=2).map(tuple),
        "outcomes": st.lists(st.sampled_from(("resolved", "escalated", "abandoned")), min_size=1, max_size=2).map(tuple),
        "reasons": st.just(("customer_request",)),
        "topics": st.just(("",)),
        "window": st.sampled_from(
            (
                Window(ms("2026-03-02T12:00:00"), ms("2026-03-04T00:00:00")),
                Window(ms("2026-03-03T10:00:00.020"), None),
                Window(None, ms("2026-03-03T10:00:00.020")),
            )
        ),
        "ranges": st.sampled_from(
            (
                (("sentiment_micro", -300_000, 100_001),),
                (("bot_turns", None, 2),),
                (("bot_ms", 1_500, 20_001),),
                (("bot_ms", None, 4_001), ("bot_turns", 1, None)),
                (("bot_turns", 2, 2),),
                (("bot_turns", 29, 40),),
                (("sentiment_micro", 100_001, 300_001),),
                (("sentiment_micro", -300_000, -100_000),),
                (("csat_micro", 4_000_000, None),),
            )
        ),
        "spans": st.just(
            ((ms("2026-03-02T10:00:00"), ms("2026-03-02T11:00:00")), (ms("2026-03-03T10:00:00"), ms("2026-03-03T11:00:00")))
        ),
        "include_tests": st.booleans(),
        "sentiments": st.lists(st.sampled_from((*LEVELS, "")), min_size=1, max_size=3).map(tuple),
        "states": st.sampled_from((("closed",), ("closed", "with_bot"), ("with_bot",))),
        "customers": st.sampled_from((("ann",), ("Bo",), ("nobody",), ("",), ("ann", ""))),
        "has_fallback": st.booleans(),
        "is_suspect": st.booleans(),
    },
)


@pytest.fixture(scope="module")
def floor(tmp_path_factory):
    """Conversations of random words, on several days, most of them closed; some ended in the very same moment."""
    opened = open_store(database_url(tmp_path_factory.mktemp("search")))
    loader, dice = Loader(opened, now_ms=NOW_MS), random.Random(4)
    for number in range(NUM):
        loader.write(made_up(dice, number))
    loader.settle()
    catch_up(opened)
    yield opened
    opened.close()


def made_up(dice, number):
    day = "2026-03-05" if number % 10 == 0 else f"2026-03-0{2 + number % 3}"
    hour = 17 if number % 10 == 0 else dice.choice((9, 10, 11, 23))
    bot, customer = dice.choice(("", " Max")), dice.choice(("", " Bob", " Bobby"))
    lines, second = [], dice.choice((0, 0, 59 if number % 10 else 1))
    for turn in range(dice.randint(1, 6)):
        who = f"customer{customer}" if turn % 2 == 0 else f"bot{bot}"
        text = " ".join(dice.choices(WORDS, k=dice.randint(1, 5))) if dice.random() < 0.8 else f"{dice.uniform(-1, 1):.3f}"
        if who.startswith("bot") and dice.random() < 0.3:
            text += " Sorry, I didn't understand."
        lines.append(f"{day}T{hour:02}:{59 if hour == 17 else 0:02}:{second:02} {who}: {text}")
        second = min(59, second + dice.choice((0, 1, 7)))
    if dice.random() < 0.3 and number % 10:
        lines.append(f"{day}T{hour:02}:00:{second:02} event handoff.initiate {{}}")
    elif dice.random() < 0.4 and number % 10:
        lines.append(f"{day}T{hour:02}:00:{second:02} end completedSuccessfully")
    return wire("\n".join(lines), conversation=f"c{number}", channel=dice.choice(("webchat", "sms")))


def selection(choice, metric, *, search=""):
    filters = Filters(**choice, now_ms=NOW_MS, search=search)
    return filters.behind(metric) if metric else filters.selection(bots_only=choice.get("include_tests", True))


@settings(max_examples=75, deadline=None)
@given(
    query=QUERIES,
    choice=CHOICES,
    metric=st.sampled_from(METRICS),
    limit=st.sampled_from((1, 3, 100)),
    few=st.sampled_from((1_000, 3)),
)
def test_search_finds_what_a_look_through_everything_finds(floor, query, choice, metric, limit, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.search.found, "FEW", few)
        compare(floor, query, choice, metric, limit)


def compare(floor, query, choice, metric, limit):
    """A search page by page with a plain look through everything that the filters leave."""
    plain, searched = selection(choice, metric), selection(choice, metric, search=typed(query))
    with floor.read() as connection:
        rows = [
            dict(row)
            for each in (open_conversations(plain), closed_conversations(plain))
            for row in connection.execute(each).mappings()
        ]
        texts = spoken_in(connection, rows)
        messages = {key: [tokens(item.text) for item in items] for key, items in texts.items()}
        expected = {row["conversation_key"]: row for row in rows if says(query, messages[row["conversation_key"]])}

        pages, after = [], None
        while True:
            page = find_page(connection, searched, after, limit)
            pages.append(page.rows)
            count, after = (page.count, page.is_capped), page.next
            if after is None:
                break
        listed = [
            row.conversation_key
            for each in (open_conversations(searched), closed_conversations(searched))
            for row in connection.execute(each.with_only_columns(conversation.c.conversation_key))
        ]

    found = [row for page in pages for row in page]
    assert [row["conversation_key"] for row in found] == list(dict.fromkeys(row["conversation_key"] for row in found))
    assert {row["conversation_key"] for row in found} == expected.keys() == set(listed)
    assert all(len(page) == limit for page in pages[:-1])
    assert count == (len(expected), False)
    ended = [row["ended_ms"] for row in found]
    still_open = [each for each in ended if each is None]
    assert ended[: len(still_open)] == still_open, "open ones stand first"
    closed = [each for each in ended if each is not None]
    # Conversations that ended in the same moment are numbered one after the other, a twentieth of a second each.
    assert all(after <= before + NUM * 50 for before, after in zip(closed, closed[1:], strict=False))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), steps=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_index_follows_conversations_that_come_late_twice_and_in_pieces(tmp_path_factory, seed, steps):
    store = open_store(database_url(tmp_path_factory.mktemp("late")))
    try:
        loader, dice = Loader(store, now_ms=NOW_MS), random.Random(seed)
        arrays = [made_up(dice, number) for number in range(8)]
        pieces = [array[: dice.randint(1, len(array))] for array in arrays] + arrays + dice.sample(arrays, 3)
        dice.shuffle(pieces)
        indexing = Indexing()
        for place, piece in enumerate(pieces):
            loader.write(piece)
            if place % steps[place % len(steps)] == 0:
                loader.settle()
                indexing.step(store)
        loader.settle()
        catch_up(store)

        with store.read() as connection:
            every = connection.execute(select(conversation)).mappings().all()
            said = {key: [tokens(item.text) for item in items] for key, items in spoken_in(connection, every).items()}
            for word in WORDS:
                query = Word((word,), False)
                chosen = Filters(search=typed(query), include_tests=True).selection(bots_only=False)
                found = find_page(connection, chosen, None, 100).rows
                wanted = {key for key, messages in said.items() if says(query, messages)}
                assert {row["conversation_key"] for row in found} == wanted
                assert len(found) == len(wanted)
    finally:
        store.close()
