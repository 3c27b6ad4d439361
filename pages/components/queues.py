"""Queues over time: the cards, each queue in a table, one figure as a line, and the way to the conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from metrics.catalogue import find_metric
from metrics.exports import Wanted
from metrics.queues import QueueRow
from metrics.stays_counted import STAY_METRICS
from pages.components import loaders, queue_loaders
from pages.components.cards import show_cards
from pages.components.drill import Choices, opening
from pages.components.empty import show_why_empty
from pages.components.formats import INTERVAL, NARROW, NOTHING, number, span, spread
from pages.components.linked import linked_choice
from pages.components.period import WITHOUT, Asked, describe, natural_grain
from pages.components.tables import SMALL, shaded
from pages.components.too_narrow import clear_filters
from pages.components.trends import show_figure

ALL_QUEUES = "All queues"
CARDS = ("service_level", "speed_to_answer", "queue_abandonment", "offered", "accepted")
FIGURES = (*CARDS, "abandoned_in_queue")
COLUMN = st.column_config
PERCENT = {"format": f"%.1f{NARROW}%%"}


def choose_queue(asked: Asked, also: Sequence[str]) -> tuple[str, Asked]:
    """All queues, or one that people answer: those of the period and `also` those of now. Its name ("" for all), and the cut."""
    known = sorted({*(name or WITHOUT for name in queue_loaders.names(asked.filters, asked.as_of)), *also})
    chosen = linked_choice("Queue waited in", (ALL_QUEUES, *known), name="in_queue", default=ALL_QUEUES, width=240)
    if chosen == ALL_QUEUES:
        return "", asked
    word = "" if chosen == WITHOUT else chosen
    return chosen, replace(asked, filters=replace(asked.filters, stayed_in=(word,)))


def show_no_stays(asked: Asked) -> None:
    """Why there is no stay: no conversation in this selection, or none that waited in a queue where people answer."""
    anywhere = replace(asked, filters=replace(asked.filters, stayed_in=()))
    if not loaders.count_of(Wanted("conversations", anywhere.filters, bots_only=True), asked.as_of):
        show_why_empty(anywhere)
        return
    narrowed = describe(asked.filters)
    why = f" The filters ({narrowed}) may leave them out: take one away." if narrowed else " Choose a longer period."
    st.info(
        "No conversation of this selection waited in a queue for a person." + why + " If yours do wait, their source does not "
        "say in which queue: let it send queue.entered, as docs/bots.md shows.",
        icon=":material/hourglass_disabled:",
        title="No stay in a queue here",
    )
    with st.container(horizontal=True):
        st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")
        st.page_link("sources.py", label="Look at the sources", icon=":material/cable:", query_params={})


def show_figures(asked: Asked, queue: str) -> bool:
    """The cards of the period; False where there is no stay."""
    found = queue_loaders.headline(asked.filters, asked.as_of, CARDS)
    if not found.totals.offered:
        show_no_stays(asked)
        return False
    points = queue_loaders.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, within(queue))
    return True


def show_by_queue(asked: Asked) -> None:
    """Each queue in a row; its number of stays opens their conversations."""
    rows = queue_loaders.by_queue(asked.filters, asked.as_of)
    names = [row.queue or WITHOUT for row in rows]
    frame = pd.DataFrame([_row(row) for row in rows])
    small = {row.queue or NOTHING for row in rows if row.totals.accepted < SMALL}
    buttons = {
        key: opening(
            label,
            f"{key}_click",
            [(key, within(name)) for name in names],
            help=f"{find_metric(key).definition} Opens their conversations.",
        )
        for key, label in zip(STAY_METRICS[:3], ("Offered", "Accepted", "Abandoned"), strict=True)
    }
    st.dataframe(
        shaded(frame, "queue", small),
        key="by_queue",
        hide_index=True,
        height="content",
        alt="Queues with how soon people answered, the most offered first",
        column_config={
            "queue": COLUMN.TextColumn("Queue"),
            **buttons,
            "service_level": COLUMN.NumberColumn("Service level", help=find_metric("service_level").definition, **PERCENT),
            "promised": COLUMN.TextColumn("Within", alignment="right", help="What the queue promises."),
            "interval": COLUMN.TextColumn(INTERVAL, alignment="right"),
            "abandonment": COLUMN.NumberColumn("Abandonment", help=find_metric("queue_abandonment").definition, **PERCENT),
            "speed": COLUMN.TextColumn("Speed to answer", alignment="right", help=find_metric("speed_to_answer").definition),
            "spread": COLUMN.TextColumn("Median and p90", alignment="right"),
            "left_out": COLUMN.NumberColumn(
                "Moved or ended", format="localized", help="Moved on to another queue, or ended by the system: in no rate."
            ),
        },
    )
    grey = f" Grey: fewer than {SMALL} accepted, too few to judge." if small else ""
    st.caption(f"Stays of one conversation in a queue count each; the list has the conversation once.{grey}")


def show_trend(asked: Asked, queue: str) -> None:
    """One figure of the queues over time, with the numbers behind the line."""
    show_figure(asked, FIGURES, default="service_level", read=queue_loaders.trend, beside="offered", choices=within(queue))


def say_promises(asked: Asked) -> None:
    """Within how many seconds each queue is to answer: what the service level rests on."""
    rows = queue_loaders.by_queue(asked.filters, asked.as_of)
    seconds = sorted({row.promised_s for row in rows})
    if len(seconds) == 1:
        st.caption(f"Service level: accepted within {span(seconds[0])}.")
    elif rows:
        said = ", ".join(f"{span(each)} ({number(sum(row.promised_s == each for row in rows))} queues)" for each in seconds)
        st.caption(f"Service level: accepted within what each queue promises, {said}.")


def within(queue: str) -> Choices:
    """What narrows the conversations behind a number to one queue; "" for all."""
    return {"stayed_in": queue} if queue else {}


def _row(row: QueueRow) -> dict[str, object]:
    totals = row.totals

    def percent(value: float | None) -> float | None:
        return None if value is None else value * 100

    return {
        "queue": row.queue or NOTHING,
        **{key: number(getattr(totals, key)) for key in STAY_METRICS[:3]},
        "service_level": percent(totals.service_level.value),
        "promised": span(row.promised_s),
        "interval": spread(totals.service_level),
        "abandonment": percent(totals.queue_abandonment.value),
        "speed": span(totals.speed_to_answer.mean_seconds),
        "spread": spread(totals.speed_to_answer),
        "left_out": totals.stays_left_out,
    }
