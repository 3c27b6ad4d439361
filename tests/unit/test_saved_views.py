"""Saved views: kept for everybody, renamed and deleted by anybody, never two of one name."""

from __future__ import annotations

import pytest

from metrics.saved_views import MAX_NAME, MAX_QUERY, MOST, SavedViews, ViewError
from store.engine import Store

HOSTILE = "<img src=x onerror=alert(1)> **b** \u202e[x](javascript:1)\n'; DROP TABLE saved_view; --"


@pytest.fixture
def views(store: Store) -> SavedViews:
    moments = iter(range(1_000, 100_000, 1_000))
    return SavedViews(store, lambda: next(moments))


def test_view_is_kept_with_who_made_it_and_when(views: SavedViews) -> None:
    views.save("bots", "Monday  morning", "period=7+days&bot=Ava", by="Ann")
    views.save("overview", "all", "period=All", by="Bob")

    first, second = views.every()

    assert (first.name, first.page, first.made_by) == ("all", "overview", "Bob")
    assert (second.name, second.query, second.made_by, second.made_ms) == (
        "Monday morning",
        "period=7+days&bot=Ava",
        "Ann",
        1_000,
    )


def test_renaming_says_by_whom_and_keeps_who_made_it(views: SavedViews) -> None:
    number = views.save("bots", "Monday", "bot=Ava", by="Ann")
    views.rename(number, "Tuesday", by="Bob")

    [view] = views.every()

    assert (view.name, view.made_by, view.changed_by, view.query) == ("Tuesday", "Ann", "Bob", "bot=Ava")


def test_deleted_view_is_gone_once(views: SavedViews) -> None:
    number = views.save("bots", "Monday", "", by="Ann")

    assert views.delete(number)
    assert not views.delete(number)
    assert views.every() == []
    with pytest.raises(ViewError, match="deleted meanwhile"):
        views.rename(number, "Tuesday", by="Ann")


@pytest.mark.parametrize("name", ["MONDAY", " monday ", "ｍonday"])
def test_name_that_is_taken_is_refused_and_names_who_has_it(views: SavedViews, name: str) -> None:
    views.save("bots", "Monday", "", by="Ann")
    other = views.save("bots", "Tuesday", "", by="Bob")

    with pytest.raises(ViewError, match="Ann has made a view of this name"):
        views.save("overview", name, "", by="Bob")
    with pytest.raises(ViewError, match="Choose another name"):
        views.rename(other, name, by="Bob")
    views.rename(other, "TUESDAY", by="Bob")  # its own name may be written otherwise


@pytest.mark.parametrize("name", ["", "  \n", "\u202e\u200b", "x" * (MAX_NAME + 1)])
def test_name_that_is_none_is_refused(views: SavedViews, name: str) -> None:
    with pytest.raises(ViewError):
        views.save("bots", name, "", by="Ann")


def test_hostile_names_are_one_line_of_text(views: SavedViews) -> None:
    views.save("bots", HOSTILE[:50], "bot=%3Cscript%3E", by=HOSTILE)

    [view] = views.every()

    assert "\u202e" not in view.name + view.made_by
    assert "\n" not in view.made_by
    assert view.query == "bot=%3Cscript%3E"


def test_there_are_only_so_many_and_of_a_bearable_length(views: SavedViews) -> None:
    with pytest.raises(ViewError, match="Too much is chosen"):
        views.save("bots", "long", "x" * (MAX_QUERY + 1), by="Ann")
    many = SavedViews(views.store, lambda: 0)
    for number in range(MOST):
        many.save("bots", f"view {number}", "", by="Ann")
    with pytest.raises(ViewError, match="Delete some first"):
        many.save("bots", "one more", "", by="Ann")
