"""Who is who: what the wire says, what it leaves out, and whose name stands."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import json

from store.records import Thread
from tests.transcripts import derive, deriver_of, ms, threads_in, told, wire


def roles(text, **options):
    """The role of each activity, a `~` before those that were inferred."""
    (thread,) = threads_in(wire(text, **options))
    for position, item in enumerate(thread.activities):
        item.position = position
    deriver_of().derive(thread.activities, [Thread(1, 1, thread.source, "c1", thread.marks)], now_ms=ms("12:00:00"))
    return [("~" if item.role_inferred else "") + item.role for item in thread.activities]


def names(text, **options):
    (found,) = derive(text, **options).participants.values()
    return {(item.role, item.participant_id): item.name for item in found}


def sender(**said):
    """What lays a sender over an activity."""
    return " | " + json.dumps({"from": said})


def test_first_person_who_writes_is_the_customer_and_another_is_an_agent():
    text = "10:00:00 bot: Hello.\n10:00:01 customer: hi\n10:00:02 agent: Bea here\n10:00:03 customer: ok"

    assert roles(text) == ["bot", "~customer", "~agent", "~customer"]


def test_in_a_group_every_person_is_a_customer():
    group = ' | {"conversation": {"id": "c1", "isGroup": true}}'

    assert roles(f"10:00:00 bot: Hello.{group}\n10:00:01 customer: hi\n10:00:02 agent: hi too") == [
        "bot",
        "~customer",
        "~customer",
    ]


def test_person_who_only_joins_first_is_not_taken_for_the_customer():
    text = "10:00:00 agent conversationUpdate\n10:00:01 bot: Hello.\n10:00:02 customer: hi"

    assert roles(text)[-1] == "~customer"
    assert told(text).customer_id == "ann"


def test_roles_that_the_wire_says_are_not_inferred():
    text = (
        "10:00:00 bot: Hello.\n10:00:01 customer: hi"
        + sender(id="ann", role="customer")
        + "\n10:00:02 agent: Bea"
        + sender(id="bea", role="agent")
        + "\n10:00:03 supervisor: Sue"
    )

    assert roles(text) == ["bot", "customer", "agent", "supervisor"]


def test_hub_and_system_speak_for_nobody():
    text = "10:00:00 customer: hi\n10:00:01 bot: Hello.\n10:00:02 system: Bea joined the chat.\n10:00:03 system event handoff.status {}"

    assert roles(text)[2:] == ["system", "system"]
    assert told(text).outcome == "resolved"
    assert not any(role == "system" for role, _ in names(text))


def test_sender_without_a_role_is_the_bot_where_it_is_the_one_spoken_to_a_person():
    text = (
        "10:00:00 bot: Hello. | " + '{"from": {"id": "b"}, "recipient": {"id": "u", "role": "user"}}'
        "\n10:00:01 customer: hi | " + '{"from": {"id": "u"}, "recipient": {"id": "b", "role": "bot"}}'
    )

    assert roles(text) == ["~bot", "~customer"]


def test_person_without_a_role_who_speaks_to_a_person_is_an_agent_where_the_bot_says_that_it_is_one():
    text = (
        '10:00:00 customer: hi\n10:00:01 bot: Hello.\n'
        '10:00:02 agent: Bea here | {"from": {"id": "bea"}, "recipient": {"id": "ann", "role": "user"}}'
    )  # fmt: skip

    assert roles(text) == ["~customer", "bot", "~agent"]


def test_where_no_sender_says_a_role_the_first_who_writes_is_the_customer():
    text = "10:00:00 customer: hi" + sender(id="1") + "\n10:00:01 bot: Hello." + sender(id="2")

    assert roles(text) == ["~customer", "~agent"]
    assert told(text).is_bot is False


def test_bot_that_once_leaves_out_its_role_is_still_the_bot():
    text = "10:00:00 bot: Hello.\n10:00:01 customer: hi\n10:00:02 bot: Bye." + sender(id="ada")

    assert roles(text) == ["bot", "~customer", "~bot"]


def test_one_id_may_be_bot_and_customer_both():
    text = "10:00:00 bot: Hello." + sender(id="x", role="bot") + "\n10:00:01 customer: hi" + sender(id="x", role="user")

    assert roles(text) == ["bot", "~customer"]
    assert set(names(text)) == {("bot", "x"), ("customer", "x")}


def test_activity_without_a_sender_is_the_systems():
    assert roles('10:00:00 customer: hi\n10:00:01 bot: Hello.\n10:00:02 typing | {"from": null}')[-1] == "system"


def test_private_message_of_an_agent_is_internal_and_no_word_to_the_customer():
    text = '10:00:00 customer: hi\n10:00:01 bot: Hello.\n10:00:02 agent: note to self | {"channelData": {"tags": "private"}}'

    assert roles(text)[-1] == "~internal"
    assert told(text).outcome == "resolved"


def test_name_is_that_of_the_latest_activity_in_time_not_of_the_last_in_the_file():
    old, new = sender(id="ann", name="Ann Old", role="user"), sender(id="ann", name="Ann New", role="user")

    text = f"10:00:05 customer: hi again{new}\n10:00:00 customer: hi{old}\n10:00:06 bot: Hello."

    assert (told(text).customer_name, names(text)["customer", "ann"]) == ("Ann New", "Ann New")


def test_activity_without_a_name_does_not_take_the_name_away():
    text = "10:00:00 customer: hi\n10:00:05 customer: again" + sender(id="ann", role="user") + "\n10:00:06 bot: Hello."

    assert (told(text).customer_name, names(text)["customer", "ann"]) == ("Ann", "Ann")


def test_first_person_in_time_is_the_customer_whatever_the_order_in_the_file():
    text = "10:00:09 agent: Bea here\n10:00:00 customer: hi\n10:00:02 bot: Hello."

    assert told(text).customer_id == "ann"
