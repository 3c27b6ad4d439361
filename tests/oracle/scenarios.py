"""Whole conversations, from the first activity to the last: plain ones, and those with more than one stretch, bot or person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from . import endings
from .endings import Finish, answered
from .escalations import ESCALATED, request
from .mood import end_sentiment
from .script import Party, Script
from .truth import Ending, Truth

Scenario = Callable[[Script, Party], Ending]  # the second argument is another bot, for those who need one

FIRST_PARTS_WITH_END: tuple[Finish, ...] = (
    endings.implied_by_end, endings.implied_by_command, endings.cancelled, endings.timed_out, endings.failed,
)  # fmt: skip
FIRST_PARTS_WITHOUT_END: tuple[Finish, ...] = (
    endings.assumed, endings.left_after_question, endings.left_without_answer, endings.left_after_fallback,
)  # fmt: skip
FINISHES: tuple[Finish, ...] = (*endings.RESOLVED, *endings.ABANDONED, *endings.OTHER, *ESCALATED)


def opening(script: Script) -> None:
    """How it begins: with the channel's announcements, with the bot's welcome, or straight with the customer."""
    if script.style.design_mode or script.rng.random() < 0.15:
        script.trace("ConversationInfo", {"isDesignMode": script.style.design_mode, "locale": "en-US"})
    if script.rng.random() < 0.5:
        added = [{"id": script.bot.id, "name": script.bot.title}]
        script.put("conversationUpdate", script.rng.choice((None, script.customer)), membersAdded=added, membersRemoved=[])
    if script.rng.random() < 0.15:
        script.put("event", script.customer, name="webchat/join", value={"language": "en"})
    if script.rng.random() < 0.4:
        script.bot_says("Welcome to the bank.")
    script.clutter()


def exchanges(script: Script, most: int) -> None:
    """Customer and bot to and fro; nothing of it decides anything."""
    for _ in range(script.rng.randint(0, most)):
        script.customer_says()
        script.rng.choice((script.bot_states, script.bot_states, script.bot_asks, script.bot_fails))()
        script.clutter()


def plain(finish: Finish, script: Script, _other: Party) -> Ending:
    """One stretch with one bot."""
    opening(script)
    exchanges(script, 6)
    return finish(script)


def skill_end(finish: Finish, script: Script, _other: Party) -> Ending:
    """An activity of type handoff with nothing in it ends a skill: nobody asked for a human."""
    opening(script)
    answered(script)
    empty = script.rng.choice(({}, {"value": None}, {"value": {}}, {"value": ""}))
    script.put("handoff", script.bot, **empty)
    exchanges(script, 3)
    return finish(script)


def trace_alone(finish: Finish, script: Script, _other: Party) -> Ending:
    """A HandOff trace without an outcome is no escalation."""
    opening(script)
    answered(script)
    script.trace("HandOff", {"type": "HandOff"})
    exchanges(script, 3)
    return finish(script)


def reopened(finish: Finish, script: Script, _other: Party) -> Ending:
    """Over, by an end or by silence, and then the customer writes again: what follows decides."""
    opening(script)
    exchanges(script, 3)
    if script.rng.random() < 0.5:
        script.rng.choice(FIRST_PARTS_WITH_END)(script)
        script.wait(5_000, 20 * 3_600_000)
    else:
        script.rng.choice(FIRST_PARTS_WITHOUT_END)(script)
        script.wait(1_810_000, 20 * 3_600_000)
    script.begin_session()
    answered(script)
    exchanges(script, 2)
    return finish(script)


def two_bots(finish: Finish, script: Script, other: Party) -> Ending:
    """One bot passes to another, which has the deciding session."""
    opening(script)
    exchanges(script, 3)
    answered(script)
    script.begin_session()
    script.bot = other
    script.style = replace(script.style, clutter=0.0)
    script.bot_says("Hello, I am the specialist for this.")
    exchanges(script, 2)
    return finish(script)


def first_of_two_bots(script: Script, other: Party) -> Ending:
    """The first bot asks for a human, another bot takes over: the first one has the deciding session."""
    opening(script)
    answered(script)
    at_ms = request(script, "initiate")
    script.bot, first = other, script.bot
    script.bot_says("Nobody is free, let me try.")
    answered(script)
    script.bot = first
    return Ending("escalated", session_end_ms=at_ms)


def confirmed_by_first_of_two_bots(script: Script, other: Party) -> Ending:
    """The customer's yes falls into the first bot's session, which is then the deciding one."""
    opening(script)
    answered(script)
    script.trace("PRRSurveyResponse", {"type": "PRR", "response": "True"})
    last_ms = script.bot_says("I am passing you on to a colleague for the rest.")
    script.bot, first = other, script.bot
    script.put("message", script.bot, text="Your new statement is in your inbox.")
    script.bot = first
    return Ending("resolved", "confirmed", session_end_ms=last_ms)


def never_wrote(script: Script, _other: Party) -> Ending:
    """The customer opened the window and that was it."""
    opening(script)
    script.bot_says("Welcome, how can I help?")
    how = script.rng.choice(("idle", "typing", "end", "unengaged"))
    if how == "typing":
        script.put("typing", script.customer)
    if how == "end":
        script.end("completedSuccessfully")
    if how == "unengaged":
        script.session_info("None", engaged=False)
    return Ending("other")


def silent_but_escalated(script: Script, _other: Party) -> Ending:
    """The customer never wrote, but the bot asked for a human."""
    opening(script)
    script.bot_says("Welcome.")
    return Ending("escalated", session_end_ms=request(script, "initiate with context"))


def people_only(script: Script, _other: Party) -> Ending:
    """No bot anywhere: in no figure."""
    script.listener = script.agent
    script.style = replace(script.style, bare_customer=False)  # nothing else says that this is no bot
    for _ in range(script.rng.randint(1, 4)):
        script.customer_says()
        script.agent_says()
    return Ending("")


def tell(name: str, scenario: Scenario, script: Script, other: Party) -> Truth:
    """Write the conversation and say what is true of it."""
    ending = scenario(script, other)
    session_start_ms = script.session_start_ms or script.start_ms
    session_end_ms = ending.session_end_ms or script.at_ms
    return Truth(
        conversation_id=script.external_id,
        scenario=name,
        outcome=ending.outcome,
        resolution=ending.resolution,
        bot=script.bot.title,
        channel=script.channel,
        started_ms=script.start_ms,
        ended_ms=script.at_ms,
        bot_ms=session_end_ms - session_start_ms,
        sentiment=None if script.style.german else end_sentiment(script.texts),
        is_bot=ending.outcome != "",
        is_test=script.style.design_mode or script.channel == "pva-studio",
    )


def _varied(word: str, shape: Callable[[Finish, Script, Party], Ending], finishes: tuple[Finish, ...]) -> dict[str, Scenario]:
    return {f"{word}{finish.__name__.replace('_', ' ')}": partial(shape, finish) for finish in finishes}


SCENARIOS: dict[str, Scenario] = {
    **_varied("", plain, FINISHES),
    **_varied("skill end, ", skill_end, (*endings.RESOLVED, endings.left_after_question, endings.cancelled)),
    **_varied("trace alone, ", trace_alone, (*endings.RESOLVED, endings.left_after_question, endings.cancelled)),
    **_varied("re-opened, ", reopened, FINISHES),
    **_varied("two bots, ", two_bots, FINISHES),
    "first of two bots": first_of_two_bots,
    "confirmed by first of two bots": confirmed_by_first_of_two_bots,
    "never wrote": never_wrote,
    "never wrote, escalated": silent_but_escalated,
    "people only": people_only,
}
