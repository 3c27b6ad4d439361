"""The command line of surveys, `python -m metrics surveys`: what customers answered, by any cut and over time.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from metrics import printing
from metrics.filter_options import takes_filters
from metrics.filters import Filters
from metrics.options import Database, Form, Format, OpenIt, found_in, print_as
from metrics.surveys.counting import Cut, Whose
from metrics.surveys.figures import FIGURES
from metrics.surveys.questions import report
from store.surveys.records import SurveyKind

Kinds = Annotated[list[SurveyKind] | None, typer.Option("--survey", help="Only this kind; may be repeated.")]
Of = Annotated[
    Whose,
    typer.Option("--of", help="Surveys of bot conversations, of those in which only people spoke but for a survey bot, or all."),
]
By = Annotated[Cut | None, typer.Option("--by", help="Each by outcome, bot, topic …, or by hour, day, week or month of the end.")]

NAMES = {SurveyKind.CSAT: "CSAT", SurveyKind.NPS: "NPS", SurveyKind.CES: "CES", SurveyKind.PRR: "Question answered"}
_HEADINGS = ("Asked", "Answered", "Response rate", "Value", "95 %", "Good answers (95 %)")


def surveys_command(open_it: OpenIt) -> Callable[..., None]:
    """The command."""

    @takes_filters
    def surveys(
        filters: Filters,
        kinds: Kinds = None,
        of: Of = Whose.BOTS,
        by: By = None,
        form: Form = Format.TABLE,
        database: Database = None,
    ) -> None:
        """Print what customers answered when they were asked how it was: CSAT, NPS, CES and whether it answered the question."""
        with open_it(database) as opened:
            word = None if by is None else by.value
            found = report(opened.store, found_in(opened.store, filters), kinds or list(SurveyKind), of, word)
        print_as(form, found, lambda: _print(found, word, of))

    return surveys


def _print(found: list[dict[str, Any]], by: str | None, of: Whose) -> None:
    keys = () if by is None else (by,)
    lines = [
        [NAMES[SurveyKind(item["survey"])], *(item[key] or printing.NOTHING for key in keys), *_cells(item)] for item in found
    ]
    headings = ["Survey", *(key.replace("_", " ").capitalize() for key in keys), *_HEADINGS]
    printing.print_table(headings, lines, left=1 + len(keys), fold=False)
    if not any(item["asked"] for item in found):
        whose = {Whose.BOTS: "bot conversations", Whose.PEOPLE: "conversations between people", Whose.ALL: "conversations"}[of]
        printing.note(f"No survey in the closed {whose} of this selection; docs/surveys.md says what makes one appear.")


def _cells(item: dict[str, Any]) -> list[str]:
    main, *others = (item[key.removeprefix("survey_")] for key in FIGURES[SurveyKind(item["survey"])])
    good = others[0] if others else None
    return [
        *(f"{item[name]:,}" for name in ("asked", "answered")),
        printing.share(item["response_rate"]["value"]),
        _value(item["survey"], main["value"]),
        _ends(item["survey"], main.get("low"), main.get("high")),
        _share_with_ends(good),
    ]


def _share_with_ends(rate: dict[str, Any] | None) -> str:
    if rate is None or rate["value"] is None:
        return ""
    return f"{printing.share(rate['value'])} ({_ends('', rate['low'], rate['high'])})"


def _value(survey: str, value: float | None) -> str:
    if value is None:
        return printing.NOTHING
    match survey:
        case SurveyKind.NPS:
            return f"{value * 100:+.0f}"
        case SurveyKind.PRR:
            return printing.share(value)
        case _:
            return f"{value:.2f}"


def _ends(survey: str, low: float | None, high: float | None) -> str:
    """An interval; a mean has none."""
    if low is None or high is None:
        return ""
    return f"{low * 100:+.0f} to {high * 100:+.0f}" if survey == SurveyKind.NPS else f"{low:.1%}–{high:.1%}"
