"""What can be told from the wording of a message: a question, a fallback, the wish for a human.

These are rules of thumb over text. Whatever a platform says outright beats them.
"""

from __future__ import annotations

import re

# A question mark ends a sentence; one inside an address, or before a letter, does not ask.
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_QUESTION = re.compile(r"[？؟]|\?(?![\w&=])")

_FALLBACK = re.compile(
    r"""\b(?:
      (?:i|we)(?:'m|\ am)?\ (?:sorry,?\ )?(?:i\ )?
        (?:did\ not|didn'?t|do\ not|don'?t|could\ not|couldn'?t|cannot|can'?t)\ (?:quite\ |really\ )?
        (?:understand|understood|get\ that|catch\ that|get\ what|follow|make\ sense)
    | (?:did\ not|didn'?t)\ (?:quite\ |really\ )?(?:understand|get\ that|catch\ that)
    | (?:not|n't)\ sure\ (?:i\ (?:understand|understood|follow)|what\ you\ mean|how\ to\ help\ with\ that)
    | (?:not\ able|unable)\ to\ understand
    | (?:please|could\ you|can\ you|try\ to|try)\ (?:please\ )?rephras(?:e|ing)
    | what\ do\ you\ mean\ by\ that
    )""",
    re.IGNORECASE | re.VERBOSE,
)

_PERSON = r"(?:human|person|people|agent|representative|rep|operator|advisor|adviser|someone|somebody|supervisor|manager)"
_ASKS_FOR_HUMAN = re.compile(
    rf"""\b(?:
      (?:talk|speak|chat|connect|transfer|escalate|put)\s+(?:me\s+)?(?:through\s+)?(?:to|with)\s+(?:an?\s+|the\s+|your\s+|some\s+)?
        (?:\w+\s+){{0,2}}{_PERSON}
    | (?:want|need|get|give|like|have)\s+(?:me\s+)?(?:to\s+(?:have|get)\s+)?(?:an?\s+|some\s+)?
        (?:\w+\s+)?{_PERSON}\b(?!\s+(?:number|name|id)\b)
    | (?:real|live|actual)\s+{_PERSON}
    | (?:human|agent|representative|operator)\s*(?:please|now|!|$)
    | (?:hablar|comunicarme|hable)\s+con\s+(?:una?\s+)?(?:persona|agente|humano|representante)
    | (?:falar|atendimento)\s+(?:com|por)\s+(?:uma?\s+)?(?:pessoa|humano|atendente)
    )""",
    re.IGNORECASE | re.VERBOSE,
)

_AGAIN = re.compile(
    r"""\b(?:
      (?:already|just)\ (?:told|said|asked|tried|wrote|did|answered|explained)
    | (?:as|like)\ i\ (?:said|wrote|asked)
    | (?:ask|asking|asked|say|saying|tell|telling|try|tried)\ (?:you\ )?again
    | (?:that(?:'s|\ is)|this\ is|it(?:'s|\ is))\ not\ (?:what|it|helpful|my\ question|an\ answer)
    | (?:did\ not|didn'?t|does\ not|doesn'?t)\ (?:really\ )?(?:help|work|answer|solve)
    | still\ (?:no|not|need|have|haven'?t|can'?t|cannot|don'?t|doesn'?t|isn'?t|waiting|missing|broken)
    | no\ help\ at\ all
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

# What people say who answer a call for somebody else.
_ANSWERS = re.compile(
    r"""\b(?:
      thank(?:s|\ you)\ (?:very\ much\ )?for\ (?:calling|your\ call|contacting|holding|ringing)
    | (?:you\ are|you['’]?re)\ (?:speaking|chatting|talking|through)\ (?:with|to)
    | (?:how|what)\ (?:may|can|could)\ (?:i|we)\ (?:help|assist|do\ for)
    | (?:my\ name\ is|this\ is)\ \w+\ (?:from|with|at)\b
    | gracias\ por\ (?:llamar|su\ llamada) | en\ qu[eé]\ (?:puedo|podemos)\ ayudar | le\ (?:atiende|habla)
    | obrigad[oa]\ por\ (?:ligar|sua\ liga) | em\ que\ (?:posso|podemos)\ ajud
    | (?:was|wie)\ kann\ ich\ (?:f[uü]r\ sie\ tun|ihnen\ (?:weiter)?helfen) | (?:vielen\ )?dank\ f[uü]r\ ihren\ anruf
    | merci\ (?:d['’]avoir\ appel|de\ votre\ appel) | (?:que\ puis-je\ faire|comment\ puis-je\ vous\ aider)
    )""",
    re.IGNORECASE | re.VERBOSE,
)

# One of these stands in everything that the pattern matches.
_FALLBACK_WORDS = ("underst", "get that", "catch that", "get what", "follow", "make sense", "sure", "rephras", "mean by that")
_HUMAN_WORDS = (
    *("human", "person", "people", "agent", "rep", "operator", "advis", "someone", "somebody", "supervisor", "manager"),
    *("humano", "atend", "pessoa"),
)

_AGAIN_WORDS = ("already", "just", "i said", "i wrote", "i asked", "again", "not ", "n't", "n’t", "nt ", "still", "no help")

# Longer texts are judged by their end: the last thing said is what stands.
_TAIL = 4_000


def _plain(text: str) -> str:
    return text[-_TAIL:].replace("’", "'")


def is_question(text: str) -> bool:
    """Whether `text` asks something."""
    if "?" not in text and "？" not in text and "؟" not in text:
        return False
    return _QUESTION.search(_ADDRESS.sub(" ", _plain(text))) is not None


def is_fallback(text: str) -> bool:
    """Whether a bot says in `text` that it did not understand."""
    return _holds(text, _FALLBACK_WORDS) and _FALLBACK.search(_plain(text)) is not None


def asks_for_human(text: str) -> bool:
    """Whether a customer asks in `text` for a person."""
    return _holds(text, _HUMAN_WORDS) and _ASKS_FOR_HUMAN.search(_plain(text)) is not None


def says_it_again(text: str) -> bool:
    """Whether a customer says in `text` that it was said before, or that what they were told is no help."""
    return _holds(text, _AGAIN_WORDS) and _AGAIN.search(_plain(text)) is not None


def _holds(text: str, words: tuple[str, ...]) -> bool:
    """Whether any of `words` stands in `text`: most texts are told by this alone, at a tenth of the cost of the patterns."""
    lower = text.lower()
    return any(map(lower.__contains__, words))  # asked of every message: a generator would cost more than the looking


def answers_a_call(text: str) -> bool:
    """Whether somebody who was called greets like this: "thank you for calling", "how can I help you"."""
    return _ANSWERS.search(text[:400]) is not None
