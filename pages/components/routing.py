"""What the Routing page shows: how many landed where, what is wrong, the rules in force and the way of conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from metrics.channels import channel_label
from metrics.routing.escalations import Judged, Landing
from metrics.routing.health import RoutingWarning
from metrics.routing.reading import InForce
from metrics.routing.saying import say_because, say_landing, say_rule, where_from
from metrics.routing.summary import Group, Summary, rows_elsewhere
from pages.components import loaders
from pages.components.charts import CONFIG, theme, theme_colour
from pages.components.formats import moment, number, share, span
from pages.components.linked import linked_choice
from pages.components.period import Asked, describe
from pages.components.tables import address_of
from pages.components.too_narrow import clear_filters
from pages.runtime import runtime

VIEWS = ("Landed elsewhere", "Health", "Try rules", "Journey", "Rules in force")
COLUMN = st.column_config
SHOWN = 100
NODES = 14  # agents told apart in the journey; the rest are drawn together
OTHERS, NOBODY = "other agents", "nobody"


def show_file_faults() -> None:
    """What keeps the configured files from being used; the last good configuration stays in force meanwhile."""
    state = runtime().routing_files()
    if state is None or not state.faults:
        return
    st.error(
        f"{state.place} cannot be used, and the last good configuration stays in force. It is read again as soon as it changes.",
        icon=":material/error:",
        title="The routing configuration has faults",
    )
    st.code("\n".join(state.faults), language=None, wrap_lines=True)


def show_no_configuration() -> None:
    """Nothing says how conversations should be routed."""
    st.info(
        "This page compares where conversations went with where your rules say they should go. Describe workstreams, queues "
        "and rules in a file (routing.example.toml is one to start from), name it in floorwalker.toml as "
        'routing = "routing.toml", and start again; or put it in force with the command below.',
        icon=":material/alt_route:",
        title="No routing configuration yet",
    )
    st.code("python -m metrics.routing use routing.toml", language="bash")


def show_no_escalations(asked: Asked) -> None:
    """Nobody asked for a human in this cut."""
    narrowed = describe(asked.filters)
    why = f"The filters ({narrowed}) leave none." if narrowed else "Nobody asked for a human in this period."
    st.info(f"{why} Choose a longer period or take a filter away.", icon=":material/filter_alt_off:", title="No escalation here")
    st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")


def show_tiles(summary: Summary, warnings: Sequence[RoutingWarning]) -> None:
    """How many escalations there were and where they landed."""
    counts = {landing: group.count for landing, group in summary.landings.items()}
    ruled = counts[Landing.AS_RULED] + counts[Landing.ELSEWHERE]
    right = counts[Landing.AS_RULED] / ruled if ruled else None
    unknown = summary.num_escalations - ruled
    with st.container(horizontal=True, gap="small"):
        st.metric("Escalations", number(summary.num_escalations), border=True, help="Conversations that asked for a human.")
        st.metric(
            "Landed as ruled",
            "–" if right is None else share(right),
            border=True,
            help="Of the escalations whose queue is known and named by a rule, those that went to it: "
            f"{number(counts[Landing.AS_RULED])} of {number(ruled)}.",
        )
        st.metric(
            "Landed elsewhere",
            number(counts[Landing.ELSEWHERE]),
            border=True,
            help="Escalations whose queue differs from the one their rules say, by the configuration in force at their moment.",
        )
        st.metric(
            "Cannot be judged",
            number(unknown),
            border=True,
            help="The source does not say which queue they went to, or nothing that is configured names one for them.",
        )
        st.metric(
            "Warnings", number(len(warnings)), border=True, help="What is wrong with the configuration in force. See Health."
        )
    st.caption("Conversations in which a human was asked for in this period, those still open among them.")


def show_elsewhere(summary: Summary, asked: Asked) -> None:
    """Escalations that landed elsewhere, by rule, and the conversations of the chosen group."""
    groups = {(rule, wanted, went): group for rule, wanted, went, group in rows_elsewhere(summary)}
    if groups:
        _elsewhere_table(groups)
    elif summary.num_escalations:
        st.success("Every escalation that can be judged landed where its rules say.", icon=":material/check_circle:")
    names = {_group_name(*key): group for key, group in groups.items()}
    names |= {f"All that {say_landing(landing)}": group for landing, group in summary.landings.items() if group.count}
    if not names:
        return
    group = names[linked_choice("Conversations of", list(names), name="group", default=next(iter(names)))]
    escalations_table(loaders.judged_of(tuple(group.latest[-SHOWN:]), asked.as_of), asked.filters.tz, key="elsewhere_rows")
    if group.count > SHOWN:
        st.caption(f"The latest {SHOWN} of {number(group.count)}.")


def _elsewhere_table(groups: Mapping[tuple[str, str, str], Group]) -> None:
    """How many landed elsewhere, by rule."""
    frame = pd.DataFrame(
        [
            {"rule": rule or "(fallback)", "wanted": where_from(wanted), "went": went, "count": group.count}
            for (rule, wanted, went), group in groups.items()
        ]
    )
    st.dataframe(
        frame,
        key="elsewhere",
        hide_index=True,
        height="content",
        alt="Escalations that landed elsewhere than their rules say, by rule",
        column_config={
            "rule": COLUMN.TextColumn("Rule"),
            "wanted": COLUMN.TextColumn("Should have gone to"),
            "went": COLUMN.TextColumn("Went to"),
            "count": COLUMN.NumberColumn("Conversations", format="localized"),
        },
    )


def show_health(warnings: Sequence[RoutingWarning]) -> None:
    """What is wrong with the configuration in force, each with what shows it and what to do."""
    if not warnings:
        st.success(
            "Nothing is wrong with the configuration in force, as far as this period shows.", icon=":material/check_circle:"
        )
        return
    for warning in warnings:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.badge(str(warning.finding).capitalize(), icon=":material/warning:", color="orange")
                st.text(warning.subject)
            st.text(warning.evidence)
            with st.container(horizontal=True, gap="xsmall"):
                st.caption("What to do:", width="content")
                st.text(warning.remedy)


def show_rules(kept: Sequence[InForce], asked: Asked) -> None:
    """The rules in their order, in words, and since when each configuration was in force."""
    names = {f"{moment(item.from_ms, asked.filters.tz)}, {item.origin}": item for item in reversed(kept)}
    chosen = names[linked_choice("In force since", list(names), name="since", default=next(iter(names)))]
    for stream in chosen.configuration.workstreams:
        st.subheader(stream.name, anchor=False)
        st.caption(
            f"{str(stream.distribution).capitalize()}, channels: {', '.join(map(channel_label, stream.channels)) or 'any'}."
        )
        rules = chosen.configuration.rules_of(stream.name)
        rows = [
            {"order": at, "rule": rule.name, "if": say_rule(rule), "queue": rule.queue} for at, rule in enumerate(rules, start=1)
        ]
        rows.append(
            {"order": len(rows) + 1, "rule": "(fallback)", "if": "no rule matches", "queue": where_from(stream.fallback_queue)}
        )
        st.dataframe(
            pd.DataFrame(rows),
            key=f"rules_{stream.name}",
            hide_index=True,
            height="content",
            alt=f"The rules of {stream.name} in their order",
            column_config={
                "order": COLUMN.NumberColumn("Order", width="small"),
                "rule": COLUMN.TextColumn("Rule"),
                "if": COLUMN.TextColumn("If"),
                "queue": COLUMN.TextColumn("Then to queue"),
            },
        )


def show_journey(summary: Summary) -> None:
    """The way of escalated conversations: from the bot to the queue to whoever accepted."""
    accepted = _few_agents(summary.accepted)
    links: Counter[tuple[str, str]] = Counter()
    for (bot, queue), count in summary.flows.items():
        links[(f"{bot or 'no bot'}", f"{where_from(queue)} ")] += count
    for (queue, agent), count in accepted.items():
        links[(f"{where_from(queue)} ", f"{agent}  ")] += count
    if not links:
        st.caption("Nothing to draw.")
        return
    _flow_chart(links)
    with st.expander("Table", icon=":material/table:"):
        _flow_table(links)


def _flow_chart(links: Counter[tuple[str, str]]) -> None:
    # Names that stand in two places are two nodes: spaces behind them keep them apart and are not seen.
    nodes = list(dict.fromkeys(name for pair in links for name in pair))
    chart = go.Figure(
        go.Sankey(
            textfont={"color": theme("textColor"), "shadow": "none"},
            node={
                "label": [name.strip() for name in nodes],
                "pad": 14,
                "thickness": 14,
                "color": theme_colour(0),
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(source) for source, _ in links],
                "target": [nodes.index(target) for _, target in links],
                "value": list(links.values()),
                "color": theme_colour(7, 0.35),
            },
        )
    )
    chart.update_layout(height=max(320, 26 * len(nodes)), margin={"l": 0, "r": 0, "t": 8, "b": 8})
    said = ", ".join(f"{source.strip()} to {target.strip()} {number(count)}" for (source, target), count in links.most_common(12))
    st.plotly_chart(chart, key="journey", config=CONFIG, alt=f"Escalated conversations: {said}")


def _flow_table(links: Counter[tuple[str, str]]) -> None:
    rows = [{"from": source.strip(), "to": target.strip(), "count": count} for (source, target), count in links.most_common()]
    st.dataframe(
        pd.DataFrame(rows),
        key="journey_table",
        hide_index=True,
        alt="The same as a table",
        column_config={
            "from": COLUMN.TextColumn("From"),
            "to": COLUMN.TextColumn("To"),
            "count": COLUMN.NumberColumn("Conversations", format="localized"),
        },
    )


def escalations_table(rows: Sequence[Judged], tz: str, *, key: str) -> None:
    """Escalations, each with the link to its conversation, its variables, and who accepted after how long."""
    frame = pd.DataFrame(
        {
            "conversation": [address_of(item.escalation.source, item.escalation.conversation_id) for item in rows],
            "at": pd.to_datetime([item.escalation.at_ms for item in rows], unit="ms", utc=True).tz_convert(tz),
            "variables": [", ".join(f"{name} = {value}" for name, value in item.escalation.variables.items()) for item in rows],
            "wanted": ["" if item.routed is None else where_from(item.routed.queue) for item in rows],
            "why": ["" if item.routed is None else say_because(item.routed) for item in rows],
            "went": [where_from(item.escalation.to_queue) for item in rows],
            "accepted": [item.escalation.accepted_by or NOBODY for item in rows],
            "after": [
                "" if item.escalation.accepted_ms is None else span((item.escalation.accepted_ms - item.escalation.at_ms) / 1000)
                for item in rows
            ],
        }
    )
    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height="content",
        alt="Escalations with their context variables, the queue their rules name and the queue they went to",
        column_config={
            "conversation": COLUMN.LinkColumn(
                "Conversation", display_text=r"conversation=[^:&]*:([^&]*)", width=190, pinned=True
            ),
            "at": COLUMN.DatetimeColumn("Asked for a human", format="D MMM YYYY, HH:mm:ss"),
            "variables": COLUMN.TextColumn("Context variables", width=260),
            "wanted": COLUMN.TextColumn("Should have gone to"),
            "why": COLUMN.TextColumn("Why", width=240),
            "went": COLUMN.TextColumn("Went to"),
            "accepted": COLUMN.TextColumn("Accepted by"),
            "after": COLUMN.TextColumn("After", alignment="right"),
        },
    )


def _group_name(rule: str, wanted: str, went: str) -> str:
    return f"{rule or 'Fallback'}: {where_from(wanted)}, went to {went}"


def _few_agents(accepted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
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
