"""The words that a message is known by: the same for messages that mean the same, whoever writes them and however.

A rule that can be told in a sentence and never changes its mind: small letters, no accents, no words that say nothing, one form
for one and many, a number for every number; each word once, in the order of the alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A longer message is known by its beginning.
MOST_WORDS = 40
NUMBER = "#"
# Two messages are alike that share this much of the words that either has.
ALIKE = (3, 5)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What is left out, in the languages that bots most often speak: articles, pronouns, forms of to be and to have, courtesy.
_LEFT_OUT = """
    a an and are as at be been but by can could did do does for from had has have he hello help her hey hi his how i if i'd i'll
    i'm in is it it's its i've just me my now of ok okay on or our please she so thank thanks that that's the their them then
    there they this to us want was we were what what's when where which who why will with would you your yes
    al con de del el ella en es esta este gracias hola la las lo los mi mis no por que quiero se si su un una y yo
    ao com da das dos e em eu isso na nao nas nos o obrigada obrigado ola oi os para quero sim te tem um uma voce
    aber am auf bitte bin dem den der die ein eine einen er habe hallo ich im ist mein meine mir mit sie und von wie wir zu
    au aux avec bonjour ce des du est et il je le les ma merci mes mon ne nous pas pour qui sur une vous
"""
_FILLERS = frozenset(_LEFT_OUT.split())


def words_of(text: str) -> str:
    """The words of a message, separated by spaces; "" where there are none."""
    found = plain_words(text).split(" ", MOST_WORDS)[:MOST_WORDS]
    telling = [word for word in found if word not in _FILLERS]
    # Where only such words stand, they are what it says.
    return " ".join(sorted({_one_form(word) for word in telling or found}))


def plain_words(text: str) -> str:
    """The text itself without what nobody reads aloud: small letters, no accents, one space between words, no other signs."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("’", "'")
    return " ".join(_WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter))))


def are_alike(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether two sets of words share three fifths of what either has."""
    shared, whole = ALIKE
    both = len(one & two)
    return both * whole >= (len(one) + len(two) - both) * shared


def likeness(one: frozenset[str], two: frozenset[str]) -> float:
    """The share of what either has that both have."""
    return len(one & two) / len(one | two)


@lru_cache(maxsize=1 << 14)
def _one_form(word: str) -> str:
    if any(letter.isdigit() for letter in word):
        return NUMBER
    is_many = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_many else word
