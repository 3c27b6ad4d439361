"""Views as links, by page: mounted here, drawn in the browser by the files beside this one.

A link loads the page anew, so that everything on it is as the view says, whatever has been chosen meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pages.components.mounting import mount


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
    _mount()(key=key, data={"groups": [asdict(group) for group in groups]})


@cache
def _mount() -> Callable[..., Any]:
    return mount(Path(__file__).parent, "view_list", ("../browser/format.js", "view_list.js"))
