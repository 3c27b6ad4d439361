"""What every source holds to. A new one joins by a line in SOURCES."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest.events import Normalised, RawRecord
from ingest.sources import azure_conversation, azure_speech_batch, bot_framework, copilot_studio, omnichannel
from ingest.sources.files import pages

DATA = Path(__file__).resolve().parent.parent / "data"
SECRET = "hunter2-is-my-password"  # noqa: S105 (made up)


@dataclass(frozen=True)
class Candidate:
    """A source and a record of it. `with_arrays` changes its arrays of activities: breaks, shuffles, repeats them."""

    name: str
    normalise: Callable[[RawRecord], Normalised]
    file: Path
    with_arrays: Callable[[Any, Callable[[list[Any]], list[Any]]], Any]

    def changed(self, change: Callable[[list[Any]], list[Any]]) -> RawRecord:
        """The record with `change` applied to each array of activities in it."""
        value = self.with_arrays(json.loads(self.file.read_bytes()), change)
        return RawRecord("changed", json.dumps(value).encode())

    def record(self) -> RawRecord:
        """The record as it is."""
        return RawRecord(str(self.file), self.file.read_bytes())


def _flat(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    return change(value)


def _rows(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    for row in value["value"]:
        row["content"] = json.dumps({"activities": change(json.loads(row["content"])["activities"])})
    return value


def _around(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """What is around utterances is kept with the end of the call."""
    return change([value])[0]


def _phrases(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    return _around(value, change) | {"recognizedPhrases": change(value["recognizedPhrases"])}


def _conversations(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    found = value["analysisInput"]["conversations"]
    changed = [_around(item, change) | {"conversationItems": change(item["conversationItems"])} for item in found]
    return {"analysisInput": {"conversations": changed}}


SOURCES = [
    Candidate("bot_framework", bot_framework.normalise, DATA / "bot_framework" / "parcel.transcript", _flat),
    Candidate("copilot_studio", copilot_studio.normalise, DATA / "copilot_studio" / "rows.json", _rows),
    Candidate("azure_speech_batch", azure_speech_batch.normalise, DATA / "azure" / "transcription.json", _phrases),
    Candidate("azure_conversation", azure_conversation.normalise, DATA / "azure" / "conversations.json", _conversations),
    Candidate("omnichannel", omnichannel.normalise, DATA / "omnichannel" / "messages.json", _flat),
    Candidate("named", partial(bot_framework.normalise, source="named"), DATA / "bot_framework" / "parcel.transcript", _flat),
]


@pytest.fixture(params=SOURCES, ids=lambda candidate: candidate.name)
def candidate(request: pytest.FixtureRequest) -> Candidate:
    """Each source in turn."""
    return request.param


def greatest_versions(normalised: Normalised) -> dict[tuple[str, int], bytes]:
    """For each identity, the version that stands in the end."""
    found: dict[tuple[str, int], bytes] = {}
    for thread in normalised.threads:
        for activity in thread.activities:
            key = (thread.external_id, activity.identity)
            found[key] = max(activity.version, found.get(key, b""))
    return found


def test_pages_end_and_the_cursor_that_follows_leaves_nothing_to_read(candidate: Candidate) -> None:
    found = list(pages([candidate.file]))

    assert found
    assert list(pages([candidate.file], found[-1].cursor)) == []


def test_cursor_changes_with_every_page(tmp_path: Path, candidate: Candidate) -> None:
    for number in range(3):
        (tmp_path / f"{number}.json").write_bytes(candidate.record().body)

    found = list(pages([tmp_path], most_files=1))

    assert len({page.cursor for page in found}) == len(found) == 3


def test_threads_carry_the_name_of_the_source(candidate: Candidate) -> None:
    threads = candidate.normalise(candidate.record()).threads

    assert {thread.source for thread in threads} == {candidate.name}


def test_same_record_twice_reads_the_same(candidate: Candidate) -> None:
    assert candidate.normalise(candidate.record()) == candidate.normalise(candidate.record())


def test_origin_is_no_part_of_identity(candidate: Candidate) -> None:
    here, there = (RawRecord(origin, candidate.record().body) for origin in ("a/b.json", "c/d.transcript"))

    assert candidate.normalise(here) == candidate.normalise(there)


def test_unknown_fields_survive_in_the_raw_activity(candidate: Candidate) -> None:
    record = candidate.changed(lambda items: [item | {"fromTheFuture": {"deep": [1]}} for item in items])

    activities = [activity for thread in candidate.normalise(record).threads for activity in thread.activities]

    assert activities
    assert all(json.loads(activity.raw)["fromTheFuture"] == {"deep": [1]} for activity in activities)


@pytest.mark.parametrize("bad", [None, 7, "text", [], {}, {"type": 5}, {"type": ""}], ids=repr)
def test_bad_element_is_reported_and_the_rest_is_read(candidate: Candidate, bad: Any) -> None:
    whole = candidate.normalise(candidate.record())

    broken = candidate.normalise(candidate.changed(lambda items: [*items[:1], bad, *items[1:]]))

    assert greatest_versions(broken) == greatest_versions(whole)
    assert broken.problems
    assert all(json.loads(problem.body) == bad for problem in broken.problems)


def test_shuffled_and_repeated_array_ends_in_the_same_versions(candidate: Candidate) -> None:
    chance = random.Random(20260302)

    def disorder(items: list[Any]) -> list[Any]:
        return chance.sample(items, len(items)) + [copy.deepcopy(item) for item in items]

    assert greatest_versions(candidate.normalise(candidate.changed(disorder))) == greatest_versions(
        candidate.normalise(candidate.record())
    )


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\xff", b"{", b"[1,", b"null", b"hello there", b'{"a": 1}', b"\x00" * 20])
def test_what_is_no_transcript_is_one_problem_with_its_body(candidate: Candidate, body: bytes) -> None:
    normalised = candidate.normalise(RawRecord("x", body))

    assert normalised.threads == []
    assert [problem.body for problem in normalised.problems] == [body]


def test_reasons_never_quote_the_record(candidate: Candidate) -> None:
    spoilt = [
        SECRET,
        {SECRET: SECRET},
        {"type": "message", "text": SECRET, "timestamp": "99999-01-01T00:00:00Z"},
        {"type": "message", "text": SECRET, "timestamp": 10**17},
    ]

    inside = candidate.normalise(candidate.changed(lambda items: [*items, *spoilt]))
    outside = candidate.normalise(RawRecord(SECRET, f'{{"password": "{SECRET}"'.encode()))

    assert len(inside.problems) >= len(spoilt)
    assert not any(SECRET in problem.reason for problem in [*inside.problems, *outside.problems])


def test_nesting_beyond_reason_is_a_problem_and_the_rest_is_read(candidate: Candidate) -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = {"in": deep}

    normalised = candidate.normalise(candidate.changed(lambda items: [*items, {"type": "message", "value": deep}]))

    assert greatest_versions(normalised) == greatest_versions(candidate.normalise(candidate.record()))
    assert normalised.problems
