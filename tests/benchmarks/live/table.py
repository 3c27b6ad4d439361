"""The one table of the live floor's speed: all stages in one run, each beside its bound."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import alerting, watching
from tests.benchmarks.figures import Figure, Sheet, at_most, format_number, quantile
from tests.benchmarks.live.crowds import NUM_OPEN, few_viewers, full_floor, long_time, many_viewers
from tests.benchmarks.live.found import COLUMNS, Found
from tests.benchmarks.live.polling import polling
from tests.benchmarks.live.returning import returning
from tests.benchmarks.live.rig import CROWD_PROCESSES, EVENTS_A_SECOND, Rig
from tests.benchmarks.live.statements import statements

STAGES = ("one", "few", "many", "long", "returning", "full", "statements", "alert", "polling")
DEFAULT_SECONDS = 20.0
DEFAULT_MINUTES = 2.0


def measure(
    port: int, *, stages: Collection[str] = STAGES, minutes: float = DEFAULT_MINUTES, seconds: float = DEFAULT_SECONDS
) -> Sheet:
    """Run the stages that are wanted, in their order."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        crowds: list[Rig] = []

        def crowd() -> Rig:
            """The server whose crowd grows from stage to stage."""
            if not crowds:
                crowds.append(stack.enter_context(Rig(_made(folder / "crowd"), num_open=NUM_OPEN, port=port)))
            return crowds[0]

        with_crowd: dict[str, Callable[[], Found]] = {
            "few": lambda: few_viewers(crowd(), seconds),
            "many": lambda: many_viewers(crowd(), seconds),
            "long": lambda: long_time(crowd(), minutes, say),
            "returning": lambda: returning(crowd()),
        }
        alone: dict[str, Callable[[], Found]] = {
            "one": lambda: one_browser(port),
            "full": lambda: full_floor(_made(folder / "full"), port, seconds),
            "statements": lambda: statements(_made(folder / "statements"), port),
            "alert": lambda: Found([*alerting.measure(port).figures]),
            "polling": lambda: polling(_made(folder / "polling"), port, say),
        }
        for stage in (stage for stage in STAGES if stage in stages):
            say(stage)
            if stage in alone and crowds:
                stack.close()
                crowds.clear()
            found.add((with_crowd | alone)[stage]())
    return Sheet("Live floor", found.figures, COLUMNS, found.rows, [*found.notes, *NOTES])


NOTES = (
    f"{EVENTS_A_SECOND} events a second over all open conversations, each posted by itself, scored, derived and on disk; "
    "a viewer is a Streamlit session and its stream",
    "delays of every event to every viewer, from its 202 to the frame, by the machine's monotonic clock; Server and Load are "
    f"shares of one core (load: {CROWD_PROCESSES} processes of viewers, one that posts)",
)


def one_browser(port: int) -> Found:
    """One event at a time into the document of one open browser."""
    delays = [delay.from_accepted for delay in watching.quiet(port)]
    figures = [
        Figure("one browser: event accepted → DOM, median", statistics.median(delays), "ms", at_most(100)),
        Figure("one browser: event accepted → DOM, 95 % within", quantile(delays, 0.95), "ms", at_most(200)),
    ]
    row = (*(format_number(quantile(delays, share)) for share in (0.5, 0.95, 0.99)), "", "", "")
    return Found(figures, [("one browser, event accepted → DOM", *row)])


def say(text: str) -> None:
    """Where it stands, for whoever waits."""
    print(f"  {text} …", file=sys.stderr, flush=True)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
