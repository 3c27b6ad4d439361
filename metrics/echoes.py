"""Messages that two transcripts of one conversation both hold: the bot's own, and that of the desk it hands over to.

Each was said once. Its copy stays where it came, and speaks for nobody: its role is that of the system.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from store.records import Activity, Kind, Role, WireRole

WITHIN_MS = 10_000  # two services that write down one message are not further apart than this
_WHO_SPEAKS = frozenset({Role.CUSTOMER, Role.BOT, Role.AGENT})
_NOT_WORD = re.compile(r"\W+")


@dataclass(slots=True)
class _Said:
    """One message, as the threads have it: the one that stands for all."""

    standing: Activity
    threads: set[int]


def silence_echoes(activities: Sequence[Activity]) -> None:
    """Take the role from messages that repeat, in another thread, what the same side said at the same time in the same words."""
    if len({item.thread_key for item in activities}) < 2:
        return
    said: dict[tuple[Role, str], list[_Said]] = {}
    for item in sorted(activities, key=_place):
        if item.kind is Kind.MESSAGE and item.role in _WHO_SPEAKS and item.text:
            _place_among(said.setdefault((item.role, _NOT_WORD.sub("", item.text.lower())), []), item)


def is_echo(item: Activity) -> bool:
    """Whether it repeats a message: who writes one is the system only where the source says so."""
    return item.role is Role.SYSTEM and item.kind is Kind.MESSAGE and item.wire_role is not WireRole.SYSTEM


def _place(item: Activity) -> tuple[int, int, int]:
    """The same in whatever order the threads came."""
    return item.at_ms, item.at_sub, item.identity


def _place_among(known: list[_Said], item: Activity) -> None:
    for said in known:
        if item.thread_key not in said.threads and item.at_ms - said.standing.at_ms <= WITHIN_MS:
            said.threads.add(item.thread_key)
            # Of two copies the one stands that says more: that an answer is awaited, or when it was spoken.
            echo = item if said.standing.detail or not item.detail else said.standing
            said.standing = item if echo is said.standing else said.standing
            echo.role, echo.role_inferred = Role.SYSTEM, True
            return
    known.append(_Said(item, {item.thread_key}))
