"""Turns that a bot did not understand: which they are, and what the customer had written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.evidence import Evidence, is_bots_fallback
from metrics.wording import words_of
from store.fallback_records import Fallback
from store.records import Activity, Kind, Role

# Of a message so much is kept beside its turn: enough to see what it was about.
KEPT_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Misses:
    """Indexes into the conversation's activities, in order."""

    signs: Sequence[int]  # everything that shows that the bot did not understand
    turns: Sequence[int]  # of each turn that has one the first
    in_a_row: int  # how many of the latest turns

    @property
    def num_turns(self) -> int:
        return len(self.turns)


def find_misses(activities: Sequence[Activity]) -> Misses:
    """The turns of a conversation that its bot did not understand."""
    signs: list[int] = []
    turns: list[int] = []
    in_a_row = 0
    counted = understood = False
    for index, item in enumerate(activities):
        if is_bots_fallback(item):
            signs.append(index)
            if not counted:
                turns.append(index)
                in_a_row, counted, understood = in_a_row + 1, True, False
        elif item.kind is Kind.MESSAGE and item.role in (Role.BOT, Role.AGENT):
            understood = not counted
        elif item.kind is Kind.MESSAGE and item.role is Role.CUSTOMER:
            in_a_row = 0 if understood else in_a_row
            counted = understood = False
    return Misses(signs, turns, 0 if understood else in_a_row)


def list_fallbacks(activities: Sequence[Activity], evidence: Evidence, misses: Misses, *, ended_ms: int | None) -> list[Fallback]:
    """A row for each turn, with the customer's last message before it: each message stands for one turn."""
    found: list[Fallback] = []
    after = -1
    for number, sign in enumerate(misses.turns, start=1):
        place = bisect_left(evidence.customer_messages, sign) - 1
        said = evidence.customer_messages[place] if place >= 0 else -1
        # Where nothing was written since the turn before, such as a silence on the phone, there is no message to show.
        item = activities[said] if said > after else None
        text = item.text[:KEPT_LETTERS] if item is not None else ""
        at_ms = item.at_ms if item is not None else activities[sign].at_ms
        found.append(Fallback(number, at_ms, ended_ms, words_of(text), text))
        after = sign
    return found
