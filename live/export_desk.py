"""Files that pages ask for: each made by a process of its own beside the server, with progress, and kept for an hour.

The process is the command line, so a file is the same from both; and neither the server's memory nor its answers suffer from one
of millions of rows.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, Any, Protocol

# Each takes a processor; more would be slower for everybody.
MOST_AT_ONCE = 2
MOST_KEPT = 20
KEPT_MS = 60 * 60 * 1000
MANIFEST = ".manifest.json"


class DeskFullError(Exception):
    """As many files are being made as may be at once."""


class State(StrEnum):
    """How far a file is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Process(Protocol):
    """What makes a file: says how far it is line by line, and why it failed."""

    stdout: IO[str] | None
    stderr: IO[str] | None

    def wait(self, timeout: float | None = None) -> int: ...

    def terminate(self) -> None: ...


# Begins to write the export that these words of the command line ask for to a file.
Launch = Callable[[Sequence[str], Path], Process]


@dataclass(slots=True)
class Job:
    """One file. Written on by one thread only; what pages read of it may be a moment old."""

    key: str
    viewer: str
    path: Path
    began_ms: int
    state: State = State.RUNNING
    rows: int = 0
    of: int = 0
    error: str = ""
    process: Process | None = field(default=None, repr=False)
    ended: Event = field(default_factory=Event, repr=False)

    @property
    def manifest(self) -> Path:
        """The file that says what is in it."""
        return self.path.with_name(self.path.name + MANIFEST)

    @property
    def share(self) -> float:
        """How much of it is written, 0 to 1."""
        return min(1.0, self.rows / self.of) if self.of else 0.0


class ExportDesk:
    """The files of one server."""

    def __init__(self, launch: Launch, *, now_ms: Callable[[], int]) -> None:
        self._launch = launch
        self._now_ms = now_ms
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}
        self._folder: Path | None = None

    def start(self, words: Sequence[str], file_name: str, *, viewer: str) -> Job:
        """Begin a file of this name. Raises DeskFullError, OSError."""
        with self._lock:
            self._forget_old()
            if sum(job.state is State.RUNNING for job in self._jobs.values()) >= MOST_AT_ONCE:
                raise DeskFullError("two other files are being made; wait for one of them, or cancel it")
            key = secrets.token_urlsafe(16)
            folder = self._place() / key
            folder.mkdir()
            job = Job(key, viewer, folder / Path(file_name).name, self._now_ms())
            job.process = self._launch(words, job.path)
            self._jobs[key] = job  # only now: what could not be started takes no place
        Thread(target=self._follow, args=(job, job.process), name="export", daemon=True).start()
        return job

    def find(self, key: str) -> Job | None:
        """A file that is being made or still kept."""
        return self._jobs.get(key)

    def cancel(self, key: str) -> None:
        """Stop making a file. What there was of it goes."""
        job = self._jobs.get(key)
        if job is not None and job.state is State.RUNNING:
            job.state = State.CANCELLED
            if job.process is not None:
                job.process.terminate()

    def close(self) -> None:
        """Stop everything and remove every file."""
        for key in list(self._jobs):
            self.cancel(key)
        for job in self._jobs.values():
            job.ended.wait(timeout=10)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _follow(self, job: Job, process: Process) -> None:
        for line in process.stdout or ():
            said = _progress(line)
            if said is not None:
                job.rows, job.of = said
        error = "" if process.stderr is None else process.stderr.read()
        code = process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        if job.state is State.CANCELLED:
            shutil.rmtree(job.path.parent, ignore_errors=True)
        elif code == 0 and job.path.exists():
            job.state = State.DONE
        else:
            job.error = _last_line(error) or f"the export ended with code {code}"
            job.state = State.FAILED
        job.ended.set()

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="floorwalker-exports-"))
        return self._folder

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if job.state is not State.RUNNING]
        old = [job for job in ended if self._now_ms() - job.began_ms > KEPT_MS]
        for job in {item.key: item for item in (*old, *ended[: len(ended) - MOST_KEPT + 1])}.values():
            del self._jobs[job.key]
            shutil.rmtree(job.path.parent, ignore_errors=True)


def launcher(command: Sequence[str], *, folder: Path, environment: Callable[[], dict[str, str]]) -> Launch:
    """Runs `command`, with the words and the file's name behind it, in `folder`."""

    def launch(words: Sequence[str], path: Path) -> Process:
        process: Any = subprocess.Popen(  # noqa: S603 - our own command; the words are its options, each one argument
            [*command, *words, "--for-page", f"--output={path}"],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return process  # type: ignore[no-any-return]

    return launch


def _progress(line: str) -> tuple[int, int] | None:
    try:
        said = json.loads(line)
        return int(said["rows"]), int(said["of"])
    except (ValueError, KeyError, TypeError):
        return None


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else ""
