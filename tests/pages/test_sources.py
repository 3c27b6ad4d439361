"""The Sources page: freshness, what could not be read, and reading it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.detect import OpenedRecord
from metrics.hours import Hours
from metrics.silence import Silence
from pages.runtime import install
from tests.pages.conftest import Site, ask_and_resolve

Opener = Callable[..., AppTest]
HOSTILE = b'{"activities": <img src=http://evil.example/x.png> **bold** [link](http://evil.example) :red[red]'


def table(page: AppTest) -> dict[str, object]:
    [row] = page.dataframe[0].value.to_dict("records")
    return dict(row)


def hear(site: Site, received: str, *activities: dict[str, object]) -> None:
    """Take in what was received at a time of the day."""
    then_ms = round(datetime.fromisoformat(f"2026-03-02T{received}Z").timestamp() * 1000)
    Site(replace(site.wired, now_ms=lambda: then_ms)).load(activities)


def test_source_shows_its_age_and_counts(site: Site, open_page: Opener) -> None:
    conversation = ask_and_resolve("r1", "2026-03-02T11:50Z")
    hear(site, "11:52", *conversation)
    hear(site, "11:52", *conversation)
    row = table(open_page("sources"))

    assert row["source"] == "bot_framework"
    assert list(row["state"]) == ["late"]
    assert row["age"] == "8\u202fmin 30\u202fs"
    assert (row["accepted"], row["duplicates"], row["rejected"]) == (3, 3, 0)


def test_silent_source_is_said_to_be_silent(site: Site, open_page: Opener) -> None:
    hear(site, "09:02", *ask_and_resolve("r1", "2026-03-02T09:00Z"))
    page = open_page("sources")

    assert list(table(page)["state"]) == ["silent"]
    assert [warning.title for warning in page.warning] == ["A source is silent"]


@pytest.mark.parametrize(
    ("silence", "state"),
    [
        (Silence(4 * 3600), "fresh"),
        (Silence(300, {"bot_framework": 2 * 3600}), "late"),
        (Silence(0), "unwatched"),
        (Silence(300, hours_by_source={"bot_framework": Hours(("mon",), 13 * 60, 20 * 60, "UTC")}), "at rest"),
        (Silence(300, hours_by_source={"bot_framework": Hours(("mon",), 11 * 60 + 57, 20 * 60, "UTC")}), "fresh"),
    ],
)
def test_what_silence_means_follows_the_settings(site: Site, open_page: Opener, silence: Silence, state: str) -> None:
    site.silence = silence
    install(site.runtime())
    hear(site, "09:02", *ask_and_resolve("r1", "2026-03-02T09:00Z"))
    page = open_page("sources")

    assert list(table(page)["state"]) == [state]
    assert not page.warning


def test_transcripts_of_the_past_are_no_silence(site: Site, open_page: Opener) -> None:
    hear(site, "11:00", *ask_and_resolve("r1", "2026-03-02T02:00Z"))
    page = open_page("sources")

    assert list(table(page)["state"]) == ["past"]
    assert not page.warning


def test_what_is_being_loaded_is_catching_up(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-02T02:00Z"))

    assert list(table(open_page("sources"))["state"]) == ["catching up"]


def test_fresh_source_raises_no_warning(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-02T11:57Z"))

    assert not open_page("sources").warning


def test_nothing_received_shows_the_ways_to_connect(site: Site, open_page: Opener) -> None:
    page = open_page("sources")

    assert [info.title for info in page.info] == ["No data yet"]
    assert page.expander[0].proto.expanded
    said = " ".join(code.value for code in page.code)
    assert "python -m ingest load" in said
    assert "[[sources]]" in said
    assert "/ingest/activities" in said


def test_hostile_record_is_only_text(site: Site, open_page: Opener) -> None:
    site.load_bytes(HOSTILE)
    page = open_page("sources")

    assert page.code[0].value == HOSTILE.decode()
    assert page.code[0].language in (None, "plaintext")
    marked_up = [element.value for kind in (page.markdown, page.caption, page.subheader) for element in kind]
    assert not any("evil" in value for value in marked_up)
    assert page.text[0].value


def test_record_that_still_cannot_be_read_stays_and_says_why(site: Site, open_page: Opener) -> None:
    site.load_bytes(HOSTILE)
    page = open_page("sources")

    page.button(key="replay").click().run()

    assert not page.exception
    assert page.warning[-1].value.startswith("1 still cannot be read.")
    assert page.selectbox(key="record").options


def test_replay_of_all_reads_what_can_be_read_now(site: Site, open_page: Opener) -> None:
    record = RawRecord("mended.transcript", orjson.dumps(ask_and_resolve("mended", "2026-03-02T11:57Z")))
    fault = Normalised(problems=[Problem("could not be read that day", record.body)])
    site.wired.another_pipeline().write([(OpenedRecord("bot_framework", fault), record)])
    site.load_bytes(HOSTILE)
    page = open_page("sources")
    assert page.button(key="replay_all").label == "Replay all 2"

    page.button(key="replay_all").click().run()

    assert not page.exception
    assert [done.value for done in page.success] == ["1 read now, 3 activities."]
    assert page.warning[-1].value.startswith("1 still cannot be read.")
    assert page.button(key="replay_all").label == "Replay all 1"
    rows = page.dataframe[0].value.set_index("source")
    assert rows.loc["bot_framework", "accepted"] == 3
    assert rows.loc["unknown", "rejected"] == 1
