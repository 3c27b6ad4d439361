"""The wallboard as one component: mounted here, drawn in the browser over everything else by the files beside this one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from pages.components.mounting import mount, nothing
from pages.components.wallboard.link import WallLink

# One module in the browser, in the order its parts build on each other. The first three are shared with the floor.
_SCRIPTS = (
    "../browser/format.js",
    "../browser/stream.js",
    "../floor/ranking.js",
    "guard.js",
    "sums.js",
    "parts.js",
    "wall.js",
)
# Always the dark theme's, whatever the browser prefers: a wall is looked at across a room.
_COLOURS = (
    "backgroundColor",
    "secondaryBackgroundColor",
    "textColor",
    "borderColor",
    "grayTextColor",
    "redColor",
    "redBackgroundColor",
    "redTextColor",
    "orangeColor",
    "orangeBackgroundColor",
    "orangeTextColor",
)

_CAPITAL = re.compile("[A-Z]")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the wall hears of things, relative to the page."""

    stream: str
    ask: str  # where the same is told in single answers
    alerts: str  # the stream of alerts; the floor's token admits to it


def wallboard(addresses: Addresses, *, token: str, link: WallLink, is_demo: bool, key: str = "wallboard") -> None:
    """Draw the wallboard that `link` asks for."""
    data = {**asdict(addresses), "token": token, "link": asdict(link), "is_demo": is_demo, "colours": _dark_colours()}
    # A token that runs out is asked for by `renew`: the run it causes brings a new one.
    component = mount(Path(__file__).parent, "wallboard", _SCRIPTS)
    component(key=key, data=data, on_renew_change=nothing)


def _dark_colours() -> Mapping[str, str]:
    """Streamlit's names of theme colours in style sheets, with those of the dark theme."""
    found = {name: st.get_option(f"theme.dark.{name}") for name in _COLOURS}
    found["chartDivergingColors"] = ",".join(st.get_option("theme.dark.chartDivergingColors") or ())
    return {f"--st-{_CAPITAL.sub(_hyphened, name)}": str(value) for name, value in found.items() if value}


def _hyphened(capital: re.Match[str]) -> str:
    return f"-{capital[0].lower()}"
