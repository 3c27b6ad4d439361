"""What is wrong with a configuration's files, so said that an operator can mend it: file, line, what, remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what to do about it."""

    file: str
    line: int  # from 1; 0 where no line can be named
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.remedy}"


class FaultyConfigurationError(ConfigurationError):
    """A configuration that cannot be used: every fault that was found, in the order of the files. Nothing of it holds."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
