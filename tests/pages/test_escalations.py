"""The Escalations page against the report: full, empty, without an escalation, and from a number to its conversations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.report import report
from pages.components.formats import NARROW, share
from pages.components.period import ALL
from tests.pages.conftest import LONG, ROOT, Site, ask_and_resolve
from tests.pages.test_bots import cards, fill
from tests.pages.test_overview import table

Opener = Callable[..., AppTest]


def test_cards_are_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    [expected] = report(site.wired.store, Filters())

    shown = cards(open_page("escalations", period=ALL))

    assert expected["escalation_turns"]["n"] == 3
    assert shown == {
        "Escalation rate": share(expected["escalation_rate"]["value"]),
        "Escalation time": f"1{NARROW}min",
        "Turns before": "1.0",
        "Turns after trouble": "0.0",
        "Wait for an agent": "–",
    }


@pytest.mark.parametrize(
    ("by", "names", "numbers"),
    [("Reason", ["unknown"], ["3"]), ("Bot", ["Cora", "Homer"], ["2", "1"]), ("Topic", ["(none)"], ["3"])],
)
def test_escalations_are_told_apart(site: Site, open_page: Opener, by: str, names: list[str], numbers: list[str]) -> None:
    fill(site)
    found = table(open_page("escalations", period=ALL, by=by), "wait_p90")

    assert (list(found["name"]), list(found["list"])) == (names, numbers)


@pytest.mark.parametrize(
    ("clock", "within"), [("Time", ["15 s", "30 s", "1 min", "2 min"]), ("Messages of the customer", ["0 messages", "1 message"])]
)
def test_time_to_escalation_has_its_numbers(site: Site, open_page: Opener, clock: str, within: list[str]) -> None:
    fill(site)
    found = table(open_page("escalations", period=ALL, view="Time to escalation", clock=clock), "by")

    assert [text.replace(NARROW, " ") for text in found["by"]][: len(within)] == within
    assert list(found["list"])[-1] == "3"
    assert list(found["left"])[-1] == share(0)


def test_topics_have_impact_and_volume(site: Site, open_page: Opener) -> None:
    fill(site)
    found = table(open_page("escalations", period=ALL, view="Topics"), "moved")

    assert (list(found["moved"]), list(found["closed"]), list(found["list"])) == (["–"], ["7"], ["3"])


def test_charts_say_what_they_show(site: Site, open_page: Opener) -> None:
    fill(site)
    said = {
        chart.proto.alt
        for view in ("Reasons", "Time to escalation", "Topics")
        for chart in open_page("escalations", period=ALL, view=view).get("plotly_chart")
    }

    assert any(text.startswith("Escalated conversations by reason: unknown: 100") for text in said)
    assert any(text.startswith("Ends of 7 conversations over seconds") for text in said)
    assert any(text.startswith("How far each topic moves the escalation rate") for text in said)


def test_selection_without_an_escalation_says_so(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-01T09:00Z"))

    page = open_page("escalations")

    assert [info.title for info in page.info] == ["No escalation here"]
    assert cards(page)["Escalation rate"] == share(0)


def test_empty_database_says_how_to_begin(site: Site, open_page: Opener) -> None:
    assert [info.title for info in open_page("escalations").info] == ["No data yet"]


def test_filters_that_leave_nothing_say_so(site: Site, open_page: Opener) -> None:
    fill(site)

    assert [info.title for info in open_page("escalations", bot="Nobody").info] == ["No conversation here"]


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.questions.count_in", lambda *_, **__: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("escalations.py")
    page.run()

    assert len(page.exception) == 1
    assert not page.metric
