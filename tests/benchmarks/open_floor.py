"""Conversations that are open now, for a floor to be watched: as bots report them, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.benchmarks.server import FloorServer, post

OPEN_CONVERSATIONS = 60
QUEUES = ("BotQueue", "CreditCardQueue", "HomeLoanQueue")


def said(conversation: str, number: int, text: str, *, name: str, ago: float = 0, by_bot: bool = False) -> dict[str, Any]:
    """A message of the customer called `name`, or of the bot, `ago` seconds ago."""
    customer = {"id": f"of-{conversation}", "name": name, "role": "user"}
    sender = {"id": "bot-1", "name": "Cora", "role": "bot"} if by_bot else customer
    return _wire(conversation, number, ago, {"type": "message", "text": text, "locale": "en-US", "from": sender})


def ended(conversation: str, number: int) -> dict[str, Any]:
    """The end of it, now."""
    sender = {"id": "bot-1", "name": "Cora", "role": "bot"}
    return _wire(conversation, number, 0, {"type": "endOfConversation", "code": "completedSuccessfully", "from": sender})


def fill(server: FloorServer) -> None:
    """Open conversations of every state: with a bot, waiting for an agent, with one."""
    with httpx.Client(trust_env=False) as client:
        for number in range(OPEN_CONVERSATIONS):
            post(client, server.url, _conversation(number))


def _conversation(number: int) -> list[dict[str, Any]]:
    conversation, name = f"open-{number:03}", f"Customer {number:03}"
    activities = [
        said(conversation, 1, f"Hello, where is my order {number}?", name=name, ago=90),
        said(conversation, 2, "Let me look that up for you.", name=name, ago=88, by_bot=True),
        said(conversation, 3, ("Thank you, great", "This is terrible", "It is about the card")[number % 3], name=name, ago=60),
        said(conversation, 4, "Anything else?", name=name, ago=58, by_bot=True),
    ]
    if number % 3 == 0:
        bot = {"id": "bot-1", "name": "Cora", "role": "bot"}
        queue = {"queue": QUEUES[number % len(QUEUES)]}
        activities.append(_wire(conversation, 5, 40, {"type": "event", "name": "handoff.initiate", "value": {}, "from": bot}))
        activities.append(_wire(conversation, 6, 39, {"type": "event", "name": "queue.entered", "value": queue, "from": bot}))
    if number % 6 == 0:
        agent = {"id": f"agent-{number}", "name": f"Agent {number}", "role": "user"}
        activities.append(_wire(conversation, 7, 20, {"type": "message", "text": "Hello, I can help.", "from": agent}))
    return activities


def _wire(conversation: str, number: int, ago: float, fields: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    where = {"conversation": {"id": conversation}, "channelId": "webchat", "id": f"{conversation}-{number}"}
    return where | {"timestamp": at.isoformat()} | dict(fields)
