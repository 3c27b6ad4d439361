"""How the escalation of one conversation was routed, as plain values for its page."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.routing.escalations import Judged, Landing
from metrics.routing.saying import say_because, say_condition, where_from
from metrics.story.lines import shown


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """One condition of a rule that was tried, and whether it held."""

    rule: str
    condition: str
    held: bool


@dataclass(frozen=True, slots=True)
class Routing:
    """What stood when a human was asked for, what the rules in force made of it, and what happened."""

    at_ms: int
    workstream: str
    variables: tuple[tuple[str, str], ...]
    asked: tuple[RuleAsked, ...]  # the conditions of the rules tried, in their order, up to the one that matched
    num_not_tried: int  # rules behind that one
    wanted: str  # the queue the rules name; "" where none does
    because: str
    went_to: str
    landing: Landing
    configured: bool  # a configuration was in force
    accepted_by: str  # "" where nobody did
    seconds: float | None  # until somebody accepted


def tell_routing(judged: Judged) -> Routing:
    """The same in words and names fit to be shown."""
    escalation, routed = judged.escalation, judged.routed
    tried = routed.tried if routed is not None else ()
    accepted_ms = escalation.accepted_ms
    return Routing(
        at_ms=escalation.at_ms,
        workstream=shown(judged.workstream or escalation.workstream),
        variables=tuple((shown(name), shown(str(value))) for name, value in escalation.variables.items()),
        asked=tuple(
            RuleAsked(shown(item.rule.name), shown(condition), held)
            for item in tried
            for condition, held in zip(
                map(say_condition, item.rule.conditions) if item.rule.conditions else ("always",),
                item.held or (True,),
                strict=True,
            )
        ),
        num_not_tried=_num_rules(judged) - len(tried),
        wanted=shown(where_from(routed.queue)) if routed is not None else "",
        because=say_because(routed) if routed is not None else "",
        went_to=shown(where_from(escalation.to_queue)),
        landing=judged.landing,
        configured=judged.configuration is not None,
        accepted_by=shown(escalation.accepted_by or "somebody") if accepted_ms is not None else "",
        seconds=None if accepted_ms is None else max(0, accepted_ms - escalation.at_ms) / 1000,
    )


def _num_rules(judged: Judged) -> int:
    if judged.configuration is None or judged.routed is None:
        return 0
    return len(judged.configuration.configuration.rules_of(judged.workstream))
