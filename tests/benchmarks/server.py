"""A running dashboard to measure: its own folder and databases, none of the operator's settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
STOP_SECONDS = 15


class FloorServer:
    """The dashboard as `make run` starts it. `database_url` holds what is real, `demo_database_url` the simulated floor.

    `app` is another ASGI application in its place, as `module:name`, served by uvicorn.
    """

    def __init__(self, folder: Path, *, port: int = 0, demo: str = "off", with_make: bool = False, app: str = "") -> None:
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.database_url = f"sqlite:///{folder}/floor.db"
        self.demo_database_url = f"sqlite:///{folder}/demo.db"
        self._log = folder / "server.log"
        self._with_make = with_make
        self._app = app
        config = folder / "floorwalker.toml"
        config.touch()
        self.environment = clean_environment() | {
            "FLOORWALKER_CONFIG": str(config),
            "FLOORWALKER_DATABASE_URL": self.database_url,
            "FLOORWALKER_DEMO_DATABASE_URL": self.demo_database_url,
            "FLOORWALKER_DEMO": demo,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FloorServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start it; the seconds until it answered."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > START_SECONDS:
                self.stop()
                raise RuntimeError(f"the server does not answer:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.02)
        return time.monotonic() - began

    @property
    def host(self) -> str:
        """Where it is, as `name:port`."""
        return f"localhost:{self.port}"

    @property
    def pid(self) -> int:
        """Of its process. Raises where it does not run."""
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as a crash would."""
        os.killpg(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it, and what it has started, as a service manager does."""
        if self._process is None:
            return
        # The session is its own: nothing else is in the group.
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(STOP_SECONDS)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def load(self, folder: Path) -> subprocess.Popen[bytes]:
        """Begin a bulk load into the same database, as an operator does."""
        command = [sys.executable, "-m", "ingest", "load", str(folder), "--json"]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def _command(self) -> Sequence[str]:
        if self._with_make:
            return ["make", "run", f"PORT={self.port}"]
        if self._app:
            return [sys.executable, "-m", "uvicorn", self._app, "--port", str(self.port), "--log-level", "warning"]
        return [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(self.port)]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


def post(client: httpx.Client, url: str, activities: Sequence[Mapping[str, Any]]) -> None:
    """Report activities as a bot does; they are on disk when this returns."""
    answer = client.post(f"{url}/ingest/activities", json=list(activities))
    if answer.status_code != 202 or answer.json()["rejected"]:
        raise RuntimeError(f"not accepted: {answer.status_code} {answer.text}")


def clean_environment() -> dict[str, str]:
    """This process's environment without the operator's settings, and without what `make` tells its children."""
    ours = ("FLOORWALKER_", "STREAMLIT_", "MAKE", "MFLAGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "PORT"}


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
