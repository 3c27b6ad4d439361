"""The command line of alerts, `python -m metrics alerts`: rules, history, and trying a rule on the past.

What opens the database is handed over by `metrics/__main__.py`, the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import typer

from metrics import printing
from metrics.alerts.checking import RuleError, fields_of
from metrics.alerts.moments import read_moments
from metrics.alerts.past import Firing, Trial, try_on_past
from metrics.alerts.rulebook import RuleBook, RuleView
from metrics.alerts.rules import Rule
from metrics.bot_sessions.entitlement import Entitlement
from metrics.exports.cells import iso_time
from metrics.need import exact_span
from metrics.options import Database, Form, Format, print_as
from metrics.rules import Rules
from metrics.windows import DAY_MS
from store.alerts.reads import HistoryFilter, Row, count_open, page_of_alerts, saved_rules
from store.engine import Store

PAGE = 500


@dataclass(frozen=True, slots=True)
class OpenedWithRules:
    """A database with the rules that hold for it."""

    store: Store
    book: RuleBook
    definitions: Rules
    now_ms: int
    entitlement: Entitlement

    def views(self) -> list[RuleView]:
        """Every rule with how it stands."""
        with self.store.read() as connection:
            return self.book.views(saved_rules(connection), count_open(connection))


OpenIt = Callable[[str | None], AbstractContextManager[OpenedWithRules]]
Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="IANA time zone of days.")]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="How many days back.")]


def alerts_app(open_it: OpenIt) -> typer.Typer:
    """The commands, over databases that `open_it` opens."""
    app = typer.Typer(
        name="alerts",
        help="Alert rules, the alerts there were, and when a rule would have fired.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
    )

    @app.command("rules")
    def rules_command(form: Form = Format.TABLE, database: Database = None) -> None:
        """List every alert rule, with how it stands."""
        with open_it(database) as opened:
            rows = [_rule_row(view) for view in opened.views()]
        print_as(form, rows, lambda: printing.print_rows(rows, left=6))

    @app.command("history")
    def history_command(days: Days = 7, form: Form = Format.TABLE, database: Database = None) -> None:
        """List alerts, latest first, with who acknowledged them."""
        with open_it(database) as opened:
            rows = [_alert_row(row) for row in _history(opened, days)]
        print_as(form, rows, lambda: printing.print_rows(rows, left=11))

    @app.command("try")
    def try_command(
        rule_id: Annotated[str, typer.Argument(metavar="[RULE]", help="The id of a rule; `alerts rules` lists them.")] = "",
        fields: Annotated[str, typer.Option("--rule", metavar="JSON", help="A rule that is not saved, by its fields.")] = "",
        days: Days = 7,
        tz: Zone = "UTC",
        form: Form = Format.TABLE,
        database: Database = None,
    ) -> None:
        """Say when a rule would have fired over the last days, on what, and what that would have been good for."""
        with open_it(database) as opened:
            rule = _rule_meant(opened, rule_id, fields)
            trial = _try(opened, rule, days, tz)
        if form is Format.JSON:
            printing.print_json(_trial_json(rule, trial))
        else:
            rows = [_firing_row(one) for one in trial.firings]
            print_as(form, rows, lambda: printing.print_rows(rows, left=9))
            _sum_up(trial)

    return app


def _history(opened: OpenedWithRules, days: int) -> Iterator[Row]:
    chosen, after = HistoryFilter(start_ms=opened.now_ms - days * DAY_MS), None
    while True:
        with opened.store.read() as connection:
            rows = page_of_alerts(connection, chosen, after, PAGE)
        yield from rows
        if len(rows) < PAGE:
            return
        after = (rows[-1]["fired_ms"], rows[-1]["alert_id"])


def _rule_meant(opened: OpenedWithRules, rule_id: str, fields: str) -> Rule:
    if bool(rule_id) is bool(fields):
        raise typer.BadParameter("name a rule by its id, or say one by --rule")
    if fields:
        try:
            given = orjson.loads(fields)
        except orjson.JSONDecodeError as error:
            raise RuleError("--rule", f"is not JSON: {error}") from error
        if not isinstance(given, dict):
            raise RuleError("--rule", "must be an object of a rule's fields")
        return opened.book.draft({"name": "Tried", **given}, rule_id="draft")
    for view in opened.views():
        if view.rule.rule_id == rule_id:
            return view.rule
    raise RuleError("RULE", f"names no rule: {rule_id!r}; `python -m metrics alerts rules` lists them")


def _try(opened: OpenedWithRules, rule: Rule, days: int, tz: str) -> Trial:
    tries = try_on_past(
        opened.store,
        rule,
        days=days,
        zone=tz,
        now_ms=opened.now_ms,
        promises=opened.book.promises,
        rules=opened.definitions,
        entitlement=opened.entitlement,
    )
    with printing.progress("Trying") as show:
        for trial in tries:
            if show is not None:
                show(trial.num_firings)
    return trial


def _rule_row(view: RuleView) -> dict[str, Any]:
    return {
        "id": view.rule.rule_id,
        "name": view.rule.name,
        "origin": str(view.origin),
        "enabled": view.is_enabled,
        "muted_until": _time(view.muted_until_ms),
        "sentence": view.sentence,
        "open": view.num_open,
    }


def _alert_row(row: Row) -> dict[str, Any]:
    return {
        "fired": _time(row["fired_ms"]),
        "rule": row["rule_name"],
        "about": row["subject_text"],
        "conversation": row["link"],
        "queue": row["queue"],
        "state": row["state"],
        "worst": row["worst"],
        "reason": read_moments(row["reason"], iso_time),
        "acknowledged_by": row["acknowledged_by"],
        "resolved": _time(row["resolved_ms"]),
        "ending": row["ending"],
        "seconds": None if row["resolved_ms"] is None else (row["resolved_ms"] - row["fired_ms"]) // 1000,
    }


def _firing_row(one: Firing) -> dict[str, Any]:
    return {
        "fired": _time(one.at_ms),
        "about": one.subject,
        "conversation": one.link,
        "queue": one.queue,
        "worst": str(one.worst),
        "reason": read_moments(one.reason, iso_time),
        "ending": one.ending,
        "escalated_later": one.was_escalated,
        "abandoned": one.was_abandoned,
        "not_served": one.was_unserved,
        "seconds": None if one.ended_ms is None else (one.ended_ms - one.at_ms) // 1000,
    }


def _trial_json(rule: Rule, trial: Trial) -> dict[str, Any]:
    return {
        "rule": fields_of(rule),
        "from": _time(trial.start_ms),
        "to": _time(trial.end_ms),
        "covered_from": _time(trial.covered_from_ms),
        "is_fully_covered": trial.is_fully_covered,
        "num_firings": trial.num_firings,
        "median_per_day": trial.median_per_day,
        "per_day": dict(trial.per_day),
        "num_conversations": trial.num_conversations,
        "num_escalated_later": trial.num_escalated,
        "num_abandoned": trial.num_abandoned,
        "num_not_served": trial.num_unserved,
        "firings": [_firing_row(one) for one in trial.firings],
    }


def _sum_up(trial: Trial) -> None:
    """The figures of a trial, apart from what a program reads."""
    usual = "–" if trial.median_per_day is None else f"{trial.median_per_day:g}"
    printing.note(
        f"{trial.num_firings:,} firings, {usual} on a usual day, on {trial.num_conversations:,} conversations: "
        f"{trial.num_escalated:,} of them escalated later, {trial.num_abandoned:,} abandoned, {trial.num_unserved:,} asked for a "
        "human and not served."
    )
    if trial.is_capped:
        printing.note(f"Listed are the first {len(trial.firings):,}.")
    if not trial.is_fully_covered:
        missing_ms = (trial.covered_from_ms or trial.end_ms) - trial.start_ms
        printing.note(f"History begins {exact_span(missing_ms / 1000)} after the span does.")


def _time(at_ms: int | None) -> str:
    return "" if at_ms is None else iso_time(at_ms)
