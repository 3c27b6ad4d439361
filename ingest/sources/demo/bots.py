"""The three bots of the simulated floor that serve customers: what each answers, how well, and how its conversations come out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import accumulate

BOT_QUEUE = "BotQueue"
QUEUES = {"CreditCard": "CreditCardQueue", "HomeLoan": "HomeLoanQueue"}  # by value of BotHandoffTopic


class Fate(StrEnum):
    """How a conversation is going to go. Whether a waiting customer gives up follows from the wait."""

    CONFIRMED = "confirmed"  # says yes to "did that answer your question"
    IMPLIED = "implied"  # the bot closes after a thank-you
    ASSUMED = "assumed"  # has the answer and goes
    ESCALATED = "escalated"
    CANCELLED = "cancelled"  # closes the window
    TIMED_OUT = "timed out"  # the bot closes, nobody there
    SILENT = "silent"  # stops writing, nothing closes
    UNENGAGED = "unengaged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bot:
    """One bot. Shares are of its conversations; what they leave of the whole is unengaged or failed."""

    bot_id: str
    name: str
    channel: str
    workstream: str
    share: float  # of all conversations
    resolved: float
    escalated: float
    abandoned: float
    gain: float  # resolved share won with its present version, half from escalated, half from abandoned
    stumbles: float  # chance that it does not understand a message
    reply_seconds: float  # median time until the customer's next message
    reply_most_seconds: float


AVA = Bot("bot-ava", "Ava", "lcw", "ChatWorkStream", 0.44, 0.68, 0.22, 0.08, 0.0, 0.07, 105, 660)
HOMER = Bot("bot-homer", "Homer", "lcw", "ChatWorkStream", 0.34, 0.56, 0.306, 0.114, 0.08, 0.17, 115, 720)
VOX = Bot("bot-vox", "Vox", "telephony", "VoiceWorkStream", 0.22, 0.41, 0.40, 0.16, 0.0, 0.28, 11, 60)
BOTS = (AVA, HOMER, VOX)
# One of them has a new version since, and is better for it.
RELEASED, RELEASE, RELEASED_DAYS_AGO = HOMER, "Homer 2.1 released", 15

# Parts of resolved, and of abandoned. On the live floor nearly all end in words, or those who
# stopped writing would fill it: they stay open until the idle time-out.
RESOLVED_PARTS = {Fate.CONFIRMED: 0.32, Fate.IMPLIED: 0.44, Fate.ASSUMED: 0.24}
LIVE_RESOLVED_PARTS = {Fate.CONFIRMED: 0.38, Fate.IMPLIED: 0.55, Fate.ASSUMED: 0.07}
ABANDONED_PARTS = {Fate.CANCELLED: 0.36, Fate.TIMED_OUT: 0.22, Fate.SILENT: 0.42}
LIVE_ABANDONED_PARTS = {Fate.CANCELLED: 0.44, Fate.TIMED_OUT: 0.42, Fate.SILENT: 0.14}
UNENGAGED_PART = 0.7  # of what is neither resolved, escalated nor abandoned; the rest fails


@cache
def kinds(*, days_ago: int, live: bool) -> tuple[tuple[tuple[Bot, Fate], ...], tuple[float, ...]]:
    """Every bot with each of its fates, and the shares of the whole up to and including each."""
    shares = {(bot, fate): bot.share * share for bot in BOTS for fate, share in _fates(bot, days_ago=days_ago, live=live).items()}
    return tuple(shares), tuple(accumulate(shares.values()))


def _fates(bot: Bot, *, days_ago: int, live: bool) -> dict[Fate, float]:
    """Shares of the fates of `bot`, so many days before the end of history."""
    lost = bot.gain if days_ago > RELEASED_DAYS_AGO else 0.0
    resolved, escalated, abandoned = bot.resolved - lost, bot.escalated + lost / 2, bot.abandoned + lost / 2
    other = 1 - resolved - escalated - abandoned
    shares = {Fate.ESCALATED: escalated, Fate.UNENGAGED: other * UNENGAGED_PART, Fate.FAILED: other * (1 - UNENGAGED_PART)}
    for part, share in (LIVE_RESOLVED_PARTS if live else RESOLVED_PARTS).items():
        shares[part] = resolved * share
    for part, share in (LIVE_ABANDONED_PARTS if live else ABANDONED_PARTS).items():
        shares[part] = abandoned * share
    return shares
