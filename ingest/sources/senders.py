"""Who sent an activity, as far as the wire says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.sources.identity import fingerprint
from ingest.sources.phone_numbers import LEAST_DIGITS, mask_phone
from store.records import WireRole
from store.voice.records import VOICE_CHANNELS

_ROLES: dict[Any, WireRole] = {
    "bot": WireRole.BOT,
    "skill": WireRole.BOT,
    "agenticuser": WireRole.BOT,  # Microsoft 365 Agents SDK
    "agenticappinstance": WireRole.BOT,
    "0": WireRole.BOT,  # Copilot Studio exports number the roles
    "user": WireRole.USER,
    "connectoruser": WireRole.USER,
    "1": WireRole.USER,
    "customer": WireRole.CUSTOMER,
    "agent": WireRole.AGENT,
    "supervisor": WireRole.SUPERVISOR,
    "system": WireRole.SYSTEM,
    "channel": WireRole.SYSTEM,
    "debug": WireRole.SYSTEM,  # the test canvas, of itself
}
# Only people talk to bots; to a person talk bots and people.
_BY_RECIPIENT = {WireRole.BOT: WireRole.USER, WireRole.USER: WireRole.TO_USER}
_TEAMS_BOT = "28:"  # how Teams and Skype begin the ids of bots
# With what platforms put around it: tel:+1…, 4:+1…, sip:+1…@….
_PHONE = re.compile(r"(?:[a-z0-9]+:)?\+[\d\s().-]{7,24}(?:[;@].*)?", re.IGNORECASE)
# The same without a plus: with the zero or bracket that numbers begin with, or long enough for one.
_DIALLED = re.compile(r"(?:tel:|sip:)?(?:[0(](?:[\s().-]{0,2}\d){6,15}|\d(?:[\s().-]{0,2}\d){9,14})(?:[;@].*)?", re.IGNORECASE)
_FIRST_OF_DIALLED = frozenset("0123456789(tsTS")
_BY_NUMBER = VOICE_CHANNELS | {"sms", "whatsapp"}  # channels whose customers are known by their telephones
_NOT_DIGIT = re.compile(r"\D")


def role_of(role: Any) -> WireRole:
    """What a `role` says, as a word in any case or as a number."""
    if type(role) is str:
        return _ROLES.get(role) or _ROLES.get(role.lower().strip(), WireRole.UNSAID)
    if type(role) is int:
        return _ROLES.get(str(role), WireRole.UNSAID) if 0 <= role <= 1 else WireRole.UNSAID
    return WireRole.UNSAID


def sender_of(item: dict[str, Any]) -> tuple[str, str, WireRole]:
    """Id, name and role of the sender. A role left out is told by the recipient's, where it can be; nobody is the system."""
    sender = item.get("from")
    if type(sender) is not dict:
        sender = {}
    sender_id, name, role = word(sender.get("id")), word(sender.get("name")), role_of(sender.get("role"))
    if role is WireRole.UNSAID:
        recipient = item.get("recipient")
        if type(recipient) is dict:
            role = _BY_RECIPIENT.get(role_of(recipient.get("role")), role)
        if role is WireRole.UNSAID and not sender_id and not name and not sender.get("role"):
            role = WireRole.SYSTEM
    if "+" in sender_id or sender_id[:1] in _FIRST_OF_DIALLED:
        sender_id = kept_id(sender_id, is_by_number=is_by_number(item))
    return sender_id, kept_name(name), role


def is_by_number(item: dict[str, Any]) -> bool:
    """Whether it came by a channel on which people are known by their telephones."""
    channel = item.get("channelId")
    return type(channel) is str and channel.lower() in _BY_NUMBER


def kept_name(name: str) -> str:
    """A name as it is kept: a phone number, however it is written, only by its end."""
    may_be = "+" in name or name[:1] in _FIRST_OF_DIALLED
    return mask_phone(_bare(name)) if may_be and (_PHONE.fullmatch(name) or _DIALLED.fullmatch(name)) else name


def kept_id(sender_id: str, *, is_by_number: bool = False) -> str:
    """An id as it is kept: a phone number only by its end and a hash, since two callers may share their last four digits.

    Without a plus it is one only where people are known `by_number`; anywhere else it may be any account's.
    """
    if _PHONE.fullmatch(sender_id) if "+" in sender_id else is_by_number and _DIALLED.fullmatch(sender_id):
        return f"{mask_phone(_bare(sender_id))}~{fingerprint(sender_id.encode()).hex()[:8]}"
    return sender_id


def bots_named_in(item: dict[str, Any], wire_type: str, *, known: Sequence[str] = ()) -> Sequence[str]:
    """Ids that `item` shows to be a bot's, apart from its sender's stated role. Those that are `known` may be left out."""
    sender, recipient = item.get("from"), item.get("recipient")
    sender_id = sender.get("id") if type(sender) is dict else None
    role = recipient.get("role") if type(recipient) is dict else None
    is_update = wire_type == "conversationupdate"
    is_teams_bot = type(sender_id) is str and sender_id.startswith(_TEAMS_BOT)
    if not is_update and not is_teams_bot and (role is None or role == "user" or role_of(role) is not WireRole.BOT):
        return ()  # what is said to people
    if not is_update and not is_teams_bot and recipient is not None and recipient.get("id") in known:
        return ()  # what is said to a bot, again
    found: list[Any] = [sender_id] if is_teams_bot else []
    # A bot is told who has come and gone; people are not.
    if type(recipient) is dict and (is_update or role_of(role) is WireRole.BOT):
        found.append(recipient.get("id"))
    members = item.get("membersAdded") if is_update else None
    for member in members if isinstance(members, list) else ():
        if isinstance(member, dict) and role_of(member.get("role")) is WireRole.BOT:
            found.append(member.get("id"))
    by_number = is_by_number(item)
    return [kept_id(name, is_by_number=by_number) for name in map(word, found) if name]


def word(value: Any) -> str:
    """`value` as an id or a name: text as it is, whole numbers as text, anything else as nothing."""
    if type(value) is str:
        return value
    return str(value) if type(value) is int else ""


def mask_value(name: str, value: Any) -> Any:
    """`value` of a variable, masked where it is a phone number, or holds one by itself."""
    if isinstance(value, str):
        is_phone = _PHONE.fullmatch(value) or ("phone" in name.lower() and len(_NOT_DIGIT.sub("", value)) >= LEAST_DIGITS)
        return mask_phone(_bare(value)) if is_phone else value
    if isinstance(value, list):
        return [mask_value(name, each) for each in value]
    return {own: mask_value(own, each) for own, each in value.items()} if isinstance(value, dict) else value


def _bare(number: str) -> str:
    """Without the extension, or the host that a SIP address ends in, which may have digits of its own."""
    return number.partition("@")[0].partition(";")[0]
