"""The Smart assist page against a count by hand: full, empty, broken, and from each number to its conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from metrics.assist import questions as assists
from metrics.assist.comparing import Of
from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from pages.components.formats import share
from pages.components.period import ALL
from tests.pages.conftest import LONG, ROOT, Site, listed
from tests.pages.test_bots import cards
from tests.transcripts import wire

Opener = Callable[..., AppTest]
PRIVATE = '| {"channelData": {"tags": "private"}}'


def served(name: str, *lines: str, agent: str = "Bea", queue: str = "Cards", minutes: int = 5) -> list[dict[str, Any]]:
    """A conversation that an agent has from 09:01 on, with these lines in it."""
    begin = f"""
        2026-03-01T09:00:00 customer: I was charged twice
        2026-03-01T09:00:01 system event queue.entered {{"queue": "{queue}"}}
        2026-03-01T09:01:00 agent {agent}: Let me look.
    """
    end = f"2026-03-01T09:{minutes:02}:00 end completedSuccessfully"
    return wire("\n".join([begin, *(f"2026-03-01T{line}" for line in lines), end]), conversation=name)


def suggest(place: str, at: str, *, bot: str = "Sage") -> str:
    return f"{at} #{place} bot {bot}: The second charge of 40 is cancelled by Friday. {PRIVATE}"


def fill(site: Site) -> None:
    """Bea uses two of three suggestions, one told by an event and one by her words; Cem dismisses the only one of Scout's."""
    site.load(
        served(
            "sent",
            suggest("s1", "09:02:00"),
            '09:02:20 system event suggestion.sent {"suggestionId": "s1"}',
            suggest("s2", "09:03:00"),
            minutes=10,
        ),
        served(
            "said", suggest("s1", "09:02:00"), "09:02:30 agent Bea: The second charge of 40 is cancelled by Friday", minutes=8
        ),
        served(
            "dismissed",
            suggest("s1", "09:02:00", bot="Scout"),
            '09:02:05 system event suggestion.dismissed {"suggestionId": "s1"}',
            agent="Cem",
            queue="Loans",
        ),
        served("alone", minutes=4),
        served("quiet", minutes=6),
        served("loan", agent="Cem", queue="Loans", minutes=9),
    )


def frame(page: AppTest, column: str) -> Any:
    found = next(each.value for each in page.dataframe if column in each.value.columns)
    return getattr(found, "data", found)


def test_cards_are_a_count_by_hand_and_those_of_the_command_line(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("smart_assist", period=ALL)
    shown = cards(page)

    assert "in 3 conversations" in [caption.value for caption in page.caption]
    assert (shown["Shown"], shown["Used"], shown["Dismissed"]) == ("4", share(0.5), share(0.25))
    assert (shown["Time to use"], shown["Conversations"]) == ("25\u202fs", share(0.5))
    [said] = assists.report(site.wired.store, Filters())
    assert (said["suggestions_shown"], said["suggestions_used"]["numerator"], said["conversations"]) == (4, 2, 3)
    assert (said["only_event"], said["only_words"], said["both"], said["exact"]) == (1, 1, 0, 1)


def test_what_became_of_them_sums_to_what_was_shown(site: Site, open_page: Opener) -> None:
    fill(site)

    found = frame(open_page("smart_assist", period=ALL), "what")

    assert [int(count) for count in found["count"]] == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("Agent", {"Bea": ("3", "2", "0", "1", "2"), "Cem": ("1", "0", "1", "0", "1")}),
        ("Bot", {"Sage": ("3", "2", "0", "1", "2"), "Scout": ("1", "0", "1", "0", "1")}),
        ("Queue", {"Cards": ("3", "2", "0", "1", "2"), "Loans": ("1", "0", "1", "0", "1")}),
        ("Channel", {"Web chat": ("4", "2", "1", "1", "3")}),
    ],
)
def test_each_group_has_its_own(site: Site, open_page: Opener, by: str, rows: dict[str, tuple[str, ...]]) -> None:
    fill(site)

    found = frame(open_page("smart_assist", period=ALL, view="By agent, bot, queue", assist_by=by), "used_share")

    names = ("suggestions_shown", "suggestions_used", "suggestions_dismissed", "suggestions_ignored", "conversations")
    assert {row["name"]: tuple(row[name] for name in names) for row in found.to_dict("records")} == rows


def test_with_and_without_are_compared_within_the_same_queue(site: Site, open_page: Opener) -> None:
    """Cards: 10 and 8 minutes with, 4 and 6 without; Loans has one of each, too few for a difference like with like."""
    fill(site)

    page = open_page("smart_assist", period=ALL, view="With and without", alike_in="Queue")

    tiles = {metric.label: metric.value for metric in page.metric}
    assert (tiles["With suggestions"], tiles["Without"]) == ("7\u202fmin 40\u202fs", "6\u202fmin 20\u202fs")
    assert tiles["Difference, all"] == "+1\u202fmin 20\u202fs"
    assert tiles["Like with like"] == "+4\u202fmin"
    assert "Not cause and effect" in page.warning[0].value
    rows = {row["name"]: row for row in frame(page, "with_mean").to_dict("records")}
    assert (rows["Cards"]["with_n"], rows["Cards"]["without_n"], rows["Loans"]["without_n"]) == ("2", "2", "1")
    found = assists.compared(site.wired.store, Filters(), Of.HANDLE_TIME, "queue")
    assert (found.num_compared, found.like_with_like.value if found.like_with_like else None) == (2, 240)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"suggested": "shown"}, ["said", "sent", "dismissed"]),
        ({"suggested": "used"}, ["said", "sent"]),
        ({"suggested": "event_only"}, ["sent"]),
        ({"suggested": "words_only"}, ["said"]),
        ({"suggested": "event_and_words"}, []),
        ({"suggested": "exact"}, ["said"]),
        ({"suggested": "dismissed"}, ["dismissed"]),
        ({"suggested": "ignored"}, ["sent"]),
        ({"suggested": "timed"}, ["said", "sent"]),
        ({"suggested": "shown", "suggested_by": "Scout"}, ["dismissed"]),
        ({"suggested": "used", "suggested_to": "Cem"}, []),
        ({"suggested": "shown", "suggested_in": "Loans"}, ["dismissed"]),
        ({"suggested": "with_time", "suggested_in": "Cards"}, ["said", "sent"]),
        ({"suggested": "without_time", "suggested_in": "Cards"}, ["alone", "quiet"]),
        ({"suggested": "without", "suggested_to": "Cem"}, ["loan"]),
        ({"suggested": "served"}, ["said", "sent", "alone", "quiet", "dismissed", "loan"]),
        ({"suggested": "nonsense"}, ["said", "sent", "alone", "quiet", "dismissed", "loan"]),
    ],
)
def test_number_opens_exactly_its_conversations(site: Site, open_page: Opener, query: dict[str, str], names: list[str]) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, rows="all", **query)

    assert sorted(listed(page)) == sorted(names)


@pytest.mark.parametrize("narrowed", [{}, {"by_bot": "Sage"}, {"to_agent": "Cem"}])
def test_cards_open_as_many_conversations_as_they_rest_on(site: Site, open_page: Opener, narrowed: dict[str, str]) -> None:
    fill(site)
    page = open_page("smart_assist", period=ALL, **narrowed)
    count = {"by_bot": 2, "to_agent": 1}.get(next(iter(narrowed), ""), 3)

    page.button(key="open_suggestions_shown").click().run()

    assert not page.exception
    assert len(listed(page)) == count


def test_export_of_the_page_has_the_suggestions_that_it_counts(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("smart_assist", period=ALL, by_bot="Sage")
    link = next(link for link in page.get("page_link") if link.proto.label == "Export this selection")

    exported = open_page(link.proto.page, **dict(parse_qsl(link.proto.query_string)))

    assert cards(page)["Shown"] == "3"
    rows = exported.dataframe[0].value
    assert sorted(zip(rows["conversation_id"], rows["fate"], strict=True)) == [
        *(("said", "used"), ("sent", "ignored"), ("sent", "used"))
    ]


def test_listed_and_exported_by_the_same_filters(site: Site) -> None:
    fill(site)
    for kind in ("shown", "used", "without", "with_time", "event"):
        wanted = Wanted("conversations", Filters(suggested=(kind,)))
        ids = [row[0] for row in exports.rows(site.wired.store, wanted)]
        found = list_conversations(site.wired.store, wanted)

        assert sorted(ids) == sorted(row["conversation_id"] for row in found.rows)
        assert found.count == exports.count(site.wired.store, wanted) == len(ids)


@pytest.mark.parametrize("view", ["What became of them", "By agent, bot, queue", "With and without", "Trend"])
@pytest.mark.parametrize("more", [{}, {"compare": "Sentiment (est.)", "alike_in": "Agent", "assist_by": "Topic"}])
def test_every_view_is_drawn(site: Site, open_page: Opener, view: str, more: dict[str, str]) -> None:
    fill(site)

    page = open_page("smart_assist", period="7 days", view=view, **more)

    assert not page.exception
    assert page.dataframe


def test_suggestions_are_no_bot_sessions(site: Site, open_page: Opener) -> None:
    fill(site)

    assert {metric.label: metric.value for metric in open_page("bot_sessions").metric}["Used"] == "0"


def test_without_a_suggestion_it_says_what_a_source_must_send(site: Site, open_page: Opener) -> None:
    site.load(served("alone"))

    page = open_page("smart_assist", period=ALL)

    assert "channelData.tags" in page.info[0].value
    assert "In 1 of them" in page.info[0].value
    assert not page.metric


def test_empty_database_says_what_to_do(site: Site, open_page: Opener) -> None:
    page = open_page("smart_assist")

    assert page.info[0].value.startswith("No conversation has been received yet.")
    assert not page.metric


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.assist.questions.headline", lambda *_: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("smart_assist.py")
    page.run()

    assert len(page.exception) == 1
    assert not page.metric


def test_hostile_names_are_text(site: Site, open_page: Opener) -> None:
    name = "<img src=x onerror=alert(1)> **bold**"
    talk = served("evil", suggest("s1", "09:02:00"))
    for item in talk:
        item["from"] = {**item["from"], "name": name if item["from"]["name"] in ("Sage", "Bea") else item["from"]["name"]}
    site.load(talk)

    page = open_page("conversations", period=ALL, rows="all", suggested="shown", suggested_by=name)

    assert listed(page) == ["evil"]
    assert "**bold**" not in page.button(key="leave_suggested_by").label
    for view in ("By agent, bot, queue", "With and without"):
        assert not open_page("smart_assist", period=ALL, view=view).exception
