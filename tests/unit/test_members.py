"""Members that are found like any other attribute are the same members."""

from __future__ import annotations

import pickle
from enum import Enum, StrEnum, auto

import pytest

from store.members import plain_members
from store.records import Kind


@plain_members
class Colour(StrEnum):
    RED = "red"
    CRIMSON = "red"
    BLUE = "blue"


@plain_members
class Step(Enum):
    ONE = auto()
    TWO = auto()


def test_members_are_what_they_were():
    assert list(Colour) == [Colour("red"), Colour("blue")]
    assert [Colour.RED, Colour.CRIMSON, Colour["BLUE"]] == [Colour("red"), Colour("red"), Colour("blue")]
    assert [step.value for step in Step] == [1, 2]
    assert Colour.RED.name == "RED"
    assert pickle.loads(pickle.dumps(Step.TWO)) is Step.TWO  # noqa: S301


def test_no_function_is_called_to_find_one():
    assert Kind.__dict__["MESSAGE"] is Kind("message")


def test_members_cannot_be_replaced():
    with pytest.raises(AttributeError):
        Colour.RED = "green"
