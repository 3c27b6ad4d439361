"""Surveys: which rows a conversation has, by what its source says."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from metrics.need import Targets, need
from store.records import State
from store.surveys.records import Survey, SurveyKind
from tests.conversation_rows import at
from tests.transcripts import derive, ms, told

CSAT, NPS, CES, PRR = SurveyKind
NOON = at("2026-03-02T12:00:00Z")
ASKED = "10:00:00 customer: hi\n10:00:02 bot: Hello.\n"
WITH_AGENT = "10:00:00 customer: hi\n10:00:30 agent: Bea here\n10:01:00 customer: thanks\n"
PULSE = "10:02:00 bot Pulse trace {}SurveyRequest {{}}\n10:02:01 bot Pulse: How was it?\n"


def surveys(text: str, **options: Any) -> list[Survey]:
    """The rows of the one conversation that `text` tells of."""
    return next(iter(derive(text, **options).surveys.values()), [])


def answers(text: str, **options: Any) -> list[tuple[str, Any, bool]]:
    """Of each row the kind, the answer, and whether it counts."""
    found = surveys(text, **options)
    return [(one.survey.value, None if one.answer_micro is None else one.answer_micro / 1_000_000, one.counts) for one in found]


# Deriving


def test_a_conversation_that_nobody_was_asked_about_has_no_row() -> None:
    assert derive(ASKED).surveys == {}


def test_request_and_answer_are_one_row_with_what_was_written() -> None:
    text = (
        ASKED + '10:00:04 trace CSATSurveyRequest {}\n10:00:09 trace CSATSurveyResponse {"response": "4", "comment": " Quick! "}'
    )
    [found] = surveys(text)

    assert (found.survey, found.answer_micro, found.comment, found.asked_by) == ("csat", 4_000_000, "Quick!", "Ada")
    assert found.answered_ms is not None and found.asked_ms is not None and found.answered_ms - found.asked_ms == 5_000
    assert (found.is_after, found.counts) == (False, True)
    assert found.ended_ms == told(text).ended_ms


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("trace NPSSurveyRequest {}", [("nps", None, True)]),
        ('trace NPSSurveyResponse {"response": 10}', [("nps", 10, True)]),
        ('trace CESSurveyResponse {"response": "7"}', [("ces", 7, True)]),
        ('trace PRRSurveyRequest {}\ntrace PRRSurveyResponse {"response": "False"}', [("prr", 0, True)]),
        ("trace CSATSurveyRequest {}\ntrace CSATSurveyRequest {}", [("csat", None, True)]),
        ('trace CSATSurveyResponse {"response": 2}\ntrace CSATSurveyResponse {"response": 5}', [("csat", 5, True)]),
        (
            'trace CSATSurveyRequest {}\ntrace CSATSurveyResponse {"response": 2}\ntrace CSATSurveyRequest {}',
            [("csat", 2, True), ("csat", None, False)],
        ),
        (
            'trace CSATSurveyResponse {"response": 2}\ntrace CSATSurveyRequest {}\ntrace CSATSurveyResponse {"response": 3}',
            [("csat", 2, False), ("csat", 3, True)],
        ),
        ('trace CSATSurveyRequest {}\ntrace NPSSurveyResponse {"response": 6}', [("csat", None, True), ("nps", 6, True)]),
        ('trace VariableAssignment {"name": "MCS_CSAT", "type": "global", "newValue": 4}', [("csat", 4, True)]),
        ('trace VariableAssignment {"name": "MCS_NPS", "type": "global", "newValue": "9"}', [("nps", 9, True)]),
        ('trace VariableAssignment {"name": "MCS_CSAT", "type": "global", "newValue": "very"}', []),
        ('trace VariableAssignment {"name": "va_SurveyConsent", "type": "global", "newValue": "false"}', []),
        ('event startConversation {"MCS_CSAT": "3"}', [("csat", 3, True)]),
        ('event handoff.initiate {"MCS_CSAT": 2}', [("csat", 2, True)]),
        ('trace SessionInfo {"outcome": "Resolved", "csatScore": 5}', [("csat", 5, True)]),
        ('trace SessionInfo {"outcome": "Resolved", "csatScore": 0}', []),
        (
            'trace CSATSurveyResponse {"response": 4}\ntrace SessionInfo {"outcome": "Resolved", "csatScore": 4}',
            [("csat", 4, True)],
        ),
    ],
)
def test_rows_of_what_sources_say(lines: str, expected: list[Any]) -> None:
    text = ASKED + "\n".join(f"10:00:{second:02} {line}" for second, line in enumerate(lines.splitlines(), start=10))

    assert answers(text) == expected


def test_platform_that_repeats_an_answer_at_the_end_does_not_move_it() -> None:
    said = '10:00:10 trace CSATSurveyResponse {"response": 4}\n10:09:00 trace SessionInfo {"outcome": "Resolved", "csatScore": 4}'
    [found] = surveys(ASKED + said)

    assert found.answered_ms == at("2026-03-02T10:00:10Z")


def test_variable_that_holds_an_answer_is_still_a_context_variable() -> None:
    found = derive(ASKED + '10:00:10 trace VariableAssignment {"name": "MCS_CSAT", "type": "global", "newValue": "4"}')

    assert [(one.name, one.value) for one in next(iter(found.context.values()))] == [("MCS_CSAT", "4")]


def test_survey_bot_behind_an_agent_is_no_bot_conversation_and_a_bot_session() -> None:
    text = WITH_AGENT + PULSE.format("CES") + '10:02:09 bot Pulse trace CESSurveyResponse {"response": 6}'
    facts, [found] = told(text), surveys(text)

    assert (found.survey, found.asked_by, found.is_after) == ("ces", "Pulse", True)
    assert (facts.is_bot, facts.outcome, facts.bot) == (False, None, "")
    assert (facts.bot_use, facts.invoked_bot, facts.handler_name) == ("survey", "Pulse", "Bea")


def test_conversation_that_a_survey_bot_has_behind_an_agent_needs_nobody() -> None:
    unhappy = "10:00:00 customer: -1\n10:00:10 customer: agent please\n10:00:30 agent: Bea here\n10:01:00 customer: -1\n"
    with_agent, surveyed = (told(unhappy + more, now="10:02:02") for more in ("", PULSE.format("CSAT")))
    back = told(unhappy + "10:02:00 bot Pulse: How can I help?\n", now="10:02:02")

    assert (with_agent.state, surveyed.state, back.state) == (State.WITH_AGENT, State.WRAP_UP, State.WITH_BOT)
    as_if_served = asdict(surveyed) | {"state": State.WITH_BOT}
    scores = [need(facts, now_ms=ms("10:02:02"), targets=Targets()).score for facts in (asdict(surveyed), as_if_served)]
    assert scores[0] < scores[1]


def test_survey_announced_before_the_bot_speaks_is_behind_the_agent_too() -> None:
    ended = '10:01:59 system event handoff.status {"state": "completed"}\n10:02:00 bot Pulse trace CSATSurveyRequest {}\n'
    [found] = surveys(WITH_AGENT + ended + "10:02:01 bot Pulse: How was it?")

    assert (found.asked_by, found.is_after) == ("Pulse", True)


def test_question_of_the_platform_is_asked_by_nobody() -> None:
    [found] = surveys(ASKED + "10:00:10 system trace CSATSurveyRequest {}")

    assert (found.asked_by, found.is_after) == ("", False)


def test_comment_is_kept_as_text_to_a_length_that_can_be_borne() -> None:
    written = '<b onclick=\\"x\\">' + "x" * 600
    [found] = surveys(ASKED + f'10:00:10 trace CSATSurveyResponse {{"response": 1, "comment": "{written}"}}')

    assert found.comment.startswith('<b onclick="x">xxx') and len(found.comment) == 500
