"""Answers by outcome, bot, topic …: how many were asked, who answered, and what, each with the way to the conversations."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.figures import Score
from metrics.filters import OUTCOMES
from metrics.questions import Group
from metrics.surveys.figures import FIGURES, SurveyTotals
from metrics.surveys.meant import ANSWERED, ASKED
from pages.components.bars import MOST_BARS, Bar, show_bars
from pages.components.choose import choose_among
from pages.components.drill import Lead, opening
from pages.components.formats import INTERVAL, NOTHING, figure_text, number, spread
from pages.components.period import WITHOUT
from pages.components.surveys import loading
from pages.components.surveys.asking import PEOPLE, Choice
from pages.components.surveys.words import KINDS, PLATFORM
from pages.components.tables import SMALL, Column, figures, metric_column, show_table, text

BY = {"Outcome": "outcome", "Bot": "bot", "Asked by": "asked_by", "Topic": "topic", "Queue": "queue", "Channel": "channel"}
ONLY_PEOPLE = "only people spoke"


def show_cuts(choice: Choice) -> None:
    """Choose what they are told apart by; then bars, and the table behind them."""
    heading = choose_among("By", BY, name="survey_by")
    found = loading.by_word(choice.asked.filters, choice.kind, choice.whose, BY[heading], choice.asked.as_of)
    sure = _sure(choice)
    metric = find_metric(sure)
    names = [_name(BY[heading], group.word) for group in found]
    bars = [_bar(name, group.totals, sure) for name, group in zip(names, found, strict=True) if group.totals.surveys_answered]
    if bars:
        st.caption(f"{metric.label}, with its {INTERVAL}")
        show_bars(bars[:MOST_BARS], key="survey_cuts", about=f"{metric.label} by {heading.lower()}")
    _table(choice, heading, found, names, sure)
    small = any(group.totals.surveys_answered < SMALL for group in found)
    more = f" The bars show the first {MOST_BARS} of {number(len(bars))}." if len(bars) > MOST_BARS else ""
    st.caption(f"The most asked first.{f' Grey: fewer than {SMALL} answers, too few to judge.' if small else ''}{more}")
    if BY[heading] == "bot":
        st.caption("The bot is that which the conversation is counted for; who asked may be another: see Asked by.")


def _table(choice: Choice, heading: str, found: Sequence[Group[SurveyTotals]], names: Sequence[str], sure: str) -> None:
    kind, by, all_totals = choice.kind, BY[heading], [group.totals for group in found]
    main, sure_metric = find_metric(next(iter(FIGURES[kind]))), find_metric(sure)
    is_mean = isinstance(getattr(SurveyTotals(kind), main.key), Score)

    def opens(label: str, what: str) -> Column:
        numbers = [number(getattr(totals, f"surveys_{what}")) for totals in all_totals]
        return opening(label, f"cuts_{what}_click", numbers, [_lead(choice, by, group.word, what) for group in found])

    show_table(
        "survey_cuts_table",
        {
            "name": text(heading, names, width=180),
            "asked": opens("Asked", ASKED),
            "answered": opens("Answered", ANSWERED),
            "rate": metric_column(find_metric("survey_response_rate"), all_totals),
            "mean": metric_column(main, all_totals, KINDS[kind]) if is_mean else None,
            "value": metric_column(sure_metric, all_totals),
            "interval": figures(INTERVAL, [spread(getattr(totals, sure)) for totals in all_totals]),
            "rate_interval": figures(
                f"Response rate, {INTERVAL}", [spread(totals.survey_response_rate) for totals in all_totals]
            ),
        },
        about=f"{KINDS[kind]} by {heading.lower()}, the most asked first",
        few=[totals.surveys_answered < SMALL for totals in all_totals],
    )


def _sure(choice: Choice) -> str:
    """The figure with an interval that stands for a kind: a mean has none, the share of good answers beside it has."""
    keys = tuple(FIGURES[choice.kind])
    return keys[1] if isinstance(getattr(SurveyTotals(choice.kind), keys[0]), Score) else keys[0]


def _bar(name: str, totals: SurveyTotals, key: str) -> Bar:
    figure = getattr(totals, key)
    low, high = figure.interval or (None, None)
    text = f"{figure_text(find_metric(key), figure)}, of {number(totals.surveys_answered)}"
    return Bar(name, figure.value, text, low, high, is_small=totals.surveys_answered < SMALL)


def _name(by: str, word: str) -> str:
    match by:
        case "outcome":
            return word or ONLY_PEOPLE
        case "asked_by":
            return word or PLATFORM
        case "channel":
            return channel_label(word) if word else NOTHING
        case _:
            return word or WITHOUT


def _lead(choice: Choice, by: str, word: str, which: str) -> Lead:
    if by == "asked_by":
        return choice.lead(which, word)
    if by == "outcome":
        return choice.lead(which, **({"outcome": word} if word in OUTCOMES else PEOPLE))
    return choice.lead(which, **{by: word or WITHOUT})
