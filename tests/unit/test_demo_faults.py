"""The floor that is routed with faults: every kind of warning shows on it, and the sound floor has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from ingest.configuration.reading import read_configuration
from ingest.pipeline import Pipeline
from ingest.sources.demo.faults import BACK, UNUSED
from ingest.sources.demo.routing import routing_file
from ingest.sources.demo.source import DemoSource
from metrics.routing.health import Finding, warnings
from metrics.routing.judging import judged_escalations
from metrics.routing.summary import summarise
from store.engine import Store
from store.routing.configurations import save_configuration
from tests.transcripts import FAR_LATER_MS, deriver_of

pytestmark = pytest.mark.thorough

UNTIL = datetime(2026, 11, 22, 18, tzinfo=UTC)


def played(*, faulty: bool) -> DemoSource:
    return DemoSource(7, until=UNTIL, history=timedelta(hours=6), faulty=faulty)


@pytest.mark.parametrize(("name", "wanted"), [("sound", set()), ("faulty", set(Finding))])
def test_a_fault_of_every_kind_shows_on_the_faulty_floor_and_none_on_the_sound_one(
    store: Store, name: str, wanted: set[Finding]
) -> None:
    configuration, source = read_configuration(routing_file(name)), played(faulty=name == "faulty")
    pipeline = Pipeline(store, deriver_of(), now_ms=lambda: FAR_LATER_MS)
    with store.write() as connection:
        save_configuration(connection, configuration, origin=name, now_ms=0)
    for page in source.pages(None):
        pipeline.write([(source, record) for record in page.records])

    with store.read() as connection:
        seen = summarise(judged_escalations(connection, None, None)).seen

    assert {warning.finding for warning in warnings(configuration, seen)} == wanted


def test_faults_only_add_to_what_is_said_anyway() -> None:
    sound, faulty = played(faulty=False), played(faulty=True)
    for page in sound.pages(None):
        for record in page.records:
            (plain,), (wrong,) = sound.normalise(record).threads, faulty.normalise(record).threads
            added = [item for item in wrong.activities if item.text == BACK]
            kept = [item for item in wrong.activities if item.text != BACK]
            assert [item.activity_id for item in kept] == [item.activity_id for item in plain.activities]
            assert len(added) <= 1
            changed = [two for one, two in zip(plain.activities, kept, strict=True) if one.detail != two.detail]
            assert all(UNUSED in orjson.dumps(item.detail).decode() for item in changed)
