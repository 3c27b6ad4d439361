"""The Definitions page: all of the catalogue, found by text, linked by key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.assist.catalogue import ASSIST_CATALOGUE
from metrics.bot_sessions.catalogue import BOT_SESSION_CATALOGUE
from metrics.catalogue import CATALOGUE, find_metric
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.routing.catalogue import ROUTING_CATALOGUE
from metrics.surveys.catalogue import SURVEY_CATALOGUE
from metrics.voice.catalogue import VOICE_CATALOGUE
from tests.pages.conftest import Site

EVERY = (
    *(*CATALOGUE, *LIVE_CATALOGUE, *SURVEY_CATALOGUE),
    *(*BOT_SESSION_CATALOGUE, *ROUTING_CATALOGUE, *VOICE_CATALOGUE, *ASSIST_CATALOGUE),
)
Opener = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("site")


def headings(page: AppTest) -> list[str]:
    return [heading.value for heading in page.subheader]


def test_every_metric_is_there_with_all_the_catalogue_says(open_page: Opener) -> None:
    page = open_page("definitions")
    said = "\n".join(element.value for kind in (page.markdown, page.caption) for element in kind)

    assert headings(page) == [metric.label for metric in EVERY] + ["How an outcome is decided", "Words"]
    for metric in EVERY:
        for fact in (metric.key, metric.definition, metric.numerator, metric.denominator, metric.unit.value, metric.source):
            assert fact in said


def test_text_finds_metrics_and_words(open_page: Opener) -> None:
    page = open_page("definitions")

    page.text_input(key="find").set_value("DEFLECTION").run()

    assert not page.exception
    assert headings(page) == ["Deflection rate", "Words"]
    assert headings(open_page("definitions", find="deflection")) == headings(page)


def test_text_that_is_nowhere_says_so(open_page: Opener) -> None:
    page = open_page("definitions", find="zzz")

    assert [info.title for info in page.info] == ["Nothing found"]


def test_link_to_a_metric_shows_it_alone_until_all_are_asked_for(open_page: Opener) -> None:
    page = open_page("definitions", metric="escalation_rate")
    assert headings(page)[0] == find_metric("escalation_rate").label
    assert "Closed" not in headings(page)

    page.button(key="show_all_metrics").click().run()

    assert headings(page)[: len(EVERY)] == [metric.label for metric in EVERY]


def test_each_metric_has_an_anchor_of_its_own(open_page: Opener) -> None:
    anchors = [heading.proto.anchor for heading in open_page("definitions").subheader]

    assert set(anchors) >= {metric.key for metric in EVERY}


def test_nothing_is_an_unknown_metric(open_page: Opener, site: Site) -> None:
    assert len(headings(open_page("definitions", metric="nonsense"))) == len(EVERY) + 2
