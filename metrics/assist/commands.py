"""The command line of suggestions to agents, `python -m metrics suggestions`: what became of them, with and without.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from metrics import printing
from metrics.assist.catalogue import NOT_CAUSAL
from metrics.assist.comparing import ALIKE_IN, Comparison, Of
from metrics.assist.questions import BY, GRAINS, compared, report
from metrics.figures import JsonObject
from metrics.filter_options import takes_filters
from metrics.filters import Filters
from metrics.options import Database, Form, Format, OpenIt, found_in, print_as

GroupBy = StrEnum("GroupBy", {name: name for name in (*BY, *GRAINS)})  # type: ignore[misc]
AlikeIn = StrEnum("AlikeIn", {name: name for name in ALIKE_IN})  # type: ignore[misc]
ALIKE = AlikeIn("queue-channel")
By = Annotated[
    list[GroupBy] | None, typer.Option("--by", help="Each agent, bot, queue …, or hour, day, week, month; may be repeated.")
]
Compare = Annotated[Of | None, typer.Option(help="Instead, conversations with suggestions beside those without, by this.")]
Within = Annotated[AlikeIn, typer.Option(help="Of --compare: what the conversations that are compared have in common.")]
_HEADINGS = ("Shown", "Used", "By event", "By words", "Dismissed", "Ignored", "Median", "p90", "Conversations")


def suggestions_command(open_it: OpenIt) -> Callable[..., None]:
    """The command."""

    @takes_filters
    def suggestions(
        filters: Filters,
        by: By = None,
        compare: Compare = None,
        alike_in: Within = ALIKE,
        form: Form = Format.TABLE,
        database: Database = None,
    ) -> None:
        """Print what became of the suggestions that bots made to agents (smart assist), of closed conversations."""
        keys = [each.value for each in dict.fromkeys(by or ())]
        with open_it(database) as opened:
            chosen = found_in(opened.store, filters)
            if compare is not None:
                _print_comparison(compared(opened.store, chosen, compare, alike_in.value), form)
                return
            found = report(opened.store, chosen, keys)
        if form is Format.JSON and not keys:
            printing.print_json(found[0])
        else:
            print_as(form, found, lambda: _print(found, keys))

    return suggestions


def _print(found: Sequence[JsonObject], keys: Sequence[str]) -> None:
    lines = [[*(item[name] or printing.NOTHING for name in keys), *_cells(item)] for item in found]
    printing.print_table([*(name.capitalize() for name in keys), *_HEADINGS], lines, left=len(keys), fold=False)
    if not any(item["suggestions_shown"] for item in found):
        printing.note("No suggestion in this selection: docs/smart-assist.md says what a source has to send.")


def _cells(item: JsonObject) -> list[str]:
    names = ("used", "used_by_event", "used_by_words", "dismissed", "ignored")
    return [
        f"{item['suggestions_shown']:,}",
        *(printing.share(item[f"suggestions_{name}"]["value"]) for name in names),
        *(printing.seconds(item["time_to_use"][name]) for name in ("median", "p90")),
        f"{item['conversations']:,}",
    ]


def _print_comparison(found: Comparison, form: Format) -> None:
    said = found.as_json()
    if form is Format.JSON:
        printing.print_json(said)
        return
    names = list(ALIKE_IN[found.alike_in])
    rows = [{**dict.fromkeys(names, "all"), **said}, *said["strata"]]
    if form is Format.CSV:
        printing.print_csv([{key: row[key] for key in (*names, "with", "without", "difference")} for row in rows])
        return
    headings = [*(name.capitalize() for name in names), "With", "Mean", "Without", "Mean", "Difference", "95 % interval"]
    printing.print_table(headings, [_line(row, found) for row in rows], left=len(names), fold=False)
    printing.note(_like_with_like(said["like_with_like"], found))
    printing.note(NOT_CAUSAL)


def _line(row: JsonObject, found: Comparison) -> list[str]:
    sides = [cell for side in ("with", "without") for cell in (f"{row[side]['n']:,}", _value(row[side]["mean"], found))]
    names = [row[name] or printing.NOTHING for name in ALIKE_IN[found.alike_in]]
    return [*names, *sides, *_difference(row["difference"], found)]


def _like_with_like(said: JsonObject, found: Comparison) -> str:
    if not said["strata"]:
        return f"No {_alike(found)} has enough conversations on both sides to compare like with like."
    value, interval = _difference(said, found)
    return (
        f"Within the same {_alike(found)}: {value} ({interval}, 95 %), over {said['with_compared']:,} conversations with "
        f"suggestions and those without beside them."
    )


def _alike(found: Comparison) -> str:
    return " and ".join(ALIKE_IN[found.alike_in])


def _difference(said: JsonObject, found: Comparison) -> tuple[str, str]:
    if said["low"] is None:
        return _value(said["value"], found, sign="+"), printing.NOTHING
    return _value(said["value"], found, sign="+"), " to ".join(_value(said[end], found, sign="+") for end in ("low", "high"))


def _value(value: Any, found: Comparison, *, sign: str = "") -> str:
    if value is None:
        return printing.NOTHING
    return f"{value:{sign}.1f} s" if found.of is Of.HANDLE_TIME else f"{value:+.3f}"
