"""Phone numbers as they may be kept: by their last four digits; in what was spoken, wherever so many digits follow each other."""

from __future__ import annotations

import re
from typing import Any

LEAST_DIGITS = 7
_NOT_DIGIT = re.compile(r"\D")
_DIGIT = re.compile(r"\d")
# Figures in groups, as people write what they hear: +44 (20) 7946-0958. All that belong together: the whole decides.
_SPACES, _DASHES = r"\s\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000", r"\u2010-\u2015\u2212-"
_GAP = rf"[{_SPACES}().{_DASHES}]{{0,3}}"
_RUN = re.compile(rf"(?<![\w./-])(?<!\d:)\+?\(?\d(?:(?:[,/:]|{_GAP})\d)*", re.ASCII)
# What is no number to call: dates and times, and amounts with commas.
_YEAR = r"(?:19|20)\d\d"
_MOMENT = (
    rf"(?:{_YEAR}[-./][01]?\d[-./][0-3]?\d|[0-3]?\d[-./][0-3]?\d[-./]{_YEAR}|[0-3]?\d/[0-3]?\d/\d\d"
    rf"|{_YEAR}/{_YEAR}|[0-2]?\d:[0-5]\d(?::[0-5]\d(?:\.\d{{1,9}})?)?)"
)
_AMOUNT = r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d{1,4})?"
_PLAIN = re.compile(rf"(?:{_MOMENT}|{_AMOUNT})(?:{_GAP}(?<!\d)(?:{_MOMENT}|{_AMOUNT}))*", re.ASCII)
_BEFORE = re.compile(rf"(?:{_MOMENT}[{_SPACES}]+)+", re.ASCII)
_AFTER = re.compile(rf"(?:[{_SPACES}]+{_MOMENT})+\Z", re.ASCII)
_REST_OF_NAME = re.compile(r"(?!x\d)\w", re.ASCII | re.IGNORECASE)  # an extension is none
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
    run = found[0]
    is_name = run.isdigit() and _REST_OF_NAME.match(found.string, found.end())
    if is_name or _PLAIN.fullmatch(run):
        return run
    before = _BEFORE.match(run)
    start = before.end() if before else 0
    after = _AFTER.search(run, start)
    end = after.start() if after else len(run)
    number = run[start:end]
    return run[:start] + mask_phone(number) + run[end:] if len(_NOT_DIGIT.sub("", number)) >= LEAST_DIGITS else run


def _masked_words(found: re.Match[str]) -> str:
    digits, times = "", 1
    for word in _WORD.findall(found[0].lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        else:
            digits, times = digits + _VALUES[word] * times, 1
    return mask_phone(digits)
