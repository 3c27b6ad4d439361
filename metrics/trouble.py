"""Trouble with a bot: its first sign, the turns that went by after it, and resolutions that may be none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from metrics.course import Stretch
from metrics.evidence import Evidence
from metrics.levels import NEUTRAL_MICRO, SLIGHT_MICRO
from metrics.outcomes import Decision
from metrics.phrases import says_it_again
from store.records import Activity, Resolution

_WORD = re.compile(r"\w+")
# Two messages that share this much of their words ask the same thing.
ALIKE = 0.6
FEWEST_WORDS = 3


def turns_of(stretch: Stretch | None, evidence: Evidence) -> int:
    """The customer's messages in a bot's session: up to the request for a human, where one ended it."""
    return 0 if stretch is None else sum(1 for index in evidence.customer_messages if stretch.first <= index <= stretch.last)


def wasted_turns(
    stretch: Stretch | None,
    activities: Sequence[Activity],
    evidence: Evidence,
    *,
    fallbacks: Collection[int],
    asks: Collection[int],
) -> int | None:
    """The customer's messages after the first sign of trouble in a bot's session; None where it showed none.

    A sign is a turn that the bot did not understand, the wish for a human, or a message of the customer that is plainly negative.
    """
    if stretch is None:
        return None
    inside = [index for index in evidence.customer_messages if stretch.first <= index <= stretch.last]
    signs = [index for index in (*fallbacks, *asks) if stretch.first <= index <= stretch.last]
    signs += [index for index in inside if (activities[index].sentiment_micro or 0) < -SLIGHT_MICRO]
    return sum(1 for index in inside if index > min(signs)) if signs else None


def is_suspect(decision: Decision | None, activities: Sequence[Activity], evidence: Evidence) -> bool:
    """Whether a resolution that nobody confirmed follows on a customer's message that is negative or asks again."""
    if decision is None or decision.resolution not in (Resolution.IMPLIED, Resolution.ASSUMED):
        return False
    *before, last = (activities[index] for index in evidence.customer_messages)
    if (last.sentiment_micro or 0) < -NEUTRAL_MICRO or says_it_again(last.text):
        return True
    words = _words(last.text)
    return len(words) >= FEWEST_WORDS and any(
        _may_share(words, item.text) and _alike(words, _words(item.text)) for item in before
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text[:1_000].lower()))


def _may_share(words: frozenset[str], text: str) -> bool:
    """Whether enough of `words` stand somewhere in a text for it to be alike: told at a fraction of the cost of its own words."""
    return sum(map(text[:1_000].lower().__contains__, words)) >= ALIKE * len(words)


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    return len(one & two) >= ALIKE * len(one | two)
