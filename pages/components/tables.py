"""How tables are drawn: each column with its values, figures right-aligned, links by the conversation's id, rows of few grey."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from metrics.figures import Rate
from metrics.metric import Metric
from pages.components.formats import INTERVAL, NARROW, NOTHING, figure_text, share, signed, spread

# Below this many closed conversations a rate says little.
SMALL = 30
# A table of more rows scrolls within this height.
MOST_ROWS, SCROLLED = 15, 560
COLUMN = st.column_config


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column, row by row, and how Streamlit is to show it."""

    values: Collection[Any]
    look: Any
    said: Callable[[Any], str] | None = None  # how a number is written, where no format of Streamlit's does it


def show_table(
    key: str,
    columns: Mapping[str, Column | None],
    *,
    about: str,
    few: Sequence[bool] | None = None,
    height: int | str | None = None,
) -> None:
    """Draw it; a column that is None is left out. Grey are the rows that rest on `few`: too few to judge."""
    shown = {name: column for name, column in columns.items() if column is not None}
    frame = pd.DataFrame({name: column.values for name, column in shown.items()})
    st.dataframe(
        _styled(frame, {name: column.said for name, column in shown.items() if column.said}, few),
        key=key,
        hide_index=True,
        height=height or ("content" if len(frame) <= MOST_ROWS else SCROLLED),
        alt=about,
        placeholder=NOTHING,
        column_config={name: column.look for name, column in shown.items()},
    )


def text(label: str, values: Collection[Any], **look: Any) -> Column:
    """Words."""
    return Column(values, COLUMN.TextColumn(label, **look))


def figures(label: str, values: Collection[str], **look: Any) -> Column:
    """Figures as they are said, right-aligned."""
    return text(label, values, alignment="right", **look)


def share_columns(rates: Collection[Rate], label: str = "Share") -> dict[str, Column]:
    """Shares of a whole as they are said, and how sure each is."""
    return {
        "share": figures(label, [share(rate.value) for rate in rates]),
        "interval": figures(INTERVAL, [spread(rate) for rate in rates]),
    }


def metric_column(metric: Metric, totals: Iterable[Any], label: str = "", **look: Any) -> Column:
    """A metric of each row, with its definition."""
    said = [figure_text(metric, getattr(each, metric.key)) for each in totals]
    return figures(label or metric.label, said, help=metric.definition, **look)


def counts(label: str, values: Collection[int], **look: Any) -> Column:
    """Whole numbers, sorted as such."""
    return Column(values, COLUMN.NumberColumn(label, format="localized", **look))


def percents(label: str, shares: Collection[float | None], **look: Any) -> Column:
    """Shares of 0 to 1 as percent, sorted as numbers."""
    values = [None if share is None else share * 100 for share in shares]
    return Column(values, COLUMN.NumberColumn(label, format=f"%.1f{NARROW}%%", **look))


def sentiments(values: Collection[float | None]) -> Column:
    """Mean sentiment, with the sign that it has on cards."""
    return Column(values, COLUMN.NumberColumn("Sentiment, est."), said=signed)


def badges(label: str, words: Iterable[str], colours: Mapping[str, str], **look: Any) -> Column:
    """A word in its colour."""
    return Column(
        [[word] for word in words],
        COLUMN.MultiselectColumn(label, options=list(colours), color=list(colours.values()), **look),
    )


def moments(label: str, at_ms: Collection[int | None], tz: str, **look: Any) -> Column:
    """Moments by the clock of a zone, sorted as such."""
    values = pd.to_datetime(list(at_ms), unit="ms", utc=True).tz_convert(tz)
    return Column(values, COLUMN.DatetimeColumn(label, format="D MMM YYYY, HH:mm:ss", **look))


def conversations(rows: Iterable[tuple[str, str]], **look: Any) -> Column:
    """Links to conversations by source and id, which say the id."""
    display = r"conversation=[^:&]*:([^&]*)"
    return Column([address_of(*each) for each in rows], COLUMN.LinkColumn("Conversation", display_text=display, **look))


def address_of(source: str, conversation_id: str) -> str:
    """Where a conversation is shown; relative, so that it holds behind any proxy."""
    return f"conversation?conversation={quote(source, safe='')}:{quote(conversation_id, safe='')}"


def _styled(frame: pd.DataFrame, said: Mapping[str, Callable[[Any], str]], few: Sequence[bool] | None) -> Any:
    if not said and few is None:
        return frame
    styled = frame.style.format(said, na_rep=NOTHING) if said else frame.style
    grey = [bool(each) for each in few or [False] * len(frame)]
    return styled.apply(lambda row: ["color: gray" if grey[row.name] else ""] * len(row), axis=1)
