"""Scoring beside the load: a second process that scores texts while this one writes.

It is fed a line of JSON, a list of texts, and answers with a line of scores; when its input ends, so does it, even where the
process that began it was killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

import orjson

from metrics.sentiment import Engine, TextBlobEngine

ROOT = Path(__file__).resolve().parent.parent  # where `-m metrics.scoring` is found


class ScoringProcess:
    """One helper process. `submit` may be called ahead of need; answers come in the order of the questions."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "metrics.scoring"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._talk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scoring")
        self._first = self.submit([])

    @staticmethod
    def is_worthwhile() -> bool:
        """Whether this machine has a second processor to do it on."""
        return (os.cpu_count() or 1) > 1

    def is_ready(self) -> bool:
        """Whether it has started: until then it is quicker to score here."""
        return self._first.done() and self._first.exception() is None

    def submit(self, texts: list[str]) -> Future[list[int]]:
        """The scores of `texts`, in time. The future raises OSError where the process has gone."""
        return self._talk.submit(self._ask, texts)

    def close(self) -> None:
        """Let it end."""
        self._talk.shutdown(wait=True, cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what it never took is of no interest now
                    pipe.close()
        self._process.wait()

    def _ask(self, texts: list[str]) -> list[int]:
        question, answer = self._process.stdin, self._process.stdout
        if question is None or answer is None:
            raise OSError("the scoring process has no pipes")
        question.write(orjson.dumps(texts) + b"\n")
        question.flush()
        line = answer.readline()
        if not line:
            raise OSError("the scoring process has ended")
        scores: list[int] = orjson.loads(line)
        return scores


def serve(engine: Engine, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more questions."""
    for line in questions:
        answers.write(orjson.dumps([engine.score(text) for text in orjson.loads(line)]) + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(TextBlobEngine(), sys.stdin.buffer, sys.stdout.buffer)
