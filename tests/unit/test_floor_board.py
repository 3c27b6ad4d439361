"""The board: a viewer that remembers any number is told exactly what it takes to stand where the floor stands."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from live import board as board_module
from live.board import Board
from live.watch import Moved


def moved(
    rows: dict[str, int] | None = None,
    *,
    removed: tuple[str, ...] = (),
    tiles: dict[str, int] | None = None,
    whole: bool = False,
) -> Moved:
    encoded = {key: orjson.dumps({"key": key, "need": need}) for key, need in (rows or {}).items()}
    return Moved(encoded, removed, orjson.dumps(tiles) if tiles else None, is_whole=whole)


class Viewer:
    """Does what the browser does with a message."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}
        self.number: int | None = None
        self.tiles: Any = None

    def take(self, message: bytes) -> None:
        told = orjson.loads(message)
        if told["type"] == "snapshot":
            self.rows.clear()
        for key in told["removed"]:
            self.rows.pop(key, None)
        self.rows |= {row["key"]: row["need"] for row in told["rows"]}
        self.tiles = told.get("tiles", self.tiles)
        self.number = told["number"]


def test_new_viewer_gets_everything_and_then_only_what_changed() -> None:
    board = Board()
    board.apply(moved({"a": 1, "b": 2}, tiles={"open": 2}, whole=True))
    first = orjson.loads(board.since(None))
    board.apply(moved({"b": 5}))

    second = orjson.loads(board.since(first["number"]))

    assert first["type"] == "snapshot"
    assert {row["key"] for row in first["rows"]} == {"a", "b"}
    assert second == {"type": "delta", "number": 2, "rows": [{"key": "b", "need": 5}], "removed": []}


def test_slow_viewer_is_told_each_row_once_as_it_is_now() -> None:
    board = Board()
    board.apply(moved({"a": 0}, whole=True))
    for need in range(1, 50):
        board.apply(moved({"a": need}))

    told = orjson.loads(board.since(1))

    assert told["rows"] == [{"key": "a", "need": 49}]


def test_viewers_that_ask_for_the_same_share_one_answer() -> None:
    board = Board()
    board.apply(moved({"a": 1}, whole=True))

    assert board.since(None) is board.since(None)


def test_viewers_of_any_pace_end_where_the_floor_is() -> None:
    chance = random.Random(7)
    board, truth = Board(), {}
    viewers = [Viewer() for _ in range(5)]
    board.apply(moved(whole=True, tiles={"open": 0}))
    for _ in range(400):
        key = f"k{chance.randrange(30)}"
        if key in truth and chance.random() < 0.4:
            del truth[key]
            board.apply(moved(removed=(key,), tiles={"open": len(truth)}))
        else:
            truth[key] = chance.randrange(100)
            board.apply(moved({key: truth[key]}, tiles={"open": len(truth)}))
        for at, viewer in enumerate(viewers):
            if chance.random() < 1 / (at + 1) ** 2:
                viewer.take(board.since(viewer.number))
    for viewer in viewers:
        viewer.take(board.since(viewer.number))

    assert [viewer.rows for viewer in viewers] == [truth] * 5
    assert all(viewer.tiles == {"open": len(truth)} for viewer in viewers)


def test_whole_floor_read_anew_removes_what_is_no_longer_there() -> None:
    board, viewer = Board(), Viewer()
    board.apply(moved({"a": 1, "b": 2}, whole=True))
    viewer.take(board.since(None))
    board.apply(moved({"b": 2}, whole=True))

    viewer.take(board.since(viewer.number))

    assert viewer.rows == {"b": 2}


def test_viewer_that_missed_more_removals_than_are_remembered_gets_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "MAX_REMOVED", 2)
    board, viewer = Board(), Viewer()
    board.apply(moved({key: 1 for key in "abcd"}, whole=True))
    viewer.take(board.since(None))
    for key in "abc":
        board.apply(moved(removed=(key,)))

    assert not board.can_resume(board.epoch, 1)
    viewer.take(board.since(viewer.number))

    assert viewer.rows == {"d": 1}


def test_number_of_another_process_is_not_resumed() -> None:
    board = Board()
    board.apply(moved({"a": 1}, whole=True))

    assert board.can_resume(board.epoch, 1)
    assert not board.can_resume("another", 1)
    assert not board.can_resume(board.epoch, 2)
