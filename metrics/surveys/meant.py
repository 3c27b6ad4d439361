"""Which surveys are meant, in words: "csat", "csat:answered", "nps:0-6", "csat:4-5:Pulse"; so links say it, and commands."""

from __future__ import annotations

from metrics.figures import MICRO
from metrics.surveys.figures import Bounds
from store.surveys.reads import Surveyed
from store.surveys.records import BOUNDS, SurveyKind

ASKED, ANSWERED, UNANSWERED, COMMENT = "asked", "answered", "unanswered", "comment"
WHICH = (ASKED, ANSWERED, UNANSWERED, COMMENT)
_YES_NO = {"yes": (1, 1), "no": (0, 0)}


class SurveyedError(ValueError):
    """Words that mean no survey; the message says what to write."""


def say_surveyed(kind: SurveyKind, which: str | Bounds = ASKED, asked_by: str | None = None) -> str:
    """The words for surveys of a kind, by what became of them or by their answers, of any bot or of one ("": the platform)."""
    if not isinstance(which, str):
        least, most = which
        which = f"{least}-{most}" if kind is not SurveyKind.PRR else "yes" if least else "no"
    return f"{kind.value}:{which}" if asked_by is None else f"{kind.value}:{which}:{asked_by}"


def parse_surveyed(text: str) -> Surveyed:
    """What the words mean. Raises SurveyedError."""
    name, which, asked_by = (*text.split(":", 2), None, None)[:3]
    if name not in set(SurveyKind):
        raise SurveyedError(f"{text!r} names no survey; use {', '.join(SurveyKind)}")
    kind = SurveyKind(name)
    match which or ASKED:
        case "asked":
            return Surveyed(kind, asked_by=asked_by)
        case "answered" | "unanswered" as word:
            return Surveyed(kind, is_answered=word == ANSWERED, asked_by=asked_by)
        case "comment":
            return Surveyed(kind, has_comment=True, asked_by=asked_by)
        case bounds:
            least, most = _bounds(kind, bounds, text)
            return Surveyed(kind, low_micro=least * MICRO, high_micro=(most + 1) * MICRO, asked_by=asked_by)


def _bounds(kind: SurveyKind, bounds: str, text: str) -> Bounds:
    if kind is SurveyKind.PRR and bounds in _YES_NO:
        return _YES_NO[bounds]
    first, _, last = bounds.partition("-")
    lowest, highest = BOUNDS[kind]
    if first.isdecimal() and (last or first).isdecimal():
        least, most = int(first), int(last or first)
        if lowest <= least <= most <= highest:
            return least, most
    raise SurveyedError(f"{text!r}: {bounds!r} is not {', '.join(WHICH)}, nor answers such as {lowest}-{highest} of this survey")
