"""Turns of newcomers: a few at a time, in their order, and nobody is held up by one who takes long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from pages.components.turns import Turns

PATIENCE = 5.0


class Room:
    """People who take turns, each in a thread, and leave when they are told to."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.entered: list[int] = []
        self.may_leave = [threading.Event() for _ in range(50)]
        self.threads: list[threading.Thread] = []

    def come(self, *numbers: int) -> None:
        """One after the other, each once the one before stands in line."""
        for number in numbers:
            before = len(self.turns._waiting) + len(self.entered)
            thread = threading.Thread(target=self._take, args=(number,), daemon=True)
            self.threads.append(thread)
            thread.start()
            wait_until(lambda before=before: len(self.turns._waiting) + len(self.entered) > before)

    def leave(self, number: int) -> None:
        self.may_leave[number].set()

    def _take(self, number: int) -> None:
        with self.turns.turn():
            self.entered.append(number)
            assert self.may_leave[number].wait(PATIENCE)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.001)


@pytest.fixture
def room() -> Room:
    return Room(Turns(at_once=2, most_seconds=3600))


def test_no_more_than_a_few_are_inside_and_the_next_goes_in_when_one_leaves(room: Room) -> None:
    room.come(0, 1, 2, 3)
    wait_until(lambda: room.entered == [0, 1])

    room.leave(1)

    wait_until(lambda: room.entered == [0, 1, 2])
    assert len(room.turns._waiting) == 1
    for number in (0, 2, 3):
        room.leave(number)
    for thread in room.threads:
        thread.join(PATIENCE)
    assert room.entered == [0, 1, 2, 3]
    assert not room.turns._inside and not room.turns._waiting


def test_all_of_many_have_their_turn(room: Room) -> None:
    for number in range(50):
        room.leave(number)

    room.come(*range(50))
    for thread in room.threads:
        thread.join(PATIENCE)

    assert sorted(room.entered) == [*range(50)]


def test_one_whose_page_fails_makes_room_for_the_next(room: Room) -> None:
    for _ in range(3):
        with pytest.raises(ValueError, match="the page failed"), room.turns.turn():
            raise ValueError("the page failed")

    assert not room.turns._inside


def test_one_who_takes_long_is_no_longer_counted() -> None:
    room = Room(Turns(at_once=1, most_seconds=0.05))

    room.come(0, 1, 2)

    wait_until(lambda: room.entered == [0, 1, 2])  # nobody has left
    for number in range(3):
        room.leave(number)
    for thread in room.threads:
        thread.join(PATIENCE)
    assert not room.turns._inside
