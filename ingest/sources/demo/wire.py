"""One conversation being written down as Bot Framework activities, with a clock that only moves forward."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HUB: Json = {"id": "omnichannel", "name": "Omnichannel", "role": "system"}


def iso(at_ms: int) -> str:
    """2026-11-22T07:00:00.000Z."""
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")[:-6] + "Z"


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since the epoch."""
    return (at - EPOCH) // timedelta(milliseconds=1)


class Tape:
    """Activities of one conversation, in order of time."""

    def __init__(self, conversation_id: str, *, channel: str, start_ms: int, bot: Json, customer: Json, locale: str) -> None:
        self.activities: list[Json] = []
        self.times: list[int] = []
        self.now_ms = start_ms
        self.conversation: Json = {"id": conversation_id}
        self.channel = channel
        self.is_voice = channel == "telephony"
        self.bot_account = bot
        self.customer_account = customer
        self.locale = locale

    def wait(self, seconds: float) -> None:
        """Let time pass; at least a millisecond, so that no two activities share an instant."""
        self.now_ms += max(1, int(seconds * 1000))

    def write(self, kind: str, sender: Json, **fields: Any) -> Json:
        """One activity of type `kind`, now."""
        activity: Json = {
            "type": kind,
            "id": f"{self.conversation['id']}|{len(self.activities):04d}",
            "timestamp": iso(self.now_ms),
            "channelId": self.channel,
            "from": sender,
            "conversation": self.conversation,
            **fields,
        }
        self.activities.append(activity)
        self.times.append(self.now_ms)
        self.now_ms += 1
        return activity

    def customer_says(self, text: str) -> None:
        """A message of the customer."""
        self._say(self.customer_account, text)

    def bot_says(self, text: str, *, asks: bool = False, choices: Sequence[str] = (), sender: Json | None = None) -> None:
        """A message of the bot, or of another automaton; one that asks says so on the wire."""
        fields: Json = {"text": text, "locale": self.locale}
        if self.is_voice:
            fields |= {"speak": text, **({} if sender is HUB else self.aloud(text, by_bot=True))}
        if asks:
            fields["inputHint"] = "expectingInput"
        if choices and not self.is_voice:
            actions = [{"type": "imBack", "title": choice, "value": choice} for choice in choices]
            fields["suggestedActions"] = {"actions": actions}
        self.write("message", sender or self.bot_account, **fields)

    def person_says(self, sender: Json, text: str) -> None:
        """A message of an agent (like the customer's from a `user`, under another id) or of the hub."""
        if sender is HUB:  # an announcement, or a line on the screen
            self.write("message", sender, text=text, locale=self.locale)
        else:
            self._say(sender, text)

    def _say(self, sender: Json, text: str) -> None:
        self.write("message", sender, text=text, locale=self.locale, **self.aloud(text, by_bot=False))

    def aloud(self, text: str, *, by_bot: bool) -> Json:
        """What a message says of how it is spoken; nothing of what is written."""
        return {}

    def may_hold(self) -> None:
        """On a call, perhaps: an agent leaves the customer with music."""

    def trace(self, value_type: str, value: Json, *, sender: Json | None = None) -> None:
        """A trace, as Copilot Studio writes them; of the bot, unless another sends it."""
        self.write("trace", sender or self.bot_account, name=value_type, valueType=value_type, value=value)

    def event(self, name: str, value: Json, *, sender: Json = HUB) -> None:
        """A named event."""
        self.write("event", sender, name=name, value=value)

    def escalate(self, summary: str, context: Json) -> None:
        """The message by which a bot asks Omnichannel for a person; only the agent sees its text."""
        tags = json.dumps({"type": "Escalate", "context": context}, separators=(",", ":"))
        self.write("message", self.bot_account, text=summary, channelData={"tags": tags})

    def end(self, code: str, *, sender: Json) -> None:
        """The end, and how it came."""
        self.write("endOfConversation", sender, code=code)
