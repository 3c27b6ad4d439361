"""Calls all the way: files loaded by the command line, in any order and twice, counted, checked, exported."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

from sqlalchemy import select

import cli
from ingest.__main__ import app
from ingest.events import RawRecord
from metrics.__main__ import main as metrics
from metrics.check import check
from metrics.settle import rederive
from metrics.story.telling import tell_story
from store.engine import open_store
from store.voice.tables import speech
from tests.stored import Loader, differences
from tests.transcripts import wire

DATA = Path(__file__).resolve().parent.parent / "data" / "azure"
TELEPHONY = """
    10:00:00 bot: Hello | {"channelData": {"speech": {"offset": "PT0S", "duration": "PT2S"}}}
    10:00:03 customer: 0.5 | {"channelData": {"speech": {"offset": "PT3S", "duration": "PT2S"}}}
    10:00:06 event hold.started
    10:00:16 event hold.ended
    10:00:17 bot: Done | {"channelData": {"speech": {"offset": "PT17S", "duration": "PT1S"}}}
    10:00:30 end completedSuccessfully
"""


def ingest(arguments: list[str]) -> int:
    """The exit code of one command."""
    return cli.code_of(app, "python -m ingest", arguments)


def records() -> list[RawRecord]:
    files = [RawRecord(path.name, path.read_bytes(), 1_772_409_600_000) for path in sorted(DATA.glob("*.json"))]
    items = wire(TELEPHONY, channel="telephony")
    return [*files, *(RawRecord("push", json.dumps([item]).encode()) for item in items)]


def test_order_and_repetition_change_nothing_and_everything_adds_up(store, tmp_path):
    chance = random.Random(20261129)
    loader = Loader(store)
    loader.write_records(records())
    loader.settle()
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    try:
        shuffled = Loader(other)
        for _ in range(2):
            shuffled.write_records(chance.sample(records(), len(records())))
        shuffled.settle()

        assert differences(store, other) == {}
        assert list(check(other, shuffled.deriver, now_ms=shuffled.now_ms)) == []
        rederive(other, shuffled.deriver, now_ms=shuffled.now_ms)
        assert differences(store, other) == {}
    finally:
        other.close()


def test_speech_goes_with_its_conversation(store):
    loader = Loader(store)
    loader.write(wire(TELEPHONY, channel="telephony"))
    with store.read() as connection:
        [row] = connection.execute(select(speech)).mappings().all()
        assert (row["hold_ms"], row["silence_ms"], row["bot_ms"]) == (10_000, 3_000, 3_000)

    # A message that has been taken back was not said.
    removal: list[dict[str, Any]] = wire("10:00:03 #2 customer: x", channel="telephony")
    loader.write([removal[0] | {"type": "messageDelete"}])

    with store.read() as connection:
        [row] = connection.execute(select(speech)).mappings().all()
    assert (row["customer_ms"], row["num_utterances"]) == (0, 2)


def test_command_lines_load_count_list_and_export_calls(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    assert ingest(["load", str(DATA), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["conversations"] == 3

    def printed(*arguments: str) -> str:
        assert metrics(list(arguments)) == 0
        return capsys.readouterr().out

    [whole] = json.loads(printed("voice", "--format", "json"))
    assert whole["calls"] == 2
    assert whole["talk_share_customer"]["seconds"] == 11.0
    assert whole["silence_share"]["value"] == 12.25 / (12.25 + 27.25)
    days = json.loads(printed("voice", "--by", "day", "--format", "json"))
    assert [(each["day"], each["calls"]) for each in days] == [("2026-03-02", 2)]
    assert "Silence" in printed("voice")

    found = json.loads(printed("find", "--metric", "silence_share", "--format", "json"))
    assert found["count"] == whole["silence_share"]["calls"] == 2

    rows = list(csv.DictReader(io.StringIO(printed("export", "speech", "-o", "-"))))
    assert len(rows) == 2
    assert sum(float(each["silence_seconds"]) for each in rows) == whole["silence_share"]["seconds"]
    said = list(csv.DictReader(io.StringIO(printed("export", "utterances", "-o", "-"))))
    assert len(said) == sum(int(each["num_utterances"]) for each in rows)
    assert sum(float(each["spoken_seconds"]) for each in said if each["role"] == "customer") == 11.0
    assert [each["offset_seconds"] for each in said if each["source"] == "azure_conversation"] == ["1", "4", "8"]
    narrowed = list(csv.DictReader(io.StringIO(printed("export", "speech", "--metric", "overlap_share", "-o", "-"))))
    assert [each["source"] for each in narrowed] == ["azure_speech_batch"]
    assert json.loads(printed("check", "--json")) == {"differences": []}


def test_rejected_before_this_release_is_read_by_a_replay(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    untimed = json.loads((DATA / "conversations.json").read_bytes())
    for each in untimed["analysisInput"]["conversations"]:
        del each["startTime"]
    monkeypatch.setattr("ingest.sources.detect.azure_conversation.is_conversation", lambda value: False)
    (tmp_path / "old.json").write_text(json.dumps(untimed), encoding="utf-8")
    assert ingest(["load", str(tmp_path / "old.json")]) == 2
    monkeypatch.undo()
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    capsys.readouterr()

    assert ingest(["rejected", "replay"]) == 0
    capsys.readouterr()

    assert metrics(["find", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 2


NOON = {"timestamp": "2026-03-02T12:00:00Z"}
HALF = {
    "id": "h",
    "startTime": "2026-03-02T11:00:00Z",
    "conversationItems": [
        {"id": "1", "text": "half \ud83d here\u0000", "participantId": "\udc00"}
        | {"conversationItemLevelTiming": {"offset": "PT1S", "duration": "PT1S"}},
        {"id": "2", "text": 5},
    ],
}
HUGE = [
    {"speaker": 1, "offsetInTicks": 10**30, "durationInTicks": -5, "nBest": [{"display": "a"}]},
    {"speaker": 2, "offset": "PT1S", "duration": "-PT9S", "nBest": [{"display": "b"}]},
    {"speaker": {"x": 1}, "offset": "PT2S", "duration": "PT3S", "nBest": [{"display": "c"}, 5]},
    {"speaker": 1.5, "offset": "PT600000S", "duration": "PT600000S", "nBest": [{"display": "d"}]},
]
HOSTILE = {
    "nan": '{"recognizedPhrases": [{"offset": NaN, "nBest": []}]}',
    "nothing": json.dumps(NOON | {"recognizedPhrases": []}),
    "words": json.dumps(NOON | {"recognizedPhrases": ["a", 7, None, {"nBest": [{"display": "heard"}]}]}),
    "huge": json.dumps({"timestamp": "2026-03-02T10:00:00Z", "durationInTicks": 10**40, "recognizedPhrases": HUGE}),
    "half": json.dumps(HALF),
    "year": json.dumps({"startTime": "9999-12-31T23:59:59Z", "conversationItems": [{"id": "1", "text": "late"}]}),
}


def test_hostile_files_are_read_or_kept_with_their_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    folder = tmp_path / "calls"
    folder.mkdir()
    for name, text in HOSTILE.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")

    assert ingest(["load", str(folder), "--json"]) == 2

    counts = json.loads(capsys.readouterr().out)
    assert (counts["conversations"], counts["rejected"]) == (4, 6)
    assert ingest(["rejected", "list", "--json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert sorted(each["reason"] for each in kept["rejected"]) == [
        "a transcription without a phrase: nobody was heard",
        "its time is outside 1970–2199",
        "not a conversation item: it says nothing",
        *["not a phrase: not an object"] * 3,
    ]
    [row] = json.loads(capsys_of(capsys, "voice", "--format", "json"))
    assert row["calls"] == 2
    assert json.loads(capsys_of(capsys, "check", "--json")) == {"differences": []}


def capsys_of(capsys: Any, *arguments: str) -> str:
    """What one command prints."""
    capsys.readouterr()
    assert metrics(list(arguments)) == 0
    return str(capsys.readouterr().out)


def test_strip_of_a_conversation_shows_the_waits_that_its_figures_count(store):
    items = wire(
        """
        10:00:00 customer: Hello | {"channelData": {"speech": {"offset": "PT0S", "duration": "PT2S"}}}
        10:00:02 system event queue.entered {"queue": "Bots"}
        10:00:10 bot: Hi | {"channelData": {"speech": {"offset": "PT10S", "duration": "PT2S"}}}
        10:00:20 event handoff.initiate {}
        10:00:50 system event handoff.status {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}
        10:01:00 agent: Bea here | {"channelData": {"speech": {"offset": "PT60S", "duration": "PT2S"}}}
        10:01:10 end completedSuccessfully
        """,
        channel="telephony",
        conversation="waited",
    )
    loader = Loader(store)
    loader.write_records([RawRecord("push", json.dumps([item]).encode()) for item in items])
    loader.settle()

    told = tell_story(store, "waited")

    assert told is not None and told.speech is not None
    waits = next(track for track in told.speech.tracks if track.what == "wait")
    assert waits.spans == [(2.0, 10.0), (20.0, 50.0)]
    # What is neither spoken nor waited: 12–20 and 50–60.
    assert told.speech.row["silence_ms"] == 18_000
