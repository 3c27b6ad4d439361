"""What people and bots say. Each list holds only lines whose nature is beyond dispute: a question asks, a statement does not."""

from __future__ import annotations

from random import Random

THINGS = ("credit card", "home loan", "last invoice", "new account", "delivery", "mobile app", "service", "answer")
FEELINGS = (
    "terrible", "awful", "bad", "very bad", "not good", "wrong", "slow", "boring", "late", "confusing", "horrible",
    "ready", "okay", "fine", "good", "very good", "great", "excellent", "nice", "perfect", "wonderful", "not bad", "useful",
    "sad", "happy",
)  # fmt: skip
CUSTOMER_FRAMES = (
    "I think that the {thing} you sent me last week is {feeling} and I want to know more about it.",
    "Hello, this is about my {thing} because it was {feeling} when I looked at it this morning.",
    "What can you tell me about the {thing}? My wife says that it is {feeling}.",
    "The {thing} is {feeling} and I have been waiting for an answer since Monday.",
    "Please show me where I can find the number of the {thing} that I have with you.",
    "I would like to talk to a person about the {thing}, this is {feeling}!",
    "Thank you, that was {feeling}, but there is one more thing about the {thing} that I need.",
)
GERMAN = (
    "Ich habe eine Frage zu meiner letzten Rechnung, die gestern angekommen ist.",
    "Das ist leider nicht richtig, bitte schauen Sie noch einmal nach.",
    "Vielen Dank, das hilft mir schon ein ganzes Stück weiter.",
)
STATEMENTS = (
    "Your card was sent on Monday and will arrive within three days.",
    "The branch opens at nine and closes at five.",
    "I have changed your address as you asked.",
    "The balance of your account is 120 dollars.",
    "You can find the form on our website under Documents.",
)
QUESTIONS = (
    "Which account do you mean?",
    "What is your date of birth?",
    "Would you like a receipt by mail?",
    "Is there anything else I can do for you?",
)
FALLBACKS = ("Sorry, I didn't understand that.", "I'm sorry, I didn't understand.", "I didn't understand that.")
AGENT_LINES = (
    "Hello, this is Dana from the service team.",
    "I can see your case here and I am looking into it.",
    "That is done now, have a good day.",
    "Could you give me the last four digits?",
)


def customer_line(rng: Random) -> str:
    """An English sentence of some mood."""
    return rng.choice(CUSTOMER_FRAMES).format(thing=rng.choice(THINGS), feeling=rng.choice(FEELINGS))
