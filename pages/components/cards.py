"""The headline metrics: value, what it rests on, how sure it is, what became of it, and the way to its conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from metrics.figures import Totals
from metrics.metric_targets import target_in
from metrics.questions import Card, Placed, counted, value_of
from pages.components import loaders
from pages.components.drill import Choices, Lead, list_button
from pages.components.formats import FIXED, INTERVAL, basis, difference, figure_text, number, several, share, spread
from pages.components.metric_targets import show_verdict
from pages.components.period import Asked

# More points than this say nothing more on a line as short as a card.
SPARK_POINTS = 60
# Labels that a card is too narrow for.
SHORT = {
    "survey_csat": "CSAT",
    "abandonment_rate": "Abandonment",
    "average_sentiment": "Sentiment (est.)",
    "durable_resolution_7": "Durable, 7 days",
    "queue_abandonment": "Left the queue",
    "wait_after_escalation": "Wait for an agent",
    "resolution_rate_engaged": "Resolution (eng.)",
    "escalation_rate_engaged": "Escalation (eng.)",
    "resolution_rate_all": "Resolution (all)",
    "escalation_rate_all": "Escalation (all)",
    "escalation_turns": "Turns before",
    "wasted_turns": "Turns after trouble",
    "sentiment_with_bot": "With bot (est.)",
    "sentiment_waiting": "Waiting (est.)",
    "sentiment_with_agent": "With agent (est.)",
    "suggestions_shown": "Shown",
    "suggestions_used": "Used",
    "suggestions_dismissed": "Dismissed",
    "suggestion_reach": "Conversations",
}


def show_cards(
    cards: Sequence[Card],
    totals: Any,
    points: Sequence[Placed[Any]],
    asked: Asked,
    choices: Choices | None = None,
    leads: Mapping[str, Lead] | None = None,
) -> None:
    """A row of cards of one height. `choices` narrow the conversations that they open, as the cards are narrowed.

    A card opens what its metric counts; one that the Conversations page does not know by its key, what its `leads` say.
    """
    targets = loaders.metric_targets()
    with st.grid(len(cards), min_column_width=150, gap="small", key="cards"):
        for card in cards:
            with tile():
                _show(card, totals, points, (leads or {}).get(card.metric.key, (card.metric.key, choices or {})))
                target = target_in(targets, card.metric.key, asked.filters)
                if target is not None:
                    show_verdict(target, card.metric, card.now)


def tile() -> DeltaGenerator:
    """The frame of a card, as high as the highest beside it."""
    return st.container(border=True, height="stretch", gap="xsmall")


def _show(card: Card, totals: Any, points: Sequence[Placed[Any]], lead: Lead) -> None:
    metric, change = card.metric, card.change
    spark = [value for point in points[-SPARK_POINTS:] if (value := value_of(getattr(point.totals, metric.key))) is not None]
    st.metric(
        SHORT.get(metric.key, metric.label),
        figure_text(metric, card.now),
        None if change is None else difference(metric, change.difference),
        delta_color={True: "green", False: "red", None: "gray"}[None if change is None else change.is_good],
        delta_arrow=_arrow(card),
        delta_description=_verdict(card),
        help=_about(card),
        chart_data=spark if len(spark) > 1 else None,
    )
    list_button(basis(card.now), f"open_{metric.key}", lead, disabled=not counted(card.now))
    st.caption(_detail(card, totals))


def _arrow(card: Card) -> Literal["up", "down", "off"]:
    """None where what is shown of the change is zero."""
    shown = "" if card.change is None else difference(card.metric, card.change.difference)
    return "up" if shown.startswith("+") else "down" if shown.startswith("−") else "off"


def _verdict(card: Card) -> str | None:
    if card.change is None or card.change.is_good is None:
        return None
    return "better" if card.change.is_good else "worse"


def _about(card: Card) -> str:
    """The definition, the interval, and the interval of the change."""
    parts = [card.metric.definition]
    if card.before is not None:
        parts.append(f"The period before: {figure_text(card.metric, card.before)} ({basis(card.before)}).")
    change = card.change
    if change is not None and change.low is not None and change.high is not None:
        low, high = difference(card.metric, change.low), difference(card.metric, change.high)
        parts.append(f"The change lies between {low} and {high} ({INTERVAL}); coloured only where that leaves out zero.")
    return " ".join(parts)


def _detail(card: Card, totals: Any) -> str:
    """How sure a rate is, how wide times lie, and the parts that a figure hides."""
    match card.metric.key:
        case "resolution_rate" | "resolution_rate_engaged" | "resolution_rate_all" if totals.closed:
            return f"{spread(card.now)}  \n{_shares(totals, totals.closed, 'confirmed', 'implied', 'assumed')}"
        case "durable_resolution_7" if totals.mature_resolutions_7.denominator:
            old = totals.mature_resolutions_7
            return f"{spread(card.now)}  \n{share(old.value)} old enough" if old.numerator else "None is 7 days old yet."
        case "wait_after_escalation" if totals.escalated:
            return f"{spread(card.now)}  \n{share(totals.never_accepted_rate.value)} never accepted"
        case "suggestions_shown":
            return f"in {several(totals.num_conversations, 'conversation')}"
        case "suggestions_used" if totals.used:
            told = (("event", totals.only_event), ("words", totals.only_words), ("both", totals.both))
            return f"{spread(card.now)}  \n{', '.join(f'{name}{FIXED}{number(count)}' for name, count in told)}"
        case "average_sentiment" if totals.average_sentiment.scored:
            return _shares(totals, totals.average_sentiment.scored, "positive", "neutral", "negative")
        case _:
            return spread(card.now)


def _shares(totals: Totals, whole: int, *names: str) -> str:
    return ", ".join(f"{name}{FIXED}{share(getattr(totals, name) / whole, 0)}" for name in names)
