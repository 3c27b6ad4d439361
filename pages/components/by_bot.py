"""Bots side by side: their headline metrics, each with what it rests on, and whether the target is met."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.catalogue import find_metric
from metrics.figures import Rate, Totals
from metrics.metric_targets import judge, target_of
from metrics.questions import HEADLINE, Figure, value_of
from pages.components import loaders
from pages.components.drill import opening
from pages.components.formats import INTERVAL, NOTHING, number, spread
from pages.components.metric_targets import target_text, verdict_word
from pages.components.period import WITHOUT, Asked
from pages.components.tables import COLUMN, SMALL, Column, figures, percents, sentiments, show_table, text

# What the table shows.
RANKED = (*HEADLINE, "abandonment_rate", "durable_resolution_7")
RESOLVED = {
    "confirmed": "Share of closed that the customer confirmed.",
    "implied": "Share of closed: the platform or the bot says so.",
    "assumed": "Share of closed: it ended after the bot's answer.",
}


def show_by_bot(asked: Asked) -> None:
    """The bot whose resolution rate is surely highest comes first."""
    found = loaders.by_word("bot", asked.filters, asked.as_of, RANKED)
    ranked = sorted(found.items(), key=lambda item: (-(item[1].resolution_rate.interval or (-1.0,))[0], item[0]))
    few = [totals.closed < SMALL for _, totals in ranked]
    show_table(
        "by_bot",
        _columns([bot for bot, _ in ranked], [totals for _, totals in ranked], _targets(ranked, asked)),
        about="Bots with their headline metrics, ranked by the lower bound of the resolution rate",
        few=few,
    )
    grey = f" Grey: fewer than {SMALL} closed, too few to judge." if any(few) else ""
    st.caption(
        "Ranked by the lower bound of the resolution rate, so that a few lucky conversations do not lead. "
        f"Press a number of conversations to see them.{grey}"
    )


def _columns(bots: Sequence[str], totals: Sequence[Totals], targets: Sequence[str]) -> dict[str, Column | None]:
    aim = text("Target", targets, width=130, help="Of the resolution rate: the bot's own, or the one for all.")
    durable = [each.returns_7.durable.value for each in totals]
    return {
        "bot": text("Bot", [bot or NOTHING for bot in bots]),  # not pinned: a pinned column is drawn too faint to read
        "closed": _opening("Closed", "closed", bots, [each.closed for each in totals], "Opens the bot's closed conversations."),
        "resolution": percents("Resolution rate", [each.resolution_rate.value for each in totals]),
        "resolution_interval": figures(
            INTERVAL, [spread(each.resolution_rate) for each in totals], help="Its lower end is the rank."
        ),
        "target": aim if any(targets) else None,
        **{
            kind: percents(kind.capitalize(), [Rate(getattr(each, kind), each.closed).value for each in totals], help=said)
            for kind, said in RESOLVED.items()
        },
        "durable": percents("Durable, 7 days", durable, help="Of the resolved that are old enough to tell."),
        "escalation": percents("Escalation rate", [each.escalation_rate.value for each in totals]),
        "escalation_interval": figures(f"{INTERVAL} ", [spread(each.escalation_rate) for each in totals]),
        "abandonment": percents("Abandonment", [each.abandonment_rate.value for each in totals]),
        "resolution_time": _seconds("Resolution time", [each.resolution_time for each in totals]),
        "escalation_time": _seconds("Escalation time", [each.escalation_time for each in totals]),
        "sentiment": sentiments([value_of(each.average_sentiment) for each in totals]),
        "scored": _opening(
            "Scored",
            "average_sentiment",
            bots,
            [each.average_sentiment.scored for each in totals],
            "Opens the conversations that the sentiment rests on.",
        ),
    }


def _opening(label: str, metric: str, bots: Sequence[str], counts: Sequence[int], said: str) -> Column:
    leads = [(metric, {"bot": bot or WITHOUT}) for bot in bots]
    return opening(label, f"bot_{metric}_click", [number(count) for count in counts], leads, help=said)


def _seconds(label: str, times: Sequence[Figure]) -> Column:
    return Column([value_of(each) for each in times], COLUMN.NumberColumn(label, format="%d s", help="Mean, in seconds."))


def _targets(ranked: Sequence[tuple[str, Totals]], asked: Asked) -> list[str]:
    """Of each bot whether its resolution rate is as it should be; "" where nothing says."""
    targets, metric = loaders.metric_targets(), find_metric("resolution_rate")
    queue = asked.filters.queues[0] if len(asked.filters.queues) == 1 else ""
    found = [target_of(targets, metric.key, bot=bot, queue=queue) for bot, _ in ranked]
    return [
        "" if target is None else f"{verdict_word(judge(target, totals.resolution_rate))}: {target_text(target, metric)}"
        for target, (_, totals) in zip(found, ranked, strict=True)
    ]
