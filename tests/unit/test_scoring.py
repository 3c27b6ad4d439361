"""Scores made by a second process are those made here, and its end is nobody's."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import orjson
import pytest

from metrics.scoring import ScoringProcess, serve
from metrics.sentiment import Scorer, TextBlobEngine
from store.records import Activity, Kind, WireRole

TEXTS = ["This is great, thank you!", "Terrible. I hate it.", "Where is my card?", "Ünïcode 😀\nand lines", ""]


@pytest.fixture(name="process")
def _process() -> Iterator[ScoringProcess]:
    process = ScoringProcess()
    yield process
    process.close()


def message(text: str, role: WireRole = WireRole.USER) -> Activity:
    texts = {"activity_id": "1", "wire_type": "message", "sender_id": "u", "sender_name": "", "locale": "en"}
    times = {"at_ms": 0, "at_sub": 0, "time_known": True}
    rest: dict[str, Any] = {"version": b"", "private": False, "detail": None, "raw": b""}
    return Activity(identity=1, kind=Kind.MESSAGE, wire_role=role, text=text, **texts, **times, **rest)


def test_second_process_gives_the_same_scores(process: ScoringProcess) -> None:
    engine = TextBlobEngine()

    assert process.submit(TEXTS).result(timeout=30) == [engine.score(text) for text in TEXTS]


def test_answers_come_in_the_order_of_the_questions(process: ScoringProcess) -> None:
    futures = [process.submit([text]) for text in TEXTS * 20]

    assert [future.result(timeout=30) for future in futures] == [[TextBlobEngine().score(text)] for text in TEXTS] * 20


def test_process_ends_when_its_input_does() -> None:
    questions = io.BytesIO(orjson.dumps(["good", "bad"]) + b"\n")
    answers = io.BytesIO()

    serve(TextBlobEngine(), questions, answers)

    assert len(orjson.loads(answers.getvalue())) == 2


def test_killed_process_costs_no_score(process: ScoringProcess) -> None:
    process.submit([]).result(timeout=30)
    process._process.send_signal(signal.SIGKILL)
    process._process.wait()
    scorer = Scorer(TextBlobEngine(), default_language="en", ahead=process)
    batches = [[message("This is great")], [message("This is bad")]]

    scorer.foresee(batches)
    for batch in batches:
        scorer.prepare(batch)
        for item in batch:
            assert scorer._ready == {item.text: TextBlobEngine().score(item.text)}


class Recorder:
    """Scores nothing itself; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def is_ready(self) -> bool:
        return True

    def submit(self, texts: list[str]) -> Future[list[int]]:
        self.asked.append(texts)
        future: Future[list[int]] = Future()
        future.set_result([7] * len(texts))
        return future


def test_what_is_foreseen_is_asked_once_and_bots_words_are_not() -> None:
    recorder = Recorder()
    scorer = Scorer(TextBlobEngine(), default_language="en", ahead=recorder)
    batch = [message("good"), message("good"), message("a bot's", WireRole.BOT), message("")]

    scorer.foresee([batch])
    scorer.prepare(batch)

    assert recorder.asked == [["good"]]
    assert scorer._ready == {"good": 7}
