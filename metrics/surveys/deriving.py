"""Surveys of a conversation: which were asked, by whom, and what was answered. Figures of them are in `counting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metrics.course import Stretch
from metrics.sentiment import MICRO
from store.records import Activity, Kind, Mode, Role
from store.surveys.records import BOUNDS, Survey, SurveyKind

# Of a comment so much is kept: enough to read what it is about. The conversation has all of it.
KEPT_LETTERS = 500
# What may tell of a survey.
_TELLING = frozenset({Kind.SURVEY_REQUEST, Kind.SURVEY_ANSWER, Kind.CONTEXT, Kind.VERDICT, Kind.HANDOFF_REQUEST})
_YES_NO = {"yes": 1, "no": 0}


def list_surveys(
    activities: Sequence[Activity], stretches: Sequence[Stretch], bot_name: Callable[[Activity], str]
) -> list[Survey]:
    """A row for each survey. Asking again before there is an answer is no other survey; the last answer to one stands.

    Figures count a conversation once for each kind: by the latest that has an answer, else by the latest. When the conversation
    ended is not known here yet.
    """
    found: list[Survey] = []
    latest: dict[SurveyKind, Survey] = {}
    for index, item in enumerate(activities):
        if item.kind not in _TELLING:
            continue
        for kind, micro, comment in _told(item.kind, item.detail or {}):
            one = latest.get(kind)
            if one is None or (item.kind is Kind.SURVEY_REQUEST and one.answered_ms is not None):
                asked_by = bot_name(item) if item.role is Role.BOT else ""
                one = Survey(len(found) + 1, kind, None, None, None, "", asked_by, _is_after(stretches, index), False, None)
                found.append(one)
                latest[kind] = one
            if item.kind is Kind.SURVEY_REQUEST:
                one.asked_ms = item.at_ms if one.asked_ms is None else one.asked_ms
            else:
                if micro != one.answer_micro:  # what the platform repeats at the end is no other answer
                    one.answered_ms, one.answer_micro = item.at_ms, micro
                one.comment = comment or one.comment
    for kind in latest:
        own = [one for one in found if one.survey is kind]
        next((one for one in reversed(own) if one.answered_ms is not None), own[-1]).counts = True
    return found


def counted_survey(surveys: Sequence[Survey], kind: SurveyKind) -> Survey | None:
    """The one of this kind that figures count; None where there is none."""
    return next((one for one in surveys if one.counts and one.survey is kind), None)


def _told(kind: Kind, detail: Mapping[str, Any]) -> list[tuple[SurveyKind, int | None, str]]:
    """Which surveys an activity tells of, with the answer and what was written beside it."""
    is_survey = kind in (Kind.SURVEY_REQUEST, Kind.SURVEY_ANSWER)
    said = {detail.get("survey"): detail.get("value")} if is_survey else detail.get("answers")
    if not said:
        return []
    comment = str(detail.get("comment") or "")[:KEPT_LETTERS].strip()
    told = []
    for name, value in said.items():
        survey = _KINDS.get(name)
        micro = None if survey is None else _micro(survey, value)
        if survey is not None and (kind is Kind.SURVEY_REQUEST or micro is not None):
            told.append((survey, micro, comment))
    return told


_KINDS: Mapping[Any, SurveyKind] = {kind.value: kind for kind in SurveyKind}


def _micro(survey: SurveyKind, value: Any) -> int | None:
    """An answer in millionths; None where it is none."""
    number = _YES_NO.get(value) if survey is SurveyKind.PRR and isinstance(value, str) else value
    least, most = BOUNDS[survey]
    if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number <= most:
        return None
    return round(number * MICRO)


def _is_after(stretches: Sequence[Stretch], index: int) -> bool:
    """Whether it belongs to the session of a survey bot: a survey may be announced before that begins."""
    own = next((stretch for stretch in stretches if index <= stretch.last), stretches[-1] if stretches else None)
    return own is not None and own.session.mode is Mode.SURVEY
