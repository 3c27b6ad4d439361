"""Phone numbers as they may be kept: by their last four digits; in what was spoken, wherever so many digits follow each other."""

from __future__ import annotations

import re
from typing import Any

LEAST_DIGITS = 7
_NOT_DIGIT = re.compile(r"\D")
_DIGIT = re.compile(r"\d")
# Figures in groups, as people write down what they hear: +44 (20) 7946-0958. A date is none, nor is an amount with commas.
_RUN = re.compile(r"(?<![\w.,/-])\+?\(?\d(?:[\s().-]{0,3}\d){6,}(?![\w/:])", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d\d-[01]?\d-[0-3]?\d|[0-3]?\d[.-][01]?\d[.-](?:19|20)\d\d", re.ASCII)
_WORDS = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
# The same where the recognition left the words.
_SPOKEN_RUN = re.compile(rf"\b{_WORDS}(?:[\s,.-]+{_WORDS}){{{LEAST_DIGITS - 1},}}\b", re.IGNORECASE)
_VALUES = dict(
    zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"), "01234567890", strict=True)
)
_WORD = re.compile(r"[a-z]+")


def mask_phone(number: str) -> str:
    """A phone number as it may be shown: its last four digits."""
    return "***" + _NOT_DIGIT.sub("", number)[-4:]


def mask_spoken(text: str) -> str:
    """What was spoken, with every run of seven digits or more masked: phone numbers, and those of cards and accounts."""
    if _DIGIT.search(text):
        text = _RUN.sub(_masked, text)
    return _SPOKEN_RUN.sub(_masked_words, text) if len(text) >= 2 * LEAST_DIGITS else text


def mask_all_spoken(value: Any) -> Any:
    """The same for every text in a value of JSON."""
    match value:
        case str():
            return mask_spoken(value)
        case list():
            return [mask_all_spoken(each) for each in value]
        case dict():
            return {name: mask_all_spoken(each) for name, each in value.items()}
        case _:
            return value


def _masked(found: re.Match[str]) -> str:
    return found[0] if _DATE.fullmatch(found[0]) else mask_phone(found[0])


def _masked_words(found: re.Match[str]) -> str:
    digits, times = "", 1
    for word in _WORD.findall(found[0].lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        else:
            digits, times = digits + _VALUES[word] * times, 1
    return mask_phone(digits)
