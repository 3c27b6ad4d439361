"""Bot Framework activities, one by one: the wire's dictionary to an Activity, in the field's own words.

Copilot Studio writes the same schema in other spellings (epoch times, numbered roles, `channeldata`); both are read here.
Which conversation an activity belongs to and when it happened, where it does not say so itself, is decided in `arrays`.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.evidence import evidence_of, is_private, work_item_of
from ingest.sources.identity import Hash, identify, version_of
from ingest.sources.phone_numbers import mask_all_spoken, mask_spoken
from ingest.sources.senders import bots_named_in, kept_id, sender_of, word
from ingest.sources.times import Stamp, read_stamp
from ingest.sources.wire_json import as_object
from ingest.sources.wording import text_of
from store.records import Activity, Kind, Marks, WireRole
from store.voice.records import VOICE_CHANNELS

_RANKS = {"messageupdate": 1, "messagedelete": 2}  # both carry the id of the message that they replace
_WITH_TEXT = frozenset({"message", "messageupdate", "endofconversation", "handoff"})
_NAMED = frozenset({"event", "trace", "invoke", "command", "commandresult"})
_TEST_CHANNEL = "pva-studio"
_LONGEST_LABEL = 120


def stamp_of(item: dict[str, Any]) -> Stamp | None:
    """When it happened, where it says so."""
    precise = item.get("timestampMs")
    if precise is not None and (stamp := read_stamp(precise)) is not None:
        return stamp
    return read_stamp(item.get("timestamp"))


def conversation_of(item: dict[str, Any]) -> str:
    """The conversation that it names, an activity or what wraps some; or nothing."""
    conversation = item.get("conversation")
    name = word(conversation.get("id")) if type(conversation) is dict else word(conversation) or word(item.get("conversationId"))
    return kept_id(name) if "+" in name else name


def read_activity(item: dict[str, Any], raw: bytes, *, conversation: Hash, at: Stamp, own_stamp: Stamp | None) -> Activity:
    """The activity that `item` is. `raw` is its canonical JSON, `at` the time that it stands at, `own_stamp` the one it names."""
    wire_type = item["type"]
    lowered = wire_type.lower()
    kind, detail = evidence_of(item, lowered)
    sender_id, sender_name, role = sender_of(item)
    activity_id = word(item.get("id"))
    rank = _RANKS.get(lowered, 0)
    locale = item.get("locale")
    text = text_of(item) if lowered in _WITH_TEXT else ""
    channel = item.get("channelId")
    if type(channel) is str and channel.lower() in VOICE_CHANNELS:
        text, detail = mask_spoken(text), mask_all_spoken(detail)
    return Activity(
        identify(conversation, _identifier(item, activity_id, kind), raw),
        activity_id,
        version_of(raw, rank=rank, stamp=own_stamp, later_wins=rank > 0 or kind is Kind.VERDICT),
        at[0],
        at[1],
        own_stamp is not None,
        kind,
        f"{wire_type} {_label(item)}".rstrip() if lowered in _NAMED else wire_type,
        sender_id,
        sender_name,
        role,
        text,
        locale if type(locale) is str else _declared_locale(item),
        is_private(item),
        detail,
        raw,
    )


def mark(marks: Marks, item: dict[str, Any], at_ms: int) -> None:
    """Add to `marks` what `item` says of its conversation as a whole."""
    channel = item.get("channelId")
    if type(channel) is str and channel:
        earliest = marks.channels.get(channel)
        if earliest is None or at_ms < earliest:
            marks.channels[channel] = at_ms
        if channel == _TEST_CHANNEL:
            marks.is_test = True
    conversation = item.get("conversation")
    if type(conversation) is dict and conversation.get("isGroup") is True:
        marks.is_group = True
    wire_type = item["type"].lower()
    for bot in bots_named_in(item, wire_type, known=marks.bots):
        if bot not in marks.bots:
            marks.bots = sorted([*marks.bots, bot])
    if item.get("replyToId") and wire_type == "message" and not as_object(item.get("from")).get("role"):
        sender_id, _, role = sender_of(item)
        if sender_id and role in (WireRole.UNSAID, WireRole.TO_USER) and sender_id not in marks.repliers:
            marks.repliers = sorted([*marks.repliers, sender_id])
    if wire_type not in ("message", "typing"):
        if (work_item := work_item_of(item)) and work_item not in marks.work_items:
            marks.work_items = sorted([*marks.work_items, work_item])
        if _is_conversation_info(item) and str(as_object(item.get("value")).get("isDesignMode")).lower() == "true":
            marks.is_test = True


def _identifier(item: dict[str, Any], activity_id: str, kind: Kind) -> str:
    """The activity's id. Every SessionInfo of an export is called "0": the session's beginning tells them apart."""
    if kind is Kind.VERDICT and activity_id in ("", "0"):
        started = word(as_object(item.get("value")).get("startTimeUtc"))
        return f"SessionInfo {started}" if started else ""
    return activity_id


def _label(item: dict[str, Any]) -> str:
    """What kind of event or trace it is; some name a schema's address as their type, which nobody wants to read."""
    value_type = word(item.get("valueType"))
    name = word(item.get("name"))
    label = name if name and (not value_type or "://" in value_type) else value_type
    return label[:_LONGEST_LABEL]


def _is_conversation_info(item: dict[str, Any]) -> bool:
    return item.get("valueType") == "ConversationInfo" or item.get("name") == "ConversationInfo"


def _declared_locale(item: dict[str, Any]) -> str:
    return word(as_object(item.get("value")).get("locale")) if _is_conversation_info(item) else ""
