"""What a language needs to hold a conversation: the lines that do not depend on the topic, and the shape of a topic."""

from __future__ import annotations

from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing people come about. Lines may name slots: {amount}, {small}, {card}, {merchant}, {date}, {due}, {city}, …"""

    name: str
    handoff: str  # the value of BotHandoffTopic when it goes to a person
    weight: int
    openings: Lines  # the customer states it
    questions: Lines  # the bot wants to know more
    choices: Lines  # what it offers as answers; without them the customer answers from `replies`
    replies: Lines  # in turn: one for each question, and again
    answers: Lines  # the bot settles it, in the order of `choices`; never a question
    follow_ups: tuple[tuple[str, str], ...]  # the customer asks on, and the bot's answer
    troubles: Lines  # what is still not right, in the customer's words
    agent: Lines  # an agent settles it
    for_people: bool = False  # the author of the bot has it always go to a person


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The lines of one language. Moods run from furious (−3) to delighted (3)."""

    hellos: Lines  # before an opening
    returning: Lines  # before an opening of somebody who was here before
    greetings: Lines  # {bot}
    fallbacks: Lines
    rephrased: Lines  # before the customer says it again
    moods: dict[int, Lines]
    mutters: Lines  # what customers say that the bot will not understand
    asks_human: Lines
    handing_over: Lines
    gives_up: Lines  # the bot, before it hands over
    position: Lines  # {position}
    waiting: Lines  # the customer, while waiting
    leaving: Lines  # the customer gives up
    agent_hello: Lines  # {agent}, {first}
    agent_looks: Lines
    agent_asks: Lines
    confirms: Lines  # the customer's answers to those, in turn: one for each question, and again
    agent_bye: Lines  # {first}
    thanks: Lines  # the customer, neutral
    bot_bye: Lines
    still_there: Lines
    closing: Lines  # the bot closes, nobody there
    broken: Lines
    answered: Lines  # did that answer your question
    yes_no: tuple[str, str]
    rate_us: Lines
    recommend_us: Lines  # from 0 to 10
    was_easy: Lines  # from 1 to 7
    comments: dict[int, Lines]  # beside an answer that is bad (−1), neither (0) or good (1)
    rated: Lines
    summary: Lines  # for the agent only: {topic}, {first}
    topics: tuple[Topic, ...] = ()  # of this language; the English ones are the bots'
