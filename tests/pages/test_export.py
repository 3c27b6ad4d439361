"""The Export page: what it counts, shows and hands over is what the command line writes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from live.export_desk import State
from metrics.__main__ import main
from metrics.exports import rows as exports
from metrics.exports.columns import TABLES
from metrics.exports.rows import Wanted
from pages.components.period import ALL
from pages.runtime import install
from tests.pages.conftest import NOW_MS, Site, aloud, ask_and_escalate, ask_and_resolve, talk

Opener = Callable[..., AppTest]
SORRY = ("bot", "Sorry, I didn't understand.")


def rated(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with an answer to the satisfaction survey before its last activity."""
    last, bot = said[-1], said[1]["from"]
    answer = {"type": "trace", "valueType": "CSATSurveyResponse", "value": {"response": "4"}, "from": bot, "id": "rated"}
    return [*said[:-1], {**{key: last[key] for key in ("conversation", "channelId", "timestamp")}, **answer}, last]


def fill(site: Site) -> None:
    """Two of yesterday with one bot, one of the month before with another; which does not understand what would be a formula."""
    site.load(
        rated(aloud(ask_and_resolve("r1", "2026-03-01T09:00Z"))),
        advised(ask_and_escalate("e1", "2026-03-01T11:00Z")),
        rated(
            aloud(
                talk(
                    "old",
                    "2026-01-20T09:00Z",
                    ("customer", "=1+1"),
                    SORRY,
                    ("queue", "=Q"),
                    ("queue", "R"),
                    ("customer", "=2"),
                    SORRY,
                    bot='Homer\'s, "the" bot',
                )
            )
        ),
    )


def advised(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with an agent before its end, who is shown twice what would be a formula."""
    frame = {key: said[-1][key] for key in ("conversation", "channelId")} | {
        "type": "message",
        "timestamp": "2026-03-01T11:01:30Z",
    }
    agent = frame | {"id": "a", "from": {"id": "bea", "name": "Bea", "role": "user"}, "text": "Hello"}
    shown = frame | {"id": "s", "from": {"id": "sage", "name": "Sage", "role": "bot"}, "text": "=1+1"}
    shown |= {"timestamp": "2026-03-01T11:01:40Z", "channelData": {"tags": "private"}}
    return [*said[:-1], agent, shown, shown | {"id": "t"}, said[-1]]


def label(page: AppTest) -> str:
    return str(page.button(key="make_file").label)


def preview(page: AppTest) -> list[tuple[str, ...]]:
    return [tuple(row) for row in page.dataframe[0].value.to_numpy().tolist()]


def links(page: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.url for link in page.get("link_button")}


@pytest.mark.parametrize("table", TABLES)
def test_count_and_preview_are_those_of_the_file(site: Site, open_page: Opener, table: str) -> None:
    fill(site)
    page = open_page("export", period=ALL, table=table)

    rows = list(exports.rows(site.wired.store, Wanted(table)))

    assert rows
    assert label(page) == f"Make CSV of {len(rows)} {'row' if len(rows) == 1 else 'rows'}"
    assert preview(page) == rows
    assert exports.count(site.wired.store, Wanted(table)) == len(rows)


def test_preview_shows_twenty_rows_of_many(site: Site, open_page: Opener) -> None:
    site.load(*(ask_and_resolve(f"c{number:02}", f"2026-03-01T09:{number:02}Z") for number in range(25)))
    page = open_page("export")

    assert label(page) == "Make CSV of 25 rows"
    assert len(preview(page)) == 20
    assert "The first 20 of 25 rows." in [caption.value for caption in page.caption]


def test_filters_narrow_the_rows(site: Site, open_page: Opener) -> None:
    fill(site)

    assert label(open_page("export")) == "Make CSV of 2 rows"
    assert label(open_page("export", period=ALL, bot='Homer\'s, "the" bot')) == "Make CSV of 1 row"
    assert label(open_page("export", table="messages", bot="Cora")) == "Make CSV of 6 rows"


@pytest.mark.server
@pytest.mark.parametrize(
    ("table", "kind"), [*((table, "CSV") for table in TABLES), ("messages", "CSV for Excel"), ("messages", "Parquet")]
)
def test_command_line_writes_the_very_file_that_the_page_makes(
    site: Site, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, kind: str
) -> None:
    fill(site)
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", site.wired.store.url)
    monkeypatch.chdir(tmp_path)
    bots = ["Cora", 'Homer\'s, "the" bot']
    page = open_page("export", period="90 days", table=table, bot=bots, tz="Asia/Kolkata", rows="bots", format=kind)
    command = shlex.split(page.code[0].value)
    page.button(key="make_file").click().run()
    made = site.desk.find(page.session_state["export_job"])
    assert made is not None
    assert made.ended.wait(60)
    page.run()

    assert command[:3] == ["python", "-m", "metrics"]
    assert main(command[3:]) == 0
    assert made.state is State.DONE
    assert (tmp_path / made.path.name).read_bytes() == made.path.read_bytes()
    assert made.path.stat().st_size > 0
    assert [label for label in links(page) if label.startswith(f"Save {made.path.name}, ")]
    assert made.path.suffix == (".parquet" if kind == "Parquet" else ".csv")
    assert made.path.read_bytes().startswith("\ufeff".encode()) == (kind == "CSV for Excel")
    assert links(page)["Manifest"].startswith(f"downloads/manifest/{made.key}?token=")


@pytest.mark.server
def test_links_are_of_the_selection_that_is_shown(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("export", period=ALL)
    page.button(key="make_file").click().run()
    assert site.desk.find(page.session_state["export_job"]).ended.wait(60)
    assert links(page.run())

    page.selectbox(key="table_choice").set_value("messages").run()

    assert not links(page)


@pytest.mark.server
def test_links_stay_while_time_passes(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("export", period="7 days")
    page.button(key="make_file").click().run()
    assert site.desk.find(page.session_state["export_job"]).ended.wait(60)

    install(replace(site.runtime(), now_ms=lambda: NOW_MS + 60_000))

    assert links(page.run())
    assert "2 rows, as of 2 Mar 2026, 12:00. Kept for an hour." in [caption.value for caption in page.caption]


@pytest.mark.server
def test_what_goes_wrong_is_said(site: Site, open_page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    page = open_page("export", period=ALL)
    monkeypatch.setattr(site.wired.store.__class__, "url", "nonsense://", raising=False)
    page.button(key="make_file").click().run()

    assert site.desk.find(page.session_state["export_job"]).ended.wait(60)
    (error,) = page.run().error
    assert error.value.startswith("The file was not made: FLOORWALKER_DATABASE_URL")
    assert not links(page)


def test_only_what_a_metric_counts(site: Site, open_page: Opener) -> None:
    fill(site)

    assert label(open_page("export", period=ALL, rows="escalation_rate")) == "Make CSV of 1 row"


def test_dictionary_describes_each_column_of_the_table(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("export", table="sessions")
    described = next(frame.value for frame in page.dataframe if "description" in frame.value.columns)

    assert list(described["column"]) == list(page.dataframe[0].value.columns)
    assert all(described["description"])


def test_what_a_spreadsheet_would_run_is_made_harmless(site: Site, open_page: Opener) -> None:
    fill(site)

    assert "'=1+1" in page_texts(open_page("export", period=ALL, table="messages"))


def page_texts(page: AppTest) -> list[str]:
    return page.dataframe[0].value["text"].to_list()


def test_link_from_bots_carries_the_selection(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL, bot="Cora", tz="Europe/Berlin")
    link = next(link for link in page.get("page_link") if link.proto.label == "Export this selection")

    assert link.proto.page == "export"
    assert sorted(link.proto.query_string.split("&")) == ["bot=Cora", f"period={ALL}", "rows=bots", "tz=Europe%2FBerlin"]


def test_empty_database_offers_nothing_to_download(site: Site, open_page: Opener) -> None:
    page = open_page("export")

    assert [info.title for info in page.info] == ["No data yet"]
    assert page.button(key="make_file").disabled


def test_bot_sessions_under_other_filters_are_not_made_and_it_says_why(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("export", table="bot_sessions", outcome="escalated", period=ALL)

    assert [info.value for info in page.info] == [
        "Bot sessions are told apart by period, bot and channel alone: take the other filters away."
    ]
    assert "make_file" not in [button.key for button in page.button]
