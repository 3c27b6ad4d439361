"""Queues over time: the cards, each queue in a table, one figure as a line, and the way to the conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from metrics.catalogue import find_metric
from pages.components.cards import show_cards
from pages.components.choose import choose_one_or_all
from pages.components.drill import Choices, opening
from pages.components.empty import show_none_of_kind
from pages.components.formats import INTERVAL, NOTHING, bare, number, several, span, spread
from pages.components.period import WITHOUT, Asked, natural_grain
from pages.components.queues import loading
from pages.components.tables import SMALL, Column, counts, figures, metric_column, percents, show_table, text
from pages.components.trends import show_figure

CARDS = ("service_level", "speed_to_answer", "queue_abandonment", "offered", "accepted")


def choose_queue(asked: Asked, also: Sequence[str]) -> tuple[str, Asked]:
    """All queues, or one that people answer: those of the period and `also` those of now. Its name ("" for all), and the cut."""
    known = sorted({*loading.names(asked.filters, asked.as_of), *also})
    chosen = choose_one_or_all("Queue waited in", "All queues", known, name="in_queue")
    name = (chosen[0] or WITHOUT) if chosen else ""
    return name, replace(asked, filters=replace(asked.filters, stayed_in=chosen))


def show_no_stays(asked: Asked) -> None:
    """Why there is no stay: no conversation in this selection, or none that waited in a queue where people answer."""
    show_none_of_kind(
        asked,
        replace(asked.filters, stayed_in=()),
        "No conversation of this selection waited in a queue for a person.",
        "If yours do wait, their source does not say in which queue: let it send queue.entered, as docs/bots.md shows.",
        icon=":material/hourglass_disabled:",
        title="No stay in a queue here",
        bots_only=True,
    )


def show_figures(asked: Asked, queue: str) -> bool:
    """The cards of the period; False where there is no stay."""
    found = loading.headline(asked.filters, asked.as_of, CARDS)
    if not found.totals.offered:
        show_no_stays(asked)
        return False
    points = loading.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, within(queue))
    return True


def show_by_queue(asked: Asked) -> None:
    """Each queue in a row; its number of stays opens their conversations."""
    rows = loading.by_queue(asked.filters, asked.as_of)
    totals = [row.totals for row in rows]
    few = [each.accepted < SMALL for each in totals]

    def opens(key: str, label: str) -> Column:
        leads = [(key, within(row.queue or WITHOUT)) for row in rows]
        about = f"{find_metric(key).definition} Opens their conversations."
        return opening(label, f"{key}_click", [number(getattr(each, key)) for each in totals], leads, help=about)

    show_table(
        "by_queue",
        {
            "queue": text("Queue", [row.queue or NOTHING for row in rows]),
            "offered": opens("offered", "Offered"),
            "accepted": opens("accepted", "Accepted"),
            "abandoned_in_queue": opens("abandoned_in_queue", "Abandoned"),
            "service_level": percents(
                "Service level",
                [each.service_level.value for each in totals],
                help=find_metric("service_level").definition,
            ),
            "promised": figures("Within", [span(row.promised_s) for row in rows], help="What the queue promises."),
            "interval": figures(INTERVAL, [spread(each.service_level) for each in totals]),
            "abandonment": percents(
                "Abandonment",
                [each.queue_abandonment.value for each in totals],
                help=find_metric("queue_abandonment").definition,
            ),
            "speed": metric_column(find_metric("speed_to_answer"), totals),
            "spread": figures("Median, p90", [bare(spread(each.speed_to_answer)) for each in totals]),
            "left_out": counts(
                "Moved or ended",
                [each.stays_left_out for each in totals],
                help="Moved on to another queue, or ended by the system: in no rate.",
            ),
        },
        about="Queues with how soon people answered, the most offered first",
        few=few,
    )
    grey = f" Grey: fewer than {SMALL} accepted, too few to judge." if any(few) else ""
    st.caption(f"Stays of one conversation in a queue count each; the list has the conversation once.{grey}")


def show_trend(asked: Asked, queue: str) -> None:
    """One figure of the queues over time, with the numbers behind the line."""
    show_figure(
        asked,
        [find_metric(key) for key in (*CARDS, "abandoned_in_queue")],
        default="service_level",
        read=lambda grain: loading.trend(asked.filters, grain, asked.as_of),
        beside={"offered": "Offered"},
        lead=lambda figure, choices: (figure, {**choices, **within(queue)}),
    )


def say_promises(asked: Asked) -> None:
    """Within how many seconds each queue is to answer: what the service level rests on."""
    rows = loading.by_queue(asked.filters, asked.as_of)
    seconds = sorted({row.promised_s for row in rows})
    if len(seconds) == 1:
        st.caption(f"Service level: accepted within {span(seconds[0])}.")
    elif rows:
        said = ", ".join(f"{span(each)} ({several(sum(row.promised_s == each for row in rows), 'queue')})" for each in seconds)
        st.caption(f"Service level: accepted within what each queue promises, {said}.")


def within(queue: str) -> Choices:
    """What narrows the conversations behind a number to one queue; "" for all."""
    return {"stayed_in": queue} if queue else {}
