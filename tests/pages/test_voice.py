"""The Voice page against the command line: full, narrowed, empty, in trouble, and from each number to its calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from ingest.loading import load
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.questions import counted
from metrics.story.telling import tell_story
from metrics.voice import questions as voice
from metrics.voice.questions import VOICE_METRICS
from pages.components.formats import share
from pages.components.period import ALL
from tests.pages.conftest import LONG, ROOT, Site, aloud, ask_and_resolve, talk
from tests.pages.test_bots import cards

Opener = Callable[..., AppTest]
ASKED = (("customer", "a person please"), ("bot", "One moment."), ("handoff", ""))
PHRASES = [("Thank you for calling", 0, 1.0), ("Hello", 4, 2.0), ("Good bye now", 5, 2.0)]


def azure(name: str) -> bytes:
    """A transcription of two voices, who speak a second at once."""
    phrases = [
        {
            "recognitionStatus": "Success",
            "speaker": 1 + place % 2,
            "offset": f"PT{start}S",
            "duration": f"PT{lasts}S",
            "nBest": [{"display": text}],
        }
        for place, (text, start, lasts) in enumerate(PHRASES)
    ]
    around = {"source": f"https://x/{name}.wav", "timestamp": "2026-03-01T08:00:00Z"}
    return json.dumps(around | {"recognizedPhrases": phrases}).encode()


def fill(site: Site, tmp_path: Path) -> None:
    """A call that Bea took with a hold, one of the bot alone, one between people, and a chat."""
    taken = aloud(
        talk("taken", "2026-03-01T09:00Z", *ASKED, ("queue", "Cards"), ("accepted", "Bea"), ends="completedSuccessfully")
    )
    frame = {key: taken[-2][key] for key in ("conversation", "channelId")}
    hub = {"id": "hub", "role": "system"}
    agent = {"id": "bea", "name": "Bea", "role": "user"}
    taken[-1:-1] = [
        frame | {"type": "event", "name": "hold.started", "from": hub, "id": "h1", "timestamp": "2026-03-01T09:04:10Z"},
        frame | {"type": "event", "name": "hold.ended", "from": hub, "id": "h2", "timestamp": "2026-03-01T09:04:40Z"},
        frame
        | {"type": "message", "text": "It is done", "from": agent, "id": "a", "timestamp": "2026-03-01T09:04:50Z"}
        | {"channelData": {"speech": {"duration": "PT4S"}}},
    ]
    site.load(taken, aloud(ask_and_resolve("alone", "2026-03-01T10:00Z")), ask_and_resolve("chat", "2026-03-01T11:00Z"))
    (tmp_path / "call.json").write_bytes(azure("call"))
    load(site.wired.another_pipeline(), [tmp_path / "call.json"])


def table(page: AppTest) -> dict[str, dict[str, object]]:
    frame = next(each.value for each in page.dataframe if "held_calls" in each.value.columns)
    frame = getattr(frame, "data", frame)
    return {row["name"]: row for row in frame.to_dict("records")}


def test_cards_talk_and_table_are_the_figures_of_the_command_line(site: Site, open_page: Opener, tmp_path: Path) -> None:
    fill(site, tmp_path)
    [expected] = voice.report(site.wired.store, Filters())

    page = open_page("voice", period=ALL)

    shown = cards(page)
    assert shown["Calls"] == "3"
    assert shown["Silence"] == share(expected["silence_share"]["value"])
    assert shown["Overlap"] == share(expected["overlap_share"]["value"])
    assert shown["Hold"] == "30\u202fs"
    talk_of = {side: page.button(key=f"open_talk_{side}").label for side in voice.SIDES}
    assert talk_of["customer"].startswith(f"Customer {share(expected['talk_share_customer']['value'])}")
    assert talk_of["agent"].endswith("2 calls")
    rows = table(page)
    assert {name: (row["calls"], row["held_calls"]) for name, row in rows.items()} == {"(none)": ("2", "0"), "Bea": ("1", "1")}
    assert rows["Bea"]["hold_time"] == "30\u202fs"


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        ({"with_agent": "Bea"}, 1),
        ({"with_agent": "(none)"}, 2),
        ({"call_in": "Cards"}, 1),
        ({"bot": "Cora"}, 2),
        ({"channel": "voice"}, 1),
        ({"with_agent": "Bea", "bot": "Nobody"}, None),
    ],
)
def test_page_is_narrowed_by_agent_queue_bot_and_channel(
    site: Site, open_page: Opener, tmp_path: Path, asked: dict[str, str], calls: int | None
) -> None:
    fill(site, tmp_path)

    page = open_page("voice", period=ALL, **asked)

    assert cards(page).get("Calls") == (None if calls is None else str(calls))
    assert bool(page.info) is (calls is None)


@pytest.mark.parametrize("view", ["By queue", "By bot", "By channel", "Trend"])
def test_every_view_sums_to_all_calls(site: Site, open_page: Opener, tmp_path: Path, view: str) -> None:
    fill(site, tmp_path)

    page = open_page("voice", period=ALL, view=view)

    if view == "Trend":
        frame = next(each.value for each in page.dataframe if "bucket" in each.value.columns)
        assert sum(int(each) for each in frame["calls"]) == 3
    else:
        assert sum(int(str(row["calls"])) for row in table(page).values()) == 3


def test_every_figure_lists_as_many_calls_as_it_says(site: Site, tmp_path: Path) -> None:
    fill(site, tmp_path)
    totals = voice.headline(site.wired.store, Filters()).totals

    for metric in VOICE_METRICS:
        found = list_conversations(site.wired.store, Wanted("conversations", metric=metric))
        assert found.count == len(found.rows) == counted(getattr(totals, metric)), metric


def test_number_of_an_agent_opens_exactly_these_calls(site: Site, open_page: Opener, tmp_path: Path) -> None:
    fill(site, tmp_path)

    page = open_page("conversations", period=ALL, rows="held_calls", call_agent="Bea")
    others = open_page("conversations", period=ALL, rows="calls", call_agent="(none)")

    assert any("calls of agent" in button.label for button in page.button)
    assert "1–1 of 1" in " ".join(each.value for each in page.caption)
    assert "1–2 of 2" in " ".join(each.value for each in others.caption)


def test_export_of_the_page_has_what_the_page_counts(site: Site, open_page: Opener, tmp_path: Path) -> None:
    fill(site, tmp_path)
    page = open_page("voice", period=ALL, with_agent="Bea")
    link = next(link for link in page.get("page_link") if link.proto.label == "Export this selection")

    exported = open_page(link.proto.page, **dict(parse_qsl(link.proto.query_string)))

    frame = exported.dataframe[0].value
    assert list(frame["conversation_id"]) == ["taken"]
    assert list(frame["hold_seconds"]) == ["30"]


def test_conversation_shows_who_spoke_when_and_which_figures_count_it(site: Site, open_page: Opener, tmp_path: Path) -> None:
    fill(site, tmp_path)
    story = tell_story(site.wired.store, "taken")
    assert story is not None and story.speech is not None
    assert [track.what for track in story.speech.tracks] == ["customer", "bot", "agent", "hold", "wait"]
    hold = next(track for track in story.speech.tracks if track.what == "hold")
    assert hold.spans == [(250.0, 280.0)]
    assert {"Calls", "Hold", "Talk (bot)"} <= set(story.counted_in)
    assert next(line for line in story.lines if line.text == "It is done").spoken_ms == 4_000

    page = open_page("conversation", conversation="taken")

    assert any("hold 30\u202fs" in each.value for each in page.caption)


def test_call_between_people_counts_in_figures_of_calls_alone(site: Site, tmp_path: Path) -> None:
    fill(site, tmp_path)
    rows = list_conversations(site.wired.store, Wanted("conversations")).rows
    [name] = [row["conversation_id"] for row in rows if not row["bot"]]
    story = tell_story(site.wired.store, name)

    assert story is not None and story.speech is not None
    assert "Calls" in story.counted_in and "Closed" not in story.counted_in
    assert [line.offset_ms for line in story.lines if line.shape == "message"] == [0, 4_000, 5_000]
    assert story.speech.overlap.part_ms == 1_000


def test_chat_has_no_speech(site: Site, tmp_path: Path) -> None:
    fill(site, tmp_path)
    story = tell_story(site.wired.store, "chat")

    assert story is not None and story.speech is None
    assert "Calls" not in story.counted_in


def test_without_a_call_it_says_what_a_source_must_send(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("chat", "2026-03-01T11:00Z"))

    page = open_page("voice", period=ALL)

    assert "channelData.speech" in page.info[0].value


def test_empty_database_says_that_nothing_came(site: Site, open_page: Opener) -> None:
    page = open_page("voice")

    assert page.info
    assert not page.metric


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill(site, tmp_path)
    monkeypatch.setattr("metrics.voice.questions.headline", lambda *_: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("voice.py")
    page.run()

    assert len(page.exception) == 1
    assert "Silence" not in {metric.label for metric in page.metric}
