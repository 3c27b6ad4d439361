"""What the server notes beside the simulated floor, before its first day is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from databases import Databases
from ingest.sources.demo.bots import RELEASED_DAYS_AGO
from metrics.annotations import Annotation, Annotations
from metrics.filters import Filters
from metrics.windows import DAY_MS
from settings import Settings


def noted(folder: Path, *, days: int, starts: int = 1) -> list[Annotation]:
    """What is noted after so many starts of a server, each ended at once."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/real.db", demo_database_url=f"sqlite:///{folder}/demo.db", demo="on", demo_days=days
    )
    for _ in range(starts):
        databases = Databases(settings)
        databases.start()
        databases.stop()
        found = Annotations(databases.store, databases.shown.now_ms).within(Filters())
        now_ms = databases.shown.now_ms()
        databases.close()
    assert all(0 <= now_ms - each.at_ms - RELEASED_DAYS_AGO * DAY_MS < DAY_MS for each in found)
    return found


@pytest.mark.parametrize("starts", [1, 3])
def test_new_version_of_a_bot_is_noted_once(tmp_path: Path, starts: int) -> None:
    found = noted(tmp_path, days=RELEASED_DAYS_AGO + 1, starts=starts)

    assert [(each.text, each.bot) for each in found] == [("Homer 2.1 released", "Homer")]


def test_history_that_begins_later_has_no_new_version(tmp_path: Path) -> None:
    assert noted(tmp_path, days=RELEASED_DAYS_AGO) == []
