"""How a stretch with the bot ends when no human comes in: resolved, abandoned or other, each way known before it is written.

Each continues a conversation that has begun. It brings the customer's last message itself: who had the last word is certain.
"""

from __future__ import annotations

from collections.abc import Callable

from .script import Script
from .truth import Ending

Finish = Callable[[Script], Ending]


def tail(script: Script) -> None:
    """What may still arrive, without meaning, before the silence."""
    if script.rng.random() < script.style.clutter:
        script.put("typing", script.rng.choice((script.bot, script.customer)))
    if script.rng.random() < script.style.clutter / 2:
        script.put("trace", script.bot, name="BotState", label="Bot State", value={})


def answered(script: Script) -> None:
    """The customer says something and the bot answers plainly."""
    script.customer_says()
    script.bot_states()


def confirmed_by_survey(script: Script) -> Ending:
    """The customer says yes to 'did that answer your question'."""
    answered(script)
    script.trace("PRRSurveyRequest", {"type": "PRR"})
    script.bot_says("Did that answer your question?")
    script.customer_says("Yes, that was what I wanted to know.")
    script.trace("PRRSurveyResponse", {"type": "PRR", "response": "True"})
    close = script.rng.choice(("idle", "thanks", "end"))
    if close != "idle":
        script.bot_says("Good to hear.")
    if close == "end":
        script.end("completedSuccessfully")
    return Ending("resolved", "confirmed")


def confirmed_by_platform(script: Script) -> Ending:
    """The platform says resolved, and not by a time-out."""
    answered(script)
    script.session_info("Resolved", implied=False)
    return Ending("resolved", "confirmed")


def implied_by_end(script: Script) -> Ending:
    """The bot completes with everything answered; that it also asked for more does not matter."""
    answered(script)
    if script.rng.random() < 0.2:
        script.bot_says("Is there anything else I can do for you?")
    script.end("completedSuccessfully")
    return Ending("resolved", "implied")


def implied_by_command(script: Script) -> Ending:
    """The bot tells the hub to end."""
    answered(script)
    script.bot_command("EndConversation")
    return Ending("resolved", "implied")


def implied_by_platform(script: Script) -> Ending:
    """The platform says resolved, by a time-out."""
    answered(script)
    script.session_info("Resolved", implied=True)
    return Ending("resolved", "implied")


def assumed(script: Script) -> Ending:
    """Silence after a plain statement of the bot."""
    answered(script)
    tail(script)
    return Ending("resolved", "assumed")


def left_after_question(script: Script) -> Ending:
    """Silence after the bot asked for something."""
    script.customer_says()
    script.bot_asks()
    tail(script)
    return Ending("abandoned")


def left_after_fallback(script: Script) -> Ending:
    """Silence after the bot did not understand."""
    script.customer_says()
    script.bot_fails()
    tail(script)
    return Ending("abandoned")


def left_without_answer(script: Script) -> Ending:
    """Silence after the customer's own words; the bot has spoken before, or there would be no bot in it."""
    answered(script)
    script.customer_says()
    tail(script)
    return Ending("abandoned")


def left_after_no(script: Script) -> Ending:
    """The customer says no to 'did that answer your question', is asked on, and leaves."""
    answered(script)
    script.trace("PRRSurveyRequest", {"type": "PRR"})
    script.customer_says("No, that is not what I asked for.")
    script.trace("PRRSurveyResponse", {"type": "PRR", "response": "False"})
    script.bot_says("What should I look up for you?")
    return Ending("abandoned")


def cancelled(script: Script) -> Ending:
    """The customer closes the window, whatever was said last."""
    answered(script)
    if script.rng.random() < 0.5:
        script.bot_asks()
    script.end("userCancelled", by=script.customer)
    return Ending("abandoned")


def timed_out(script: Script) -> Ending:
    """The bot ends because nobody answers."""
    script.customer_says()
    script.bot_asks()
    script.end("botTimedOut")
    return Ending("abandoned")


def abandoned_by_platform(script: Script) -> Ending:
    """The platform says abandoned, whatever the text suggests."""
    answered(script)
    script.session_info("Abandoned")
    return Ending("abandoned")


def implied_without_answer(script: Script) -> Ending:
    """The platform says resolved by a time-out, but the customer's last message has no answer."""
    script.customer_says()
    script.session_info("Resolved", implied=True)
    return Ending("abandoned")


def completed_without_answer(script: Script) -> Ending:
    """The bot claims success and leaves the customer's last message unanswered."""
    script.customer_says()
    script.rng.choice((lambda: script.end("completedSuccessfully"), lambda: script.bot_command("EndConversation")))()
    return Ending("abandoned")


def failed(script: Script) -> Ending:
    """The channel breaks."""
    answered(script)
    script.end("channelFailed")
    return Ending("other")


def unengaged_by_platform(script: Script) -> Ending:
    """The customer wrote, but the platform calls it unengaged."""
    answered(script)
    script.session_info("None", engaged=False)
    return Ending("other")


RESOLVED: tuple[Finish, ...] = (
    confirmed_by_survey, confirmed_by_platform, implied_by_end, implied_by_command, implied_by_platform, assumed,
)  # fmt: skip
ABANDONED: tuple[Finish, ...] = (
    left_after_question, left_after_fallback, left_without_answer, left_after_no, cancelled, timed_out, abandoned_by_platform,
    completed_without_answer, implied_without_answer,
)  # fmt: skip
OTHER: tuple[Finish, ...] = (failed, unengaged_by_platform)
