"""One activity, or one session, as it is shown in a transcript: plain values, customers' text only ever as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.echoes import is_echo
from metrics.levels import level_name, level_rank
from metrics.names import undirected
from metrics.sentiment import MICRO
from metrics.surveys.figures import DETRACTORS, PASSIVES, PROMOTERS
from store.records import Activity, EndCode, Kind, Mode, Verdict
from store.surveys.records import BOUNDS, SurveyKind

Place = tuple[int, int, int, int, int]  # sort key within the transcript; a session's heading stands before its first activity
Fact = tuple[str, str]

# Longer messages are shown to this length; the export has all of them.
MAX_TEXT = 200_000
MAX_NAME = 160
MAX_VALUE = 2_000

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ENDS: dict[str, str] = {
    EndCode.COMPLETED: "as completed",
    EndCode.BOT_ENDED: "by the bot",
    EndCode.CUSTOMER_LEFT: "by the customer, who left",
    EndCode.BOT_TIMED_OUT: "by the bot, because nobody answered",
    EndCode.FAILED: "by a failure",
}
_VERDICTS: dict[str, str] = {
    Verdict.FORCE_CLOSED: "force-closed by a supervisor",
    Verdict.OVERFLOW: "closed by queue overflow",
    Verdict.CLOSED_BY_ADMIN: "closed by an administrator",
    Verdict.UNKNOWN: "something unknown",
}
_SURVEYS = {"csat": "CSAT", "nps": "NPS", "ces": "CES", "prr": "“Did that answer your question?”"}
_NPS = {"promoter": PROMOTERS, "passive": PASSIVES, "detractor": DETRACTORS}
_HIDDEN = frozenset({Kind.TYPING, Kind.MEMBERS, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Score:
    """An estimate of sentiment, −1…1, with its word and its rank from 0, very negative, to 6."""

    value: float
    level: str
    rank: int


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of one activity or session."""

    key: str
    place: Place
    shape: str  # message | event | session
    icon: str  # what kind of event
    at_ms: int
    time_known: bool
    role: str
    name: str
    title: str  # of events and sessions: what happened
    text: str
    num_cut: int = 0  # characters left out at the end
    facts: tuple[Fact, ...] = ()  # context variables and other details, by name
    score: Score | None = None
    after: Score | None = None  # the conversation's sentiment after it
    private: bool = False
    deleted: bool = False
    inferred: bool = False  # the role
    hidden: bool = False  # until all activities are asked for
    deciding: bool = False
    wire_type: str = ""
    queue: str = ""
    duration_ms: int | None = None  # of a session, or until a queue was left
    end: str = ""  # of a session or a stay in a queue
    offset_ms: int | None = None  # of what was spoken: where in the call it begins
    spoken_ms: int | None = None  # and how long it takes
    told: str = ""  # of a suggestion to an agent: how it is known what became of it
    wait_ms: int | None = None  # of the session in which an agent took over: from the request for a human


def as_score(micro: int | None) -> Score | None:
    """A score of millionths with its word."""
    return None if micro is None else Score(micro / MICRO, level_name(micro), level_rank(micro))


def shown(text: Any, limit: int = MAX_NAME) -> str:
    """A name of a bearable length in which what cannot be seen is made visible."""
    short = undirected(str(text if text is not None else ""))
    if len(short) > limit:
        short = short[: limit - 1] + "…"
    return _clean(short)


def activity_line(
    item: Activity,
    after: int | None,
    *,
    deciding: bool,
    stays: Sequence[Mapping[Any, Any]],
    suggested: Mapping[Any, Any] | None = None,
) -> Line:
    """One activity. `stays` are the conversation's stays in queues; `suggested` is what is known of it as a suggestion."""
    detail = item.detail or {}
    is_message = item.kind is Kind.MESSAGE
    icon, title, facts = ("", "", ()) if is_message else _event(item, detail)
    lasted, ended = _stay(item, detail, stays) if suggested is None else (suggested["use_ms"], str(suggested["fate"]))
    return Line(
        key=f"{item.thread_key}.{item.identity}",
        place=(*item.order, 1),
        shape="message" if is_message else "event",
        icon=icon,
        at_ms=item.at_ms,
        time_known=item.time_known,
        role=item.role.value,
        name=shown(item.sender_name or item.sender_id),
        title=title if suggested is None else f"Suggestion to {shown(suggested['agent']) or 'the agent'}",
        text=_clean(item.text[:MAX_TEXT]),
        num_cut=max(0, len(item.text) - MAX_TEXT),
        facts=facts,
        score=as_score(item.sentiment_micro),
        after=as_score(after) if item.sentiment_micro is not None else None,
        private=item.private,
        deleted=bool(detail.get("deleted")),
        inferred=item.role_inferred,
        hidden=_is_hidden(item, detail) and not deciding,
        deciding=deciding,
        wire_type=shown(item.wire_type),
        offset_ms=detail.get("offset_ms") if is_message else None,
        spoken_ms=detail.get("spoken_ms") if is_message else None,
        duration_ms=lasted,
        end=ended,
        told="" if suggested is None else _told(suggested),
    )


def session_line(row: Mapping[Any, Any], first: Activity, *, wait_ms: int | None = None) -> Line:
    """The heading of a session, before its `first` activity; `wait_ms` is how long the customer had waited for it."""
    mode = "" if row["mode"] == Mode.PRIMARY else f", {row['mode']}"
    return Line(
        key=f"session-{row['number']}",
        place=(*first.order, 0),
        shape="session",
        icon=str(row["handler"]),
        at_ms=row["started_ms"],
        time_known=first.time_known,
        role=str(row["handler"]),
        name=shown(row["name"] or "Unnamed"),
        title=f"{row['handler']}{mode}",
        text="",
        queue=shown(row["queue"]),
        duration_ms=row["duration_ms"],
        end=str(row["end"]),
        wait_ms=wait_ms,
    )


def _event(item: Activity, detail: Mapping[str, Any]) -> tuple[str, str, tuple[Fact, ...]]:
    """Icon, title and details of what is no message."""
    match item.kind:
        case Kind.HANDOFF_REQUEST:
            why = str(detail.get("reason") or "")
            return "asked", "Escalation: a human was asked for" + (f" ({why})" if why else ""), _facts(detail.get("context"))
        case Kind.HANDOFF_STATUS:
            return "escalation", _handoff(detail), ()
        case Kind.END:
            return "end", f"Ended {_ENDS.get(detail.get('code', ''), '')}".strip(), ()
        case Kind.VERDICT:
            outcome = str(detail.get("outcome", ""))
            reason = f", {shown(detail['reason'])}" if detail.get("reason") else ""
            rated = f"; {said}" if (said := _answers(detail)) else ""
            return "verdict", f"The platform says: {_VERDICTS.get(outcome, outcome)}{reason}{rated}", _comment(detail)
        case Kind.TOPIC:
            return "topic", f"Topic: {shown(detail.get('name'))}", ()
        case Kind.FALLBACK:
            return "fallback", "The bot did not understand", ()
        case Kind.SURVEY_REQUEST | Kind.SURVEY_ANSWER:
            return "survey", _survey(item.kind, detail), _comment(detail)
        case Kind.CONTEXT if said := _answers(detail):
            return "survey", f"Answered {said}", _facts(detail.get("variables"))
        case Kind.CONTEXT:
            return "context", _context(detail), _facts(detail.get("variables"))
        case Kind.QUEUE:
            word = "Left" if detail.get("state") == "left" else "Entered"
            return "queue", f"{word} {shown(detail.get('queue')) or 'a queue'}", ()
        case Kind.HOLD:
            return "hold", "Back from hold" if detail.get("state") == "ended" else "On hold", ()
        case Kind.SUGGESTION:
            return "suggestion", f"Suggestion {detail.get('state')} ({shown(detail.get('how'))})", ()
        case Kind.MEMBERS:
            return "members", _members(detail), ()
        case _:
            return "other", "Typing" if item.kind is Kind.TYPING else shown(item.wire_type), ()


def _handoff(detail: Mapping[str, Any]) -> str:
    who = shown(detail.get("agent_name") or detail.get("agent_id"))
    match detail.get("state"):
        case "accepted":
            return f"Escalation accepted by {who or 'an agent'}"
        case "failed":
            return "Escalation failed"
        case "completed":
            return "The agent has finished"
        case state:
            return f"Escalation: {shown(state)}"


def _survey(kind: Kind, detail: Mapping[str, Any]) -> str:
    name = _SURVEYS.get(str(detail.get("survey")), "Survey")
    if kind is Kind.SURVEY_REQUEST:
        return f"Asked: {name}"
    return f"Answered {name}: {answer_text(str(detail.get('survey')), detail.get('value'))}"


def answer_text(survey: str, answer: Any) -> str:
    """An answer as people say it: 4 of 5, 9 of 10 (promoter), yes."""
    if survey not in set(SurveyKind) or not isinstance(answer, int | float):
        return shown(answer)
    kind = SurveyKind(survey)
    if kind is SurveyKind.PRR:
        return "yes" if answer else "no"
    group = next((name for name, (least, most) in _NPS.items() if least <= answer < most + 1), "")
    return f"{answer:g} of {BOUNDS[kind][1]}" + (f" ({group})" if kind is SurveyKind.NPS else "")


def survey_name(survey: str) -> str:
    """What a survey is called."""
    return _SURVEYS.get(survey, "Survey")


def _answers(detail: Mapping[str, Any]) -> str:
    """What the variables of a context, or the platform's word, hold of answers; "" where they hold none."""
    answers = detail.get("answers")
    found = answers.items() if isinstance(answers, dict) else ()
    return "; ".join(f"{survey_name(str(survey))}: {answer_text(str(survey), value)}" for survey, value in found)


def _comment(detail: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What the customer wrote beside an answer."""
    return _facts({"Comment": detail["comment"]}) if detail.get("comment") else ()


def _context(detail: Mapping[str, Any]) -> str:
    parts = [
        f"{word} {shown(detail[name])}" for name, word in (("workstream", "workstream"), ("queue", "queue")) if detail.get(name)
    ]
    return f"Routing: {', '.join(parts)}" if parts else "Context variables set"


def _members(detail: Mapping[str, Any]) -> str:
    said = []
    for word in ("joined", "left"):
        names = [shown(member.get("name") or member.get("id")) for member in detail.get(word) or [] if isinstance(member, dict)]
        if names:
            said.append(f"{', '.join(names)} {word}")
    return "; ".join(said) or "Participants changed"


_REPEATS = {"exact": "the next message repeats it word for word", "near": "the next message nearly repeats it"}


def _told(row: Mapping[Any, Any]) -> str:
    """How it is known what became of a suggestion."""
    said = [f"the platform says {row['event']}"] if row["event"] else []
    return shown("; ".join([*said, *([_REPEATS[row["repeat"]]] if row["repeat"] else [])]))


def _is_hidden(item: Activity, detail: Mapping[str, Any]) -> bool:
    return item.kind in _HIDDEN or (item.kind is Kind.TOPIC and bool(detail.get("system"))) or is_echo(item)


def _stay(item: Activity, detail: Mapping[str, Any], stays: Sequence[Mapping[Any, Any]]) -> tuple[int | None, str]:
    """How long the stay in a queue that begins with this activity lasted until somebody accepted or left."""
    if item.kind is not Kind.QUEUE or detail.get("state") != "entered":
        return None, ""
    for stay in stays:
        if stay["entered_ms"] == item.at_ms and stay["queue"] == str(detail.get("queue") or ""):
            if stay["accepted_ms"] is not None:
                return stay["accepted_ms"] - stay["entered_ms"], "accepted"
            if stay["left_ms"] is not None:
                return stay["left_ms"] - stay["entered_ms"], "left"
    return None, ""


def _facts(found: Any) -> tuple[Fact, ...]:
    if not isinstance(found, dict):
        return ()
    return tuple((shown(name), shown(_said(value), MAX_VALUE)) for name, value in found.items())


def _said(value: Any) -> str:
    """A variable's value as people read it: text as it is, the rest as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "\u2421")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(lambda found: chr(0x2400 + ord(found[0])), lines))
