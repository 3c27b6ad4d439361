"""How the command line shows results: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from metrics.catalogue import find_metric
from metrics.exports.cells import csv_line, safe_text
from metrics.metric_targets import Judgement

JsonObject = dict[str, Any]
# In a pipe or a file lines are as long as they need to be.
UNSEEN_WIDTH = 10_000
# Narrower terminals get the rates without their intervals and counts.
WIDE = 160
NOTHING = "–"
# How often a program that waits is told how far work is.
LINE_SECONDS = 0.2

_COUNTS = {
    "bot_conversations": "Bot conv.",
    "closed": "Closed",
    "resolved": "Resolved",
    "escalated": "Escalated",
    "abandoned": "Abandoned",
    "other": "Other",
}
_RATES = {
    "resolution_rate": "Resolution",
    "escalation_rate": "Escalation",
    "abandonment_rate": "Abandonment",
    "deflection_rate": "Deflection",
}
_TIMES = {"resolution_time": "Res. time", "escalation_time": "Esc. time"}


def print_json(value: Any) -> None:
    """One JSON value and nothing else."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_csv(objects: Sequence[JsonObject]) -> None:
    """One line an object; what is nested becomes columns such as resolution_rate.value."""
    flat = [dict(_flat(item)) for item in objects]
    if flat:
        sys.stdout.write(csv_line(list(flat[0])))
    for item in flat:
        sys.stdout.write(csv_line([_csv_cell(value) for value in item.values()]))


def print_report(objects: Sequence[JsonObject], by: Sequence[str]) -> None:
    """The report for people: counts, shares with their intervals, mean times, sentiment with what it rests on."""
    is_wide = _console().width >= WIDE
    counts = _COUNTS if is_wide else {name: _COUNTS[name] for name in ("bot_conversations", "closed")}
    headings = [*(name.capitalize() for name in by), *counts.values(), *_RATES.values(), *_TIMES.values(), "Sentiment (est.)"]
    lines = [
        [
            *(NOTHING if item[name] is None else str(item[name]) for name in by),
            *(f"{item[name]:,}" for name in counts),
            *(_rate(item[name], with_interval=is_wide) for name in _RATES),
            *(_time(item[name]) for name in _TIMES),
            _score(item["average_sentiment"]),
        ]
        for item in objects
    ]
    print_table(headings, lines, left=len(by), fold=False)
    if not objects:
        note("No conversations in this selection.")


def print_targets(verdicts: Sequence[Judgement]) -> None:
    """Targets for people: what should be, what is, and whether that will do."""
    signs, words = {"higher": "at least", "lower": "at most"}, {True: "met", False: "missed", None: NOTHING}
    lines = []
    for verdict in verdicts:
        target, metric = verdict.target, find_metric(verdict.target.metric)
        word = words[verdict.is_met] + ("" if verdict.is_sure or verdict.is_met is None else ", not surely")
        cells = [metric.label, target.statistic.value, target.bot or "any", target.queue or "any"]
        value = NOTHING if verdict.value is None else f"{verdict.value:.4g}"
        lines.append([*cells, f"{signs[metric.better.value]} {target.level:.4g}", value, word])
    print_table(["Metric", "Of the", "Bot", "Queue", "Target", "Is", ""], lines, left=4)
    if not verdicts:
        note("No targets are set: set them beside a trend, or as [[metric_targets]] in floorwalker.toml.")


def print_found(found: JsonObject) -> None:
    """A list of conversations for people, with how many there are of them."""
    shown = ("conversation_id", "ended_at", "customer_name", "channel", "bot", "topic", "outcome", "reason")
    rows = found["conversations"]
    lines = [[*(str(row[name] or NOTHING) for name in shown), _signed(row["sentiment"])] for row in rows]
    headings = ["Conversation", "Ended", "Customer", "Channel", "Bot", "Topic", "Outcome", "Reason", "Sentiment (est.)"]
    if lines:
        print_table(headings, lines, left=len(shown), fold=False)
    of = f"{found['count']:,}{' or more' if found['is_capped'] else ''}"
    note(f"{len(rows):,} of {of} conversations, latest first." if rows else "No conversations in this selection.")


def print_explanation(found: JsonObject) -> None:
    """Why a conversation has its outcome: facts, sessions, and every message with the sentiment as it went."""
    shown = (
        "outcome",
        "resolution",
        "reason",
        "closed_by",
        "state",
        "bot",
        "queue",
        "topic",
        "channel",
        "started_at",
        "ended_at",
    )
    facts = [(name.replace("_", " "), str(found[name])) for name in shown if found[name] not in (None, "")]
    deciding = found["deciding_activity"]
    if deciding:
        said = f": {deciding['text']}" if deciding["text"] else ""
        facts.append(("decided by", f"{deciding['at']} {deciding['role']} {deciding['wire_type']}{said}"))
    sentiment = found["sentiment"]
    if sentiment["value"] is not None:
        facts.append(
            ("sentiment", f"{sentiment['value']:+.3f} {sentiment['level']}, from {sentiment['scored_messages']} messages")
        )
    print_facts(found["conversation_id"], facts)
    sessions = [[str(value if value is not None else NOTHING) for value in row.values()] for row in found["sessions"]]
    if sessions:
        print_table([name.replace("_", " ") for name in found["sessions"][0]], sessions, left=9, title="Sessions")
    messages = [
        [row["at"], row["role"], row["text"], _signed(row["score"]), _signed(row["sentiment_after"])] for row in found["messages"]
    ]
    print_table(["at", "role", "text", "score", "sentiment after"], messages, left=3, title="Messages")


def print_table(
    headings: Sequence[str], lines: Iterable[Sequence[str]], *, left: int, title: str | None = None, fold: bool = True
) -> None:
    """A table; the first `left` columns are words, the others figures. Words fold to the terminal's width where told to."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < left else "right", no_wrap=place >= left or not fold, overflow="fold")
    for line in lines:
        table.add_row(*(Text(visible(cell)) for cell in line))
    _console(folded=fold).print(table)


def print_rows(rows: Sequence[JsonObject], *, left: int, empty: str = "None.") -> None:
    """Objects as a table with their keys as headings; the first `left` columns are words; `empty` is said where there is none."""
    if not rows:
        note(empty)
        return
    lines = [[_cell(value, is_figure=place >= left) for place, value in enumerate(row.values())] for row in rows]
    print_table([name.replace("_", " ").capitalize() for name in rows[0]], lines, left=left)


def print_facts(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """A heading and named facts below it."""
    console = _console()
    console.print(Text(visible(title), style="bold"))
    for name, value in facts:
        console.print(Text(f"  {name:<18}").append(visible(value)))


def share(value: float | None) -> str:
    """A share of 0 to 1."""
    return NOTHING if value is None else f"{value:.1%}"


def seconds(value: float | None) -> str:
    """A time."""
    return NOTHING if value is None else f"{value:.1f} s"


def note(text: str) -> None:
    """Something a person may want to know; it never mixes with what a program reads."""
    print(visible(text), file=sys.stderr)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None] | None]:
    """A line on a terminal that says how far long work is; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{what} …")
        yield lambda count: bar.update(task, description=f"{what}: {count:,}")


@contextmanager
def counting(what: str = "Rows", *, for_programs: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """How far work of known size is: a bar on a terminal, for programs lines of JSON on standard output, else nothing."""
    if for_programs:
        yield _json_progress()
    elif sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield None


def _json_progress() -> Callable[[int, int], None]:
    """A line now and then, and one at the end."""
    said_at = 0.0

    def say(done: int, total: int) -> None:
        nonlocal said_at
        now = time.monotonic()
        if now - said_at >= LINE_SECONDS or done >= total:
            said_at = now
            print(json.dumps({"rows": done, "of": total}), flush=True)

    return say


def visible(text: str) -> str:
    """Text without the control characters that would steer a terminal."""
    return "".join(letter if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf") else "�" for letter in text)


def _console(*, folded: bool = True) -> Console:
    console = Console(markup=False, highlight=False, emoji=False, file=sys.stdout)
    if not folded or not console.is_terminal:
        console.width = UNSEEN_WIDTH
    return console


def _flat(item: JsonObject) -> Iterable[tuple[str, Any]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{part}", inner) for part, inner in value.items())
        else:
            yield name, value


def _cell(value: Any, *, is_figure: bool) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case int() if is_figure:
            return f"{value:,}"
        case _:
            return str(value)


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else str(value)


def _rate(rate: JsonObject, *, with_interval: bool) -> str:
    if rate["value"] is None:
        return NOTHING
    interval = f" ({100 * rate['low']:.0f}–{100 * rate['high']:.0f})" if with_interval else ""
    return f"{rate['value']:.1%}{interval}"


def _time(times: JsonObject) -> str:
    return NOTHING if times["mean"] is None else f"{times['mean']:,.1f} s"


def _score(score: JsonObject) -> str:
    return NOTHING if score["value"] is None else f"{score['value']:+.3f} ({score['scored']}/{score['n']})"


def _signed(value: float | None) -> str:
    return NOTHING if value is None else f"{value:+.3f}"
