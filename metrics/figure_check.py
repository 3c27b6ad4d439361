"""Figures counted twice: as reports and the Routing page have them, and anew from conversations, a season at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from fractions import Fraction
from itertools import product
from typing import Any

from metrics.assist.check import both_counts
from metrics.closed import closed_fallbacks
from metrics.differences import Difference, compare
from metrics.figures import MICRO
from metrics.filters import Filters
from metrics.recount import recount
from metrics.report import count_in
from metrics.routing.judging import judged_escalations
from metrics.routing.kept import judged_rows
from metrics.routing.summary import Summary, summarise, summarise_rows
from metrics.surveys.counting import Whose, count_surveys
from metrics.surveys.figures import SurveyTotals
from metrics.surveys.recount import recount_surveys
from metrics.voice.questions import NOTHING, WAYS, as_json, count_calls
from metrics.voice.recount import recount_calls
from metrics.windows import DAY_MS, Window
from store.engine import Connection
from store.fallbacks import countable_fallbacks
from store.history import bounds, count_conversations, countable_contacts, countable_conversations
from store.queues.reads import countable_stays, service_levels
from store.records import Outcome
from store.surveys.reads import countable_surveys
from store.surveys.records import SurveyKind
from store.voice.reads import countable_speech

# Cuts that are counted twice: each dimension, each grain, and zones off the hour and with summer time.
CUTS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "UTC"),
    (("bot",), "UTC"),
    (("channel",), "UTC"),
    (("queue",), "UTC"),
    (("topic",), "UTC"),
    (("week",), "UTC"),
    (("month", "bot"), "UTC"),
    (("day",), "America/New_York"),
    (("hour",), "Asia/Kolkata"),
)
CALL_CUTS = (("", "UTC"), ("agent", "UTC"), ("queue", "UTC"), ("bot", "UTC"), ("day", "America/New_York"))
SURVEY_CUTS = (("", "UTC"), ("outcome", "UTC"), ("asked_by", "UTC"), ("topic", "UTC"), ("day", "Asia/Kolkata"))
# Of so many conversations rows are held at once; of more, those that ended within so many days.
MOST_AT_ONCE = 50_000
DAYS_AT_ONCE = 50
# A conversation is asked whether its customer came back within so long.
LONGEST_RETURN_MS = 30 * DAY_MS

Progress = Callable[[int], None]  # told how many conversations more have been counted


def check_figures(
    connection: Connection, *, now_ms: int | None = None, progress: Progress | None = None, at_once: int = MOST_AT_ONCE
) -> Iterator[Difference]:
    """Compare the report with a recount from the conversations, in several cuts and zones; `now_ms` as in `Filters`."""
    for window in _windows(connection, at_once):
        rows = [dict(row) for row in countable_conversations(connection, window.start_ms, window.end_ms)]
        until = None if window.end_ms is None else window.end_ms + LONGEST_RETURN_MS
        contacts = [dict(row) for row in countable_contacts(connection, window.start_ms, until)]
        stays = [dict(row) for row in countable_stays(connection, window.start_ms, window.end_ms)]
        promises = service_levels(connection)
        for by, tz in CUTS:
            for include_tests in (False, True):
                filters = Filters(window=window, tz=tz, include_tests=include_tests, now_ms=now_ms)
                found = [
                    dict(zip(by, key, strict=True)) | each.as_json() for key, each in count_in(connection, filters, by).items()
                ]
                again = recount(
                    rows, by, tz, include_tests=include_tests, now_ms=now_ms, stays=stays, promises=promises, contacts=contacts
                )
                name = f"report by {','.join(by) or 'nothing'} in {tz}{' with tests' if include_tests else ''}{_within(window)}"
                yield from compare(name, _by_key(found, by), _by_key(again, by))
        if progress is not None:
            progress(len(rows))


def check_routing(connection: Connection, *, at_once: int = MOST_AT_ONCE) -> Iterator[Difference]:
    """Compare what packed escalations come to with each escalation read and judged by itself."""
    for window in _windows(connection, at_once):
        span = window.start_ms, window.end_ms
        found, again = (
            _as_tree(each)
            for each in (summarise_rows(judged_rows(connection, *span)), summarise(judged_escalations(connection, *span)))
        )
        yield from compare(f"routing{_within(window)}", found, again)


def check_calls(connection: Connection, *, at_once: int = MOST_AT_ONCE) -> Iterator[Difference]:
    """Compare the figures of calls with a recount from their rows, in several cuts and zones."""
    for window in _windows(connection, at_once):
        rows = [dict(row) for row in countable_speech(connection, window.start_ms, window.end_ms)]
        for by, tz in CALL_CUTS:
            keys = (WAYS.get(by, by),) if by else ()
            counted = count_calls(connection, Filters(window=window, tz=tz), keys)
            found = {(key[0] or "") if by else "": as_json(totals) for key, totals in counted.items()}
            again = recount_calls(rows, by, tz)
            name = f"calls by {by or 'nothing'} in {tz}{_within(window)}"
            yield from compare(name, found or ({} if by else {"": as_json(NOTHING)}), again)


def check_surveys(connection: Connection, *, at_once: int = MOST_AT_ONCE) -> Iterator[Difference]:
    """Compare what surveys come to with a recount from their rows, of each kind, by whose conversations, in several cuts."""
    for window in _windows(connection, at_once):
        rows = [dict(row) for row in countable_surveys(connection, window.start_ms, window.end_ms)]
        for kind, whose, (by, tz), include_tests in product(SurveyKind, Whose, SURVEY_CUTS, (False, True)):
            filters = Filters(window=window, tz=tz, include_tests=include_tests)
            counted = count_surveys(connection, filters, kind, whose, (by,) if by else ())
            found = {(key[0] or "") if key else "": _as_answers(each) for key, each in counted.items()}
            again = recount_surveys(rows, kind.value, whose.value, by, tz, include_tests=include_tests)
            name = f"{kind.value} surveys of {whose.value} by {by or 'nothing'} in {tz}{_within(window)}"
            yield from compare(name, found, again)


def check_suggestions(connection: Connection, *, at_once: int = MOST_AT_ONCE) -> Iterator[Difference]:
    """Compare the figures of suggestions to agents with a recount from suggestions, sessions and conversations."""
    for window in _windows(connection, at_once):
        for include_tests in (False, True):
            found, again = both_counts(connection, window, include_tests=include_tests)
            yield from compare(f"suggestions{' with tests' if include_tests else ''}{_within(window)}", found, again)


def check_fallbacks(connection: Connection, *, at_once: int = MOST_AT_ONCE) -> Iterator[Difference]:
    """Compare the turns that bots did not understand, by what they are grouped by, with a recount from their rows."""
    for window in _windows(connection, at_once):
        rows = closed_fallbacks(connection, Filters(window=window, include_tests=True))
        names = [rows.words[name] for name in ("bot", "topic", "words")]
        codes = (rows.columns[name].tolist() for name in ("bot", "topic", "words", "is_escalated"))
        found = Counter(
            (*(words[code] for words, code in zip(names, said, strict=True)), bool(is_escalated))
            for *said, is_escalated in zip(*codes, strict=True)
        )
        again: Counter[tuple[str | bool, ...]] = Counter()
        for row in countable_fallbacks(connection, window.start_ms, window.end_ms):
            asked_ms = row["escalated_ms"] if row["outcome"] == Outcome.ESCALATED else None
            again[row["bot"], row["topic"], row["words"], asked_ms is not None and asked_ms >= row["at_ms"]] += 1
        for bot, topic, words, is_escalated in sorted({*found, *again}):
            key = (bot, topic, words, is_escalated)
            # What customers wrote is not told.
            name = f"a turn not understood by {bot or 'a bot without a name'} on {topic or 'no topic'}{_within(window)}"
            yield from compare(name, {"turns": found[key]}, {"turns": again[key]})


def _windows(connection: Connection, at_once: int) -> Iterator[Window]:
    """All of history: at once where it is short, else in parts that leave no moment out."""
    first, last = bounds(connection)
    if first is None or last is None or count_conversations(connection, at_once + 1) <= at_once:
        yield Window()
        return
    edges = range(first // DAY_MS * DAY_MS + DAYS_AT_ONCE * DAY_MS, last, DAYS_AT_ONCE * DAY_MS)
    starts, ends = (None, *edges), (*edges, None)
    yield from (Window(start_ms, end_ms) for start_ms, end_ms in zip(starts, ends, strict=True))


def _within(window: Window) -> str:
    return "" if window == Window() else f" between {window.start_ms} and {window.end_ms}"


def _as_answers(totals: SurveyTotals) -> dict[str, Any]:
    """What a recount of surveys says of a group."""
    said = {"asked": totals.surveys_asked, "answered": totals.surveys_answered, "sum": Fraction(totals.sum_micro, MICRO)}
    return said | {str(answer): count for answer, count in totals.distribution().items()}


def _as_tree(summary: Summary) -> dict[str, Any]:
    """A summary as figures by name."""
    counts = {**summary.flows, **summary.accepted}
    return {
        "landed": {str(key): count for key, count in summary.landings.items()}
        | {"; ".join(key): count for key, count in summary.elsewhere.items()},
        "went": {" to ".join(key): count for key, count in counts.items()},
        "seen": asdict(replace(summary.seen, returned=dict(summary.seen.returned))),
    }


def _by_key(objects: list[dict[str, Any]], by: tuple[str, ...]) -> dict[str, Any]:
    return {f"{place} {[row[name] for name in by]}": row for place, row in enumerate(objects)}
