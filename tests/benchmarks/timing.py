"""How long something took: by the clock, and of the processor's time, which other work on the machine hardly touches."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of the processor (all threads of this process)."""

    seconds: float
    cpu_seconds: float

    def __add__(self, other: Took) -> Took:
        return Took(self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds)


NOTHING = Took(0.0, 0.0)


def timed(work: Callable[[], object]) -> Took:
    """Do it once. What was left to be collected before is not counted."""
    gc.collect()
    began, cpu_began = perf_counter(), process_time()
    work()
    return Took(perf_counter() - began, process_time() - cpu_began)
