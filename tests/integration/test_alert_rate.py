"""How often the built-in rules call somebody: seldom enough to be listened to, on a floor that is short of agents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.pipeline import Pipeline
from ingest.sources import detect
from ingest.sources.demo.schedule import live_conversations
from metrics.alerts.built_in import BUILT_IN
from metrics.alerts.past import Firing, try_on_past
from metrics.alerts.promises import Promises
from metrics.alerts.rules import RuleKind
from metrics.need import Band
from metrics.rules import Rules
from metrics.sentiment import TextBlobEngine
from store.engine import Store
from tests.transcripts import deriver_of, record

pytestmark = pytest.mark.thorough

END = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
BEGINNING = END - timedelta(hours=2)
MINUTES = 90  # the first half hour is that of a floor that fills


def _times_told(firing: Firing) -> int:
    """Once when it fires, once more when it gets worse; those of urgent rules are critical from the start."""
    return 1 + (firing.worst is Band.CRITICAL and firing.reason.startswith("waiting"))


def test_simulated_floor_calls_about_once_a_minute(store: Store) -> None:
    now_ms = round(END.timestamp() * 1000)
    pipeline = Pipeline(store, deriver_of(engine=TextBlobEngine()), now_ms=lambda: now_ms)
    said = [record(talk) for talk in live_conversations(7, start=BEGINNING, end=END, until=END)]
    pipeline.write([(detect.read(one), one) for one in said])

    told: dict[str, int] = {}
    for rule in BUILT_IN:
        if rule.kind is not RuleKind.SILENT_SOURCE:  # a floor that is cut out of a day has silences of its own
            *_, trial = try_on_past(
                store, rule, days=1, zone="UTC", now_ms=now_ms, promises=Promises(), rules=Rules(default_language="en")
            )
            recent = [one for one in trial.firings if one.at_ms > now_ms - MINUTES * 60_000]
            told[rule.rule_id] = sum(map(_times_told, recent))

    assert told["built-in-wait"] > 0 and told["built-in-sentiment"] > 0
    assert 0.3 <= sum(told.values()) / MINUTES <= 1.2, told
