"""The figures of suggestions as they are counted, put beside a recount from the rows."""

from __future__ import annotations

from typing import Any

from metrics.assist.comparing import Of, compare
from metrics.assist.counting import count_assists
from metrics.assist.figures import AssistTotals
from metrics.assist.recount import recount_suggestions
from metrics.closed import closed_assists
from metrics.filters import Filters
from metrics.windows import Window
from store.assist.reads import countable_sessions, countable_suggestions
from store.engine import Connection
from store.history import countable_conversations


def both_counts(connection: Connection, window: Window, *, include_tests: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What figures say of what ended in a span, and what a recount says."""
    span = window.start_ms, window.end_ms
    again = recount_suggestions(
        countable_conversations(connection, *span),
        countable_sessions(connection, *span),
        countable_suggestions(connection, *span),
        include_tests=include_tests,
    )
    found = closed_assists(connection, Filters(window=window, include_tests=include_tests))
    whole = count_assists(found)[()]
    said = {
        "all": _figures(whole) | {"reached": whole.served_with, "served": whole.served},
        "by agent": {key[0] or "": _figures(each) for key, each in count_assists(found, ("agent",)).items() if key},
        "by bot": {key[0] or "": _figures(each) for key, each in count_assists(found, ("adviser",)).items() if key},
        "handle time": _sides(found, Of.HANDLE_TIME),
        "sentiment": _sides(found, Of.SENTIMENT),
    }
    return said, again


def _figures(totals: AssistTotals) -> dict[str, Any]:
    return {
        "shown": totals.suggestions_shown,
        "conversations": totals.num_conversations,
        "used": totals.used,
        "by event": totals.only_event + totals.both,
        "by words": totals.only_words + totals.both,
        "exact": totals.exact,
        "dismissed": totals.dismissed,
        "ignored": totals.ignored,
        "time to use": totals.time_to_use.median_seconds,
    }


def _sides(found: Any, of: Of) -> dict[str, Any]:
    sides = [
        (f"{each.words[0]}: {name}", side)
        for each in compare(found, of, "queue").strata
        for name, side in (("with", each.with_any), ("without", each.without))
    ]
    return {name: {"n": side.sample.n, "mean": side.sample.mean, "sd": side.spread} for name, side in sides if side.sample.n}
