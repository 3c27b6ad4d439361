"""What Copilot Studio's traces say: outcomes, topics, surveys, variables. One reader per trace, in the table at the end.

Names and fields are those of Microsoft's "Understand conversation transcripts" page. A reader with nothing to say gives None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from math import nan
from typing import Any

from ingest.errors import RecordError
from ingest.sources.senders import mask_value, word
from ingest.sources.times import read_stamp
from ingest.sources.wire_json import as_object, canonical
from store.records import EscalationReason, Kind, Verdict
from store.surveys.records import BOUNDS, SurveyKind

Evidence = tuple[Kind, dict[str, Any] | None]

LONGEST_COMMENT = 2_000
LONGEST_VALUE = 500  # of a variable, as text: enough to read, and a bound for generated answers

# Topics that come with every bot and say nothing of what the customer wanted. Compared without case, spaces and signs.
SYSTEM_TOPICS = frozenset({
    "greeting", "goodbye", "escalate", "fallback", "startover", "thankyou", "confirmedsuccess", "confirmedfailure",
    "endofconversation", "conversationstart", "multipletopicsmatched", "onerror", "resetconversation", "signin",
    "search", "conversationalboosting", "didyoumean", "untrackedconversation",
})  # fmt: skip

_OUTCOMES = {
    "resolved": Verdict.RESOLVED,
    "handoff": Verdict.ESCALATED,
    "escalated": Verdict.ESCALATED,
    "abandoned": Verdict.ABANDONED,
    "none": Verdict.UNENGAGED,
    "unengaged": Verdict.UNENGAGED,
}
_REASONS = (
    ("agenttransferrequestedby", EscalationReason.CUSTOMER),
    ("agenttransferfromquestionmaxattempts", EscalationReason.BOT_GAVE_UP),
    ("agenttransferconfiguredbyauthor", EscalationReason.AUTHORS_RULE),
    ("systemerror", EscalationReason.FAILURE),
)
_WORDS = {"usererror": "user error", "userexit": "customer left", "noerror": "", "resolved": "", "none": ""}
_YES_NO = {"true": "yes", "yes": "yes", "1": "yes", "false": "no", "no": "no", "0": "no"}
# Variables in which a survey's bot leaves the answer, as the platform's own reports read them. It documents the first; the
# others are called alike.
_ANSWERS_IN = {"mcs_csat": SurveyKind.CSAT, "mcs_nps": SurveyKind.NPS, "mcs_ces": SurveyKind.CES}
_NOT_LETTER = re.compile(r"[^0-9a-z]")


def _verdict(value: dict[str, Any]) -> Evidence | None:
    said = word(value.get("outcome")).lower()
    outcome = _OUTCOMES.get(said, Verdict.UNKNOWN)
    if word(value.get("type")).lower() == "unengaged":
        outcome = Verdict.UNENGAGED
    elif not said:
        return None
    detail: dict[str, Any] = {"outcome": outcome}
    if reason := _reason(value.get("outcomeReason")):
        detail["reason"] = reason
    implied = _YES_NO.get(str(value.get("impliedSuccess")).lower())
    if implied:
        detail["implied"] = implied == "yes"
    for key, wire_name in (("started_ms", "startTimeUtc"), ("ended_ms", "endTimeUtc")):
        if (at_ms := _moment(value.get(wire_name))) is not None:
            detail[key] = at_ms
    if (answer := _number(SurveyKind.CSAT, value.get("csatScore"))) is not None:
        detail["answers"] = {SurveyKind.CSAT.value: answer}
        detail |= _comment(value.get("csatComment"))
    return Kind.VERDICT, detail


def _reason(value: Any) -> str:
    lowered = word(value).lower()
    for beginning, reason in _REASONS:
        if lowered.startswith(beginning):
            return reason.value
    return _WORDS.get(lowered, word(value))


def _moment(value: Any) -> int | None:
    try:
        stamp = read_stamp(value)
    except RecordError:
        return None
    return stamp[0] if stamp else None


def _intent(value: dict[str, Any]) -> Evidence | None:
    score = as_object(value.get("intentScore"))
    properties = as_object(score.get("properties")) or score
    name = word(value.get("intentTitle")) or word(properties.get("Title")) or word(value.get("intentId"))
    return _topic(name, word(value.get("intentType")) or word(properties.get("Type")))


def _redirect(value: dict[str, Any]) -> Evidence | None:
    return _topic(word(value.get("targetDialogId")), word(value.get("targetDialogType")))


def _topic(name: str, kind: str) -> Evidence | None:
    name = name.rpartition(".topic.")[2].strip()
    if not name:
        return None
    return Kind.TOPIC, {"name": name, "system": "system" in kind.lower() or is_system_topic(name)}


def is_system_topic(name: str) -> bool:
    """Whether a topic is one that comes with every bot, by its name."""
    return _NOT_LETTER.sub("", name.lower()) in SYSTEM_TOPICS


def _fallback(_: dict[str, Any]) -> Evidence:
    return Kind.FALLBACK, None


def _survey_request(survey: SurveyKind, _: dict[str, Any]) -> Evidence:
    return Kind.SURVEY_REQUEST, {"survey": survey.value}


def _survey_answer(survey: SurveyKind, value: dict[str, Any]) -> Evidence | None:
    response = value.get("response")
    is_yes_or_no = survey is SurveyKind.PRR
    answer = _YES_NO.get(str(response).lower().strip()) if is_yes_or_no else _number(survey, response)
    if answer is None:
        return None
    return Kind.SURVEY_ANSWER, {"survey": survey.value, "value": answer} | _comment(value.get("comment"))


def _number(survey: SurveyKind, said: Any) -> int | float | None:
    """An answer within the survey's bounds."""
    try:
        number = float(said) if isinstance(said, str | int | float) and not isinstance(said, bool) else nan
    except (ValueError, OverflowError):
        return None
    least, most = BOUNDS[survey]
    if not least <= number <= most:
        return None
    return int(number) if number == int(number) else number


def _comment(said: Any) -> dict[str, str]:
    """What was written beside an answer, at a length that can be borne."""
    return {"comment": said[:LONGEST_COMMENT]} if isinstance(said, str) and said.strip() else {}


def answers_in(variables: dict[str, Any]) -> dict[str, Any]:
    """The answers to surveys that variables hold, as a part of a detail; empty where they hold none."""
    found = {
        survey.value: answer
        for name, value in variables.items()
        if (survey := _ANSWERS_IN.get(name.lower())) and (answer := _number(survey, value)) is not None
    }
    return {"answers": found} if found else {}


def _assignment(value: dict[str, Any]) -> Evidence | None:
    """A variable that outlives its topic. The platform's own (System.…) say nothing of the conversation."""
    name, variable_id = word(value.get("name")), word(value.get("id"))
    is_global = str(value.get("type")).lower() == "global" or variable_id.startswith("Global.")
    if not name or not is_global or name.startswith("System.") or variable_id.startswith("System."):
        return None
    said = value.get("newValue")
    text = "" if said is None else said if isinstance(said, str) else canonical(said)[1].decode()
    return Kind.CONTEXT, {"variables": {name: mask_value(name, text)[:LONGEST_VALUE]}} | answers_in({name: said})


TRACES: dict[str, Callable[[dict[str, Any]], Evidence | None]] = {
    "sessioninfo": _verdict,
    "intentrecognition": _intent,
    "dialogredirect": _redirect,
    "unknownintent": _fallback,
    "variableassignment": _assignment,
    **{f"{survey}surveyrequest": partial(_survey_request, survey) for survey in SurveyKind},
    **{f"{survey}surveyresponse": partial(_survey_answer, survey) for survey in SurveyKind},
}
