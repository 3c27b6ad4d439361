"""Every figure about bot sessions as data, as metrics/catalogue.py has those of conversations.

Tooltips of the Bot sessions page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from metrics.metric import Better, Metric, MetricKind, Unit

LICENSING = "Microsoft Learn, Dynamics 365 Customer Service: bot session usage and licensing"
OWN = "Floorwalker"
MONTH = "month of the tenant's zone"


def _count(key: str, label: str, definition: str, numerator: str, *, empty: int | None = None, source: str = LICENSING) -> Metric:
    return Metric(
        key, label, definition, MetricKind.COUNT, numerator, "", Unit.CONVERSATIONS, MONTH, Better.NEITHER, empty, source
    )


BOT_SESSION_CATALOGUE: tuple[Metric, ...] = (
    _count(
        "bot_sessions_used",
        "Bot sessions used",
        "Conversations in which a customer met a bot, at the beginning, middle or end, surveys included, in the month in which a "
        "bot was first invoked; they are held against what licences entitle to. Two bots in one conversation count once; smart "
        "assist and tests do not.",
        "conversations, open and closed, with at least one bot session of mode primary or survey",
        empty=0,
    ),
    _count(
        "bot_sessions_entitled",
        "Bot sessions entitled to",
        "What licences and add-on packs entitle to in a month, pooled for the tenant; nothing is carried over.",
        "licences × 50 + add-on packs × 100; both factors can be set",
    ),
    _count(
        "bot_sessions_left",
        "Bot sessions left",
        "What is left of the month's entitlement; none, not fewer, where more were used.",
        "entitled − used",
    ),
    Metric(
        key="bot_sessions_share",
        label="Bot sessions, share used",
        definition="Share of the month's entitlement that is used: at risk from 80 % on, used up from 100 % on.",
        kind=MetricKind.RATIO,
        numerator="bot sessions used",
        denominator="bot sessions entitled to",
        unit=Unit.SHARE,
        grain=MONTH,
        better=Better.NEITHER,
        empty=None,
        source=LICENSING,
    ),
    Metric(
        key="bot_sessions_forecast",
        label="Bot sessions at the month's end (estimated)",
        definition="What will be used by the end of the month, and on which day the entitlement runs out, by the average of "
        "each weekday over the last eight weeks; with a 95 % interval from how far days strayed from that average. Growth and "
        "holidays are not known to it.",
        kind=MetricKind.COUNT,
        numerator="bot sessions used so far, and what the rest of today and the days to come bring on average",
        denominator="",
        unit=Unit.CONVERSATIONS,
        grain=MONTH,
        better=Better.NEITHER,
        empty=None,
        source=OWN,
        is_estimate=True,
    ),
)
