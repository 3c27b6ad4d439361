"""The filters of a cut as options of the command line: one table for all commands, and for pages that show the same command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from metrics.exports.cells import iso_time
from metrics.exports.columns import CONVERSATIONS
from metrics.filters import Filters, Range
from metrics.levels import LEVELS
from metrics.options import From, To, Zone
from metrics.rows import COLUMNS
from metrics.surveys.meant import SurveyedError, parse_surveyed
from metrics.week import HOURS, WEEKDAYS, Slot
from metrics.windows import parse_window
from store.assist.reads import Suggested
from store.records import Outcome, Resolution, State


class FilterError(ValueError):
    """A filter that means nothing; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of several words."""

    field: str
    option: str
    of: Any  # the type of one word
    help: str


_CHOICES = (
    Choice("bots", "--bot", str, "Only this bot; may be repeated."),
    Choice("channels", "--channel", str, "Only this channel; may be repeated."),
    Choice("queues", "--queue", str, "Only this queue; may be repeated."),
    Choice("topics", "--topic", str, "Only this topic; may be repeated."),
    Choice("workstreams", "--workstream", str, "Only this workstream; may be repeated."),
    Choice("outcomes", "--outcome", Outcome, "Only this outcome; may be repeated."),
    Choice("resolutions", "--resolution", Resolution, "Only resolutions of this kind; may be repeated."),
    Choice("reasons", "--reason", str, "Only this reason of the outcome; may be repeated."),
    Choice("states", "--state", State, "Only conversations that stand so now; may be repeated."),
    Choice("sentiments", "--sentiment", str, f"Only this level: {', '.join(LEVELS)}; may be repeated."),
    Choice("said", "--said", str, "Only with a turn that the bot did not understand, in these words; may be repeated."),
    Choice("stayed_in", "--waited-in", str, "Only conversations that waited in this queue for a person; may be repeated."),
    Choice("call_agents", "--call-agent", str, "Only calls that this agent had last; may be repeated."),
    Choice("call_queues", "--call-queue", str, "Only calls for people in this queue; may be repeated."),
    Choice(
        "surveyed",
        "--surveyed",
        str,
        "Only conversations with such a survey: csat, nps, ces or prr, or csat:answered, csat:unanswered, csat:comment, nps:0-6, "
        "prr:yes; with a bot's name behind it (csat:4-5:Pulse) only those that it asked; may be repeated.",
    ),
    Choice("suggested", "--suggestion", Suggested, "Only with a suggestion to the agent of this kind; may be repeated."),
    Choice("suggested_by", "--suggested-by", str, "Only suggestions by this bot; may be repeated."),
    Choice("suggested_to", "--suggested-to", str, "Only suggestions to this agent; may be repeated."),
    Choice("suggested_in", "--suggested-in", str, "Only suggestions in this queue of the agent's; may be repeated."),
    Choice("customers", "--customer", str, "Only this customer, by id or part of the name; may be repeated."),
)
_FLAGS = {
    "is_suspect": ("--suspect", "Only suspect resolutions."),
    "has_fallback": ("--fallback", "Only conversations in which the bot did not understand at least once."),
    "people_only": ("--people-only", "Only conversations in which only people spoke, but for a survey bot or one that advises."),
    "include_tests": ("--include-tests", "Count conversations held for testing too."),
}


# Columns of numbers that can be bounded: by their name in the dictionary, what is stored, and how many of it make one.
_UNITS = {"_ms": 1000, "_micro": 1_000_000, "_turns": 1}
NUMBERS = {
    column.name: (column.field, factor)
    for column in CONVERSATIONS
    for ending, factor in _UNITS.items()
    if column.field.endswith(ending) and column.field in COLUMNS and column.field != "ended_ms"
}
_STORED = {field: (name, factor) for name, (field, factor) in NUMBERS.items()}


def _listed(choice: Choice) -> Any:
    of: Any = list[choice.of] | None  # type: ignore[name-defined]
    metavar = "TEXT" if choice.of is str else "|".join(choice.of)
    return Annotated[of, typer.Option(choice.option, metavar=metavar, help=choice.help)]


_OPTIONS: dict[str, tuple[Any, Any]] = {
    "start": (From, None),
    "end": (To, None),
    "tz": (Zone, "UTC"),
    **{each.field: (_listed(each), None) for each in _CHOICES},
    "ranges": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--range",
                metavar="NAME:FROM:TO",
                help=f"Only where this number lies between: from FROM, below TO; either may be left out. {', '.join(NUMBERS)}.",
            ),
        ],
        None,
    ),
    "hour_of_week": (
        Annotated[
            str | None,
            typer.Option(
                "--hour-of-week", metavar="DAY-HOUR", help="Only what ended in this hour of the week, such as sunday-16."
            ),
        ],
        None,
    ),
    "search": (
        Annotated[str, typer.Option(metavar="WORDS", help="Only conversations in which this was said; see docs/search.md.")],
        "",
    ),
    **{field: (Annotated[bool, typer.Option(option, help=said)], False) for field, (option, said) in _FLAGS.items()},
}


def takes_filters(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is handed `filters`: it gets an option for each of them instead."""
    own = [each for each in inspect.signature(command, eval_str=True).parameters.values() if each.name != "filters"]
    asked = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _OPTIONS.items()
    ]
    needed = [each.replace(kind=each.KEYWORD_ONLY) for each in own if each.default is each.empty]
    others = [each.replace(kind=each.KEYWORD_ONLY) for each in own if each.default is not each.empty]

    def run(**said: Any) -> None:
        filters = filters_from({name: said.pop(name) for name in _OPTIONS})
        command(filters=filters, **said)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in (*needed, *asked, *others)}
    run.__signature__ = inspect.Signature([*needed, *asked, *others])  # type: ignore[attr-defined]
    return run


def filters_from(said: dict[str, Any]) -> Filters:
    """The filters that the options say. Raises FilterError and WindowError. An hour of the week has no spans yet."""
    for level in said["sentiments"] or ():
        if level and level not in LEVELS:
            raise FilterError(f'--sentiment {level!r} is no level; use {", ".join(LEVELS)}, or "" for those without a score')
    for words in said["surveyed"] or ():
        try:
            parse_surveyed(words)
        except SurveyedError as error:
            raise FilterError(f"--surveyed {error}") from error
    slot = said["hour_of_week"]
    chosen: dict[str, Any] = {each.field: tuple(str(word) for word in said[each.field] or ()) for each in _CHOICES}
    return Filters(
        window=parse_window(said["start"], said["end"], said["tz"]),
        tz=said["tz"],
        ranges=tuple(_range_from(text) for text in said["ranges"] or ()),
        hour_of_week=None if slot is None else _slot_from(slot),
        search=said["search"],
        **chosen,
        **{field: said[field] for field in _FLAGS},
    )


def words_of_filters(filters: Filters) -> list[str]:
    """The options that say these filters. Their values are joined by "=", so that a name that begins with a dash is no option."""
    words = []
    for option, at_ms in (("--from", filters.window.start_ms), ("--to", filters.window.end_ms)):
        if at_ms is not None:
            words.append(f"{option}={iso_time(at_ms)}")
    words.append(f"--tz={filters.tz}")
    words += [f"{each.option}={value}" for each in _CHOICES for value in getattr(filters, each.field)]
    words += [f"--range={_said(bounds)}" for bounds in filters.ranges]
    if filters.hour_of_week is not None:
        day, hour = filters.hour_of_week
        words.append(f"--hour-of-week={WEEKDAYS[day].lower()}-{hour}")
    words += [f"--search={filters.search}"] * bool(filters.search)
    return words + [option for field, (option, _) in _FLAGS.items() if getattr(filters, field)]


def _range_from(text: str) -> Range:
    name, _, bounds = text.partition(":")
    low, colon, high = bounds.partition(":")
    if name not in NUMBERS or not colon:
        raise FilterError(f"--range {text!r} is no range; write NAME:FROM:TO, with one of {', '.join(NUMBERS)}")
    field, factor = NUMBERS[name]
    return field, _stored(low, factor, text), _stored(high, factor, text)


def _stored(text: str, factor: int, whole: str) -> int | None:
    try:
        return None if not text else int(Decimal(text) * factor)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise FilterError(f"--range {whole!r}: {text!r} is no number; use one such as 90 or -0.3") from error


def _said(bounds: Range) -> str:
    field, low, high = bounds
    name, factor = _STORED[field]
    return ":".join(
        [name, *("" if value is None else format((Decimal(value) / factor).normalize(), "f") for value in (low, high))]
    )


def _slot_from(text: str) -> Slot:
    day, _, hour = text.lower().rpartition("-")
    days = [name.lower() for name in WEEKDAYS]
    if day not in days or not hour.isdecimal() or int(hour) >= HOURS:
        raise FilterError(f"--hour-of-week {text!r} is no hour of the week; use one such as monday-9 or sunday-16")
    return days.index(day), int(hour)
