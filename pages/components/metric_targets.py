"""Targets of metrics on pages: whether a figure is as it should be, by word and colour, and where targets are set."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.metric import Better, Metric, Unit
from metrics.metric_targets import (
    AIMED_AT,
    Judgement,
    MetricTarget,
    Statistic,
    TargetError,
    judge,
    statistics_of,
    target_from,
    target_in,
)
from metrics.questions import Figure
from pages.components import loaders
from pages.components.formats import INTERVAL, NARROW, as_label, number, value
from pages.components.period import Asked
from pages.components.viewer import viewer
from pages.runtime import runtime

ANY = "(any)"
NOTHING_TO_JUDGE, MET, MISSED = "nothing to judge", "met", "missed"
_REFUSED = "target_refused"
# By how many of what a person types the unit is divided, how that is called, the step.
_TYPED = {
    Unit.SHARE: (100.0, "%", 1.0),
    Unit.SECONDS: (1.0, "seconds", 5.0),
    Unit.POLARITY: (1.0, "polarity, −1 to 1", 0.05),
    Unit.RATING: (1.0, "answer, 1 to 5", 0.1),
    Unit.TURNS: (1.0, "messages", 1.0),
}


def target_for(asked: Asked, metric: Metric) -> MetricTarget | None:
    """The target of a metric in this selection: of a bot or queue where one alone is selected."""
    return target_in(loaders.metric_targets(), metric.key, asked.filters)


def target_text(target: MetricTarget, metric: Metric) -> str:
    """≥ 60 %, ≤ 3 min median."""
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    said = "" if target.statistic is Statistic.MEAN else f" {target.statistic.value}"
    level = f"{target.level * 100:g}{NARROW}%" if metric.unit is Unit.SHARE else value(metric, target.level)
    return f"{sign}{NARROW}{level}{said}"


def verdict_word(verdict: Judgement) -> str:
    """In one word."""
    return NOTHING_TO_JUDGE if verdict.is_met is None else MET if verdict.is_met else MISSED


def show_verdict(target: MetricTarget, metric: Metric, figure: Figure) -> None:
    """Met or missed, by word, sign and colour; grey where the interval leaves it open."""
    verdict = judge(target, figure)
    word = verdict_word(verdict)
    icons = {True: ":material/check_circle:", False: ":material/cancel:", None: ":material/flag:"}
    colour = {True: "green", False: "red", None: "gray"}[verdict.is_met if verdict.is_sure else None]
    st.badge(
        f"{word.capitalize()}: {target_text(target, metric)}",  # the word first: a narrow card cuts what is long
        icon=icons[verdict.is_met],
        color=colour,
        help=_about(target, metric, verdict),
    )


def choose_target(asked: Asked, metric: Metric) -> None:
    """A small form behind a button: the targets of a metric, and another one."""
    if metric.key not in {each.key for each in AIMED_AT}:
        return
    with st.popover("Target", icon=":material/flag:", help="What this metric should be."):
        own = [each for each in loaders.metric_targets() if each.metric == metric.key]
        _list(own, metric)
        _form(asked, metric)


def _about(target: MetricTarget, metric: Metric, verdict: Judgement) -> str:
    parts = [f"Target for {_whom(target)}: {target_text(target, metric)}."]
    if verdict.value is not None and target.statistic is not Statistic.MEAN:
        parts.append(f"The {target.statistic.value} is {value(metric, verdict.value)}.")
    if verdict.is_met is not None and not verdict.is_sure:
        parts.append(f"It lies within the {INTERVAL} of the figure, so whether it is met is not sure.")
    return " ".join(parts)


def _whom(target: MetricTarget) -> str:
    named = [f"bot {as_label(target.bot)}"] * bool(target.bot) + [f"queue {as_label(target.queue)}"] * bool(target.queue)
    return " in ".join(named) or "all bots and queues"


def _list(own: Sequence[MetricTarget], metric: Metric) -> None:
    for place, target in enumerate(own):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{target_text(target, metric)}** for {_whom(target)}", width="content")
            if target.is_fixed:
                st.caption("from floorwalker.toml", width="content")
            else:
                st.button(
                    "Take away",
                    icon=":material/delete:",
                    type="tertiary",
                    key=f"target_gone_{place}",
                    on_click=runtime().metric_targets.delete,
                    args=(target,),
                    help=f"Set by {as_label(target.set_by)}." if target.set_by else None,
                )


def _form(asked: Asked, metric: Metric) -> None:
    parts, unit, step = _TYPED[metric.unit]
    words = loaders.choices(asked.filters, asked.as_of)
    sign = "At least" if metric.better is Better.HIGHER else "At most"
    with st.form("target", border=False):
        st.number_input(f"{sign}, {unit}", value=None, step=step, key="target_level", placeholder="Number")
        if len(statistics_of(metric)) > 1:
            st.segmented_control("Of the", statistics_of(metric), default=Statistic.MEAN, key="target_of", required=True)
        with st.container(horizontal=True):
            st.selectbox("Bot", [ANY, *(word for word in words["bot"] if word)], key="target_bot", width=140)
            st.selectbox("Queue", [ANY, *(word for word in words["queue"] if word)], key="target_queue", width=140)
        st.form_submit_button("Set target", type="primary", on_click=_set, args=(metric, parts))
    if st.session_state.get(_REFUSED):
        st.warning(st.session_state.pop(_REFUSED), icon=":material/warning:")


def _set(metric: Metric, parts: float) -> None:
    """Take the form's target (a callback)."""
    level = st.session_state.get("target_level")
    if level is None:
        st.session_state[_REFUSED] = "Write a number first."
        return
    chosen = {name: st.session_state.get(f"target_{name}") for name in ("bot", "queue")}
    try:
        target = target_from(
            metric.key,
            level / parts,
            str(st.session_state.get("target_of") or Statistic.MEAN),
            set_by=viewer().name,
            **{name: "" if word in (None, ANY) else str(word) for name, word in chosen.items()},
        )
        runtime().metric_targets.save(target)
    except TargetError as error:
        st.session_state[_REFUSED] = f"The {'number' if error.field == 'level' else error.field} {error.remedy}."


def count_met(target: MetricTarget, figures: Sequence[Figure]) -> str:
    """In how many buckets of a trend it is met: what the line says to those who do not see it."""
    verdicts = [judge(target, figure) for figure in figures]
    judged = [verdict for verdict in verdicts if verdict.is_met is not None]
    return f"met in {number(sum(1 for verdict in judged if verdict.is_met))} of {number(len(judged))}"
