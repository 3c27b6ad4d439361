"""Who is who in an Omnichannel transcript: a message says what kind of account sent it, and by its tags who could read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.sources.senders import word

# What accounts are; customers that were called or not known have kinds of their own.
_CUSTOMERS_KINDS = ("phone", "guest", "device", "encrypted", "onPremises")
_KINDS = ("user", "application", "applicationInstance", "azureApplicationInstance", *_CUSTOMERS_KINDS)
_USER = "user"
_NO_NAME = "customer"  # what customers are called who were not recognised
_PLATFORM = "DynamicsBot"
_BOT = re.compile(r"bot\b|\bvirtual|assistant|copilot|\bivr\b|concierge", re.IGNORECASE)
_PUBLIC, _PRIVATE, _SYSTEM = "public", "private", "system"
Sender = tuple[str, str, str]  # kind, id, name


class Senders:
    """The senders of one transcript. Only the whole of it tells all of them apart."""

    def __init__(self, messages: Sequence[dict[str, Any]]) -> None:
        tagged: dict[Sender, set[str]] = {}
        for message in sorted(messages, key=_place):
            if not is_control(message):
                tagged.setdefault(_sender(message), set()).update(tag.lower() for tag in tags_of(message)[:1] or [""])
        self._names: dict[str, set[str]] = {}
        for _, sender_id, name in tagged:
            self._names.setdefault(sender_id, set()).add(name)
        self._roles = _roles(tagged)

    def of(self, message: dict[str, Any]) -> tuple[dict[str, str], bool]:
        """The sender of a message, and whether only the organisation read it."""
        sender = _sender(message)
        _, sender_id, name = sender
        tags = [tag.lower() for tag in tags_of(message)]
        role = _SYSTEM if _SYSTEM in tags else self._roles[sender]
        # Transcripts whose ids were taken out have the same for everybody: then the name tells.
        known_by = sender_id if len(self._names[sender_id]) == 1 else ""
        return {"id": known_by, "name": name, "role": role}, role == "agent" and tags[:1] == [_PRIVATE]


def is_control(message: dict[str, Any]) -> bool:
    """Whether it is a sign between programs, not a message."""
    return message.get("isControlMessage") is True


def tags_of(message: dict[str, Any]) -> list[str]:
    """What it is marked with."""
    return [tag.strip() for tag in word(message.get("tags")).split(",") if tag.strip()]


def _place(message: dict[str, Any]) -> tuple[str, str]:
    return word(message.get("createdDateTime")) or word(message.get("created")), word(message.get("id"))


def _sender(message: dict[str, Any]) -> Sender:
    accounts = message.get("from")
    if isinstance(accounts, dict):
        for kind in _KINDS:
            if isinstance(account := accounts.get(kind), dict):
                return kind, word(account.get("id")), word(account.get("displayName"))
    return "", "", ""


def _roles(tagged: dict[Sender, set[str]]) -> dict[Sender, str]:
    """Of each sender, the first to write first, what it is: told outright, or by who is left to be the customer."""
    roles = {sender: _told(sender, tags) for sender, tags in tagged.items()}
    open_ones = [sender for sender, role in roles.items() if not role]
    programs = [sender for sender in open_ones if sender[0] != _USER]
    people = sorted((sender for sender in open_ones if sender[0] == _USER), key=lambda sender: _PRIVATE in tagged[sender])
    if "customer" not in roles.values():
        # A customer writes by a program too. Where there are two, it is the bot that greets.
        customers = programs[1:] or ([] if "bot" in roles.values() and people else programs) or people[:1]
        roles.update(dict.fromkeys(customers, "customer"))
    roles.update({sender: "bot" for sender in programs if not roles[sender]})
    roles.update({sender: "agent" for sender in people if not roles[sender]})
    return roles


def _told(sender: Sender, tags: set[str]) -> str:
    kind, _, name = sender
    if not kind or name == _PLATFORM or tags == {_SYSTEM}:
        return _SYSTEM
    if name.strip().lower() == _NO_NAME or kind in _CUSTOMERS_KINDS:
        return "customer"
    if kind == _USER:
        return "agent" if _PUBLIC in tags else ""
    return "bot" if _BOT.search(name) else ""
