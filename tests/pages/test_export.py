"""The Export page: what it counts, shows and hands over is what the command line writes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metrics import exports
from metrics.__main__ import main
from metrics.columns import TABLES
from metrics.filters import Filters
from pages.components import downloads
from pages.components.period import ALL
from tests.pages.conftest import Site, ask_and_escalate, ask_and_resolve, talk

Opener = Callable[..., AppTest]


def fill(site: Site) -> None:
    """Two of yesterday with one bot, one of the month before with another; one of its messages would be a formula."""
    site.load(
        ask_and_resolve("r1", "2026-03-01T09:00Z"),
        ask_and_escalate("e1", "2026-03-01T11:00Z"),
        talk("old", "2026-01-20T09:00Z", ("customer", "=1+1"), ("bot", "Hm."), bot='Homer\'s, "the" bot'),
    )


def label(page: AppTest) -> str:
    return str(page.get("download_button")[0].proto.label)


def preview(page: AppTest) -> list[list[str]]:
    return page.dataframe[0].value.to_numpy().tolist()


@pytest.mark.parametrize("table", TABLES)
def test_count_and_preview_are_those_of_the_file(site: Site, open_page: Opener, table: str) -> None:
    fill(site)
    page = open_page("export", period=ALL, table=table)

    rows = list(exports.rows(site.wired.store, table, Filters()))

    assert rows
    assert label(page) == f"Download {len(rows)} rows"
    assert preview(page) == rows
    assert exports.count(site.wired.store, table, Filters()) == len(rows)


def test_preview_shows_twenty_rows_of_many(site: Site, open_page: Opener) -> None:
    site.load(*(ask_and_resolve(f"c{number:02}", f"2026-03-01T09:{number:02}Z") for number in range(25)))
    page = open_page("export")

    assert label(page) == "Download 25 rows"
    assert len(preview(page)) == 20
    assert "The first 20 of 25 rows." in [caption.value for caption in page.caption]


def test_filters_narrow_the_rows(site: Site, open_page: Opener) -> None:
    fill(site)

    assert label(open_page("export")) == "Download 2 rows"
    assert label(open_page("export", period=ALL, bot='Homer\'s, "the" bot')) == "Download 1 row"
    assert label(open_page("export", table="messages", bot="Cora")) == "Download 3 rows"


@pytest.mark.parametrize("table", TABLES)
def test_command_line_writes_the_very_file_that_is_downloaded(
    site: Site, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    fill(site)
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", site.wired.store.url)
    monkeypatch.chdir(tmp_path)
    handed: list[Callable[[], bytes]] = []
    monkeypatch.setattr(downloads.st, "download_button", lambda *_args, data, **_look: handed.append(data))
    page = open_page("export", period="90 days", table=table, bot=["Cora", 'Homer\'s, "the" bot'], tz="Asia/Kolkata")
    command = shlex.split(page.code[0].value)

    assert command[:3] == ["python", "-m", "metrics"]
    assert main(command[3:]) == 0
    assert (tmp_path / f"{table}.csv").read_bytes() == handed[0]()
    assert len(handed[0]().splitlines()) > 1


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
    assert sorted(link.proto.query_string.split("&")) == ["bot=Cora", f"period={ALL}", "tz=Europe%2FBerlin"]


def test_empty_database_offers_nothing_to_download(site: Site, open_page: Opener) -> None:
    page = open_page("export")

    assert [info.title for info in page.info] == ["No data yet"]
    assert page.get("download_button")[0].proto.disabled
