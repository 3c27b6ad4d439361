"""How a component's files become one component in the browser: the one way in which pages mount what is drawn there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def mount(folder: Path, name: str, scripts: tuple[str, ...], *, styles: tuple[str, ...] = ()) -> Callable[..., Any]:
    """The component of `name`.html and `name`.css in `folder`. Made once: Streamlit knows it by its name.

    `scripts` are one module in the browser, in the order their parts build on each other; `styles` come before the component's
    own. Either may be another component's, named from `folder`.
    """

    def read(names: Sequence[str]) -> str:
        return "\n".join((folder / each).read_text(encoding="utf-8") for each in names)

    return st.components.v2.component(
        f"floorwalker_{name}", html=read([f"{name}.html"]), css=read([*styles, f"{name}.css"]), js=read(scripts)
    )


def nothing() -> None:
    """What to do about a trigger whose run itself is the answer."""
