"""What surveys, their answers and those who were asked are called on pages."""

from __future__ import annotations

from metrics.figures import MICRO
from metrics.surveys.counting import Whose
from metrics.surveys.figures import BOUNDS, SurveyKind
from metrics.surveys.meant import parse_surveyed
from pages.components.formats import as_label

KINDS = {SurveyKind.CSAT: "CSAT", SurveyKind.NPS: "NPS", SurveyKind.CES: "CES", SurveyKind.PRR: "Question answered"}
WHOSE = {Whose.BOTS: "Bot conversations", Whose.PEOPLE: "Only people spoke", Whose.ALL: "All conversations"}
PLATFORM = "(the platform)"


def answer_name(kind: SurveyKind, answer: float | None) -> str:
    """One answer: 4 of 5, yes."""
    if answer is None:
        return "\u2013"
    if kind is SurveyKind.PRR:
        return "yes" if answer else "no"
    return f"{answer:g} of {BOUNDS[kind][1]}"


def surveyed_name(value: str) -> str:
    """What a slice of the Conversations page is called. Raises ValueError where it is none."""
    wanted = parse_surveyed(value)
    kind = SurveyKind(wanted.kind)
    said = f"those with an answer to {KINDS[kind]}" if wanted.is_answered else f"those asked for {KINDS[kind]}"
    if wanted.is_answered is False:
        said = f"those that did not answer {KINDS[kind]}"
    if wanted.has_comment:
        said = f"those with a comment to {KINDS[kind]}"
    if wanted.low_micro is not None and wanted.high_micro is not None:
        said = f"{KINDS[kind]}: {_answers(kind, wanted.low_micro // MICRO, wanted.high_micro // MICRO - 1)}"
    if wanted.asked_by is not None:
        said += f", asked by {as_label(wanted.asked_by) or 'the platform'}"
    return said


def _answers(kind: SurveyKind, least: int, most: int) -> str:
    return answer_name(kind, most) if least == most else f"{least} to {answer_name(kind, most)}"
