"""The composer's desk: a clock, the cast, and one method for each thing that can happen on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from .sentences import AGENT_LINES, FALLBACKS, GERMAN, QUESTIONS, STATEMENTS, customer_line

GAPS_MS = ((2, 900), (1_000, 20_000), (20_000, 120_000), (300_000, 1_680_000))  # the longest stays below the idle time-out
GAP_WEIGHTS = (25, 55, 18, 2)


@dataclass(frozen=True)
class Party:
    """Somebody on the wire."""

    id: str
    name: str
    role: str

    @property
    def title(self) -> str:
        """What a report calls it."""
        return self.name or self.id


@dataclass(frozen=True)
class Style:
    """Variations that change nothing in what is true."""

    locale: str = ""
    german: bool = False  # the one exception: no score
    ids: str = "numbered"  # numbered | unique | none
    stamps: str = "milliseconds"  # milliseconds | ticks | offset
    clutter: float = 0.2
    bare_customer: bool = False  # no role on the customer
    design_mode: bool = False


@dataclass
class Script:
    """One conversation being written. Times only move forward, by at least a millisecond."""

    rng: Random
    external_id: str
    channel: str
    start_ms: int
    bot: Party
    customer: Party
    agent: Party
    style: Style = field(default_factory=Style)
    activities: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the customer's messages, in order
    gaps_ms: tuple[tuple[int, int], ...] = GAPS_MS
    at_ms: int = 0
    session_start_ms: int | None = None
    listener: Party | None = None  # whom the customer speaks to, when that is not the bot

    def begin_session(self) -> None:
        """What comes next begins a new bot session."""
        self.session_start_ms = None

    def wait(self, low_ms: int, high_ms: int) -> None:
        """Let time pass before the next activity."""
        self.at_ms += self.rng.randint(low_ms, high_ms)

    def put(self, kind: str, sender: Party | None, *, whole_second: bool = False, **fields: Any) -> int:
        """Write one activity and say when it happened."""
        gap_ms = self.rng.randint(*self.rng.choices(self.gaps_ms, GAP_WEIGHTS[: len(self.gaps_ms)])[0])
        self.at_ms = self.at_ms + gap_ms if self.activities else self.start_ms
        if whole_second:
            self.at_ms += -(self.at_ms - self.start_ms) % 1_000
        if self.session_start_ms is None:
            self.session_start_ms = self.at_ms
        activity: dict[str, Any] = {"type": kind, "timestamp": self._stamp(), "channelId": self.channel}
        if self.rng.random() < 0.3:
            activity["localTimestamp"] = self._local()
        if self.style.ids == "numbered":
            activity["id"] = str(len(self.activities) + 1)
        elif self.style.ids == "unique":
            activity["id"] = f"{self.rng.getrandbits(64):016x}|{len(self.activities):07d}"
        if sender is not None:
            activity["from"] = self._named(sender)
            activity["recipient"] = self._named(self._facing(sender))
        activity["conversation"] = {"id": self.external_id}
        if self.style.locale:
            activity["locale"] = self.style.locale
        activity.update(fields)
        self.activities.append(activity)
        return self.at_ms

    def customer_says(self, text: str | None = None) -> int:
        """A message of the customer."""
        said = text or (self.rng.choice(GERMAN) if self.style.german else customer_line(self.rng))
        self.texts.append(said)
        return self.put("message", self.customer, text=said)

    def bot_says(self, text: str, **fields: Any) -> int:
        """A message of the bot."""
        if self.rng.random() < self.style.clutter:
            self.put("typing", self.bot)
        if "channelData" not in fields and self.rng.random() < 0.15:
            fields["channelData"] = {"deliveryMode": "bridged", "tags": "ChannelId-lcw,public"}
        return self.put("message", self.bot, text=text, **fields)

    def bot_states(self) -> int:
        """The bot tells something and wants nothing."""
        hint = {"inputHint": "acceptingInput"} if self.rng.random() < 0.2 else {}
        return self.bot_says(self.rng.choice(STATEMENTS), **hint)

    def bot_asks(self) -> int:
        """The bot asks, in words or by its hint or by buttons."""
        way = self.rng.choice(("words", "hint", "buttons"))
        if way == "words":
            return self.bot_says(self.rng.choice(QUESTIONS))
        if way == "hint":
            return self.bot_says("Please type the number of your account.", inputHint="expectingInput")
        actions = [{"type": "imBack", "title": word, "value": word} for word in ("Cards", "Loans")]
        return self.bot_says("These are the things I can help with.", suggestedActions={"actions": actions})

    def bot_fails(self) -> int:
        """The bot did not understand."""
        return self.bot_says(self.rng.choice(FALLBACKS))

    def agent_says(self) -> int:
        """A message of the human agent, to whom the customer speaks from now on."""
        self.listener = self.agent
        return self.put("message", self.agent, text=self.rng.choice(AGENT_LINES))

    def bot_command(self, command: str, *, text: str = "", context: dict[str, Any] | None = None) -> int:
        """A message by which the bot steers the hub: the command is JSON inside a string."""
        tags = json.dumps({"type": command, "context": context or {}})
        return self.put("message", self.bot, text=text, channelData={"tags": tags})

    def trace(self, value_type: str, value: dict[str, Any], *, whole_second: bool = False) -> int:
        """A trace of the bot's platform."""
        return self.put("trace", self.bot, name=value_type, valueType=value_type, value=value, whole_second=whole_second)

    def session_info(self, outcome: str, *, engaged: bool = True, implied: bool = False) -> int:
        """The platform's word on the session; where it names times, they are those of the activities."""
        value: dict[str, Any] = {
            "type": "Engaged" if engaged else "Unengaged", "outcome": outcome, "turnCount": 2, "impliedSuccess": implied,
        }  # fmt: skip
        at_ms = self.trace("SessionInfo", value, whole_second=True)
        if at_ms % 1_000 == 0 and self.session_start_ms is not None and self.session_start_ms % 1_000 == 0:
            value |= {"startTimeUtc": _seconds(self.session_start_ms), "endTimeUtc": _seconds(at_ms)}
        return at_ms

    def end(self, code: str, *, by: Party | None = None) -> int:
        """An explicit end."""
        return self.put("endOfConversation", by or self.bot, code=code)

    def clutter(self) -> None:
        """Things that happen and mean nothing."""
        while self.rng.random() < self.style.clutter:
            kind = self.rng.choice(("typing", "customer typing", "state", "variable", "update"))
            if kind == "typing":
                self.put("typing", self.bot)
            elif kind == "customer typing":
                self.put("typing", self.customer)
            elif kind == "state":
                self.put("trace", self.bot, name="BotState", label="Bot State", value={"turns": len(self.texts)})
            elif kind == "variable":
                self.trace("VariableAssignment", {"id": "Global.Step", "name": "Step", "newValue": "2", "type": "global"})
            else:
                self.put("conversationUpdate", self.customer, membersAdded=[], membersRemoved=[])

    def _facing(self, sender: Party) -> Party:
        if sender in (self.bot, self.agent):
            return self.customer
        return self.bot if self.listener is None or sender != self.customer else self.listener

    def _named(self, party: Party) -> dict[str, str]:
        fields = {"id": party.id, "name": party.name, "role": party.role}
        if party == self.customer and self.style.bare_customer:
            del fields["role"]
        return {name: value for name, value in fields.items() if value}

    def _stamp(self) -> str:
        at = datetime.fromtimestamp(self.at_ms // 1_000, UTC)
        thousandths = f"{self.at_ms % 1_000:03d}"
        if self.style.stamps == "ticks":
            return f"{at:%Y-%m-%dT%H:%M:%S}.{thousandths}{self.rng.randrange(10_000):04d}Z"
        if self.style.stamps == "offset":
            there = at.astimezone(timezone(timedelta(hours=5, minutes=30)))
            return f"{there:%Y-%m-%dT%H:%M:%S}.{thousandths}+05:30"
        return f"{at:%Y-%m-%dT%H:%M:%S}.{thousandths}Z"

    def _local(self) -> str:
        """The sender's own clock: not the one to go by, and sometimes wrong."""
        wrong_ms = self.rng.choice((0, 0, 3_600_000, -86_400_000))
        at = datetime.fromtimestamp((self.at_ms + wrong_ms) // 1_000, timezone(timedelta(hours=-7)))
        return f"{at:%Y-%m-%dT%H:%M:%S}-07:00"


def _seconds(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
