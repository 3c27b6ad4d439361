"""Conversations with suggestions beside those without: how long agents had them, how customers felt. Not what made it so."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.assist.catalogue import Suggested
from metrics.assist.comparing import ALIKE_IN, Comparison, Of, Side, Stratum
from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.intervals import MeanDifference
from metrics.metric import Metric
from pages.components.assist import loading
from pages.components.assist.asking import lead_to, narrowed_to
from pages.components.bars import MOST_BARS, Bar, show_bars
from pages.components.cards import tile
from pages.components.drill import list_button, opening
from pages.components.formats import INTERVAL, NOTHING, bare, difference, number, several, signed, span, value
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL, Column, figures, show_table, text


def _alike(name: str) -> str:
    return " and ".join(ALIKE_IN[name])


OF = {"Handle time": Of.HANDLE_TIME, "Sentiment (est.)": Of.SENTIMENT}
ALIKE = {_alike(name).capitalize(): name for name in ALIKE_IN}
METRIC = {Of.HANDLE_TIME: "handle_time", Of.SENTIMENT: "sentiment_assisted"}
# The conversations of which the value is known, with suggestions and without.
SIDES = {
    Of.HANDLE_TIME: (Suggested.WITH_TIME, Suggested.WITHOUT_TIME),
    Of.SENTIMENT: (Suggested.WITH_SCORE, Suggested.WITHOUT_SCORE),
}


def show_compared(asked: Asked) -> None:
    """Choose what is compared, and within what; both sides in tiles, the difference of each group as a bar, all in a table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of = OF[_choose("Compare", tuple(OF), "compare") or "Handle time"]
        alike_in = ALIKE[_choose("Like with like, within the same", tuple(ALIKE), "alike_in") or next(iter(ALIKE))]
    found = loading.compared(asked.filters, of, alike_in, asked.as_of)
    metric = find_metric(METRIC[of])
    st.warning(
        "Not cause and effect. Nobody draws lots which conversations get suggestions, and the longer one lasts, the more "
        "occasions there are to show one: so conversations with suggestions may take longer even where suggestions help.",
        icon=":material/balance:",
    )
    _tiles(found, metric, asked)
    _bars(found, metric)
    _table(found, metric, asked)
    _say(found, asked)


def _choose(label: str, options: tuple[str, ...], key: str) -> str:
    return st.segmented_control(label, options, default=options[0], key=key, bind="query-params", required=True) or options[0]


def _tiles(found: Comparison, metric: Metric, asked: Asked) -> None:
    with st.grid(4, min_column_width=170, gap="small", key="sides"):
        sides = (("With suggestions", found.whole.with_any), ("Without", found.whole.without))
        for (label, side), kind in zip(sides, SIDES[found.of], strict=True):
            with tile():
                st.metric(label, _mean(side, metric), help=metric.definition)
                list_button(
                    several(side.sample.n, "conversation"), f"open_{kind}", lead_to(kind, asked), disabled=not side.sample.n
                )
                st.caption(_spread(side, found.of))
        with tile():
            _difference_tile("Difference, all", found.whole.difference, metric)
            st.caption("whatever else differs")
        with tile():
            _difference_tile("Like with like", found.like_with_like, metric)
            of = number(found.whole.with_any.sample.n)
            st.caption(f"same {_alike(found.alike_in)}; rests on {number(found.num_compared)} of {of} with suggestions")


def _difference_tile(label: str, found: MeanDifference | None, metric: Metric) -> None:
    st.metric(
        label, NOTHING if found is None else difference(metric, found.value), help=f"With less without. {metric.definition}"
    )
    st.caption(_interval(found, metric, INTERVAL))


def _bars(found: Comparison, metric: Metric) -> None:
    known = [(each, gap) for each in found.strata if (gap := each.difference) is not None][:MOST_BARS]
    bars = [
        Bar(
            _name(found, each),
            gap.value,
            f"{difference(metric, gap.value)}, {number(each.with_any.sample.n)} against {number(each.without.sample.n)}",
            gap.low,
            gap.high,
            is_small=_is_small(each),
        )
        for each, gap in known
    ]
    if bars:
        show_bars(bars, key="differences", about=f"{metric.label}: with suggestions less without, by {_alike(found.alike_in)}")


def _table(found: Comparison, metric: Metric, asked: Asked) -> None:
    strata, kinds = found.strata, dict(zip(("with", "without"), SIDES[found.of], strict=True))
    within = [_within(found, each) for each in strata]
    sides = {"with": [each.with_any for each in strata], "without": [each.without for each in strata]}
    spread_of = "median, p90" if found.of is Of.HANDLE_TIME else "std. deviation"

    def of_side(name: str) -> dict[str, Column]:
        leads = [lead_to(kinds[name], asked, each) for each in within]
        numbers = [number(side.sample.n) for side in sides[name]]
        return {
            f"{name}_n": opening(name.capitalize(), f"compared_{name}_click", numbers, leads, width=90),
            f"{name}_mean": figures("Mean", [_mean(side, metric) for side in sides[name]]),
        }

    def spread_column(name: str) -> Column:
        texts = [bare(_spread(side, found.of)) for side in sides[name]]
        return figures(f"{name.capitalize()}: {spread_of}", texts)

    show_table(
        "compared_table",
        {
            "name": text(_alike(found.alike_in).capitalize(), [_name(found, each) for each in strata], width=200),
            **of_side("with"),
            **of_side("without"),
            "difference": figures(
                "Difference",
                [NOTHING if each.difference is None else difference(metric, each.difference.value) for each in strata],
                help="With less without.",
            ),
            "interval": figures(INTERVAL, [_interval(each.difference, metric) for each in strata]),
            "with_spread": spread_column("with"),
            "without_spread": spread_column("without"),
        },
        about=f"{metric.label} with suggestions and without, by {_alike(found.alike_in)}",
        few=[_is_small(each) for each in strata],
    )


def _say(found: Comparison, asked: Asked) -> None:
    left_out = found.whole.with_any.sample.n - found.num_compared
    alone = f" {number(left_out)} with suggestions have no counterpart there and are left out of it." if left_out else ""
    whose = " Conversations with suggestions of other bots only are on neither side." if asked.filters.suggested_by else ""
    st.caption(
        f"Like with like: conversations are compared within the same {_alike(found.alike_in)}, queue and agent being those of "
        f"the first person who served them, and the differences weighed by how many there have suggestions.{alone}{whose} Handle "
        "time is the time of human sessions: what an agent does after the end is not in it; of who went straight to people the "
        f"wait is. Intervals are Welch's. Grey: fewer than {SMALL} on one side, too few to judge."
    )


def _within(found: Comparison, each: Stratum) -> dict[str, str | Sequence[str]]:
    own = zip(ALIKE_IN[found.alike_in], each.words, strict=True)
    return {name: words for by, word in own for name, words in narrowed_to(by, word).items()}


def _name(found: Comparison, each: Stratum) -> str:
    shown = {name: channel_label(word) if name == "channel" else word for name, word in found.named(each, "").items()}
    return ", ".join(word or WITHOUT for word in shown.values())


def _is_small(each: Stratum) -> bool:
    return min(each.with_any.sample.n, each.without.sample.n) < SMALL


def _mean(side: Side, metric: Metric) -> str:
    return value(metric, side.sample.mean if side.sample.n else None)


def _spread(side: Side, of: Of) -> str:
    if of is Of.HANDLE_TIME:
        times = side.times
        return f"median {span(times.median_seconds)}, p90 {span(times.p90_seconds)}" if times.n else ""
    return "" if side.spread is None else f"±{signed(side.spread).lstrip('+')}"


def _interval(found: MeanDifference | None, metric: Metric, what: str = "") -> str:
    if found is None or found.low is None or found.high is None:
        return "too few to tell" if what else ""
    said = f"{difference(metric, found.low)} to {difference(metric, found.high)}"
    return f"{said} ({what})" if what else said
