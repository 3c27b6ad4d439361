"""What a process takes of this machine, as Linux tells it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024 * 1024


def memory_bytes(pid: int) -> int:
    """What the process holds in memory (resident set)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """Processor time the process has taken so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(slots=True)
class Share:
    """Which part of one core some processes take, from `since` on."""

    pids: list[int]
    began: float
    before: float

    @classmethod
    def since_now(cls, *pids: int) -> Self:
        """Begin to count."""
        return cls([*pids], monotonic(), sum(cpu_seconds(pid) for pid in pids))

    def so_far(self) -> float:
        """Of one core: 1.0 is all of it."""
        return (sum(cpu_seconds(pid) for pid in self.pids) - self.before) / (monotonic() - self.began)
