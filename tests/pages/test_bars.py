"""Bars are drawn whatever the theme names."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components.bars import Bar, show_bars


def _two_bars() -> None:
    from pages.components.bars import Bar, show_bars

    show_bars([Bar("bank", 0.5, "50"), Bar("loan", 0.2, "20", is_small=True)], key="two", about="Two bars")


@pytest.mark.parametrize("named", [True, False])
def test_bars_are_drawn_with_and_without_colours_of_the_theme(named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not named:
        monkeypatch.setattr("pages.components.charts.theme", lambda option: None)
        monkeypatch.setattr("pages.components.bars.theme", lambda option: None)

    page = AppTest.from_function(_two_bars, default_timeout=30).run()

    assert not page.exception
    assert [chart.proto.alt for chart in page.get("plotly_chart")] == ["Two bars: bank: 50; loan: 20"]


def test_what_stands_at_the_ends_has_room_in_the_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(st, "plotly_chart", lambda chart, **look: drawn.append(chart))

    for text in ("5 %, 7", "5 %, 12,345 of 67,890"):
        show_bars([Bar("bank", 0.5, text), Bar("loan", 0.2, "2", high=0.7)], key="two", about="Two bars")

    short, long = (chart.layout.margin.r for chart in drawn)
    assert short > 6 * len("5 %, 7")
    assert long > 6 * len("5 %, 12,345 of 67,890")
    assert drawn[0].layout.xaxis.range[1] == 0.7  # nothing of the width is left over for it
