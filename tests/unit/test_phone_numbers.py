"""What of a phone number is kept."""

from __future__ import annotations

import pytest

from ingest.sources import bot_framework
from ingest.sources.phone_numbers import mask_all_spoken, mask_spoken
from ingest.sources.senders import kept_id, mask_value
from tests.transcripts import record, wire


@pytest.mark.parametrize(
    ("spoken", "kept"),
    [
        ("call me on +1 (202) 555-0143 please", "call me on ***0143 please"),
        ("it is 0207 946 0958.", "it is ***0958."),
        ("202.555.0143, that is it", "***0143, that is it"),
        ("tel:+12025550143", "tel:***0143"),
        ("card 4111 1111 1111 1111", "card ***1111"),
        ("five five five, oh one double four three", "***1443"),
        ("my number 5550143 and 5550144", "my number ***0143 and ***0144"),
        ("+1 555 123 4567/8", "***5678"),
        ("+1 555 123 4567x8", "***4567x8"),
        ("0800/1234567", "***4567"),
        ("555\u00a0123\u00a04567", "***4567"),
        ("555\u202f123\u202f4567", "***4567"),
        ("555\u2009123\u20094567", "***4567"),
        ("555\u2011123\u20114567", "***4567"),
        ("5551234567: that is it", "***4567: that is it"),
        ("pin,5551234567", "pin,***4567"),
        ("555,123,4567", "***4567"),
        ("+1 234,567 8901", "***8901"),
        ("on 2026-11-29 10:30 5551234567 at 11:15", "on 2026-11-29 10:30 ***4567 at 11:15"),
        ("call 5551234567 10:30", "call ***4567 10:30"),
    ],
)
def test_seven_digits_in_a_row_or_more_are_masked(spoken, kept):
    assert mask_spoken(spoken) == kept


@pytest.mark.parametrize(
    "spoken",
    [
        "on 2026-11-29 at 10:30",
        "on 29.11.2026",
        "I owe £1,234,567.00",
        "the code is 123 456",
        "four one seven",
        "my reference is K12345678",
        "on 2026-11-29 10:30:15, or 29/11/2026 10:30",
        "11/29/2026",
        "from 10:30 - 11:45",
        "2026-11-29T10:30:00.1234567Z",
        "in 2025/2026",
        "1,234,567 or 12,34,567.50",
        "1200, 1500 and 24/7",
        "",
        "no number at all",
    ],
)
def test_dates_amounts_and_short_numbers_stay(spoken):
    assert mask_spoken(spoken) == spoken


def test_all_texts_of_a_value_are_masked():
    assert mask_all_spoken({"a": ["5550143", 5550143], "b": None}) == {"a": ["***0143", 5550143], "b": None}


@pytest.mark.parametrize("called", ["+12025550143", "tel:+1 202 555 0143", "4:+12025550143", "sip:+12025550143@10.0.0.12"])
def test_sender_who_is_a_phone_number_is_known_by_its_end_and_a_hash(called):
    kept = kept_id(called)

    assert kept.startswith("***0143~")
    assert "2025550" not in kept
    assert kept != kept_id("+13035550143")


def test_numbers_within_variables_are_masked_at_any_depth():
    assert mask_value("x", {"callerPhone": "2025550143", "list": ["+12025550143", "hello"]}) == {
        "callerPhone": "***0143",
        "list": ["***0143", "hello"],
    }


def test_nothing_that_is_read_of_a_call_holds_the_number():
    number = "+12025550143"
    said = f"My number is {number}"
    items = wire(
        f"""
        09:00:00 conversationUpdate
        09:00:01 customer: {said}
        09:00:02 event handoff.initiate {{"va_LastPhrase": "{said}", "Caller": "{number}"}}
        """,
        channel="telephony",
        conversation=number,
    )
    items[0]["membersAdded"] = [{"id": number, "name": number}]

    (thread,) = bot_framework.normalise(record(items)).threads

    read = repr([(item.text, item.detail, item.sender_id, item.sender_name) for item in thread.activities])
    assert "2025550143" not in read + thread.external_id
    assert "***0143" in read
    # As received it is kept, as everything is.
    assert any(number.encode() in item.raw for item in thread.activities)


def test_text_of_a_chat_is_left_as_it_was_written():
    (thread,) = bot_framework.normalise(record(wire("09:00:01 customer: call 202 555 0143", channel="webchat"))).threads

    assert thread.activities[0].text == "call 202 555 0143"
