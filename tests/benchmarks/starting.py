"""Starting: how long the simulated floor's history takes to appear, and how soon a second `make run` answers."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from ingest.sources.demo.source import NAME
from store.engine import open_store
from store.reads import saved_cursor
from store.tables import activity, conversation
from tests.benchmarks.figures import Figure, Sheet, at_least, at_most, format_number
from tests.benchmarks.server import ROOT, FloorServer, clean_environment

MOST_FILL_SECONDS = 30.0
MOST_START_SECONDS = 8.0
FEWEST_CONVERSATIONS = 5_000
SECOND_STARTS = 3
PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.2


def measure(port: int) -> Sheet:
    """`make run` with databases that do not exist yet, then again."""
    # What is installed on the very first start is not measured here.
    subprocess.run(["make", "setup"], cwd=ROOT, env=clean_environment(), check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name:
        server = FloorServer(Path(name), port=port, demo="auto", with_make=True)
        began_at, began = datetime.now(UTC), time.monotonic()
        try:
            first = server.start()
            fill = _until_filled(server, began_at, began)
            num_conversations, num_activities = _count(server)
        finally:
            server.stop()
        second = []
        for _ in range(SECOND_STARTS):
            try:
                second.append(server.start())
            finally:
                server.stop()
    return sheet(first, fill, second, num_conversations, num_activities)


def _until_filled(server: FloorServer, began_at: datetime, began: float) -> float:
    """Seconds from the start until the history reaches it; the cursor is an interval while there is some still to fill."""
    store = open_store(server.demo_database_url)
    try:
        while time.monotonic() - began < PATIENCE_SECONDS:
            with store.read() as connection:
                cursor = saved_cursor(connection, NAME)
            if cursor and "/" not in cursor and datetime.fromisoformat(cursor) >= began_at:
                return time.monotonic() - began
            time.sleep(LOOK_SECONDS)
    finally:
        store.close()
    raise RuntimeError(f"the history was not filled within {PATIENCE_SECONDS:.0f} s")


def _count(server: FloorServer) -> tuple[int, int]:
    store = open_store(server.demo_database_url)
    try:
        with store.read() as connection:
            return (
                connection.execute(select(func.count()).select_from(conversation)).scalar_one(),
                connection.execute(select(func.count()).select_from(activity)).scalar_one(),
            )
    finally:
        store.close()


def sheet(first: float, fill: float, second: list[float], num_conversations: int, num_activities: int) -> Sheet:
    """What was waited for."""
    figures = [
        Figure("first start: history filled after", fill, "s", at_most(MOST_FILL_SECONDS)),
        Figure("conversations of that history", num_conversations, "", at_least(FEWEST_CONVERSATIONS)),
        Figure("first start answers after", first, "s"),
        Figure(f"second start answers after, worst of {len(second)}", max(second), "s", at_most(MOST_START_SECONDS)),
        Figure("second start answers after, median", statistics.median(second), "s"),
    ]
    rate = format_number(num_activities / fill)
    notes = [f"`make run` until /healthz answers; {num_activities:,} activities of history, {rate} a second, start included"]
    return Sheet("Starting", figures, notes=notes)
