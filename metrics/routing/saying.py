"""Routing in words: conditions, rules, why a queue was chosen."""

from __future__ import annotations

from metrics.need import exact_span
from metrics.routing.escalations import Judged, Landing
from metrics.routing.evaluate import Because, Routed, Tried
from store.routing.records import Condition, Configuration, Match, Operator, Rule

OPERATORS = tuple(map(str, Operator))

_LANDINGS = {
    Landing.AS_RULED: "landed as ruled",
    Landing.ON_OVERFLOW: "landed where the rules send them on overflow",
    Landing.ELSEWHERE: "landed elsewhere",
    Landing.QUEUE_UNKNOWN: "went to a queue the source does not name",
    Landing.NOT_RULED: "no rule or fallback queue is configured for",
}


def say_condition(condition: Condition) -> str:
    """A condition as a person would say it: BotHandoffTopic equals "CreditCard"."""
    values = " or ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in condition.values)
    verb = str(condition.operator) if values else f"is {condition.operator}"
    return " ".join(part for part in (condition.variable, verb, values) if part)


def say_rule(rule: Rule) -> str:
    """A rule's conditions in one line."""
    joined = " and " if rule.match is Match.ALL else " or "
    return joined.join(map(say_condition, rule.conditions)) or "always"


def rule_rows(configuration: Configuration) -> list[dict[str, str]]:
    """The rules as rows of rules.csv, one for each condition; several values in one cell, separated by semicolons."""
    rows = []
    for rule in configuration.rules:
        for condition in rule.conditions or (None,):
            rows.append(
                {
                    "name": rule.name,
                    "workstream": rule.workstream,
                    "variable": condition.variable if condition else "",
                    "is": str(condition.operator) if condition else "",
                    "value": ";".join(map(str, condition.values)) if condition else "",
                    "queue": rule.queue,
                }
            )
    return rows


def say_tried(tried: Tried) -> str:
    """What became of one rule."""
    if tried.matches:
        return "matched"
    failed = [say_condition(item) for item, held in zip(tried.rule.conditions, tried.held, strict=True) if not held]
    return f"did not match: {failed[0]} does not hold" if failed else "did not match"


def say_because(routed: Routed) -> str:
    """Why this queue."""
    name = routed.rule.name if routed.rule else ""
    return {
        Because.RULE: f"{name} was the first rule to match",
        Because.FALLBACK: "no rule matched: the fallback queue",
        Because.UNKNOWN_WORKSTREAM: "its workstream is not configured",
    }[routed.because]


def say_landing(landing: Landing) -> str:
    """Where it went, compared with where it should have gone."""
    return _LANDINGS[landing]


def where_from(queue: str) -> str:
    """A queue's name; where there is none, that."""
    return queue or "(no queue)"


def explanation(judged: Judged) -> list[tuple[str, str]]:
    """How one escalation was routed, as facts with their names, in the order of what happened."""
    escalation, routed = judged.escalation, judged.routed
    facts = [("Asked for a human with", _variables(judged)), ("Workstream", judged.workstream or "not said")]
    if routed is not None:
        facts += [(f"Rule {item.rule.name}", say_tried(item)) for item in routed.tried]
        facts.append(("Should have gone to", f"{where_from(routed.queue)} ({say_because(routed)})"))
    facts.append(("Went to", f"{where_from(escalation.to_queue)} ({judged.landing})"))
    if escalation.accepted_ms is not None:
        waited = exact_span((escalation.accepted_ms - escalation.at_ms) / 1000)
        facts.append(("Accepted by", f"{escalation.accepted_by or 'somebody'} after {waited}"))
    else:
        facts.append(("Accepted by", "nobody"))
    return facts


def _variables(judged: Judged) -> str:
    said = [f"{name} = {value}" for name, value in judged.escalation.variables.items()]
    return ", ".join(said) or "no context variable"
