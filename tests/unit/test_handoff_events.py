"""What Copilot Studio hands over with: events called handoff, and the topics they name."""

from __future__ import annotations

from typing import Any

import pytest

from store.records import Kind
from tests.unit.test_bot_framework import kind_and_detail


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "pvaHandoff", "value": {"va_Scope": "bot"}}, (Kind.HANDOFF_REQUEST, {"context": {"va_Scope": "bot"}})),
        ({"name": "HandOff", "value": {"type": "transferToAgent"}}, (Kind.HANDOFF_REQUEST, None)),
        ({"name": "HandOff"}, (Kind.OTHER, None)),
        ({"type": "trace", "name": "HandOff", "value": {"va_Scope": "bot"}}, (Kind.OTHER, None)),
    ],
)
def test_event_called_handoff_asks_for_a_human_only_with_a_context(fields: dict[str, Any], expected: tuple[Kind, Any]) -> None:
    assert kind_and_detail(**{"type": "event"} | fields) == expected


@pytest.mark.parametrize(
    ("context", "topic"),
    [
        ({"va_LastTopic": "Lost card", "va_Topics": ["Greeting", "Lost card"]}, "Lost card"),
        ({"va_LastTopic": "Escalate", "va_Topics": ["Card", "Greeting", "Escalate"]}, "Card"),
        ({"va_LastTopic": "Escalate"}, None),
        ({"va_LastTopic": 5, "va_Topics": "Card"}, "5"),
    ],
)
def test_topic_handed_over_is_the_last_of_the_customers_own(context: dict[str, Any], topic: str | None) -> None:
    _, detail = kind_and_detail(type="event", name="handoff.initiate", value=context)

    assert detail.get("topic") == topic
