"""Conversations for tests, from text like a transcript: a line an activity, only what matters named.

    10:00:00 customer: where is my parcel?
    10:00:01.250 bot: Which one? | {"inputHint": "expectingInput"}
    10:00:20 bot Max: hello, Max here
    10:00:21 agent Bea: hello
    10:00:30 event handoff.initiate {"topic": "cards"}
    10:00:31 system event handoff.status {"state": "accepted"}
    10:00:40 trace SessionInfo {"outcome": "Resolved"}
    10:00:50 end completedSuccessfully
    10:00:51 handoff {"type": "transferToAgent"}
    10:00:52 conversationUpdate

Times without a date are of 2 March 2026. Customer and agent are both "user" on the wire, as Bot Framework has it. What stands
behind ` | ` is laid over the activity. `#id` before the rest of a line is the activity's id; without it lines are numbered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ingest.events import RawRecord, ThreadInput
from ingest.sources import bot_framework
from metrics.derive import Deriver
from metrics.rules import Rules
from metrics.sentiment import MICRO, Engine, Scorer
from store.records import Activity, Conversation, Derived, Session, Thread

DAY = "2026-03-02"
FAR_LATER_MS = 4_000_000_000_000  # everything is due by then

_LINE = re.compile(r"(?P<time>\S+)\s+(?:#(?P<id>\S+)\s+)?(?P<rest>.*)")
_SAYS = re.compile(r"(?P<role>customer|bot|agent|supervisor|system)(?: (?P<name>\w+))?: ?(?P<text>.*)", re.DOTALL)
_DOES = re.compile(
    r"(?:(?P<role>customer|bot|agent|supervisor|system)(?: (?P<name>[A-Z]\w+))? )?"
    r"(?P<type>event|trace|end|handoff|typing|conversationUpdate)\b ?(?P<word>[\w.]+)? ?(?P<value>.*)"
)
_NAMES = {"customer": "Ann", "bot": "Ada", "agent": "Bea", "supervisor": "Sue", "system": "Hub"}
_WIRE_ROLES = {"customer": "user", "bot": "bot", "agent": "user", "supervisor": "supervisor", "system": "channel"}


def ms(text: str) -> int:
    """A time as milliseconds since the epoch."""
    moment = datetime.fromisoformat(f"{text if 'T' in text else f'{DAY}T{text}'}+00:00")
    return round(moment.timestamp() * 1000)


def wire(text: str, *, conversation: str = "c1", channel: str = "webchat") -> list[dict[str, Any]]:
    """The Bot Framework activities that `text` tells of."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return [_item(line, number, conversation, channel) for number, line in enumerate(lines, start=1)]


def _item(line: str, number: int, conversation: str, channel: str) -> dict[str, Any]:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    rest, _, laid_over = found["rest"].partition(" | ")
    at = found["time"] if "T" in found["time"] else f"{DAY}T{found['time']}"
    item = {"id": found["id"] or str(number), "timestamp": f"{at}Z", "channelId": channel, "conversation": {"id": conversation}}
    return item | _said(rest.strip()) | (json.loads(laid_over) if laid_over else {})


def _said(rest: str) -> dict[str, Any]:
    if says := _SAYS.fullmatch(rest):
        return {"type": "message", "text": says["text"], "from": _sender(says["role"], says["name"])}
    does = _DOES.fullmatch(rest)
    assert does is not None, rest
    sender = {"from": _sender(does["role"] or "bot", does["name"])}
    value = {"value": json.loads(does["value"])} if does["value"] else {}
    match does["type"]:
        case "event":
            return {"type": "event", "name": does["word"]} | sender | value
        case "trace":
            return {"type": "trace", "valueType": does["word"]} | sender | value
        case "end":
            return {"type": "endOfConversation"} | sender | ({"code": does["word"]} if does["word"] else {})
        case kind:
            return {"type": kind} | sender | value


def _sender(role: str, name: str | None) -> dict[str, str]:
    named = name or _NAMES[role]
    return {"id": named.lower(), "name": named, "role": _WIRE_ROLES[role]}


def record(items: Iterable[dict[str, Any]]) -> RawRecord:
    """Activities as a file would hold them."""
    return RawRecord("test", json.dumps(list(items)).encode())


def threads_in(items: Iterable[dict[str, Any]]) -> list[ThreadInput]:
    """What the Bot Framework source makes of them; all of it can be read."""
    normalised = bot_framework.normalise(record(items))
    assert normalised.problems == []
    return normalised.threads


class NumberEngine:
    """Scores a text that is a number as that number, any other as neutral."""

    name = "numbers/1"
    languages = frozenset({"en"})

    def score(self, text: str) -> int:
        """Millionths."""
        try:
            return round(float(text) * MICRO)
        except ValueError:
            return 0


def deriver_of(rules: Rules | None = None, engine: Engine | None = None) -> Deriver:
    """The derive step, with the default rules and no lexicon unless told otherwise."""
    rules = rules or Rules()
    return Deriver(rules, Scorer(engine or NumberEngine(), default_language=rules.default_language))


def activities_of(text: str, **options: str) -> list[Activity]:
    """The activities of one conversation, positions given, not yet derived."""
    (thread,) = threads_in(wire(text, **options))
    return _placed(thread.activities)


def _placed(activities: Sequence[Activity]) -> list[Activity]:
    """Each once, in the version that stands, at the place and time of the first."""
    found: dict[int, Activity] = {}
    for position, item in enumerate(activities):
        first = found.setdefault(item.identity, item)
        if first is item:
            item.position, item.thread_key = position, 1
        elif item.version > first.version:
            item.position, item.thread_key, item.at_ms, item.at_sub = first.position, 1, first.at_ms, first.at_sub
            found[item.identity] = item
    return list(found.values())


def derive(text: str, *, now: str = "", rules: Rules | None = None, engine: Engine | None = None, **options: str) -> Derived:
    """Everything derived of the one conversation that `text` tells of; `now` is long after it unless told otherwise."""
    return derived_of(wire(text, **options), now_ms=ms(now) if now else FAR_LATER_MS, deriver=deriver_of(rules, engine))


def derived_of(items: Iterable[dict[str, Any]], *, now_ms: int = FAR_LATER_MS, deriver: Deriver | None = None) -> Derived:
    """The same of one conversation's activities as they are on the wire."""
    (thread,) = threads_in(items)
    known = Thread(1, 1, thread.source, thread.external_id, thread.marks)
    return (deriver or deriver_of()).derive(_placed(thread.activities), [known], now_ms=now_ms)


def told(text: str, **options: Any) -> Conversation:
    """The facts of the one conversation that `text` tells of."""
    (conversation,) = derive(text, **options).conversations
    return conversation


def sessions(text: str, **options: Any) -> list[Session]:
    """Its sessions."""
    (found,) = derive(text, **options).sessions.values()
    return found


def decider(text: str, conversation: Conversation, **options: str) -> str | None:
    """The id of the activity that decided its outcome."""
    ids = {item.identity: item.activity_id for item in activities_of(text, **options)}
    return None if conversation.deciding_identity is None else ids[conversation.deciding_identity]
