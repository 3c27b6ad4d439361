"""The Sources page: freshness, what could not be read, and reading it again."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.detect import OpenedRecord
from metrics.intake import band_of_age
from metrics.need import Band
from tests.pages.conftest import Site, ask_and_resolve

Opener = Callable[..., AppTest]
HOSTILE = b'{"activities": <img src=http://evil.example/x.png> **bold** [link](http://evil.example) :red[red]'


def table(page: AppTest) -> dict[str, object]:
    [row] = page.dataframe[0].value.to_dict("records")
    return dict(row)


@pytest.mark.parametrize(
    ("age_seconds", "band"),
    [(None, Band.NORMAL), (0, Band.NORMAL), (299, Band.NORMAL), (300, Band.AT_RISK), (3599, Band.AT_RISK), (3600, Band.CRITICAL)],
)
def test_silence_is_late_after_five_minutes_and_silent_after_an_hour(age_seconds: float | None, band: Band) -> None:
    assert band_of_age(age_seconds) is band


def test_source_shows_its_age_and_counts(site: Site, open_page: Opener) -> None:
    conversation = ask_and_resolve("r1", "2026-03-02T11:50Z")
    site.load(conversation)
    site.load(conversation)
    row = table(open_page("sources"))

    assert row["source"] == "bot_framework"
    assert list(row["state"]) == ["late"]
    assert row["age"] == "8\u202fmin 30\u202fs"
    assert (row["accepted"], row["duplicates"], row["rejected"]) == (3, 3, 0)


def test_silent_source_is_said_to_be_silent(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-02T09:00Z"))

    assert [warning.title for warning in open_page("sources").warning] == ["A source is silent"]


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
