"""The collector of a server: garbage goes, and what has grown old is looked at only now and then."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from live.garbage import ENOUGH, THOROUGH_SECONDS, THRESHOLDS, Garbage


class Session:
    """Something that holds on to itself, as sessions do: counting references does not free it."""

    def __init__(self) -> None:
        self.itself = self


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Nothing is left frozen for the tests that follow."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def grow_old() -> None:
    """As after some time with many viewers: what is there has outlived several looks."""
    for _ in range(ENOUGH):
        gc.collect(1)


def test_what_is_there_at_the_beginning_is_left_in_peace_and_python_does_not_look_at_the_old_by_itself() -> None:
    before = gc.get_freeze_count()

    Garbage().begin()

    assert gc.get_freeze_count() > before
    assert gc.get_threshold() == THRESHOLDS


def test_garbage_that_has_grown_old_since_goes() -> None:
    garbage = Garbage()
    garbage.begin()
    gone = weakref.ref(Session())
    gc.collect(0)

    grow_old()
    garbage.tidy()

    assert gone() is None


def test_session_that_stays_is_looked_at_once_and_then_left_in_peace() -> None:
    garbage = Garbage()
    garbage.begin()
    session = Session()
    grow_old()

    garbage.tidy()

    assert all(held is not session for held in gc.get_objects())
    assert session.itself is session


def test_session_that_is_closed_later_goes_with_the_next_thorough_look() -> None:
    clock = Clock()
    garbage = Garbage(now=clock)
    garbage.begin()
    session = Session()
    closed = weakref.ref(session)
    grow_old()
    garbage.tidy()
    del session

    grow_old()
    garbage.tidy()
    assert closed() is not None

    clock.now += THOROUGH_SECONDS
    garbage.tidy()
    assert closed() is None


def test_with_little_to_look_at_nothing_is_done() -> None:
    garbage = Garbage()
    garbage.begin()
    session = Session()

    garbage.tidy()

    assert any(held is session for held in gc.get_objects())
