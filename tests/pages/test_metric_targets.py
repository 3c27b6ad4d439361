"""Targets on pages: met or missed on cards and in trends, set and taken away beside a trend."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.metric_targets import MetricTargets, target_from
from pages.components.period import ALL
from tests.pages.conftest import Site
from tests.pages.test_bots import fill
from tests.pages.test_overview import table

Opener = Callable[..., AppTest]


def targets(site: Site) -> MetricTargets:
    return MetricTargets(site.wired.store, site.wired.now_ms, site.fixed_targets)


def badges(page: AppTest) -> list[str]:
    return [text.value for text in page.markdown if "-badge[" in text.value]


def test_without_targets_nothing_is_judged(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL)

    assert badges(page) == []
    assert "target" not in table(page, "bucket").columns


@pytest.mark.parametrize(
    ("metric", "level", "said"),
    [
        ("resolution_rate", 0.1, ("green", "check_circle", "Met: ≥\u202f10\u202f%")),
        ("resolution_rate", 0.99, ("red", "cancel", "Missed: ≥\u202f99\u202f%")),
        ("resolution_rate", 0.5, ("gray", "cancel", "Missed: ≥\u202f50\u202f%")),
        ("escalation_rate", 0.01, ("red", "cancel", "Missed: ≤\u202f1\u202f%")),
        ("escalation_time", 60.0, ("green", "check_circle", "Met: ≤\u202f1\u202fmin")),
    ],
)
def test_card_says_met_or_missed_by_word_sign_and_colour(
    site: Site, open_page: Opener, metric: str, level: float, said: tuple[str, str, str]
) -> None:
    fill(site)
    targets(site).save(target_from(metric, level))

    [badge] = badges(open_page("bots", period=ALL))

    colour, icon, words = said
    assert badge.startswith(f":{colour}-badge[") and icon in badge
    assert words in badge.replace("\\", "")


def test_bot_that_is_alone_in_the_selection_has_its_own_target(site: Site, open_page: Opener) -> None:
    fill(site)
    targets(site).save(target_from("resolution_rate", 0.1))
    targets(site).save(target_from("resolution_rate", 0.99, bot="Cora"))

    assert "Met" in badges(open_page("bots", period=ALL))[0]
    assert "Missed" in badges(open_page("bots", period=ALL, bot="Cora"))[0]
    assert "Missed" in badges(open_page("bots", period=ALL, bot="Homer"))[0]


def test_bots_side_by_side_are_each_held_to_their_own_target(site: Site, open_page: Opener) -> None:
    fill(site)
    targets(site).save(target_from("resolution_rate", 0.5))
    targets(site).save(target_from("resolution_rate", 0, bot="Homer"))

    found = table(open_page("bots", period=ALL, view="By bot"), "resolution_interval").set_index("bot")

    assert dict(found["target"]) == {"Cora": "met: ≥\u202f50\u202f%", "Homer": "met: ≥\u202f0\u202f%"}
    targets(site).save(target_from("resolution_rate", 0.9))
    found = table(open_page("bots", period=ALL, view="By bot"), "resolution_interval").set_index("bot")
    assert found.loc["Cora", "target"] == "missed: ≥\u202f90\u202f%"


def test_trend_has_the_target_as_a_line_with_its_words_and_in_the_table(site: Site, open_page: Opener) -> None:
    fill(site)
    targets(site).save(target_from("escalation_time", 90, "median"))

    page = open_page("bots", period=ALL, metric="escalation_time")

    [alt] = [chart.proto.alt for chart in page.get("plotly_chart") if chart.proto.alt.startswith("Escalation time")]
    assert alt.endswith("; target ≤\u202f1\u202fmin 30\u202fs median, met in 2 of 2")
    assert list(table(page, "bucket")["target"]).count("met") == 2
    assert "Drawn is the median, for which the target is set." in [caption.value for caption in page.caption]


def test_target_is_set_beside_a_trend_and_taken_away(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL)
    page.number_input(key="target_level").set_value(60.0)
    page.selectbox(key="target_bot").set_value("Homer")

    page.button(key="FormSubmitter:target-Set target").click().run()

    [kept] = targets(site).every()
    assert (kept.metric, kept.level, kept.bot, kept.queue) == ("resolution_rate", 0.6, "Homer", "")
    assert kept.set_by.startswith("Guest")
    page.button(key="target_gone_0").click().run()
    assert targets(site).every() == []


@pytest.mark.parametrize(("level", "said"), [(None, "Write a number first."), (250.0, "The number must be a share from 0 to 1")])
def test_number_that_cannot_be_is_refused_with_what_to_write(
    site: Site, open_page: Opener, level: float | None, said: str
) -> None:
    fill(site)
    page = open_page("bots", period=ALL)
    page.number_input(key="target_level").set_value(level)

    page.button(key="FormSubmitter:target-Set target").click().run()

    assert [warning.value for warning in page.warning if warning.value.startswith(said)]
    assert targets(site).every() == []


def test_target_of_the_settings_stands_and_cannot_be_changed_here(site: Site, open_page: Opener) -> None:
    fill(site)
    site.fixed_targets.append(target_from("resolution_rate", 0.6, is_fixed=True))
    page = open_page("bots", period=ALL)
    page.number_input(key="target_level").set_value(10.0)

    page.button(key="FormSubmitter:target-Set target").click().run()

    assert "from floorwalker.toml" in [caption.value for caption in page.caption]
    assert [warning.value for warning in page.warning if "floorwalker.toml" in warning.value]
    assert [target.level for target in targets(site).every()] == [0.6]


def test_count_can_have_no_target(site: Site, open_page: Opener) -> None:
    fill(site)

    assert not [field for field in open_page("bots", metric="closed").number_input if field.key == "target_level"]


def test_name_of_a_bot_is_never_markup(site: Site, open_page: Opener) -> None:
    fill(site)
    targets(site).save(target_from("resolution_rate", 0.6, bot="![x](http://evil)", set_by="**b**"))

    said = [text.value for text in open_page("bots", period=ALL).markdown if "evil" in text.value]

    assert said and all("\\!\\[x\\]\\(http" in text for text in said)
