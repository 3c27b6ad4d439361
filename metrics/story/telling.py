"""What is shown of one conversation, as plain values: who and where, why it counts as what it counts, and its transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.assist.catalogue import assist_metrics
from metrics.catalogue import CATALOGUE
from metrics.channels import channel_label, is_voice
from metrics.explain import Reading, read_conversation, with_sentiment
from metrics.figures import Rate
from metrics.kept import decoded
from metrics.metric import Metric
from metrics.questions import Figure, counted
from metrics.queues.counting import count_alone, with_stays
from metrics.report import count_rows
from metrics.story.claims import claim_lines
from metrics.story.lines import Line, Score, activity_line, as_score, session_line, shown
from metrics.story.parts import (
    Holder,
    Mood,
    Participant,
    Stay,
    Stretch,
    SurveyAsked,
    asked,
    holder,
    moods,
    participant,
    stay,
    stretch,
)
from metrics.story.speech import SpokenStory, counting_calls, tell_speech
from store.engine import Store
from store.records import Activity, EscalationReason, Kind, Outcome, Role

Row = Mapping[Any, Any]
# Of a conversation with more lines than this the newest are shown; the export has all of them.
MAX_LINES = 10_000

_ESCALATED: dict[str, str] = {
    EscalationReason.CUSTOMER: "the customer asked for a human",
    EscalationReason.BOT_GAVE_UP: "the bot gave up and asked for a human",
    EscalationReason.AUTHORS_RULE: "a rule of the bot’s author asked for a human",
    EscalationReason.FAILURE: "a failure handed it to a human",
    EscalationReason.UNKNOWN: "a human was asked for; the source does not say why",
}
_IT_WAS = ("force-closed", "closed by")


@dataclass(frozen=True, slots=True)
class Head:
    """The facts that stand above the transcript."""

    id: str
    source: str
    customer: str
    customer_id: str
    channel: str
    workstream: str
    bot: str
    queue: str
    topic: str
    language: str
    state: str
    handler: str
    is_test: bool
    is_bot: bool
    started_ms: int
    ended_ms: int | None
    due_ms: int | None  # while open: when silence closes it
    outcome: str
    resolution: str
    verdict: str  # why it counts as what it counts, in sentences
    deciding: str  # key of the line that decided it
    handoff: str  # key of the line where a human was first asked for, else where an agent first had it; "" where neither
    is_voice: bool  # what was said, not written: times count from its beginning
    sentiment: Score | None
    num_scored: int
    num_customer_messages: int
    num_left_out: int  # lines older than those shown


@dataclass(frozen=True, slots=True)
class Story:
    """One conversation."""

    key: int  # of its row
    row: Row  # its facts as stored
    holders: Sequence[Holder]  # who took it on first; more than one only where claimed conversations were joined
    head: Head
    lines: Sequence[Line]
    sessions: Sequence[Stretch]
    stays: Sequence[Stay]
    surveys: Sequence[SurveyAsked]
    speech: SpokenStory | None
    participants: Sequence[Participant]
    moods: Sequence[Mood]
    counted_in: Sequence[str]  # labels of the metrics that count it
    shared_by: Sequence[str]  # labels of the rates that have it in their denominator only


def tell_story(store: Store, conversation_id: str, *, now_ms: int | None = None) -> Story | None:
    """The conversation of this id; None where there is none. `now_ms`: by when it is told whether its resolution lasts."""
    reading = read_conversation(store, conversation_id)
    if reading is None:
        return None
    lines = _lines(reading)
    counting, shared = _metrics(reading, now_ms)
    counting += assist_metrics(reading.row, reading.parts["session"], reading.parts["suggestion"])
    return Story(
        key=reading.row["conversation_key"],
        row=reading.row,
        holders=[holder(claim) for claim in reading.claims if claim["released_ms"] is None],
        head=_head(reading, lines),
        lines=lines[-MAX_LINES:],
        sessions=[stretch(row) for row in reading.parts["session"]],
        stays=[stay(row, reading.row) for row in reading.parts["segment"]],
        surveys=[asked(row) for row in reading.parts["survey"]],
        speech=tell_speech(reading),
        participants=[participant(row) for row in reading.parts["participant"]],
        moods=moods(reading.activities),
        counted_in=[metric.label for metric in (*counting, *counting_calls(reading))],
        shared_by=[metric.label for metric in shared],
    )


def _head(reading: Reading, lines: Sequence[Line]) -> Head:
    row = reading.row
    deciding = next((item for item in reading.activities if item.identity == row["deciding_identity"]), None)
    return Head(
        id=row["conversation_id"],
        source=shown(row["source"]),
        customer=shown(row["customer_name"] or row["customer_id"]),
        customer_id=shown(row["customer_id"]),
        channel=shown(channel_label(row["channel"])),
        workstream=shown(row["workstream"]),
        bot=shown(row["bot"]),
        queue=shown((row["escalation_queue"] if row["escalated_ms"] is not None else "") or row["queue"]),
        topic=shown(row["topic"]),
        language=shown(row["language"]),
        state=str(row["state"]),
        handler=shown(row["handler_name"]),
        is_test=bool(row["is_test"]),
        is_bot=bool(row["is_bot"]),
        started_ms=row["started_ms"],
        ended_ms=row["ended_ms"],
        due_ms=row["due_ms"],
        outcome=str(row["outcome"] or ""),
        resolution=str(row["resolution"] or ""),
        verdict=say_verdict(row),
        deciding=f"{deciding.thread_key}.{deciding.identity}" if deciding else "",
        handoff=next((line.key for line in lines if line.icon == "asked"), "") or _first_agent(lines),
        is_voice=is_voice(row["channel"]),
        sentiment=as_score(row["sentiment_micro"]),
        num_scored=row["num_scored"],
        num_customer_messages=row["num_customer_messages"],
        num_left_out=max(0, len(lines) - MAX_LINES),
    )


def _first_agent(lines: Sequence[Line]) -> str:
    """Where a person first had it who was not there from the beginning: between bot and agent lies what nobody asked for."""
    sessions = [line for line in lines if line.shape == "session"]
    return next((line.key for line in sessions[1:] if line.role == Role.AGENT), "")


def say_verdict(row: Row) -> str:
    """Why a conversation counts as what it counts, in sentences."""
    outcome = row["outcome"]
    if outcome is None:
        if row["ended_ms"] is None:
            return "It is still open, so it has no outcome yet."
        return "No bot took part, so it counts in no figure about bots."
    said = f"Counted as {outcome} because {_because(outcome, row['reason'])}."
    if row["resolution"]:
        said = f"Counted as resolved ({row['resolution']}) because {row['reason']}."
    if outcome == Outcome.ESCALATED and row["accepted_ms"] is None:
        said += " No agent accepted it."
    if row["returned_to_bot"]:
        said += " It went back to the bot later."
    if row["is_test"]:
        said += " It was held for testing, so figures leave it out unless tests are asked for."
    return said


def _because(outcome: str, reason: str) -> str:
    if outcome == Outcome.ESCALATED:
        return _ESCALATED.get(reason, reason)
    plain = reason.removeprefix("unengaged: ")
    if plain == "the platform says so":
        return "the platform says that the customer never took part"
    return f"it was {plain}" if plain.startswith(_IT_WAS) else plain


def _metrics(reading: Reading, now_ms: int | None) -> tuple[list[Metric], list[Metric]]:
    """The metrics that count a conversation, and the rates that have it only in what they are a share of.

    It is counted alone, by the code that counts all of them, so what is said here is what figures do.
    """
    if not reading.row["is_bot"]:
        return [], []
    if reading.packable is None:
        return [metric for metric in CATALOGUE if metric.key == "bot_conversations"], []
    alone = count_rows(decoded([reading.packable]), (), "UTC", now_ms=now_ms)
    [totals] = with_stays(alone, {(): count_alone(reading.stays, reading.promises)}).values()
    counting = [metric for metric in CATALOGUE if counted(getattr(totals, metric.key))]
    shared = [metric for metric in CATALOGUE if metric not in counting and _shares(getattr(totals, metric.key))]
    return counting, shared


def _shares(figure: Figure) -> bool:
    return isinstance(figure, Rate) and figure.denominator > 0


def _lines(reading: Reading) -> list[Line]:
    activities, decided_by = reading.activities, reading.row["deciding_identity"]
    stays = reading.parts["segment"]
    suggested = {row["identity"]: row for row in reading.parts["suggestion"]}
    lines = [
        activity_line(item, after, deciding=item.identity == decided_by, stays=stays, suggested=suggested.get(item.identity))
        for item, after in with_sentiment(activities)
    ]
    lines += _headings(reading, activities)
    lines += claim_lines(reading.claims)
    return sorted(lines, key=lambda line: line.place)


def _headings(reading: Reading, activities: Sequence[Activity]) -> list[Line]:
    headings, at = [], 0
    wait_ms = _wait_ms(reading.row)
    for session in reading.parts["session"]:
        at = _first_of(session, activities, at)
        is_taken_over = session["handler"] == Role.AGENT and wait_ms is not None
        headings.append(session_line(session, activities[at], wait_ms=wait_ms if is_taken_over else None))
        wait_ms = None if is_taken_over else wait_ms  # only the first agent ends the wait
        at = min(at + 1, len(activities) - 1)
    return headings


def _wait_ms(row: Row) -> int | None:
    """From the first request for a human until one accepted."""
    if row["escalated_ms"] is None or row["accepted_ms"] is None:
        return None
    return max(0, int(row["accepted_ms"] - row["escalated_ms"]))


def _first_of(session: Row, activities: Sequence[Activity], begin: int) -> int:
    """Where a session begins: of the activities at its first moment, the first of its handler, else the first of all."""
    found = next((at for at in range(begin, len(activities)) if activities[at].at_ms >= session["started_ms"]), begin)
    if begin == 0:
        return found
    for at in range(found, len(activities)):
        item = activities[at]
        if item.at_ms > activities[found].at_ms:
            break
        if item.role == session["handler"] or (item.kind is Kind.HANDOFF_STATUS and session["handler"] == Role.AGENT):
            return at
    return found
