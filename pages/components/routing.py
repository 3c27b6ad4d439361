"""What the Routing page shows: how many landed where, what is wrong, the rules in force and the way of conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.channels import channel_label
from metrics.routing.escalations import Judged, Landing
from metrics.routing.health import RoutingWarning
from metrics.routing.reading import InForce
from metrics.routing.saying import say_because, say_landing, say_rule, where_from
from metrics.routing.summary import Group, Summary, rows_elsewhere
from pages.components import loaders
from pages.components.charts import flow_chart
from pages.components.formats import moment, number, share, span
from pages.components.linked import linked_choice
from pages.components.period import Asked, describe
from pages.components.tables import conversations, counts, figures, moments, show_table, text
from pages.components.too_narrow import clear_filters
from pages.runtime import runtime

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
    show_table(
        "elsewhere",
        {
            "rule": text("Rule", [rule or "(fallback)" for rule, *_ in groups]),
            "wanted": text("Should have gone to", [where_from(wanted) for _, wanted, _ in groups]),
            "went": text("Went to", [went for *_, went in groups]),
            "count": counts("Conversations", [group.count for group in groups.values()]),
        },
        about="Escalations that landed elsewhere than their rules say, by rule",
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
        show_table(
            f"rules_{stream.name}",
            {
                "order": counts("Order", range(1, len(rules) + 2), width="small"),
                "rule": text("Rule", [*(rule.name for rule in rules), "(fallback)"]),
                "if": text("If", [*map(say_rule, rules), "no rule matches"]),
                "queue": text("Then to queue", [*(rule.queue for rule in rules), where_from(stream.fallback_queue)]),
            },
            about=f"The rules of {stream.name} in their order",
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
    flow_chart(links, key="journey", about="Escalated conversations", height=320)
    with st.expander("Table", icon=":material/table:"):
        _flow_table(links)


def _flow_table(links: Counter[tuple[str, str]]) -> None:
    most_first = links.most_common()
    show_table(
        "journey_table",
        {
            "from": text("From", [source.strip() for (source, _), _ in most_first]),
            "to": text("To", [target.strip() for (_, target), _ in most_first]),
            "count": counts("Conversations", [count for _, count in most_first]),
        },
        about="The same as a table",
        height="auto",
    )


def escalations_table(rows: Sequence[Judged], tz: str, *, key: str) -> None:
    """Escalations, each with the link to its conversation, its variables, and who accepted after how long."""
    told = [item.escalation for item in rows]
    show_table(
        key,
        {
            "conversation": conversations([(each.source, each.conversation_id) for each in told], width=190, pinned=True),
            "at": moments("Asked for a human", [each.at_ms for each in told], tz),
            "variables": text(
                "Context variables",
                [", ".join(f"{name} = {value}" for name, value in each.variables.items()) for each in told],
                width=260,
            ),
            "wanted": text(
                "Should have gone to", ["" if item.routed is None else where_from(item.routed.queue) for item in rows]
            ),
            "why": text("Why", ["" if item.routed is None else say_because(item.routed) for item in rows], width=240),
            "went": text("Went to", [where_from(each.to_queue) for each in told]),
            "accepted": text("Accepted by", [each.accepted_by or NOBODY for each in told]),
            "after": figures(
                "After",
                ["" if each.accepted_ms is None else span((each.accepted_ms - each.at_ms) / 1000) for each in told],
            ),
        },
        about="Escalations with their context variables, the queue their rules name and the queue they went to",
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
