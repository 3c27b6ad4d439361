"""The page that the live floor is compared with runs, and shows what it should: else the comparison would be with nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from store.engine import open_store
from tests.stored import Loader, database_url
from tests.transcripts import wire

PAGE = Path(__file__).resolve().parents[1] / "benchmarks" / "live" / "polling_page.py"


def test_the_page_shows_the_open_conversations_of_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(database_url(tmp_path))
    never_due = Loader(store, now_ms=0)
    never_due.write(wire("10:00:00 customer: hello", conversation="a"), wire("10:00:00 customer: hello", conversation="b"))
    store.close()
    monkeypatch.setenv("BENCHMARK_DATABASE_URL", database_url(tmp_path))

    page = AppTest.from_file(str(PAGE), default_timeout=30).run()

    assert not page.exception
    assert {metric.label: metric.value for metric in page.metric}["open"] == "2"
    assert len(page.dataframe[0].value) == 2
