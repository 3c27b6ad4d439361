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


def metric_table(cards: Sequence[Card], *, names: tuple[str, str] = ("Value", "Before"), choices: Choices | None = None) -> None:
    """A row a metric; the number in it opens the conversations it counts, narrowed to what the cards are of.

    `names` say what the two values are of: this period and the one before, or two bots.
    """
    show_table(
        "metrics",
        {
            "metric": text("Metric", [card.metric.label for card in cards], width=255),
            "value": figures(names[0], [figure_text(card.metric, card.now) for card in cards], width=_width(names[0])),
            "basis": opening(
                "Rests on",
                "metric_click",
                [basis(card.now) for card in cards],
                [(card.metric.key, choices or {}) for card in cards],
                width=120,
            ),
            "before": figures(
                names[1],
                [NOTHING if card.before is None else figure_text(card.metric, card.before) for card in cards],
                width=_width(names[1]),
            ),
            "change": figures(
                "Difference",
                [_change(card) for card in cards],
                width=120,
                help="Called better or worse only where that is sure.",
            ),
            "interval": figures(f"Its {INTERVAL}", [_interval(card) for card in cards], width=165),
            "spread": figures(f"{INTERVAL} or spread of {names[0]}", [spread(card.now) for card in cards], width=250),
            "definition": text("What it counts", [card.metric.definition for card in cards], width=420),
        },
        about=f"Every metric: {names[0]} beside {names[1]}",
        height="content",
    )


def _width(name: str) -> int:
    """Of a column of values, as wide as what stands above it."""
    return min(220, max(95, 8 * len(name) + 20))


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
