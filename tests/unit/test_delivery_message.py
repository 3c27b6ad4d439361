"""What is said outside: short, plain, and harmless wherever it is read."""

from __future__ import annotations

import pytest

from live.delivery.harmless import one_line, without_links, without_markup
from live.delivery.message import message_of
from live.delivery.webhook import body_of
from tests.receivers import a_message

NOW_MS = 1_772_452_800_000  # 2 March 2026, 12:00 UTC
HOSTILE = "a <!here> <https://e.example|click> [x](https://e.example) ![i](http://e.example/i.png) *b* `c` @channel <at>u</at>"


def test_message_says_what_about_whom_why_and_since_when() -> None:
    message = a_message()

    assert message.title() == "Critical: Waiting too long – Ann"
    assert message.lines() == ["Waits 5 min for an agent, target 1 min.", "Since 2 Mar 2026, 12:00 UTC."]
    assert message.link == "https://floor.example.com/conversation?conversation=web-bot%3Ac+1"


def test_reason_that_names_its_beginning_says_it_once_by_the_clock_of_utc() -> None:
    row = {
        **{
            "created_ms": 1,
            "delivery_id": 2,
            "alert_id": 3,
            "step_id": 4,
            "target": "desk",
            "kind": "fired",
            "rule_name": "Wait",
        },
        **{"subject_text": "Ann", "severity": "warning", "alert_state": "critical", "band": "critical", "link": ""},
        **{"since_ms": NOW_MS + 60_000, "at_ms": NOW_MS + 60_000},
    }

    spanning = message_of(row | {"reason": f"waiting for a human since {{{NOW_MS}}}; the level is 1 min"}, public_url="")
    other = message_of(row | {"reason": "the customer said “refund”"}, public_url="")

    assert spanning.lines() == ["Waiting for a human since 2 Mar 2026, 12:00 UTC; the level is 1 min."]
    assert other.lines() == ["The customer said “refund”.", "Since 2 Mar 2026, 12:01 UTC."]
    assert b"since 2 Mar 2026, 12:00 UTC; the level" in body_of(spanning)


@pytest.mark.parametrize(
    ("event", "band", "word"),
    [
        ("fired", "at_risk", "At risk"),
        ("worsened", "critical", "Critical"),
        ("reminded", "at_risk", "Still at risk"),
        ("resolved", "normal", "Over"),
        ("test", "normal", "Test"),
    ],
)
def test_first_word_says_what_has_happened(event: str, band: str, word: str) -> None:
    assert a_message(event=event, band=band).title().split(":")[0] == word


def test_without_an_address_of_the_dashboard_the_conversation_is_named_instead_of_linked() -> None:
    message = a_message(public_url="")

    assert message.link == ""
    assert message.lines()[-1] == "Conversation: web-bot:c 1"


def test_alert_about_no_conversation_links_to_the_alerts() -> None:
    assert a_message(conversation="", public_url="https://x.example/floor/").link == "https://x.example/floor/alerts"


def test_text_that_is_endless_or_has_many_lines_becomes_a_short_line() -> None:
    title = a_message(subject="A\r\nBcc: all@example.com\x00" + "N" * 100_000).title()

    assert "\n" not in title and "\r" not in title and "\x00" not in title
    assert len(title) < 140


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u2066", "\ufeff", "\ud800", "\x07"])
def test_signs_that_cannot_be_seen_are_left_out(unseen: str) -> None:
    assert one_line(f"a{unseen}b", at_most=10) == "a b"


def test_markup_mentions_and_links_of_customers_are_text_to_teams_and_slack() -> None:
    text = without_markup(HOSTILE)

    assert not set(text) & set("<>[]*`@|\\~")
    assert "://" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see HTTPS://e.example/x", "see HTTPS[:]//e.example/x"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("www.e.example", "www[.]e.example"),
        ("Note: at 12:30 it was 3:1", "Note: at 12:30 it was 3:1"),
    ],
)
def test_links_in_a_mail_are_broken_and_the_rest_is_left(text: str, shown: str) -> None:
    assert without_links(text) == shown


def test_names_with_underscores_keep_them() -> None:
    assert without_markup("Credit_Card_Queue _x_") == "Credit_Card_Queue ＿x＿"
