"""Settling and deriving anew: in transactions that stay short, whatever the size of the conversations."""

from __future__ import annotations

import pytest

from metrics import settle as settling
from metrics.check import check
from metrics.settle import rederive, settle
from tests.stored import Loader, tables
from tests.transcripts import FAR_LATER_MS, ms, wire


@pytest.fixture
def loader(store):
    """Four conversations of 2, 2, 5 and 1 activities, open by the clock they were written by."""
    loader = Loader(store, now_ms=ms("10:00:10"))
    for name, size in (("a", 2), ("b", 2), ("c", 5), ("d", 1)):
        loader.write(wire("\n".join(f"10:00:0{second} customer: 0.{second}" for second in range(size)), conversation=name))
    loader.now_ms = FAR_LATER_MS
    return loader


@pytest.fixture
def sizes(monkeypatch):
    """How many roots each transaction derives, where no more than four activities go into one."""
    found: list[int] = []
    derive_anew = settling._derive_anew

    def noted(connection, deriver, roots, now_ms, *, only_open):
        found.append(len(roots))
        return derive_anew(connection, deriver, roots, now_ms, only_open=only_open)

    monkeypatch.setattr(settling, "ACTIVITIES_AT_ONCE", 4)
    monkeypatch.setattr(settling, "_derive_anew", noted)
    return found


def test_what_is_due_is_closed_in_transactions_of_so_many_activities(loader, sizes):
    settle(loader.store, loader.deriver, now_ms=FAR_LATER_MS)

    assert (sum(sizes), max(sizes), len(sizes)) == (4, 2, 3)
    assert all(row["ended_ms"] for row in tables(loader.store)["conversation"])


def test_everything_is_derived_anew_in_transactions_of_so_many_activities(loader, sizes):
    loader.settle()
    sizes.clear()

    assert rederive(loader.store, loader.deriver, now_ms=FAR_LATER_MS) == 4
    assert sizes == [2, 1, 1]
    assert list(check(loader.store, loader.deriver, now_ms=FAR_LATER_MS)) == []
