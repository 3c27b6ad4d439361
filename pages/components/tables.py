"""The tables of the past: right-aligned figures, links by the conversation's id, small numbers grey."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from metrics.catalogue import Metric, find_metric
from metrics.columns import TABLES, Type
from metrics.figures import Rate, Totals
from metrics.metric_targets import MetricTarget, judge, target_of
from metrics.questions import HEADLINE, Placed, value_of
from pages.components import loaders
from pages.components.drill import Choices, Lead, opening
from pages.components.formats import INTERVAL, NARROW, NOTHING, basis, bucket, figure_text, number, signed, spread
from pages.components.metric_targets import target_text, verdict_word
from pages.components.period import WITHOUT, Asked

# Below this many closed conversations a rate says little.
SMALL = 30
# What the table of bots shows.
RANKED = (*HEADLINE, "abandonment_rate", "durable_resolution_7")
COLUMN = st.column_config
SENTIMENT = COLUMN.NumberColumn("Sentiment, est.")  # of a table that is `shaded`


def show_by_bot(asked: Asked) -> None:
    """Bots side by side, the one whose resolution rate is surely highest first."""
    found = loaders.by_word("bot", asked.filters, asked.as_of, RANKED)
    ranked = sorted(found.items(), key=lambda item: (-(item[1].resolution_rate.interval or (-1.0,))[0], item[0]))
    frame = pd.DataFrame([_bot_row(bot, totals) for bot, totals in ranked])
    if any(judged := _targets_of_bots(ranked, asked)):
        frame.insert(frame.columns.get_loc("resolution_interval") + 1, "target", judged)
    small = {bot or NOTHING for bot, totals in ranked if totals.closed < SMALL}
    st.dataframe(
        shaded(frame, "bot", small),
        key="by_bot",
        hide_index=True,
        height="content",
        alt="Bots with their headline metrics, ranked by the lower bound of the resolution rate",
        column_config=_columns_of_bots([bot or WITHOUT for bot, _ in ranked]),
    )
    grey = f" Grey: fewer than {SMALL} closed, too few to judge." if small else ""
    st.caption(
        "Ranked by the lower bound of the resolution rate, so that a few lucky conversations do not lead. Numbers of "
        f"conversations open them; rates, times and sentiment are no counts.{grey}"
    )


def _columns_of_bots(bots: Sequence[str]) -> dict[str, Any]:
    """Their columns; `bots` are those of the rows, as a link names them."""
    percent = {"format": f"%.1f{NARROW}%%"}
    return {
        "bot": COLUMN.TextColumn("Bot"),  # not pinned: a pinned column is drawn too faint to read
        "closed": opening(
            "Closed",
            "bot_click",
            [("closed", {"bot": bot}) for bot in bots],
            help="Opens the bot's closed conversations.",
        ),
        "resolution": COLUMN.NumberColumn("Resolution rate", **percent),
        "resolution_interval": COLUMN.TextColumn(INTERVAL, alignment="right", help="Its lower end is the rank."),
        "target": COLUMN.TextColumn("Target", width=130, help="Of the resolution rate: the bot's own, or the one for all."),
        "confirmed": COLUMN.NumberColumn("Confirmed", help="Share of closed that the customer confirmed.", **percent),
        "implied": COLUMN.NumberColumn("Implied", help="Share of closed: the platform or the bot says so.", **percent),
        "assumed": COLUMN.NumberColumn("Assumed", help="Share of closed: it ended after the bot's answer.", **percent),
        "durable": COLUMN.NumberColumn("Durable, 7 days", help="Of the resolved that are old enough to tell.", **percent),
        "escalation": COLUMN.NumberColumn("Escalation rate", **percent),
        "escalation_interval": COLUMN.TextColumn(f"{INTERVAL} ", alignment="right"),
        "abandonment": COLUMN.NumberColumn("Abandonment", **percent),
        "resolution_time": COLUMN.NumberColumn("Resolution time", format="%d s", help="Mean, in seconds."),
        "escalation_time": COLUMN.NumberColumn("Escalation time", format="%d s", help="Mean, in seconds."),
        "sentiment": SENTIMENT,
        "scored": opening(
            "Scored",
            "bot_scored_click",
            [("average_sentiment", {"bot": bot}) for bot in bots],
            help="Opens the conversations that the sentiment rests on.",
        ),
    }


def shaded(frame: pd.DataFrame, column: str, small: Collection[str]) -> Any:
    """The table with those rows grey whose word rests on few: too few to judge. Sentiment has the sign that it has on cards."""
    shown = frame.style.format({"sentiment": signed}, na_rep=NOTHING) if "sentiment" in frame else frame.style
    return shown.apply(lambda row: ["color: gray" if row[column] in small else ""] * len(row), axis=1)


def trend_table(
    points: Sequence[Placed[Any]],
    metric: Metric,
    target: MetricTarget | None = None,
    noted: Mapping[str, Sequence[str]] | None = None,
    *,
    beside: str = "closed",
    beside_label: str = "",
    choices: Choices | None = None,
    lead: Callable[[str, Choices], Lead] = lambda figure, within: (figure, within),
) -> None:
    """The numbers behind a trend, and the count that stands `beside` them. `choices` narrow the conversations that they open,
    which are those that `lead` says of a figure's key.
    """
    figures = [getattr(point.totals, metric.key) for point in points]
    keys, within = [point.key for point in points], choices or {}
    frame = pd.DataFrame(
        {
            "bucket": [bucket(key) for key in keys],
            "value": [figure_text(metric, figure) for figure in figures],
            "n": [basis(figure) for figure in figures],
            "spread": [spread(figure) for figure in figures],
            beside: [number(getattr(point.totals, beside)) for point in points],
            **({} if target is None else {"target": [verdict_word(judge(target, figure)) for figure in figures]}),
            **({"annotations": ["; ".join(noted.get(key, ())) for key in keys]} if noted else {}),
        }
    )
    st.dataframe(
        frame,
        key="trend_table",
        hide_index=True,
        alt=f"{metric.label} by bucket of time",
        column_config={
            "bucket": COLUMN.TextColumn("Time"),
            "value": COLUMN.TextColumn(metric.label, alignment="right"),
            "n": opening("Rests on", "trend_click", [lead(metric.key, {"bucket": key, **within}) for key in keys]),
            "spread": COLUMN.TextColumn(f"{INTERVAL} or spread", alignment="right"),
            beside: opening(
                beside_label or beside.capitalize(),
                f"trend_{beside}_click",
                [lead(beside, {"bucket": key, **within}) for key in keys],
            ),
            "target": COLUMN.TextColumn("" if target is None else f"Target {target_text(target, metric)}"),
            "annotations": COLUMN.TextColumn("Annotations", width=260),
        },
    )


def _bot_row(bot: str, totals: Totals) -> dict[str, object]:
    return {
        "bot": bot or NOTHING,
        "closed": number(totals.closed),
        "resolution": _percent(totals.resolution_rate),
        "resolution_interval": spread(totals.resolution_rate),
        **{name: _percent(Rate(getattr(totals, name), totals.closed)) for name in ("confirmed", "implied", "assumed")},
        "durable": _percent(totals.returns_7.durable),
        "escalation": _percent(totals.escalation_rate),
        "escalation_interval": spread(totals.escalation_rate),
        "abandonment": _percent(totals.abandonment_rate),
        "resolution_time": value_of(totals.resolution_time),
        "escalation_time": value_of(totals.escalation_time),
        "sentiment": value_of(totals.average_sentiment),
        "scored": number(totals.average_sentiment.scored),
    }


def _targets_of_bots(ranked: Sequence[tuple[str, Totals]], asked: Asked) -> list[str]:
    """Of each bot whether its resolution rate is as it should be; "" where nothing says."""
    targets, metric = loaders.metric_targets(), find_metric("resolution_rate")
    queue = asked.filters.queues[0] if len(asked.filters.queues) == 1 else ""
    found = [target_of(targets, metric.key, bot=bot, queue=queue) for bot, _ in ranked]
    return [
        "" if target is None else f"{verdict_word(judge(target, totals.resolution_rate))}: {target_text(target, metric)}"
        for target, (_, totals) in zip(found, ranked, strict=True)
    ]


def _percent(rate: Rate) -> float | None:
    return None if rate.value is None else rate.value * 100


def address_of(source: str, conversation_id: str) -> str:
    """Where a conversation is shown; relative, so that it holds behind any proxy."""
    return f"conversation?conversation={quote(source, safe='')}:{quote(conversation_id, safe='')}"


def preview_table(table: str, rows: Sequence[Sequence[str]]) -> None:
    """The first rows of an export, as they stand in the file."""
    columns = TABLES[table]
    right = {column.name for column in columns if column.type in (Type.INTEGER, Type.NUMBER)}
    st.dataframe(
        pd.DataFrame(rows, columns=[column.name for column in columns]),
        key="preview",
        hide_index=True,
        height="content",
        alt=f"The first rows of {table}",
        column_config={
            column.name: COLUMN.TextColumn(
                column.name, help=column.description, alignment="right" if column.name in right else "left"
            )
            for column in columns
        },
    )


def dictionary_table(rows: Sequence[Mapping[str, str]]) -> None:
    """What the columns of an export mean."""
    st.dataframe(
        pd.DataFrame(rows, columns=["column", "type", "unit", "description"]),
        key="dictionary",
        hide_index=True,
        height="content",
        alt="The data dictionary of the chosen table",
        column_config={
            "column": COLUMN.TextColumn("Column", width=170),
            "type": COLUMN.TextColumn("Type", width=70),
            "unit": COLUMN.TextColumn("Unit", width=150),
            "description": COLUMN.TextColumn("What it says"),
        },
    )
