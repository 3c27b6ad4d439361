"""What stands beside a transcript, as plain values: sessions, stays in queues, who took part, sentiment, who is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.explain import with_sentiment
from metrics.sentiment import MICRO
from metrics.story.lines import Score, answer_text, as_score, shown
from store.records import Activity, Role

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who took part, in one role."""

    role: str
    name: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A session as a row of a table."""

    name: str
    handler: str
    mode: str
    queue: str
    started_ms: int
    seconds: float | None
    end: str


@dataclass(frozen=True, slots=True)
class Mood:
    """Sentiment after one scored message of the customer."""

    at_ms: int
    own: Score
    after: Score


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is on a conversation now. The id is not for other viewers' eyes."""

    viewer_id: str
    name: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class SurveyAsked:
    """A survey: what was asked, by whom, and what was answered."""

    survey: str  # csat | nps | ces | prr
    asked_by: str  # "": by the platform
    answer: str  # "" where there is none
    comment: str
    counts: bool  # figures count it: of several of one kind one does


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a queue."""

    queue: str
    entered_ms: int
    seconds: float | None  # until somebody accepted, or it was left; None while neither
    end: str  # accepted | abandoned | moved | system | open: still in it; "" where it is not known
    by_bot: bool = False  # a bot took it


def stretch(row: Row) -> Stretch:
    """A session from its row."""
    return Stretch(
        name=shown(row["name"]),
        handler=str(row["handler"]),
        mode=str(row["mode"]),
        queue=shown(row["queue"]),
        started_ms=row["started_ms"],
        seconds=None if row["duration_ms"] is None else row["duration_ms"] / 1000,
        end=str(row["end"]),
    )


def holder(claim: Row) -> Holder:
    """Who has it, from a claim that stands."""
    return Holder(claim["viewer_id"], shown(claim["viewer_name"]), claim["taken_ms"])


def participant(row: Row) -> Participant:
    """Somebody from their row."""
    return Participant(str(row["role"]), shown(row["name"] or row["participant_id"]), bool(row["inferred"]))


def asked(row: Row) -> SurveyAsked:
    """A survey from its row."""
    micro = row["answer_micro"]
    answer = "" if micro is None else answer_text(row["survey"], micro / MICRO)
    comment = shown(row["comment"], len(row["comment"]) + 1)
    return SurveyAsked(str(row["survey"]), shown(row["asked_by"]), answer, comment, bool(row["counts"]))


def moods(activities: Sequence[Activity]) -> list[Mood]:
    """Sentiment after each scored message, in order."""
    found = []
    for item, after in with_sentiment(activities):
        own, then = as_score(item.sentiment_micro), as_score(after)
        if own is not None and then is not None:
            found.append(Mood(item.at_ms, own, then))
    return found


def stay(row: Row, conversation: Row) -> Stay:
    """A stay from its row and that of its conversation."""
    until = next((row[name] for name in ("accepted_ms", "left_ms") if row[name] is not None), conversation["ended_ms"])
    seconds = None if until is None else max(0, until - row["entered_ms"]) / 1000
    return Stay(shown(row["queue"]), row["entered_ms"], seconds, str(row["end"]), row["accepted_by"] == Role.BOT)
