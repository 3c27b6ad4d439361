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


def show_by_bot(asked: Asked) -> None:
    """The bot whose resolution rate is surely highest comes first."""
    found = loaders.by_word("bot", asked.filters, asked.as_of, RANKED)
    ranked = sorted(found.items(), key=lambda item: (-(item[1].resolution_rate.interval or (-1.0,))[0], item[0]))
    bots, totals = [bot or WITHOUT for bot, _ in ranked], [each for _, each in ranked]
    targets = _targets(ranked, asked)
    kinds = {
        "confirmed": "Share of closed that the customer confirmed.",
        "implied": "Share of closed: the platform or the bot says so.",
        "assumed": "Share of closed: it ended after the bot's answer.",
    }
    few = [each.closed < SMALL for each in totals]
    show_table(
        "by_bot",
        {
            "bot": text("Bot", [bot or NOTHING for bot, _ in ranked]),  # not pinned: a pinned column is drawn too faint to read
            "closed": opening(
                "Closed",
                "bot_click",
                [number(each.closed) for each in totals],
                [("closed", {"bot": bot}) for bot in bots],
                help="Opens the bot's closed conversations.",
            ),
            "resolution": percents("Resolution rate", [each.resolution_rate.value for each in totals]),
            "resolution_interval": figures(
                INTERVAL, [spread(each.resolution_rate) for each in totals], help="Its lower end is the rank."
            ),
            "target": text("Target", targets, width=130, help="Of the resolution rate: the bot's own, or the one for all.")
            if any(targets)
            else None,
            **{
                kind: percents(kind.capitalize(), [Rate(getattr(each, kind), each.closed).value for each in totals], help=said)
                for kind, said in kinds.items()
            },
            "durable": percents(
                "Durable, 7 days",
                [each.returns_7.durable.value for each in totals],
                help="Of the resolved that are old enough to tell.",
            ),
            "escalation": percents("Escalation rate", [each.escalation_rate.value for each in totals]),
            "escalation_interval": figures(f"{INTERVAL} ", [spread(each.escalation_rate) for each in totals]),
            "abandonment": percents("Abandonment", [each.abandonment_rate.value for each in totals]),
            "resolution_time": _seconds("Resolution time", [each.resolution_time for each in totals]),
            "escalation_time": _seconds("Escalation time", [each.escalation_time for each in totals]),
            "sentiment": sentiments([value_of(each.average_sentiment) for each in totals]),
            "scored": opening(
                "Scored",
                "bot_scored_click",
                [number(each.average_sentiment.scored) for each in totals],
                [("average_sentiment", {"bot": bot}) for bot in bots],
                help="Opens the conversations that the sentiment rests on.",
            ),
        },
        about="Bots with their headline metrics, ranked by the lower bound of the resolution rate",
        few=few,
    )
    grey = f" Grey: fewer than {SMALL} closed, too few to judge." if any(few) else ""
    st.caption(
        "Ranked by the lower bound of the resolution rate, so that a few lucky conversations do not lead. Numbers of "
        f"conversations open them; rates, times and sentiment are no counts.{grey}"
    )


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
