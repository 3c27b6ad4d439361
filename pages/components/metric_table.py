"""Every metric of a period in one table: value, what it rests on, how sure it is, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.questions import Card
from pages.components import loaders
from pages.components.choose import METRICS
from pages.components.drill import Choices, opening
from pages.components.formats import INTERVAL, NOTHING, basis, difference, figure_text, spread
from pages.components.period import Asked
from pages.components.tables import figures, show_table, text

VERDICTS = {True: "better", False: "worse", None: ""}


def show_metrics(asked: Asked) -> None:
    """Every metric of the catalogue."""
    metric_table(loaders.headline(asked.filters, asked.as_of, METRICS).cards)


def metric_table(cards: Sequence[Card], *, beside: str = "Before", choices: Choices | None = None) -> None:
    """A row a metric; the number in it opens the conversations it counts, narrowed to what the cards are of.

    `beside` says what the second value is: that of the period before, or that of another bot.
    """
    show_table(
        "metrics",
        {
            "metric": text("Metric", [card.metric.label for card in cards], width=230),
            "value": figures("Value", [figure_text(card.metric, card.now) for card in cards], width=90),
            "basis": opening(
                "Rests on",
                "metric_click",
                [basis(card.now) for card in cards],
                [(card.metric.key, choices or {}) for card in cards],
                width=130,
            ),
            "before": figures(
                beside,
                [NOTHING if card.before is None else figure_text(card.metric, card.before) for card in cards],
                width=90 if beside == "Before" else 140,
            ),
            "change": figures(
                "Difference",
                [_change(card) for card in cards],
                width=135,
                help="Called better or worse only where that is sure.",
            ),
            "interval": figures(f"{INTERVAL} of it", [_interval(card) for card in cards], width=165),
            "spread": figures(f"{INTERVAL} or spread of the value", [spread(card.now) for card in cards], width=250),
            "definition": text("What it counts", [card.metric.definition for card in cards], width=420),
        },
        about=f"Every metric, beside it: {beside.lower()}",
        height="content",
    )


def _change(card: Card) -> str:
    if card.change is None:
        return NOTHING
    verdict = VERDICTS[card.change.is_good]
    return f"{difference(card.metric, card.change.difference)} {verdict}".strip()


def _interval(card: Card) -> str:
    change = card.change
    if change is None or change.low is None or change.high is None:
        return ""
    return f"{difference(card.metric, change.low)} to {difference(card.metric, change.high)}"
