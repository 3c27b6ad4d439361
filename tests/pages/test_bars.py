"""Bars are drawn whatever the theme names."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


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
