"""Surveys, as they are stored: what customers were asked about a conversation, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SurveyKind(StrEnum):
    """What a survey asks."""

    CSAT = "csat"  # how satisfied the customer is
    NPS = "nps"  # how likely they would recommend us
    CES = "ces"  # how easy it was
    PRR = "prr"  # did that answer your question


# The least and the greatest answer. Yes is 1 and no is 0.
BOUNDS: Mapping[SurveyKind, tuple[int, int]] = {
    SurveyKind.CSAT: (1, 5),
    SurveyKind.NPS: (0, 10),
    SurveyKind.CES: (1, 7),
    SurveyKind.PRR: (0, 1),
}


@dataclass(slots=True)
class Survey:
    """One survey that was asked, or answered, within a conversation."""

    number: int  # from 1, in order of time
    survey: SurveyKind
    asked_ms: int | None  # None where only an answer came
    answered_ms: int | None
    answer_micro: int | None  # the last answer, in millionths
    comment: str  # as written, its beginning; "" where nothing was
    asked_by: str  # the bot that asked; "" where it was the platform
    is_after: bool  # by a survey bot, behind the last agent
    counts: bool  # of several of one kind in a conversation the one that figures count
    ended_ms: int | None  # of the conversation: what has ended is found by it
