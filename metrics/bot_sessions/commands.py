"""The command line of bot sessions, `python -m metrics sessions`: what a month used of what it was entitled to.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from metrics import printing
from metrics.bot_sessions.forecast import DAYS_LEAST, Forecast
from metrics.bot_sessions.questions import Month, months_of, past_months, read_month
from metrics.bot_sessions.words import NOT_USES, USES
from metrics.exports.cells import iso_time
from metrics.months import month_of
from metrics.options import Database, OpenIt, TextForm, TextFormat

MonthOption = Annotated[str | None, typer.Option("--month", metavar="MONTH", help="Such as 2026-11. Default: the present one.")]


def sessions_command(open_it: OpenIt) -> Callable[..., None]:
    """The command. Months are those of the configured time zone."""

    def sessions(month: MonthOption = None, form: TextForm = TextFormat.TEXT, database: Database = None) -> None:
        """Print the bot sessions of a month: used, entitled, left, by bot, channel and day, how it will end, and all months."""
        with open_it(database) as opened:
            held, now_ms = opened.entitlement, opened.now_ms
            found = read_month(opened.store, month or month_of(now_ms, held.zone), held, now_ms=now_ms)
            months = past_months(opened.store, held, months_of(opened.store, held.zone, now_ms=now_ms))
        if form is TextFormat.JSON:
            printing.print_json(_as_json(found, months))
        else:
            _print(found, months)

    return sessions


def _as_json(found: Month, months: list[Month]) -> dict[str, Any]:
    """Always the same keys; what is not known is null."""
    return {
        "month": found.month,
        "time_zone": found.zone,
        "used": found.used,
        "entitled": found.entitled,
        "left": found.left,
        "share": found.share,
        "band": found.band,
        "used_up_at": None if found.used_up_ms is None else iso_time(found.used_up_ms),
        "by_bot": dict(found.by_bot),
        "by_channel": dict(found.by_channel),
        "by_day": dict(found.by_day),
        "counted_by_reason": dict(found.by_use),
        "not_counted_by_reason": dict(found.not_counted),
        "forecast": None if found.forecast is None else _forecast_json(found.forecast, found.entitled),
        "months": [{"month": each.month, "used": each.used, "entitled": each.entitled} for each in months],
    }


def _forecast_json(forecast: Forecast, entitled: int | None) -> dict[str, Any]:
    end = forecast.end
    earliest, expected, latest = (None, None, None) if entitled is None else forecast.reaches(entitled)
    return {
        "used_at_end": {"value": round(end.expected, 1), "low": round(end.low, 1), "high": round(end.high, 1)},
        "runs_out": {
            name: None if day is None else day.isoformat()
            for name, day in (("earliest", earliest), ("expected", expected), ("latest", latest))
        },
        "rests_on_days": forecast.rests_on_days,
    }


def _print(found: Month, months: list[Month]) -> None:
    entitled = "not configured" if found.entitled is None else f"{found.entitled:,}"
    facts = [("used", f"{found.used:,}"), ("entitled", entitled)]
    if found.left is not None:
        facts.append(("left", f"{found.left:,}"))
    if found.share is not None:
        facts.append(("share", f"{found.share:.1%}"))
    if found.used_up_ms is not None:
        facts.append(("used up", iso_time(found.used_up_ms)))
    facts += _forecast_facts(found)
    printing.print_facts(f"Bot sessions of {found.month}, {found.zone}", facts)
    for title, counts in (("Bot", found.by_bot), ("Channel", found.by_channel), ("Day", found.by_day)):
        _print_counts(title, counts)
    _print_counts("Counted because", {USES[use]: count for use, count in found.by_use.items()})
    _print_counts("Not counted because", {NOT_USES[why]: count for why, count in found.not_counted.items()})
    lines = [[each.month, f"{each.used:,}", "–" if each.entitled is None else f"{each.entitled:,}"] for each in months]
    printing.print_table(["Month", "Used", "Entitled"], lines, left=1)
    if found.is_older:
        printing.note("Some of history was derived by an earlier release: run `python -m metrics rederive` once.")


def _forecast_facts(found: Month) -> list[tuple[str, str]]:
    if found.is_over:
        return []
    if found.forecast is None:
        return [("forecast", f"needs {DAYS_LEAST} whole days of history; there are {found.days_known}")]
    end = found.forecast.end
    said = [("at the month's end", f"{end.expected:,.0f} ({end.low:,.0f}–{end.high:,.0f}, 95 %)")]
    if found.entitled is not None and found.used < found.entitled:
        days = found.forecast.reaches(found.entitled)
        earliest, expected, latest = ("not this month" if day is None else day.isoformat() for day in days)
        said.append(("runs out", f"{expected} (at the earliest {earliest}, at the latest {latest}; 95 %)"))
    return said


def _print_counts(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        printing.print_table([title, "Sessions"], [[name or "–", f"{count:,}"] for name, count in counts.items()], left=1)
