"""Who is called by a telephone number is kept by its end, however the number is written."""

from __future__ import annotations

import pytest

from tests.unit.test_bot_framework import read, thread_of, wire


@pytest.mark.parametrize(
    ("channel", "number", "is_masked"),
    [
        ("telephony", "tel:+44 20 7946-0958;ext=12", True),
        ("telephony", "020 7946 0958", True),
        ("sms", "(020) 7946-0958", True),
        ("WhatsApp", "442079460958", True),
        ("webchat", "442079460958", False),
        ("webchat", "0020794609", False),
        ("telephony", "b", False),
    ],
)
def test_numbers_without_a_plus_are_masked_where_people_are_known_by_them(channel: str, number: str, is_masked: bool) -> None:
    update = wire(id="0", type="conversationUpdate", membersAdded=[{"id": number, "name": number}], channelId=channel)
    added, said = thread_of(update, wire(**{"from": {"id": number, "role": "user"}, "channelId": channel})).activities

    assert said.sender_id.startswith("***0958~" if is_masked else number)
    assert ((added.detail or {})["joined"][0]["id"]) == said.sender_id


@pytest.mark.parametrize("name", ["+44 20 7946 0958", "0044 (0)20 7946-0958", "020 7946 0958", "442079460958", "tel:02079460958"])
def test_name_that_is_a_number_is_masked_however_it_is_written(name: str) -> None:
    assert read(**{"from": {"id": "u", "name": name, "role": "user"}}).sender_name == "***0958"


@pytest.mark.parametrize("name", ["Ann", "Agent 007", "2026-03-02", "1234567", "10.0.0.12", "Tim 2"])
def test_other_names_are_kept(name: str) -> None:
    assert read(**{"from": {"id": "u", "name": name, "role": "user"}}).sender_name == name


def test_phone_number_of_a_sender_is_masked_and_still_tells_callers_apart() -> None:
    one, two = (read(**{"from": {"id": number, "role": "user"}}).sender_id for number in ("+15092924729", "+15555554729"))

    assert one.startswith("***4729")
    assert one != two
    assert "509" not in one.partition("~")[0]
