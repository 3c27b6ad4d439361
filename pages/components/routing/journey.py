"""The way of escalated conversations: from the bots to the queues to whoever accepted; drawn, and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import streamlit as st

from metrics.routing.saying import where_from
from metrics.routing.summary import Summary
from pages.components.charts import flow_chart
from pages.components.formats import number
from pages.components.own_lists import listing
from pages.components.routing.listing import ALL, NOBODY, SLICES, lead
from pages.components.tables import show_table, text

NODES = 14  # agents told apart in the drawing; the rest are drawn together
OTHERS, NO_BOT = "other agents", "no bot"


def show_journey(summary: Summary) -> None:
    """From the bot to the queue to whoever accepted."""
    if not summary.flows:
        st.caption("Nothing to draw.")
        return
    links: Counter[tuple[str, str]] = Counter()
    for (bot, queue), count in summary.flows.items():
        links[bot or NO_BOT, f"{where_from(queue)} "] += count
    for (queue, agent), count in _few_agents(summary.accepted).items():
        links[f"{where_from(queue)} ", f"{agent}  "] += count
    flow_chart(links, key="journey", about="Escalated conversations", height=320)
    with st.expander("Table", icon=":material/table:"):
        _table(summary)


def _table(summary: Summary) -> None:
    """Every step with its number, which turns to its escalations; here each agent alone."""
    rows = [
        (bot or NO_BOT, where_from(queue), count, lead(from_bot=bot, went_to=queue))
        for (bot, queue), count in summary.flows.most_common()
    ]
    rows += [
        (where_from(queue), agent or NOBODY, count, lead(went_to=queue, taken_by=agent))
        for (queue, agent), count in summary.accepted.most_common()
    ]
    numbers, leads = [number(count) for _, _, count, _ in rows], [each for *_, each in rows]
    show_table(
        "journey_table",
        {
            "from": text("From", [source for source, *_ in rows]),
            "to": text("To", [target for _, target, *_ in rows]),
            "count": listing(
                "Escalations", "journey_click", numbers, SLICES.turn_to, ALL, leads, help="Lists these escalations."
            ),
        },
        about="The same as a table, each agent alone",
    )


def _few_agents(accepted: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    """The same with the agents who accepted least drawn together."""
    by_agent: Counter[str] = Counter()
    for (_, agent), count in accepted.items():
        by_agent[agent] += count
    told_apart = {agent for agent, _ in by_agent.most_common(NODES)}
    found: Counter[tuple[str, str]] = Counter()
    for (queue, agent), count in accepted.items():
        name = NOBODY if not agent else agent if agent in told_apart else OTHERS
        found[(queue, name)] += count
    return found
