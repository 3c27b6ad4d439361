"""The facts of one conversation: what its evidence, course and outcome come to, as one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.bot_sessions.deriving import bot_use
from metrics.course import Course, Stretch
from metrics.echoes import is_echo
from metrics.evidence import Evidence
from metrics.fallbacks import Misses
from metrics.outcomes import Decision, decide_outcome
from metrics.phrases import asks_for_human
from metrics.rules import Rules
from metrics.sentiment import highest_sentiment, live_sentiment
from metrics.stages import Stage, stage_sentiments
from metrics.surveys.deriving import counted_survey
from metrics.trouble import is_suspect, turns_of, wasted_turns
from store.records import Activity, Conversation, Kind, Marks, Mode, Outcome, Role, State
from store.surveys.records import Survey, SurveyKind


@dataclass(frozen=True, slots=True)
class Identity:
    """What all conversations of one root share."""

    root_key: int
    conversation_id: str
    source: str
    channel: str
    marks: Marks


def gather_facts(
    identity: Identity,
    episode: int,
    key: int,
    activities: Sequence[Activity],
    evidence: Evidence,
    course: Course,
    misses: Misses,
    surveys: Sequence[Survey],
    *,
    language: str,
    rules: Rules,
    now_ms: int,
) -> Conversation:
    """The row of one conversation from all its `activities`, in order, with roles and scores."""
    ended_ms, closed_by, due_ms = _ending(course, rules.idle_ms(identity.channel), now_ms)
    bot_stretches = [s for s in course.stretches if s.session.handler is Role.BOT and s.session.mode is Mode.PRIMARY]
    decision = decide_outcome(activities, evidence, course) if ended_ms is not None and bot_stretches else None
    deciding = deciding_stretch(bot_stretches, evidence, decision)
    customer_id, customer_name = _customer(activities)
    told = [item for item in activities if item.kind is not Kind.MESSAGE]  # what is more than words
    scores = [item.sentiment_micro for item in activities if item.sentiment_micro is not None]
    csat = counted_survey(surveys, SurveyKind.CSAT)
    asks = [index for index in evidence.customer_messages if asks_for_human(activities[index].text)]
    felt = stage_sentiments(activities, evidence, course)
    invoked = bot_use(activities, course, identity.marks)
    return Conversation(
        conversation_key=key,
        root_key=identity.root_key,
        episode=episode,
        conversation_id=identity.conversation_id if episode == 1 else f"{identity.conversation_id}#{episode}",
        source=identity.source,
        channel=identity.channel,
        workstream=_first_said(told, "workstream"),
        customer_id=customer_id,
        customer_name=customer_name,
        language=language,
        is_bot=bool(bot_stretches) and not identity.marks.is_test,
        is_test=identity.marks.is_test,
        state=State.CLOSED if ended_ms is not None else course.state,
        started_ms=activities[0].at_ms,
        last_ms=course.last_ms,
        ended_ms=ended_ms,
        due_ms=None if ended_ms is not None else due_ms,
        closed_by=closed_by,
        bot=deciding.session.name if deciding else "",
        bot_id=deciding.session.handler_id if deciding else "",
        queue=deciding.session.queue if deciding else _last_queue(course),
        escalation_queue=course.escalation_queue,
        topic=_topic(told),
        handler_name=_handler(course),
        outcome=decision.outcome if decision else None,
        resolution=decision.resolution if decision else None,
        reason=decision.reason if decision else "",
        deciding_identity=activities[decision.index].identity if decision and decision.index is not None else None,
        deciding_session=deciding.session.number if deciding else None,
        bot_ms=deciding.session.duration_ms if deciding else None,
        escalated_ms=evidence.escalated_ms if bot_stretches else None,
        accepted_ms=course.accepted_ms,
        returned_to_bot=course.returned_to_bot,
        num_activities=len(activities),
        num_messages=len(activities) - len(told) - sum(map(is_echo, activities)),
        num_customer_messages=len(evidence.customer_messages),
        num_scored=len(scores),
        sentiment_micro=live_sentiment(scores),
        sentiment_high_micro=highest_sentiment(scores),
        num_fallbacks=misses.num_turns,
        fallbacks_in_a_row=misses.in_a_row,
        num_human_asks=len(asks),
        last_customer_ms=activities[evidence.customer_messages[-1]].at_ms if evidence.customer_messages else None,
        last_reply_ms=_last_reply(activities, evidence),
        csat_micro=csat.answer_micro if csat else None,
        csat_requested=csat is not None,
        is_engaged=bool(evidence.customer_messages) and not (decision is not None and decision.is_unengaged),
        is_suspect=is_suspect(decision, activities, evidence),
        bot_turns=turns_of(deciding, evidence),
        wasted_turns=wasted_turns(deciding, activities, evidence, fallbacks=misses.signs, asks=asks),
        wait_ms=_wait_ms(evidence, course, has_times=identity.marks.has_times) if bot_stretches else None,
        bot_sentiment_micro=felt[Stage.BOT],
        waiting_sentiment_micro=felt[Stage.WAITING],
        agent_sentiment_micro=felt[Stage.AGENT],
        bot_use=invoked.use,
        invoked_ms=invoked.at_ms,
        invoked_bot=invoked.bot,
        definition_version=rules.definition_version,
    )


def _ending(course: Course, idle_ms: int, now_ms: int) -> tuple[int | None, str, int]:
    """When it ended and by what, if it did; and when the idle time-out would close it."""
    due_ms = course.last_ms + idle_ms
    if course.ended_ms is not None:
        return course.ended_ms, "end", due_ms
    return (course.last_ms, "idle", due_ms) if due_ms <= now_ms else (None, "", due_ms)


def _customer(activities: Sequence[Activity]) -> tuple[str, str]:
    """Id and name by which the customer was last called."""
    known = next((item.sender_id for item in reversed(activities) if item.role is Role.CUSTOMER and item.sender_id), "")
    if not known:
        return "", ""
    return known, next((item.sender_name for item in reversed(activities) if item.sender_id == known and item.sender_name), "")


def deciding_stretch(bots: Sequence[Stretch], evidence: Evidence, decision: Decision | None) -> Stretch | None:
    """The bot session that holds the deciding activity, else the last one.

    An escalation is held by the session that asked, since its time runs to that request.
    """
    if not bots:
        return None
    if decision is not None and decision.outcome is Outcome.ESCALATED and evidence.escalated_ms is not None:
        begun = [stretch for stretch in bots if stretch.session.started_ms <= evidence.escalated_ms]
        return begun[-1] if begun else bots[0]
    if decision is not None and decision.index is not None:
        for stretch in bots:
            if stretch.first <= decision.index <= stretch.last:
                return stretch
    return bots[-1]


def _handler(course: Course) -> str:
    """Who has it, or had it last: behind an agent a bot that only asked how it was did not."""
    served = [stretch for stretch in course.stretches if stretch.session.mode is not Mode.SURVEY]
    return served[-1].session.name if served else ""


def _last_queue(course: Course) -> str:
    return next((stretch.session.queue for stretch in reversed(course.stretches) if stretch.session.queue), "")


def _first_said(activities: Sequence[Activity], name: str) -> str:
    for item in activities:
        if item.kind is Kind.CONTEXT and item.detail and item.detail.get(name):
            return str(item.detail[name])
    return ""


def _topic(activities: Sequence[Activity]) -> str:
    for item in reversed(activities):
        if item.kind is Kind.TOPIC and item.detail and not item.detail.get("system"):
            return str(item.detail.get("name", ""))
    # A bot that names no topics as it goes may still name the last one when it hands over.
    handed = (str((item.detail or {}).get("topic") or "") for item in reversed(activities) if item.kind is Kind.HANDOFF_REQUEST)
    return next((topic for topic in handed if topic), "")


def _last_reply(activities: Sequence[Activity], evidence: Evidence) -> int | None:
    replies = [*evidence.bot_messages[-1:], *evidence.agent_messages[-1:]]
    return activities[max(replies)].at_ms if replies else None


def _wait_ms(evidence: Evidence, course: Course, *, has_times: bool) -> int | None:
    if evidence.escalated_ms is None or course.accepted_ms is None or not has_times:
        return None
    return course.accepted_ms - evidence.escalated_ms
