"""The rules that are on from the first start. They can be muted and switched off, not changed: a copy of one can."""

from __future__ import annotations

from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Severity, Speaker

BUILT_IN: tuple[Rule, ...] = (
    Rule(
        rule_id="built-in-sentiment",
        name="Sentiment falls",
        kind=RuleKind.SENTIMENT,
        direction=Direction.BELOW,
    ),
    Rule(
        rule_id="built-in-wait",
        name="Waiting for a human",
        kind=RuleKind.WAIT,
        remind_minutes=10,
    ),
    Rule(
        rule_id="built-in-backlog",
        name="Queue backlog",
        kind=RuleKind.BACKLOG,
        per=Per.QUEUE,
        for_seconds=30,
        remind_minutes=15,
    ),
    Rule(
        rule_id="built-in-words",
        name="Threat of legal action",
        kind=RuleKind.WORDS,
        words=("lawyer", "lawyers", "solicitor", "attorney", "legal action", "ombudsman", "sue you", "take you to court"),
        said_by=Speaker.CUSTOMER,
        severity=Severity.URGENT,
    ),
    Rule(
        rule_id="built-in-silent-source",
        name="Source gone silent",
        kind=RuleKind.SILENT_SOURCE,
        at_risk=1_800.0,
        critical=7_200.0,
    ),
    Rule(
        rule_id="built-in-bot-sessions",
        name="Bot sessions used up",
        kind=RuleKind.BOT_SESSIONS,
    ),
)
