"""Rules and what they found, in words: one sentence for a rule, one for each thing that happens to an alert.

A reason never quotes what a customer wrote: it goes outside. It may quote the rule's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from metrics.alerts.catalogue import METRICS
from metrics.alerts.levels import Levels, Reading
from metrics.alerts.moments import mark
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Speaker
from metrics.hours import DAYS
from metrics.levels import level_name
from metrics.need import MICRO, Band, exact_span

MAX_LISTED = 4
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Where neither the rule nor the settings name a level for most places: what a place of its own may have.
_UNNAMED = {RuleKind.SILENT_SOURCE: "longer than the settings allow it"}
_SAID_BY = {Speaker.ANY: "anybody", Speaker.CUSTOMER: "the customer", Speaker.BOT: "a bot", Speaker.AGENT: "an agent"}


def describe_rule(rule: Rule, promises: Promises | None = None) -> str:
    """What a rule does, in a few short sentences; levels that it takes from the settings are named."""
    levels = (promises or Promises()).levels_of(rule, _only_place(rule))
    said = [_when(rule, levels) + _held(rule), _origin(rule, levels), _ending(rule), _reminding(rule), _duty(rule)]
    return " ".join(f"{sentence}." for sentence in said if sentence)


def _only_place(rule: Rule) -> str:
    """The queue or source that a rule is about, where it is only one: it may have levels of its own in the settings."""
    places = rule.sources if rule.kind is RuleKind.SILENT_SOURCE else rule.queues
    return places[0] if len(places) == 1 else ""


def _when(rule: Rule, found: Levels | None) -> str:
    levels = _levels(rule, found)
    match rule.kind:
        case RuleKind.SENTIMENT:
            return f"When a conversation's sentiment falls to or below {levels}{_where(rule)}"
        case RuleKind.WAIT:
            return f"When a customer has waited {levels} for a human{_where(rule)}"
        case RuleKind.BACKLOG:
            return f"When the number of those who wait{_where(rule, ' in a queue')} reaches {levels}"
        case RuleKind.LONGEST_WAIT:
            return f"When the longest wait{_where(rule, _anywhere(rule))} reaches {levels}"
        case RuleKind.WORDS:
            return f"When {_SAID_BY[rule.said_by]} says {_either([_quoted(word) for word in rule.words])}{_where(rule)}"
        case RuleKind.METRIC:
            moves = "reaches" if rule.direction is Direction.ABOVE else "falls to or below"
            return f"When the figure “{METRICS[rule.metric].label}”{_where(rule, _anywhere(rule))} {moves} {levels}"
        case RuleKind.SILENT_SOURCE:
            which = _either([_quoted(name) for name in rule.sources]) if rule.sources else "a source"
            return f"When nothing has come from {which} for {levels}"
        case RuleKind.BOT_SESSIONS:
            return f"When the bot sessions used this month reach {levels} of those entitled to"


def _levels(rule: Rule, found: Levels | None) -> str:
    """Both levels in words."""
    if found is None:
        return _UNNAMED.get(rule.kind, "a limit of the settings")
    named = [(found.at_risk, "at risk"), (found.critical, "critical")]
    return " or ".join(f"{amount(rule, level)} ({word})" for level, word in named if level is not None)


def _where(rule: Rule, anywhere: str = "") -> str:
    """What a rule is narrowed to; `anywhere` where it is not to queues."""
    parts = [anywhere] if anywhere and not rule.queues else []
    for names, word in ((rule.queues, "in queue"), (rule.channels, "on channel"), (rule.bots, "with bot")):
        parts += [f" {word} {_either(names)}"] if names else []
    return ",".join(parts)


def _anywhere(rule: Rule) -> str:
    return " in a queue" if rule.per is Per.QUEUE else " on the floor"


def _held(rule: Rule) -> str:
    return f", and that has held for {exact_span(rule.for_seconds)}" if rule.for_seconds else ""


def _origin(rule: Rule, levels: Levels | None) -> str:
    if (
        rule.kind in (RuleKind.WORDS, RuleKind.BOT_SESSIONS)
        or levels is None
        or rule.at_risk is not None
        or rule.critical is not None
    ):
        return ""
    place = "source" if rule.kind is RuleKind.SILENT_SOURCE else "queue"
    return f"The levels are from the settings, where a {place} may have its own"


def _ending(rule: Rule) -> str:
    if rule.kind is RuleKind.WORDS:
        return "It stands until the conversation closes"
    if rule.clears_at is None:
        return ""
    return f"It is over {'below' if rule.direction is Direction.ABOVE else 'above'} {amount(rule, rule.clears_at)}"


def _reminding(rule: Rule) -> str:
    return (
        f"Told again every {exact_span(rule.remind_minutes * 60)} until somebody acknowledges it" if rule.remind_minutes else ""
    )


def _duty(rule: Rule) -> str:
    if rule.hours is None:
        return ""
    times = f", {rule.active_from}–{rule.active_until}" if rule.active_from else ""
    return f"On duty {_days(rule.active_days or DAYS)}{times}, by the clock of {rule.active_zone.replace('_', ' ')}"


def _days(days: Sequence[str]) -> str:
    """ "every day", "Monday to Friday", "Monday, Wednesday and Sunday"."""
    places = [DAYS.index(day) for day in days]
    names = [DAY_NAMES[place] for place in places]
    if len(days) == len(DAYS):
        return "every day"
    if len(days) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reason(rule: Rule, band: Band, value: float | None, reading: Reading) -> str:
    """Why an alert stands as it does. Of a span its beginning is said, marked (`moments`): its length would soon be wrong."""
    where = f" in {reading.queue}" if reading.queue else ""
    own = reading.levels.of(band)
    level = reading.levels.mildest if own is None else own
    since = mark(reading.grows_since_ms or 0)
    match rule.kind:
        case _ if value is None:
            return "nothing is known of it now"
        case RuleKind.SENTIMENT:
            now = level_name(round(value * MICRO))
            return f"sentiment fell to {now} ({_score(value)}); the level is {_score(level)}"
        case RuleKind.WAIT:
            return f"waiting for a human since {since}{where}; the level is {exact_span(level)}"
        case RuleKind.WORDS:
            return f"{_SAID_BY[rule.said_by]} said one of {_either([_quoted(word) for word in rule.words])}"
        case RuleKind.BACKLOG:
            return f"{value:,.0f} {'was' if value == 1 else 'were'} waiting{where}; the level is {level:,.0f}"
        case RuleKind.LONGEST_WAIT:
            return f"somebody has waited since {since}{where}; the level is {exact_span(level)}"
        case RuleKind.SILENT_SOURCE:
            return f"nothing has come since {since}; the level is {exact_span(level)}"
        case RuleKind.BOT_SESSIONS:
            return f"{amount(rule, value)} of the month's bot sessions were used; the level is {amount(rule, level)}"
        case RuleKind.METRIC:
            return f"“{METRICS[rule.metric].label}”{where} was {amount(rule, value)}; the level is {amount(rule, level)}"


def said(rule: Rule, word: str) -> str:
    """Why a rule about words fired: the rule's own word, not the message."""
    return f"{_SAID_BY[rule.said_by]} said {_quoted(word)}" if rule.said_by is not Speaker.ANY else f"{_quoted(word)} was said"


def over(rule: Rule, value: float | None) -> str:
    """Why an alert ended by itself."""
    match rule.kind:
        case RuleKind.WAIT:
            return "the customer waits no longer"
        case RuleKind.SILENT_SOURCE:
            return "the source has spoken again"
        case _ if value is None:
            return "it is over"
        case RuleKind.SENTIMENT:
            return f"sentiment rose to {level_name(round(value * MICRO))} ({_score(value)})"
        case RuleKind.LONGEST_WAIT:
            return f"the longest wait is {exact_span(value) if value >= 1 else 'nothing'} now"
        case _:
            return f"it is {amount(rule, value)} now"


def amount(rule: Rule, value: float) -> str:
    """A value of a rule in its unit."""
    match rule.kind:
        case RuleKind.WAIT | RuleKind.LONGEST_WAIT | RuleKind.SILENT_SOURCE:
            return exact_span(value) if value >= 1 else "0 s"
        case RuleKind.BOT_SESSIONS:
            return f"{floor(value * 10) / 10:,g} %"  # never rounded up to a level that is not reached
        case RuleKind.SENTIMENT:
            return _score(value)
        case RuleKind.METRIC if rule.metric == "live_sentiment":
            return _score(value)
        case _:
            return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _score(value: float) -> str:
    return "0.00" if abs(value) < 0.005 else f"{value:+.2f}".replace("-", "−")


def _quoted(word: str) -> str:
    return f"“{word}”"


def _either(names: Sequence[str]) -> str:
    """ "a, b or c"; long lists are cut."""
    listed = list(names[:MAX_LISTED])
    more = len(names) - len(listed)
    if more:
        return f"{', '.join(listed)} or {more} more"
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
