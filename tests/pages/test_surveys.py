"""The Surveys page against the command line: each kind, whose conversations, empty, broken, and from a number to its list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.story.telling import tell_story
from metrics.surveys.counting import Whose
from metrics.surveys.questions import headline
from metrics.surveys.questions import report as survey_report
from pages.components.formats import share
from pages.components.period import ALL
from store.surveys.records import SurveyKind
from tests.pages.conftest import LONG, ROOT, Site, talk
from tests.pages.test_bots import cards, listed

Opener = Callable[..., AppTest]
LINES = (("customer", "Where is my card?"), ("bot", "On its way."))


def surveyed(
    name: str, begins: str, kind: str, response: object = None, *, comment: str = "", bot: str = "Cora"
) -> list[dict[str, Any]]:
    """A conversation whose bot asks before it ends, and of which an answer may be known."""
    asking = talk(name, begins, *LINES, ("bot", "How was it?"), bot=bot, ends="completedSuccessfully")
    trace = asking[2] | {"type": "trace", "valueType": f"{kind}SurveyRequest", "value": {}, "id": "ask"}
    told = [*asking[:2], trace, asking[2]]
    if response is not None:
        value = {"response": response, "comment": comment} if comment else {"response": response}
        told.append(trace | {"id": "answer", "valueType": f"{kind}SurveyResponse", "value": value})
    return [*told, asking[-1]]


def between_people(name: str, begins: str, response: int) -> list[dict[str, Any]]:
    """Only people speak, and a survey bot asks behind them."""
    said = talk(name, begins, ("customer", "Hello"), ("customer", "Thanks"), ("customer", "Bye"), ends="completed")
    agent = {"id": "bea", "name": "Bea", "role": "user"}
    pulse = {"id": "pulse", "name": "Pulse", "role": "bot"}
    said[1]["from"] = agent
    trace = said[2] | {"type": "trace", "from": pulse, "valueType": "CSATSurveyRequest", "value": {}, "id": "ask"}
    answer = trace | {"id": "answer", "valueType": "CSATSurveyResponse", "value": {"response": response}}
    return [*said[:2], trace, said[2] | {"id": "q", "from": pulse, "text": "How was it?"}, answer, said[-1]]


def fill(site: Site) -> None:
    """CSAT 5 and 2 of Cora, asked of Dora without an answer, 1 between people; NPS 9 and 3."""
    site.load(
        surveyed("good", "2026-03-01T09:00Z", "CSAT", 5, comment="<b>Quick</b>"),
        surveyed("poor", "2026-03-01T10:00Z", "CSAT", "2"),
        surveyed("silent", "2026-03-01T11:00Z", "CSAT", bot="Dora"),
        surveyed("fan", "2026-03-01T12:00Z", "NPS", 9),
        surveyed("foe", "2026-03-01T13:00Z", "NPS", 3),
        between_people("people", "2026-03-01T14:00Z", 1),
        talk("unasked", "2026-03-01T15:00Z", *LINES, ends="completedSuccessfully"),
    )


def table(page: AppTest, column: str) -> list[dict[str, Any]]:
    frame = next(each.value for each in page.dataframe if column in getattr(each.value, "data", each.value).columns)
    rows: list[dict[str, Any]] = getattr(frame, "data", frame).to_dict("records")
    return rows


def test_cards_and_answers_are_the_figures_of_the_command_line(site: Site, open_page: Opener) -> None:
    fill(site)
    expected = headline(site.wired.store, Filters(), SurveyKind.CSAT, Whose.BOTS, ()).totals

    page = open_page("surveys", period=ALL)

    shown = cards(page)
    assert shown["CSAT"] == "3.50" == f"{expected.survey_csat.value:.2f}"
    assert shown["Satisfied"] == share(0.5) == share(expected.survey_csat_satisfied.value)
    assert (shown["Response rate"], shown["Surveys asked"]) == (share(2 / 3), "3")
    assert {row["answer"]: row["list"] for row in table(page, "answer")} == {
        "5 of 5": "1",
        "4 of 5": "0",
        "3 of 5": "0",
        "2 of 5": "1",
        "1 of 5": "0",
    }
    [printed] = survey_report(site.wired.store, Filters(), [SurveyKind.CSAT], Whose.BOTS)
    assert printed["csat"]["value"] == 3.5


@pytest.mark.parametrize(("of", "value", "asked"), [("bots", "3.50", "3"), ("people", "1.00", "1"), ("all", "2.67", "4")])
def test_page_says_whose_conversations_it_counts(site: Site, open_page: Opener, of: str, value: str, asked: str) -> None:
    fill(site)

    page = open_page("surveys", period=ALL, of=of)

    assert (cards(page)["CSAT"], cards(page)["Surveys asked"]) == (value, asked)
    said = {"bots": "1 more were asked where only people spoke", "people": "3 more were asked in bot", "all": "All closed"}[of]
    assert any(said in caption.value for caption in page.caption)


def test_net_promoter_score_is_in_points_with_its_groups(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("surveys", period=ALL, survey="nps")

    assert (cards(page)["NPS"], cards(page)["Promoters"], cards(page)["Detractors"]) == ("0", share(0.5), share(0.5))
    groups = {row["answer"]: row["group"] for row in table(page, "answer")}
    assert (groups["9 of 10"], groups["8 of 10"], groups["6 of 10"]) == ("Promoter", "Passive", "Detractor")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("Outcome", {"resolved": "3", "only people spoke": "1"}),
        ("Bot", {"Cora": "2", "Dora": "1", "(none)": "1"}),
        ("Asked by", {"Cora": "2", "Dora": "1", "Pulse": "1"}),
    ],
)
def test_told_apart_by_what_is_chosen(site: Site, open_page: Opener, by: str, expected: dict[str, str]) -> None:
    fill(site)

    page = open_page("surveys", period=ALL, of="all", view="Breakdown", survey_by=by)

    assert {row["name"]: row["asked"] for row in table(page, "rate_interval")} == expected


def test_trend_and_its_table_have_each_day(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("surveys", period=ALL, view="Trend", grain="Day", survey="nps")

    assert [(row["bucket"], row["value"], row["surveys_asked"]) for row in table(page, "bucket")] == [("1 Mar", "0", "2")]


def test_comments_are_text_beside_their_answer(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("surveys", period=ALL, view="Comments")

    [row] = table(page, "comment")
    assert (row["comment"], row["answer"], row["asked_by"]) == ("<b>Quick</b>", "5 of 5", "Cora")
    assert row["conversation"].endswith(":good")
    assert not any("Quick" in each.value for each in (*page.markdown, *page.caption))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"rows": "bots", "surveyed": "csat:asked"}, ["silent", "poor", "good"]),
        ({"rows": "bots", "surveyed": "csat:4-5"}, ["good"]),
        ({"rows": "bots", "surveyed": "csat:unanswered"}, ["silent"]),
        ({"rows": "all", "surveyed": "csat:answered"}, ["people", "poor", "good"]),
        ({"rows": "all", "surveyed": "csat:answered:Pulse"}, ["people"]),
        ({"rows": "all", "surveyed": "csat:asked", "spoke": "people"}, ["people"]),
        ({"rows": "bots", "surveyed": "nps:0-6"}, ["foe"]),
        ({"rows": "bots", "surveyed": "nonsense"}, ["unasked", "foe", "fan", "silent", "poor", "good"]),
    ],
)
def test_a_number_opens_its_conversations(site: Site, open_page: Opener, query: dict[str, str], names: list[str]) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, **query)

    assert listed(page) == names


def test_link_of_a_list_says_what_it_is(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, rows="all", surveyed="csat:4-5:Co*ra", spoke="people")

    labels = [button.label for button in page.button]
    assert "Only CSAT: 4 to 5 of 5, asked by Co\\*ra" in labels
    assert "Only conversations in which only people spoke" in labels


@pytest.mark.parametrize(("asked", "count"), [({}, 3), ({"of": "all"}, 4), ({"of": "people"}, 1), ({"survey": "nps"}, 2)])
def test_export_of_the_page_has_what_the_page_counts(site: Site, open_page: Opener, asked: dict[str, str], count: int) -> None:
    fill(site)
    page = open_page("surveys", period=ALL, **asked)
    link = next(link for link in page.get("page_link") if link.proto.label == "Export this selection")

    exported = open_page(link.proto.page, **dict(parse_qsl(link.proto.query_string)))

    assert len(exported.dataframe[0].value) == count == int(cards(page)["Surveys asked"])
    assert "comment" in exported.dataframe[0].value.columns


def test_kind_that_was_not_asked_leads_to_where_it_was(site: Site, open_page: Opener) -> None:
    site.load(between_people("people", "2026-03-01T14:00Z", 4))

    page = open_page("surveys", period=ALL)
    assert "CSAT was not asked in these conversations: bot conversations" in page.info[0].value
    page.button(key="of_all").click().run()

    assert cards(page)["CSAT"] == "4.00"


def test_without_a_survey_it_says_what_makes_one_appear(site: Site, open_page: Opener) -> None:
    site.load(talk("unasked", "2026-03-01T15:00Z", *LINES, ends="completedSuccessfully"))

    page = open_page("surveys", period=ALL)

    assert "was asked how it was" in page.info[0].value
    assert "CSATSurveyResponse" in page.code[0].value


def test_empty_database_says_what_to_do(site: Site, open_page: Opener) -> None:
    page = open_page("surveys")

    assert "No conversation has been received yet" in page.info[0].value


def test_nobody_answered_is_no_zero(site: Site, open_page: Opener) -> None:
    site.load(surveyed("silent", "2026-03-01T11:00Z", "CSAT"))

    page = open_page("surveys", period=ALL)

    assert (cards(page)["CSAT"], cards(page)["Response rate"]) == ("–", share(0))
    assert "Nobody answered" in page.info[0].value


def test_survey_that_leaves_nothing_is_named_with_the_way_out(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, rows="bots", surveyed="csat:4")
    assert "The survey leaves none: without it there are 6." in page.info[0].value
    page.button(key="without_0").click().run()

    assert len(listed(page)) == 6


def test_nothing_is_compared_with_what_lies_before_history(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("surveys", period="7 days")

    assert {metric.delta for metric in page.metric} == {""}


def test_answers_in_variables_and_in_the_platforms_word_are_told(site: Site) -> None:
    said = surveyed("told", "2026-03-01T09:00Z", "CSAT")
    variable = said[2] | {"id": "v", "valueType": "VariableAssignment"}
    variable["value"] = {"name": "MCS_CSAT", "type": "global", "newValue": 4}
    word = said[2] | {"id": "w", "valueType": "SessionInfo"}
    word["value"] = {"outcome": "Resolved", "csatScore": 5, "csatComment": "<i>Fine</i>"}
    site.load([*said[:-1], variable, word, said[-1]])

    story = tell_story(site.wired.store, "told")

    assert story is not None
    titles = {line.title: dict(line.facts) for line in story.lines if line.icon in ("survey", "verdict")}
    assert titles["Answered CSAT: 4 of 5"] == {"MCS_CSAT": "4"}
    assert titles["The platform says: resolved; CSAT: 5 of 5"] == {"Comment": "<i>Fine</i>"}
    assert [(each.answer, each.comment) for each in story.surveys] == [("5 of 5", "<i>Fine</i>")]


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.surveys.questions.headline", lambda *_: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("surveys.py")
    page.run()

    assert len(page.exception) == 1
    assert "CSAT" not in {metric.label for metric in page.metric}


def test_conversation_tells_its_survey(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(surveyed("both", "2026-03-01T16:00Z", "NPS", 10, comment="Great"))

    story = tell_story(site.wired.store, "both")
    page = open_page("conversation", conversation="both")

    assert story is not None
    told = [(line.title, dict(line.facts)) for line in story.lines if line.icon == "survey"]
    assert told == [("Asked: NPS", {}), ("Answered NPS: 10 of 10 (promoter)", {"Comment": "Great"})]
    assert table(page, "comment") == [{"survey": "NPS: 10 of 10 (promoter)", "by": "Cora", "comment": "Great"}]
