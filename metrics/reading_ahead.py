"""Reading ahead: packed days of all of history into memory, before somebody asks for them and has to wait."""

from __future__ import annotations

from collections.abc import Callable

from metrics.kept import LAYOUTS, unpack
from metrics.routing.kept import judged_rows
from metrics.rows import DIMENSIONS
from metrics.windows import DAY_MS
from store.engine import Store
from store.history import bounds

# What is read in one go: some tens of milliseconds, in which others that want the same have to wait.
STEP_MS = 32 * DAY_MS


def read_ahead(store: Store, *, is_stopped: Callable[[], bool] = lambda: False) -> None:
    """Have in memory what questions about all of history read, the newest first; left off where it is stopped."""
    with store.read() as connection:
        first, last = bounds(connection)
    if first is None or last is None:
        return
    for end_ms in range(last + 1, first, -STEP_MS):
        for layout in LAYOUTS:
            if is_stopped():
                return
            with store.read() as connection:
                unpack(connection, max(first, end_ms - STEP_MS), end_ms, layout=layout)
    for layout in LAYOUTS:
        if is_stopped():
            return
        with store.read() as connection:
            rows = unpack(connection, None, None, layout=layout)
        for name in (*layout.columns, "bot"):
            rows.columns[name]  # put together now, and not for the first who asks
        for name in ("bot", *DIMENSIONS):
            rows.present(name)
    with store.read() as connection:
        judged_rows(connection, None, None)
