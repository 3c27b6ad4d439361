"""Views as links, by page: mounted here, drawn in the browser by the files beside this one.

A link loads the page anew, so that everything on it is as the view says, whatever has been chosen meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pages.components.mounting import mount

_SCRIPTS = ("../browser/format.js", "view_list.js")


@dataclass(frozen=True, slots=True)
class Link:
    """One view."""

    name: str
    address: str  # relative, so that it holds behind any proxy
    who: str  # made it, and when; "" for a ready one


@dataclass(frozen=True, slots=True)
class Group:
    """The views of one page."""

    title: str
    links: tuple[Link, ...]


def view_list(groups: Sequence[Group], *, key: str = "view_list") -> None:
    """Draw the links."""
    component = mount(Path(__file__).parent, "view_list", _SCRIPTS)
    component(key=key, data={"groups": [asdict(group) for group in groups]})
