"""The history that speed is measured on: as many conversations as asked for, the same ones each time, gone on with when cut."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from settings import Settings
from store.tables import conversation
from tests.benchmarks.made_history import END, days_of, make, records_of
from wiring import Wired, wire

SCALE = 40


def opened(folder: Path, name: str) -> Wired:
    return wire(Settings(database_url=f"sqlite:///{folder}/{name}.db"))


def ids(wired: Wired) -> list[str]:
    with wired.store.read() as connection:
        query = select(conversation.c.source + "/" + conversation.c.conversation_id).order_by(conversation.c.source)
        return sorted(connection.execute(query).scalars())


def test_the_newest_conversations_are_made_and_a_greater_scale_reaches_further_back() -> None:
    small, large = days_of(SCALE), days_of(2_000)

    assert sum(count for _, count in small) == SCALE
    assert sum(count for _, count in large) == 2_000
    assert large[-2] == days_of(2_500)[-2]
    assert all(day < END for day, _ in large)


def test_same_seed_makes_the_same() -> None:
    (day, count) = days_of(SCALE)[-1]
    first, second, other = records_of(day, count), records_of(day, count), records_of(day, count, seed=1)

    assert [record.body for _, record in first] == [record.body for _, record in second]
    assert [record.body for _, record in first] != [record.body for _, record in other]


def test_cut_short_it_goes_on_and_ends_with_all(tmp_path: Path, monkeypatch) -> None:
    days = [(day, 10) for day, _ in days_of(2_000)[-3:]]
    monkeypatch.setattr("tests.benchmarks.made_history.days_of", lambda _scale, _seed: days)
    whole, cut = opened(tmp_path, "whole"), opened(tmp_path, "cut")
    assert list(make(whole, whole.another_pipeline(), 30)) == [10, 20, 30]
    for _ in zip(range(1), make(cut, cut.another_pipeline(), 30), strict=False):
        pass
    assert len(ids(cut)) < 30

    list(make(cut, cut.another_pipeline(), 30))

    assert ids(cut) == ids(whole)
    with whole.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(conversation)).scalar_one() == 30
    whole.store.close()
    cut.store.close()
