"""One bot, or one version of it, against another: every metric of both, and whether the difference is sure."""

from __future__ import annotations

import streamlit as st

from metrics.figures import Totals
from metrics.questions import card
from metrics.releases import Release
from pages.components import loaders
from pages.components.choose import METRICS
from pages.components.drill import Choices
from pages.components.formats import moment, number
from pages.components.linked import linked_choice
from pages.components.metric_table import metric_table
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL


def show_comparison(asked: Asked) -> None:
    """Choose two bots; by themselves those with most conversations."""
    found = {bot or WITHOUT: totals for bot, totals in loaders.by_word("bot", asked.filters, asked.as_of, METRICS).items()}
    if len(found) < 2:
        st.info(
            "There is one bot in this selection. Take the bot filter away, or choose a longer period.", icon=":material/compare:"
        )
        return
    bots = sorted(found, key=lambda bot: (-found[bot].closed, bot))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = linked_choice("Bot", bots, name="one", default=bots[0], width=220)
        others = [bot for bot in bots if bot != one]
        other = linked_choice("Against", others, name="other", default=others[0], width=220)
    _show(found[one], found[other], names=(one, other), choices={"bot": one})
    st.caption("Bots may serve different topics: filter to compare like with like.")


def show_releases(asked: Asked) -> None:
    """Choose a bot and two of its versions; by themselves the newest and the one before it."""
    found = loaders.by_release(asked.filters, METRICS, asked.as_of)
    if not found:
        _no_releases()
        return
    tz = asked.filters.tz
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bot = linked_choice("Bot", list(found), name="of", default=next(iter(found)), width=160)
        newest_first = {_key(release): release for release in reversed(found[bot])}
        look = {"format_func": lambda key: _label(newest_first[key], tz), "width": 370}
        keys = list(newest_first)
        one = linked_choice("Version", keys, name="version", default=keys[0], **look)
        others = [key for key in keys if key != one]
        default = others[min(keys.index(one), len(others) - 1)]
        other = linked_choice("Against", others, name="other_version", default=default, **look)
    totals = {_key(release): each for release, each in found[bot].items()}
    choices = {"bot": bot, "between": "..".join(map(str, newest_first[one].span))}
    _show(totals[one], totals[other], names=(newest_first[one].name, newest_first[other].name), choices=choices)
    st.caption(
        "A version lasts until the next begins, as the routing configuration tells, and annotations that concern the bot alone. "
        "A conversation counts for the version in which it ended."
    )


def _show(one: Totals, other: Totals, *, names: tuple[str, str], choices: Choices) -> None:
    metric_table([card(key, one, other) for key in METRICS], names=names, choices=choices)
    said = f" Fewer than {SMALL} closed are too few to judge." if min(one.closed, other.closed) < SMALL else ""
    st.caption(
        f"{number(one.closed)} against {number(other.closed)} closed conversations. A difference is called better "
        f"or worse where its interval leaves out zero.{said}"
    )


def _key(release: Release) -> str:
    return "first" if release.from_ms is None else str(release.from_ms)


def _label(release: Release, tz: str) -> str:
    return release.name if release.from_ms is None else f"{release.name}, from {moment(release.from_ms, tz)}"


def _no_releases() -> None:
    st.info(
        "No bot of this selection has two versions in it. Transcripts do not tell a bot's version; it is known from the routing "
        "configuration, where a bot may have a `version`, or from an annotation that concerns the bot alone, such as "
        "“version 2.4 released”: add one beside a trend, or with `python -m metrics annotations add`.",
        icon=":material/commit:",
        title="No versions to compare",
    )
