"""Bot sessions counted a second time, from the stored sessions, by plain Python that shares no code with `questions`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

Figures = dict[str, Counter[str]]
DAY_MS = 24 * 60 * 60 * 1000


def recount_months(sessions: Iterable[Any], zones: Iterable[str]) -> tuple[dict[tuple[str, str], Figures], Mapping[int, int]]:
    """By zone and month: how many by day, bot and channel; and how many on each UTC day. `sessions` are those of bots."""
    clocks = {zone: ZoneInfo(zone) for zone in zones}
    months: dict[tuple[str, str], Figures] = defaultdict(
        lambda: {"by_day": Counter(), "by_bot": Counter(), "by_channel": Counter()}
    )
    days: Counter[int] = Counter()
    for row in _first_of_each(sessions):
        days[row.started_ms // DAY_MS] += 1
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=row.started_ms)
        for zone, clock in clocks.items():
            day = moment.astimezone(clock).strftime("%Y-%m-%d")
            figures = months[zone, day[:7]]
            for name, word in (("by_day", day), ("by_bot", row.name), ("by_channel", row.channel)):
                figures[name][word] += 1
    return dict(months), days


def _first_of_each(sessions: Iterable[Any]) -> Iterator[Any]:
    """The first session of each conversation that met a customer; those of one conversation come together."""
    for _, group in groupby(sessions, key=lambda row: row.conversation_key):
        met = [row for row in group if row.mode in ("primary", "survey") and not row.is_test]
        if met:
            yield min(met, key=lambda row: (row.started_ms, row.number))
