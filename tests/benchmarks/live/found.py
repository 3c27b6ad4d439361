"""What one stage has found, for the one table of all stages."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.benchmarks.figures import Figure, format_number, quantile

COLUMNS = ("Milliseconds", "Median", "95 %", "99 %", "Worst viewer's 95 %", "Server", "Load")


@dataclass(slots=True)
class Found:
    """Figures with their bounds, rows of the table of delays, remarks."""

    figures: list[Figure] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Put what another stage found below."""
        self.figures += other.figures
        self.rows += other.rows
        self.notes += other.notes


def row_of_times(name: str, seconds: Sequence[float]) -> tuple[str, ...]:
    """A row of things that were timed one by one."""
    each = (statistics.median(seconds), quantile(seconds, 0.95), quantile(seconds, 0.99))
    return name, *(format_number(1000 * value) for value in each), "", "", ""
