"""Rules and what they found, in words: one sentence for a rule, one for each thing that happens to an alert.

A reason never quotes what a customer wrote: it goes outside. It may quote the rule's own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.alerts.catalogue import METRICS
from metrics.alerts.levels import Levels
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Speaker
from metrics.levels import level_name
from metrics.need import MICRO, Band, exact_span, span_in_words

MAX_LISTED = 4
_SAID_BY = {Speaker.ANY: "anybody", Speaker.CUSTOMER: "the customer", Speaker.BOT: "a bot", Speaker.AGENT: "an agent"}


def describe_rule(rule: Rule, promises: Promises | None = None) -> str:
    """What a rule does, in one sentence; levels that it takes from the settings are named."""
    parts = [_when(rule, _levels(rule, promises or Promises())), _reach(rule), _held(rule), _ending(rule)]
    return " ".join(part for part in parts if part) + _reminding(rule) + "."


def _when(rule: Rule, levels: str) -> str:
    match rule.kind:
        case RuleKind.SENTIMENT:
            return f"When a conversation's sentiment falls to {levels} or below"
        case RuleKind.WAIT:
            return f"When a customer has waited for a human after an escalation for {levels}"
        case RuleKind.BACKLOG:
            return f"When the number of those who wait in a queue reaches {levels}"
        case RuleKind.LONGEST_WAIT:
            where = "in a queue" if rule.per is Per.QUEUE else "on the floor"
            return f"When the longest wait {where} reaches {levels}"
        case RuleKind.WORDS:
            return f"When {_SAID_BY[rule.said_by]} says {_either([_quoted(word) for word in rule.words])}"
        case RuleKind.METRIC:
            moves = "reaches" if rule.direction is Direction.ABOVE else "falls to"
            where = " of a queue" if rule.per is Per.QUEUE else ""
            return f"When the figure “{METRICS[rule.metric].label}”{where} {moves} {levels}"
        case RuleKind.SILENT_SOURCE:
            which = _either([_quoted(name) for name in rule.sources]) if rule.sources else "a source"
            return f"When nothing has come from {which} for {levels}"


def _levels(rule: Rule, promises: Promises) -> str:
    """Both levels in words, and where they are from if they are not the rule's own."""
    levels = promises.levels_of(rule)
    if levels is None:
        return "a limit that the settings do not name"
    named = [(levels.at_risk, "at risk"), (levels.critical, "critical")]
    said = " and ".join(f"{amount(rule, level)} ({word})" for level, word in named if level is not None)
    is_own = rule.at_risk is not None or rule.critical is not None
    return said if is_own else f"{said}, as the settings have it for {_place(rule)}"


def _place(rule: Rule) -> str:
    return "the source" if rule.kind is RuleKind.SILENT_SOURCE else "the queue"


def _reach(rule: Rule) -> str:
    parts = []
    for names, one, many in (
        (rule.queues, "queue", "queues"),
        (rule.channels, "channel", "channels"),
        (rule.bots, "bot", "bots"),
    ):
        if names:
            parts.append(f"{one if len(names) == 1 else many} {_either(names)}")
    return f"in {', '.join(parts)}" if parts else ""


def _held(rule: Rule) -> str:
    return f"and that has held for {exact_span(rule.for_seconds)}" if rule.for_seconds else ""


def _ending(rule: Rule) -> str:
    if rule.kind is RuleKind.WORDS:
        return "(it stands until the conversation closes)"
    if rule.clears_at is None:
        return ""
    return f"(over {'below' if rule.direction is Direction.ABOVE else 'above'} {amount(rule, rule.clears_at)})"


def _reminding(rule: Rule) -> str:
    minutes = exact_span(rule.remind_minutes * 60)
    return f"; told again every {minutes} until somebody acknowledges it" if rule.remind_minutes else ""


def reason(rule: Rule, band: Band, value: float | None, levels: Levels, *, queue: str = "") -> str:
    """Why an alert stands as it does."""
    where = f" in {queue}" if queue else ""
    own = levels.of(band)
    level = levels.mildest if own is None else own
    match rule.kind:
        case _ if value is None:
            return "nothing is known of it now"
        case RuleKind.SENTIMENT:
            now = level_name(round(value * MICRO))
            return f"sentiment fell to {now} ({_score(value)}); the level is {_score(level)}"
        case RuleKind.WAIT:
            return f"waiting {span_in_words(value)} after escalation{where}; the level is {exact_span(level)}"
        case RuleKind.WORDS:
            return f"{_SAID_BY[rule.said_by]} said one of {_either([_quoted(word) for word in rule.words])}"
        case RuleKind.BACKLOG:
            return f"{value:,.0f} waiting{where}; the level is {level:,.0f}"
        case RuleKind.LONGEST_WAIT:
            return f"somebody has waited {span_in_words(value)}{where}; the level is {exact_span(level)}"
        case RuleKind.SILENT_SOURCE:
            return f"nothing has come for {span_in_words(value)}; the level is {exact_span(level)}"
        case RuleKind.METRIC:
            return f"{METRICS[rule.metric].label}{where}: {amount(rule, value)}; the level is {amount(rule, level)}"


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
        case RuleKind.SENTIMENT:
            return _score(value)
        case RuleKind.METRIC if rule.metric == "live_sentiment":
            return _score(value)
        case _:
            return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _score(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _quoted(word: str) -> str:
    return f"“{word}”"


def _either(names: Sequence[str]) -> str:
    """ "a, b or c"; long lists are cut."""
    listed = list(names[:MAX_LISTED])
    more = len(names) - len(listed)
    if more:
        return f"{', '.join(listed)} or {more} more"
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
