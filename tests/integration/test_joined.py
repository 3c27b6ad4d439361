"""Threads that are one conversation: a bot's transcript and the Omnichannel conversation it belongs to."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from live.watch import Watch
from metrics.need import Targets
from store.engine import open_store
from store.reads import find_conversation
from store.tables import conversation
from tests.stored import Loader, differences, reports, tables
from tests.transcripts import ms, wire

BOTS = wire(
    '10:00:00 event startConversation {"msdyn_liveworkitemid": "{W-1}", "topic": "cards"}\n'
    "10:00:05 customer: where is my card?\n10:00:07 bot: One moment.\n10:00:10 event handoff.initiate",
    conversation="bot-thread",
)
PEOPLES = wire("10:01:00 agent: Bea here\n10:02:00 customer: thanks\n10:03:00 end", conversation="w-1", channel="lcw")
SECOND_BOTS = wire(
    '10:00:20 bot Max: Max here too.\n10:00:21 event startConversation {"msdyn_ocliveworkitemid": "w-1"}',
    conversation="other-thread",
)
UNRELATED = wire("10:00:00 customer: hi\n10:00:02 bot: Hello.", conversation="alone")


@pytest.fixture
def loader(store):
    return Loader(store)


def conversations(store):
    return {row["conversation_id"]: row for row in tables(store)["conversation"]}


def test_bot_and_people_are_one_conversation_under_the_work_items_id(loader):
    loader.write(BOTS)
    loader.write(PEOPLES)

    (found,) = conversations(loader.store).values()

    assert (found["conversation_id"], found["outcome"], found["bot_ms"], found["num_messages"]) == ("w-1", "escalated", 10_000, 4)
    assert (found["escalated_ms"], found["accepted_ms"], found["ended_ms"]) == (ms("10:00:10"), ms("10:01:00"), ms("10:03:00"))


def test_either_name_finds_it(loader):
    loader.write(BOTS, PEOPLES)

    with loader.store.read() as connection:
        for name in ("w-1", "bot-thread"):
            assert find_conversation(connection, name)["conversation_id"] == "w-1"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_order_in_which_the_threads_come_changes_nothing(order, store, tmp_path):
    arrays = [BOTS, PEOPLES, SECOND_BOTS, UNRELATED]
    clean = open_store(f"sqlite:///{tmp_path}/clean.db")
    Loader(clean).write(*arrays)
    Loader(clean).settle()

    for number in order:
        Loader(store).write(arrays[number])
    Loader(store).settle()

    assert differences(store, clean) == {}
    assert reports(store) == reports(clean)
    assert set(conversations(store)) == {"w-1", "alone"}
    clean.close()


def test_threads_of_two_sources_join_too(loader):
    loader.write(BOTS)
    loader.write(PEOPLES, source="desk")

    (found,) = conversations(loader.store).values()

    assert (found["conversation_id"], found["source"]) == ("w-1", "bot_framework")


def test_work_item_named_late_joins_what_is_there_already(loader):
    loader.write(BOTS[1:])
    loader.write(PEOPLES)
    assert set(conversations(loader.store)) == {"bot-thread", "w-1"}

    loader.write(BOTS)

    assert set(conversations(loader.store)) == {"w-1"}


def test_work_item_named_only_by_a_version_that_lost_joins_all_the_same(loader):
    short = wire('10:00:08 #x event startConversation {"msdyn_liveworkitemid": "w-1"}', conversation="bot-thread")
    longer = wire(
        '10:00:08 #x event startConversation {"a": "a version that is longer and stands in the end"}', conversation="bot-thread"
    )
    loader.write(PEOPLES)
    loader.write(BOTS[1:] + longer)

    loader.write(short)

    assert set(conversations(loader.store)) == {"w-1"}


def test_who_watches_is_told_that_a_joined_conversation_is_no_more(store):
    loader = Loader(store, now_ms=ms("10:00:30"))
    loader.write(BOTS[1:])
    loader.write(wire("10:00:12 agent: Bea here", conversation="w-1"))
    watch = Watch(store, now_ms=lambda: loader.now_ms, targets=Targets())
    assert len(watch.load().rows) == 2

    loader.write(BOTS)
    moved = watch.follow()

    with store.read() as connection:
        there = set(connection.execute(select(conversation.c.conversation_key)).scalars())
    assert set(watch._open) == there
    assert (len(moved.rows), len(moved.removed)) == (1, 1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_thread_that_names_two_work_items_joins_both_whatever_came_first(order, loader):
    start = '10:00:0{} event startConversation {{"msdyn_liveworkitemid": "{}"}} | {{"id": "s{}"}}'
    arrays = [
        wire(start.format(1, "w-1", 1), conversation="a"),
        wire(start.format(2, "w-2", 2), conversation="a"),
        wire(start.format(3, "w-1", 3), conversation="b"),
    ]

    for number in order:
        loader.write(arrays[number])

    (found,) = conversations(loader.store).values()
    assert (found["conversation_id"], found["num_activities"]) == ("w-1", 3)


def test_conversation_whose_id_is_the_work_item_in_capitals_is_joined(loader):
    loader.write(wire('10:00:00 event startConversation {"msdyn_liveworkitemid": "{5BA69C2C-40B5}"}', conversation="bot"))
    loader.write(wire("10:01:00 agent: Bea here", conversation="5BA69C2C-40B5"))

    assert list(conversations(loader.store)) == ["5ba69c2c-40b5"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("written", ["{5Ba69c2C-40b5}", "5Ba69c2C-40b5", "{5BA69C2C-40B5}"])
def test_work_item_is_joined_however_it_is_written_and_whatever_came_first(order, written, loader):
    start = '10:00:00 event startConversation {"msdyn_liveworkitemid": "5ba69c2c-40B5"}'
    arrays = [
        wire(start, conversation="bot"),
        wire("10:01:00 agent: Bea here", conversation=written),
        wire("10:02:00 customer: thanks", conversation="5ba69C2C-40B5"),
    ]

    for number in order:
        loader.write(arrays[number])

    (found,) = conversations(loader.store).values()
    assert (found["conversation_id"], found["num_activities"]) == ("5ba69c2c-40b5", 3)
    with loader.store.read() as connection:
        for name in (written, written.swapcase(), "bot"):
            assert find_conversation(connection, name)["num_activities"] == 3


def test_of_two_ids_that_differ_in_how_they_are_written_the_one_asked_for_is_found(loader):
    loader.write(UNRELATED)
    loader.write(wire("11:00:00 customer: hi", conversation="ALONE"))

    with loader.store.read() as connection:
        assert [find_conversation(connection, name)["conversation_id"] for name in ("alone", "ALONE")] == ["alone", "ALONE"]


def test_one_id_in_two_sources_is_two_conversations_and_a_link_tells_which(loader):
    said = wire("10:00:00 customer: hi\n10:00:02 bot: Hello.", conversation="1")
    for source in ("aaa", "bbb"):
        loader.write(said, source=source)

    with loader.store.read() as connection:
        found = [find_conversation(connection, name)["source"] for name in ("1", "aaa:1", "bbb:1")]
        assert found == ["aaa", "aaa", "bbb"]
        assert find_conversation(connection, "ccc:1") is None


ITEM = '10:00:00 event startConversation {"msdyn_liveworkitemid": "w-1"}'
BOTS_PART = wire(
    f"{ITEM}\n10:00:05 customer: This is terrible!\n10:00:07 bot: It comes tomorrow.\n"
    "10:00:20 customer: yes\n10:00:21 customer: yes",
    conversation="bot-thread",
)
# The same as the desk wrote it down, a little later, under ids of its own, and one answer more.
DESKS_PART = [
    item | {"from": item["from"] | {"id": f"desk-{item['from']['id']}"}}
    for item in wire(
        "10:00:06 customer: this is terrible\n10:00:07 bot: It comes  tomorrow.\n10:00:20 customer: yes\n10:00:22 customer: yes\n"
        "10:00:31 customer: yes",
        conversation="w-1",
        channel="lcw",
    )
]


@pytest.mark.parametrize("is_bots_first", [True, False])
def test_what_both_transcripts_hold_was_said_once_by_one_customer(loader, tmp_path, is_bots_first):
    alone = Loader(open_store(f"sqlite:///{tmp_path}/alone.db"))
    alone.write([*BOTS_PART, *wire("10:00:31 #9 customer: yes", conversation="bot-thread")])
    (expected,) = conversations(alone.store).values()

    for part in (BOTS_PART, DESKS_PART) if is_bots_first else (DESKS_PART, BOTS_PART):
        loader.write(part)
    (found,) = conversations(loader.store).values()

    same = ("num_messages", "num_customer_messages", "num_scored", "sentiment_micro", "bot_turns", "outcome", "reason", "state")
    assert [found[name] for name in same] == [expected[name] for name in same]
    assert found["num_customer_messages"] == 4
    alone.store.close()
