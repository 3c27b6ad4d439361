"""What the Routing page shows: how many landed where, what is wrong, and the rules in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.figures import Rate
from metrics.routing.escalations import Landing
from metrics.routing.health import RoutingWarning
from metrics.routing.reading import InForce
from metrics.routing.saying import say_rule, where_from
from metrics.routing.summary import Summary, rows_elsewhere
from pages.components.cards import tile
from pages.components.formats import as_label, basis, moment, number, several, share, spread
from pages.components.linked import linked_choice
from pages.components.own_lists import listing
from pages.components.period import Asked, describe
from pages.components.routing.listing import ALL, ELSEWHERE, FALLBACK, HEALTH, NOT_JUDGED, SLICES, lead, seen_in, show_escalations
from pages.components.tables import counts, show_table, text
from pages.components.too_narrow import clear_filters
from pages.runtime import runtime


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
    """How many escalations there were and where they landed; each number turns to its list."""
    landed = summary.landings
    right, astray = landed[Landing.AS_RULED], landed[Landing.ELSEWHERE]
    unknown = summary.num_escalations - right - astray
    rate = Rate(right, right + astray)
    with st.grid(5, min_column_width=150, gap="small", key="tiles"):
        _tile("escalations_routed", number(summary.num_escalations), "List them", ALL, {}, summary.num_escalations)
        _tile("landed_as_ruled", share(rate.value), basis(rate), ALL, {"landed": str(Landing.AS_RULED)}, right, spread(rate))
        _tile("landed_elsewhere", number(astray), "List them", ELSEWHERE, {}, astray)
        _tile("routing_not_judged", number(unknown), "List them", ALL, {"landed": NOT_JUDGED}, unknown)
        with tile():
            st.metric("Warnings", number(len(warnings)), help="What is wrong with the configuration in force.")
            _turn("Show them", "open_warnings", HEALTH, {}, len(warnings))
    st.caption("Conversations in which a human was asked for in this period, those still open among them and tests not.")


def _tile(key: str, shown: str, rests_on: str, view: str, leads: Mapping[str, str], count: int, sure: str = "") -> None:
    metric = find_metric(key)
    with tile():
        st.metric(metric.label, shown, help=metric.definition)
        _turn(rests_on, f"open_{key}", view, leads, count)
        st.caption(sure)


def _turn(label: str, key: str, view: str, leads: Mapping[str, str], count: int) -> None:
    look = {"type": "tertiary", "icon": ":material/list:"}
    st.button(label, key=key, on_click=SLICES.turn_to, args=(view,), kwargs=dict(leads), disabled=not count, **look)


def show_elsewhere(summary: Summary, asked: Asked) -> None:
    """Escalations that landed elsewhere, by rule, and those of the chosen group one by one."""
    groups = list(rows_elsewhere(summary))
    if not groups:
        if summary.num_escalations:
            st.success("Every escalation that can be judged landed where its rules say.", icon=":material/check_circle:")
        return
    show_table(
        "elsewhere",
        {
            "rule": text("Rule", [rule or FALLBACK for rule, *_ in groups]),
            "wanted": text("Should have gone to", [where_from(wanted) for _, wanted, *_ in groups]),
            "went": text("Went to", [where_from(went) for *_, went, _ in groups]),
            "count": listing(
                "Escalations",
                "elsewhere_click",
                [number(count) for *_, count in groups],
                SLICES.turn_to,
                ELSEWHERE,
                [lead(by_rule=rule, should_go=wanted, went_to=went) for rule, wanted, went, _ in groups],
                help="Lists them below.",
            ),
        },
        about="Escalations that landed elsewhere than their rules say, by rule",
    )
    show_escalations(asked, (Landing.ELSEWHERE,))


def show_health(warnings: Sequence[RoutingWarning]) -> None:
    """What is wrong with the configuration in force, each with what shows it and what to do."""
    if not warnings:
        st.success(
            "Nothing is wrong with the configuration in force, as far as this period shows.", icon=":material/check_circle:"
        )
        return
    for place, warning in enumerate(warnings):
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.badge(str(warning.finding).capitalize(), icon=":material/warning:", color="orange")
                st.text(warning.subject)
            st.text(warning.evidence)
            with st.container(horizontal=True, gap="xsmall"):
                st.caption("What to do:", width="content")
                st.text(warning.remedy)
            if warning.seen is not None:
                _turn(
                    several(warning.seen.count, "escalation"),
                    f"open_warning_{place}",
                    ALL,
                    seen_in(warning.seen),
                    warning.seen.count,
                )


def show_rules(kept: Sequence[InForce], asked: Asked) -> None:
    """The rules in their order, in words, and since when each configuration was in force."""
    names = {f"{moment(item.from_ms, asked.filters.tz)}, {item.origin}": item for item in reversed(kept)}
    chosen = names[linked_choice("In force since", list(names), name="since", default=next(iter(names)))]
    for stream in chosen.configuration.workstreams:
        st.subheader(as_label(stream.name), anchor=False)
        st.caption(
            f"{str(stream.distribution).capitalize()}, channels: {', '.join(map(channel_label, stream.channels)) or 'any'}."
        )
        rules = chosen.configuration.rules_of(stream.name)
        show_table(
            f"rules_{stream.name}",
            {
                "order": counts("Order", range(1, len(rules) + 2), width="small"),
                "rule": text("Rule", [*(rule.name for rule in rules), FALLBACK]),
                "if": text("If", [*map(say_rule, rules), "no rule matches"]),
                "queue": text("Then to queue", [*(rule.queue for rule in rules), where_from(stream.fallback_queue)]),
            },
            about=f"The rules of {stream.name} in their order",
        )
