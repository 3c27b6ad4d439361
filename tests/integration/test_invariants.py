"""Nothing is lost, nothing counts twice: whatever way the same conversations come, they end in the same tables."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ingest import batches, pipeline, preparing, writing
from ingest.pipeline import Counts
from metrics.check import check
from metrics.filters import Filters
from metrics.report import report
from store.engine import Store, open_store
from store.tables import raw_chunk
from store.threads import ThreadId, known_threads
from tests.stored import Loader, database_url, differences, reports, tables
from tests.transcripts import ms, wire

pytestmark = pytest.mark.thorough

# What may be said or done, one line each, without its time.
PALETTE = (
    "customer: -0.5",
    "customer: 1",
    "customer: agent please",
    'customer: 1 | {"locale": "es-ES"}',
    "bot: It comes tomorrow.",
    "bot: Which one?",
    "bot: Sorry, I didn't understand.",
    "bot Max: Max here.",
    "agent: Bea here",
    "agent Cid: Cid here",
    "system: Bea joined.",
    'customer: 1 | {"from": {"id": "ann", "name": "Ann Other", "role": "user"}}',
    'bot: Hm. | {"from": {"id": "ada", "name": "Ada II", "role": "bot"}}',
    'bot: Hello. | {"from": {"id": "ada"}}',
    'customer: 0.25 | {"id": null}',
    "conversationUpdate",
    'event handoff.initiate {"BotHandoffTopic": "CreditCard"}',
    'system event handoff.status {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}',
    'system event handoff.status {"state": "failed"}',
    'system event queue.entered {"queue": "Cards"}',
    'trace IntentRecognition {"intentTitle": "Cards", "intentScore": {}}',
    'trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}',
    'trace SessionInfo {"outcome": "Abandoned"}',
    "trace CSATSurveyRequest {}",
    'trace CSATSurveyResponse {"response": 4}',
    "end completedSuccessfully",
    "end userCancelled",
    'conversationUpdate | {"channelId": "pva-studio"}',
    'conversationUpdate | {"channelId": "emulator"}',
    'conversationUpdate | {"conversation": {"id": "ID", "isGroup": true}}',
)
GAPS = (1, 250, 1_000, 45_000, 1_799_000, 1_800_001, 7_200_000, 90_000_000)
WORK_ITEMS = ("w-1", "w-2")
# The same, as people and platforms write them.
WRITTEN = (*WORK_ITEMS, "{W-1}", "W-2", "{w-2}")
START_MS = ms("10:00:00")


def stamp(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Activities of up to four threads, no two at one time; some name a work item or are one, some come in two versions."""
    found: list[dict[str, Any]] = []
    at_ms = START_MS
    ids = draw(st.lists(st.sampled_from(("a", "b", "c", *WRITTEN)), min_size=1, max_size=4, unique=True))
    channels = {name: draw(st.sampled_from(("webchat", "msteams"))) for name in ids}
    items = {name: draw(st.sampled_from(("", "", *WRITTEN))) for name in ids}
    for number in range(draw(st.integers(2, 14))):
        name = draw(st.sampled_from(ids))
        at_ms += draw(st.sampled_from(GAPS))
        said = draw(st.sampled_from(PALETTE)).replace('"ID"', f'"{name}"')
        if items[name] and draw(st.integers(0, 3)) == 0:
            said = f'event startConversation {{"msdyn_liveworkitemid": "{items[name]}", "a": "{number}"}}'
        (item,) = wire(f"{stamp(at_ms)} #{number} {said}", conversation=name, channel=channels[name])
        if item["id"] is None:
            del item["id"]
        found.append(item)
        if item["type"] == "message" and "id" in item and draw(st.integers(0, 4)) == 0:
            at_ms += draw(st.sampled_from(GAPS))
            change = draw(st.sampled_from(({"text": "-1"}, {"text": "a longer version of the same"}, {"type": "messageUpdate", "text": "1"},
                                           {"type": "messageDelete"}, {"channelId": "emulator"})))  # fmt: skip
            found.append(item | {"timestamp": f"{stamp(at_ms)}Z"} | change)
    return found


@st.composite
def deliveries(draw: st.DrawFn, activities: list[dict[str, Any]]) -> list[list[list[dict[str, Any]]]]:
    """The activities, some of them several times, in any order, as arrays gathered into calls."""
    again = draw(st.lists(st.sampled_from(activities), max_size=len(activities)))
    order = draw(st.permutations([*activities, *again]))
    arrays = _split(order, draw(st.lists(st.integers(1, 4), min_size=len(order), max_size=len(order))))
    calls = _split(arrays, draw(st.lists(st.integers(1, 4), min_size=len(arrays), max_size=len(arrays))))
    return [*calls, *draw(st.lists(st.sampled_from(calls), max_size=2))]


def _split(items: list[Any], sizes: list[int]) -> list[list[Any]]:
    parts, at = [], 0
    for size in sizes:
        if at < len(items):
            parts.append(items[at : at + size])
        at += size
    return parts


@contextmanager
def stores(number: int) -> Iterator[list[Store]]:
    with tempfile.TemporaryDirectory() as folder:
        opened = [open_store(database_url(Path(folder), str(each))) for each in range(number)]
        yield opened
        for store in opened:
            store.close()


def loaded_at_once(store: Store, activities: list[dict[str, Any]], now_ms: int) -> None:
    loader = Loader(store, now_ms=now_ms)
    loader.write(activities)
    loader.settle()


# Made smaller would take minutes: each example fills two databases. What differs is told by table and row instead.
property_of_data = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@property_of_data
@given(st.data())
def test_any_way_the_same_conversations_come_ends_in_the_same_tables_and_reports(data: st.DataObject) -> None:
    activities = data.draw(conversations())
    calls = data.draw(deliveries(activities))
    now_ms = START_MS + data.draw(st.sampled_from((60_000, 3_600_000, 10_000_000_000)))
    clock = sorted(data.draw(st.lists(st.integers(START_MS, now_ms), min_size=len(calls), max_size=len(calls))))
    settled = data.draw(st.lists(st.booleans(), min_size=len(calls), max_size=len(calls)))

    with stores(2) as (clean, store):
        loaded_at_once(clean, activities, now_ms)
        for call, at_ms, is_settled in zip(calls, clock, settled, strict=True):
            Loader(store, now_ms=at_ms).write(*call)
            if is_settled:
                Loader(store, now_ms=at_ms).settle()
        loader = Loader(store, now_ms=now_ms)
        loader.settle()

        assert differences(store, clean) == {}
        assert reports(store) == reports(clean)
        assert list(check(store, loader.deriver, now_ms=now_ms)) == []


@property_of_data
@given(conversations(), st.integers(0, 200_000_000))
def test_settling_later_is_loading_later_and_settling_twice_is_settling_once(
    activities: list[dict[str, Any]], later_ms: int
) -> None:
    with stores(2) as (clean, store):
        loaded_at_once(clean, activities, START_MS + later_ms)
        loaded_at_once(store, activities, START_MS)
        late = Loader(store, now_ms=START_MS + later_ms)
        late.settle()
        once = tables(store)
        late.settle()

        assert tables(store) == once == tables(clean)
        assert reports(store) == reports(clean)


@property_of_data
@given(conversations())
def test_every_closed_bot_conversation_has_one_outcome_and_they_add_up(activities: list[dict[str, Any]]) -> None:
    with stores(1) as (store,):
        loaded_at_once(store, activities, START_MS + 10_000_000_000)

        for by in ((), ("bot",), ("day",), ("queue", "topic")):
            for line in report(store, Filters(include_tests=True), by):
                assert line["closed"] == line["resolved"] + line["escalated"] + line["abandoned"] + line["other"]
        for row in tables(store)["conversation"]:
            assert not row["is_bot"] or row["ended_ms"] is None or row["outcome"] is not None


@property_of_data
@given(st.data())
def test_what_is_drafted_ahead_ends_as_what_is_not_whether_it_turns_out_to_be_new_or_known(data: st.DataObject) -> None:
    calls = data.draw(deliveries(data.draw(conversations())))
    ways = {"never": (10_000, known_threads), "where it is new": (0, known_threads), "as if it were new": (0, nothing_known)}
    counts: dict[str, list[Counts]] = {}

    with stores(3) as opened:
        for (way, (from_, known)), store in zip(ways.items(), opened, strict=True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pipeline, "DRAFTED_FROM", from_)
                patch.setattr(pipeline, "known_threads", known)
                counts[way] = [count for call in calls for count in Loader(store, now_ms=START_MS).write(*call)]
            Loader(store, now_ms=START_MS + 1_000_000).settle()

        assert counts["never"] == counts["where it is new"] == counts["as if it were new"]
        assert differences(opened[0], opened[1]) == differences(opened[0], opened[2]) == {}
        assert kept(opened[0]) == kept(opened[1]) == kept(opened[2])


@property_of_data
@given(st.data())
def test_what_is_long_ends_as_what_is_short_taken_to_pieces_and_foreseen(data: st.DataObject) -> None:
    calls = data.draw(deliveries(data.draw(conversations())))
    cuts = data.draw(st.lists(st.sampled_from((0, 0, 0, 1, 2)), min_size=len(calls), max_size=len(calls)))

    with stores(2) as (short, long):
        for call in calls:
            Loader(short, now_ms=START_MS).write(*call)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "DRAFTED_FROM", 0)
            patch.setattr(pipeline, "FIRST_BATCH", 2)
            patch.setattr(preparing, "MOST_IN_A_BATCH", 2)
            patch.setattr(batches, "MOST_IN_A_BATCH", 2)
            patch.setattr(writing, "MOST_READ", 0)
            for call, cut in zip(calls, cuts, strict=True):
                with suppress(Interrupted):
                    Loader(InterruptedStore(long, after=cut) if cut else long, now_ms=START_MS).write(*call)
                if cut:
                    Loader(long, now_ms=START_MS).settle()
                    assert list(check(long, Loader(long).deriver, now_ms=START_MS)) == []
                    Loader(long, now_ms=START_MS).write(*call)
        for store in (short, long):
            Loader(store, now_ms=START_MS + 1_000_000).settle()

        assert differences(short, long) == {}
        assert kept(short) == kept(long)


class Interrupted(Exception):
    """As by a power cut."""


class InterruptedStore:
    """A store whose user is gone after so many transactions."""

    def __init__(self, store: Store, *, after: int) -> None:
        self._store, self._left = store, after

    @contextmanager
    def write(self, **named: bool) -> Iterator[Any]:
        if not self._left:
            raise Interrupted
        with self._store.write(**named) as connection:
            yield connection
        self._left -= 1

    def read(self) -> Any:
        return self._store.read()


def nothing_known(_connection: object, _wanted: object) -> set[ThreadId]:
    return set()


def kept(store: Store) -> list[bytes]:
    """The bodies of activities as they came."""
    with store.read() as connection:
        chunks = connection.execute(select(raw_chunk.c.body)).scalars().all()
    return sorted(line for chunk in chunks for line in zstandard.decompress(chunk).split(b"\n"))
