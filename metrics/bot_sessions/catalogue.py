"""Every figure about bot sessions as data, as metrics/catalogue.py has those of conversations.

Tooltips of the Bot sessions page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from functools import partial

from metrics.metric import Metric, count, rate

LICENSING = "Microsoft Learn, Dynamics 365 Customer Service: bot session usage and licensing"
OWN = "Floorwalker"
MONTH = "month of the tenant's zone"

_count = partial(count, grain=MONTH, source=LICENSING)
_rate = partial(rate, grain=MONTH, source=LICENSING)

BOT_SESSION_CATALOGUE: tuple[Metric, ...] = (
    _count(
        "bot_sessions_used",
        "Bot sessions used",
        "Conversations in which a customer met a bot, at the beginning, middle or end, surveys included, in the month in which a "
        "bot was first invoked; they are held against what licences entitle to. Two bots in one conversation count once; smart "
        "assist and tests do not.",
        "conversations, open and closed, with at least one bot session of mode primary or survey",
    ),
    _count(
        "bot_sessions_entitled",
        "Bot sessions entitled to",
        "What licences and add-on packs entitle to in a month, pooled for the tenant; nothing is carried over.",
        "licences × 50 + add-on packs × 100; both factors can be set",
        empty=None,
    ),
    _count(
        "bot_sessions_left",
        "Bot sessions left",
        "What is left of the month's entitlement; none, not fewer, where more were used.",
        "entitled − used",
        empty=None,
    ),
    _rate(
        "bot_sessions_share",
        "Bot sessions, share used",
        "Share of the month's entitlement that is used: at risk from 80 % on, used up from 100 % on.",
        "bot sessions used",
        "bot sessions entitled to",
    ),
    _count(
        "bot_sessions_forecast",
        "Bot sessions at the month's end (estimated)",
        "What will be used by the end of the month, and on which day the entitlement runs out, by the average of "
        "each weekday over the last eight weeks; with a 95 % interval from how far days strayed from that average. Growth and "
        "holidays are not known to it.",
        "bot sessions used so far, and what the rest of today and the days to come bring on average",
        empty=None,
        source=OWN,
        is_estimate=True,
    ),
)
