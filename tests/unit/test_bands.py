"""Bands: from which value a figure is at risk, in the way that is bad for it."""

from __future__ import annotations

import pytest

from live.console import ConsoleLinks
from metrics.bands import Bands, Limits, worst
from metrics.bot_sessions.catalogue import BOT_SESSION_CATALOGUE
from metrics.catalogue import CATALOGUE
from metrics.channels import channel_label
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.need import Band
from metrics.routing.catalogue import ROUTING_CATALOGUE


@pytest.mark.parametrize(
    ("key", "value", "band"),
    [
        ("waiting", 4, Band.NORMAL),
        ("waiting", 5, Band.AT_RISK),
        ("waiting", 10, Band.CRITICAL),
        ("live_sentiment", 0.5, Band.NORMAL),
        ("live_sentiment", -0.09, Band.NORMAL),
        ("live_sentiment", -0.1, Band.AT_RISK),
        ("live_sentiment", -0.3, Band.CRITICAL),
        ("live_sentiment", None, Band.NORMAL),
        ("open", 1_000_000, Band.NORMAL),
    ],
)
def test_value_is_in_the_band_of_the_limit_it_has_reached(key: str, value: float | None, band: Band) -> None:
    assert Bands().band(key, value) is band


def test_queue_has_its_own_limits_and_else_those_of_the_floor() -> None:
    bands = Bands(by_queue={"Night": {"waiting": Limits(1, 2)}})

    assert bands.band("waiting", 2, "Night") is Band.CRITICAL
    assert bands.band("waiting", 2, "Day") is Band.NORMAL
    assert bands.band("low_sentiment", 5, "Night") is Band.AT_RISK


def test_worst_band_wins_and_nothing_is_normal() -> None:
    assert worst([Band.AT_RISK, Band.CRITICAL, Band.NORMAL]) is Band.CRITICAL
    assert worst([]) is Band.NORMAL


def test_live_metrics_have_keys_of_their_own() -> None:
    keys = [metric.key for metric in (*CATALOGUE, *LIVE_CATALOGUE, *BOT_SESSION_CATALOGUE, *ROUTING_CATALOGUE)]

    assert len(set(keys)) == len(keys)


def test_channel_goes_by_the_name_people_know() -> None:
    assert (channel_label("lcw"), channel_label("MSTeams"), channel_label("fax")) == ("Live chat", "Teams", "fax")


def test_console_link_is_that_of_the_source_and_encodes_what_it_is_given() -> None:
    links = ConsoleLinks(
        "https://desk.example/?s={source}&id={conversation_id}", {"crm": "https://crm.example/{conversation_id}"}
    )

    assert links.link("crm", "{ab/c}") == "https://crm.example/%7Bab%2Fc%7D"
    assert links.link("web bot", 'x"&<\ud800') == "https://desk.example/?s=web%20bot&id=x%22%26%3C%3F"


def test_source_without_a_template_has_no_link() -> None:
    assert ConsoleLinks(by_source={"crm": "https://crm.example"}).link("web", "1") == ""
    assert not ConsoleLinks()
