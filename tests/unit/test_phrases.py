"""What wording tells: questions, fallbacks, the wish for a person. Rules of thumb, held to examples of both kinds."""

from __future__ import annotations

import time

import pytest

from metrics.phrases import asks_for_human, is_fallback, is_question

QUESTIONS = (
    "Which one?",
    "Is it this? Or that.",
    'Did he say "yes?"',
    "Really?!",
    "¿Cuál?",
    "哪个？",
    "أي واحد؟",
    "Anything else? 😀",
    "(ready?)",
    "Which one?😀",
    "哪个？请告诉我。",
)
STATEMENTS = (
    "",
    "It comes tomorrow.",
    "See https://x.org/a?b=1",
    "www.x.org/?q=2 has it",
    "Ask me anything.",
    "a?b is a ternary",
    "see /search?&q=1",
)
FALLBACKS = (
    "Sorry, I didn't understand that.",
    "Sorry, I didn’t get that.",
    "I did not quite understand.",
    "I'm sorry, I don't understand.",
    "I'm not sure how to help with that.",
    "I'm not sure what you mean.",
    "Could you please rephrase that?",
    "Please rephrase your question.",
    "I was unable to understand you.",
    "I'm sorry, I'm not sure how to help with that. Can you try rephrasing?",
)
UNDERSTOOD = (
    "",
    "I understand.",
    "Understood, it comes tomorrow.",
    "If you don't receive it, write again.",
    "The form did not follow you.",
)
WISHES = (
    "I want to talk to a human",
    "speak to an agent",
    "agent please",
    "can I speak with a real person?",
    "transfer me to a representative",
    "get me your manager",
    "I need a human being",
    "real person now",
    "quiero hablar con una persona",
    "quero falar com um atendente",
    "human",
)
NO_WISHES = (
    "where is my parcel",
    "my agent number is 7",
    "what is the agent id",
    "I have an agent id already",
    "the delivery person was late",
    "he is only human, I know that",
    "the estate agent sent me here",
    "I spoke to someone yesterday",
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_asks_something(text):
    assert is_question(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_asks_nothing(text):
    assert not is_question(text)


@pytest.mark.parametrize("text", FALLBACKS)
def test_says_that_it_did_not_understand(text):
    assert is_fallback(text)


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_does_not_say_that_it_did_not_understand(text):
    assert not is_fallback(text)


@pytest.mark.parametrize("text", WISHES)
def test_asks_for_a_person(text):
    assert asks_for_human(text)


@pytest.mark.parametrize("text", NO_WISHES)
def test_does_not_ask_for_a_person(text):
    assert not asks_for_human(text)


@pytest.mark.parametrize("read", [is_question, is_fallback, asks_for_human])
@pytest.mark.parametrize("unit", ["?", "talk to the ", "i'm sorry i ", "https://", "a ", "please ", "want a ", "\n", "¿?"])
def test_hostile_text_is_read_in_no_time(read, unit):
    began = time.perf_counter()

    read(unit * 100_000)

    assert time.perf_counter() - began < 0.5
