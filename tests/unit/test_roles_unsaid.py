"""Bots that do not say that they are bots, in the shapes that channels and loggers leave: such a conversation counts too."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.sources.bot_framework import read
from metrics.roles import assign_roles
from store.records import Role

USER, BOT = {"id": "u1", "name": "Ulla"}, {"id": "b1", "name": "Ava"}
SAID_USER, SAID_BOT = USER | {"role": "user"}, BOT | {"role": "bot"}
TEAMS_USER, TEAMS_BOT = {"id": "29:1abc", "name": "Ulla"}, {"id": "28:b0t", "name": "HelpBot"}


def activity(second: int, sender: dict[str, Any], **rest: Any) -> dict[str, Any]:
    at = f"2026-03-02T10:00:{second:02d}.000Z"
    return {
        "type": "message",
        "id": str(second),
        "timestamp": at,
        "conversation": {"id": "c"},
        "from": sender,
        "text": "x",
        **rest,
    }


def roles(items: list[dict[str, Any]]) -> list[Role]:
    (thread,) = read(items).threads
    assign_roles(thread.activities, thread.marks)
    return [item.role for item in thread.activities]


@pytest.mark.parametrize(
    "items",
    [
        [activity(1, USER, recipient=SAID_BOT), activity(2, BOT)],
        [activity(1, USER, recipient=SAID_BOT), activity(2, BOT, recipient=SAID_USER)],
        [activity(1, USER, recipient=BOT), activity(2, BOT, recipient=USER, replyToId="1")],
        [activity(1, SAID_USER), activity(2, BOT)],
        [activity(1, TEAMS_USER, recipient=TEAMS_BOT), activity(2, TEAMS_BOT, recipient=TEAMS_USER)],
    ],
    ids=["customer speaks to a bot", "and it to a user", "answers", "only people have roles", "teams ids"],
)
def test_who_answers_the_customer_without_a_role_is_the_bot(items: list[dict[str, Any]]) -> None:
    assert roles(items) == [Role.CUSTOMER, Role.BOT]


def test_bot_that_greets_first_is_not_taken_for_the_customer() -> None:
    update = activity(1, USER, type="conversationUpdate", membersAdded=[BOT], recipient=BOT)
    items = [update, activity(2, BOT), activity(3, USER), activity(4, BOT)]

    assert roles(items)[1:] == [Role.BOT, Role.CUSTOMER, Role.BOT]


def test_in_a_group_a_named_bot_is_a_bot_and_everybody_else_a_customer() -> None:
    group = {"conversation": {"id": "c", "isGroup": True}}
    items = [
        activity(1, USER, recipient=SAID_BOT, **group),
        activity(2, {"id": "u2", "name": "Udo"}, **group),
        activity(3, BOT, **group),
    ]

    assert roles(items) == [Role.CUSTOMER, Role.CUSTOMER, Role.BOT]


def test_where_a_bot_says_that_it_is_one_another_without_a_role_is_an_agent() -> None:
    items = [activity(1, SAID_USER), activity(2, SAID_BOT), activity(3, {"id": "a1", "name": "Bea"}, replyToId="1")]

    assert roles(items) == [Role.CUSTOMER, Role.BOT, Role.AGENT]
