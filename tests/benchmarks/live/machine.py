"""What a process takes of this machine, as Linux tells it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds in memory, in megabytes: all of it, and its own, without the pages of files that it looks into."""

    resident: float
    own: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """At this moment."""
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        kilobytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value}
        return cls(kilobytes["VmRSS"] / 1024, kilobytes["RssAnon"] / 1024)


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
