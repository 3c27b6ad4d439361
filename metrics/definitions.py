"""docs/metrics.md, written from the catalogue, and the data dictionary in the forms people ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from metrics.assist.catalogue import ASSIST_CATALOGUE
from metrics.bot_sessions.catalogue import BOT_SESSION_CATALOGUE
from metrics.catalogue import CATALOGUE
from metrics.exports.columns import ABOUT, TABLES
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.metric import Metric
from metrics.routing.catalogue import ROUTING_CATALOGUE
from metrics.surveys.catalogue import SURVEY_CATALOGUE
from metrics.voice.catalogue import VOICE_CATALOGUE

# How the one outcome of a closed bot conversation is decided; the first line that applies wins.
OUTCOME_RULES: tuple[tuple[str, str], ...] = (
    (
        "escalated",
        "A human was asked for, by or for the bot: the platform says that the bot transferred, a handoff was accepted or "
        "requested, or an agent spoke after the bot. It counts even where nobody came.",
    ),
    ("other", "The customer never wrote, or the platform calls the session unengaged."),
    ("other", "The platform says failed, closed by a supervisor or an administrator, or overflowed."),
    (
        "resolved",
        "*Confirmed*: the customer said that the question was answered. *Implied*: the platform or the bot says so, and the "
        "customer's last message was answered. *Assumed*: nothing says how it ended, and the bot had the last word, which "
        "neither asked for anything nor was a failure to understand.",
    ),
    ("abandoned", "Everything else: the customer stopped or left while the bot owed or awaited an answer."),
)

_INTRODUCTION = """\
<!-- Written by `python -m metrics docs` from the catalogues and columns in metrics/. Change those, not this file. -->

# What the numbers mean

Rates are per conversation, times per session. An agent is always human; anything automated is a bot. A **bot conversation** has
at least one session in which a bot serves the customer, and is not a test; a conversation in which only people speak is none.
A closed conversation counts in the period in which it ended, an open one in that in which it began.

- **Periods** are half-open: they hold their first moment and not their end. Days are those of the stated time zone, of 23, 24 or
  25 hours. `--to 2026-12-01` therefore ends with the last moment of November. Weeks are ISO weeks. The period before is the same
  length immediately before; where more than a tenth of it lies before history begins, nothing is compared with it.
- **No value**: a rate or a mean over nothing has no value ("–", null), never 0.
- **Intervals** are at 95 %: Wilson's for a rate, Newcombe's for the change of a rate. A change is called better or worse only
  where its interval leaves out zero.
- **Median and p90** are exact, taken from every conversation; between two neighbours they are interpolated linearly (as numpy
  does by default).
- **Sums are whole numbers** (milliseconds, millionths) and are divided last: no order of loading changes a figure.
- **Estimates** say so in their name and show how many conversations they rest on.

## How an outcome is decided

Every closed bot conversation has exactly one outcome. The first of these that applies decides; `python -m metrics explain` names
the rule and the activity that decided.

| outcome | when |
|---|---|
"""

_LIVE = """\
## The live floor

What the Live page counts, of conversations that are still open or have just ended. These have names of their own: a live figure
and one of the past are never one series. Bands (Normal, At risk, Critical) follow the limits in [settings.md](settings.md#bands);
a change is that against the window before, of the same length; for today and since a time of day, against the same hours of the
day before, up to the last full quarter of an hour."""

_SURVEYS = """\
## Surveys

What the Surveys page counts ([surveys.md](surveys.md)): of bot conversations, of those in which only people spoke but for a
survey bot, or of both, as is chosen there; each conversation once for each kind of survey, in the period in which it ended."""

_BOT_SESSIONS = """\
## Bot sessions

What the Bot sessions page counts for licences, by months of the tenant's zone ([bot-sessions.md](bot-sessions.md))."""

_ROUTING = """\
## Routing

What the Routing page counts of the conversations in which a human was asked for, by the moment of the request
([routing.md](routing.md))."""

_SMART_ASSIST = """\
## Smart assist

What the Smart assist page counts of suggestions that bots make to agents, and of the conversations that people served with
suggestions and without ([smart-assist.md](smart-assist.md)). Those in which only people spoke to the customer count, too."""


_VOICE = """\
## Calls

What the Voice page counts of calls, by their end, also of those in which only people spoke ([voice.md](voice.md)). Sums are
milliseconds, and are divided last."""


# After the metrics of bot conversations.
_SECTIONS = (
    (_LIVE, LIVE_CATALOGUE),
    (_SURVEYS, SURVEY_CATALOGUE),
    (_BOT_SESSIONS, BOT_SESSION_CATALOGUE),
    (_ROUTING, ROUTING_CATALOGUE),
    (_VOICE, VOICE_CATALOGUE),
    (_SMART_ASSIST, ASSIST_CATALOGUE),
)


def metrics_page() -> str:
    """docs/metrics.md as it should be."""
    introduction = _INTRODUCTION + "\n".join(_table_line(rule) for rule in OUTCOME_RULES)
    parts = [introduction]
    for heading, catalogue in (("## The metrics", CATALOGUE), *_SECTIONS):
        parts += [heading, *(_metric_section(metric) for metric in catalogue)]
    parts.append("## The data dictionary\n\nWhat the columns of `python -m metrics export` and of the Export page hold.")
    parts.extend(_table_section(name) for name in TABLES)
    return "\n\n".join(parts) + "\n"


def dictionary_rows(tables: Sequence[str] = tuple(TABLES)) -> list[dict[str, str]]:
    """The data dictionary, one row a column."""
    return [
        {
            "table": table,
            "column": column.name,
            "type": column.type.value,
            "unit": column.unit,
            "description": column.description,
        }
        for table in tables
        for column in TABLES[table]
    ]


def _metric_section(metric: Metric) -> str:
    empty = "–" if metric.empty is None else str(metric.empty)
    facts = [
        ("key", f"`{metric.key}`"),
        ("kind", metric.kind.value),
        ("numerator", metric.numerator),
        ("denominator", metric.denominator),
        ("unit", metric.unit.value),
        ("grain", metric.grain),
        ("better", metric.better.value),
        ("when empty", empty),
        ("estimate", "yes" if metric.is_estimate else ""),
        ("defined after", metric.source),
    ]
    lines = [_table_line(fact) for fact in facts if fact[1]]
    return "\n".join([f"### {metric.label}", "", metric.definition, "", "| | |", "|---|---|", *lines])


def _table_section(name: str) -> str:
    lines = [_table_line((f"`{column.name}`", column.type.value, column.unit, column.description)) for column in TABLES[name]]
    return "\n".join([f"### {name}", "", ABOUT[name], "", "| column | type | unit | what it says |", "|---|---|---|---|", *lines])


def _table_line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
