"""A database of its own, driven only by the product's commands, as a person at a shell would."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..forked import ROOT, start_module

VARIABLE_PREFIX = "FLOORWALKER_"


@dataclass(frozen=True)
class Floor:
    """One database. `folder` holds it and what is exported from it.

    Commands begin as forks, whose sets are in one order; where `is_apart`, as processes with an order of their own.
    """

    folder: Path
    is_apart: bool = False

    def run(self, *arguments: str | Path, allowed: Sequence[int] = (0,)) -> str:
        """Run one command; what it prints. A wrong exit is an error that shows everything it said."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(VARIABLE_PREFIX)}
        variables = kept | {"FLOORWALKER_DATABASE_URL": f"sqlite:///{self.folder / 'floor.db'}"}
        out, errors = self.folder / "out", self.folder / "errors"
        for file in (out, errors):
            file.write_bytes(b"")
        words = [*map(str, arguments)]
        code = _apart(words, variables, out, errors) if self.is_apart else _forked(words, variables, out, errors)
        said = f"{' '.join(words[:4])} exited {code}\n{out.read_text()[-3_000:]}\n{errors.read_text()[-3_000:]}"
        assert code in allowed, said
        return out.read_text(encoding="utf-8")

    def load(self, *paths: Path, allowed: Sequence[int] = (0,)) -> dict[str, int]:
        """Load files and folders."""
        printed: dict[str, int] = json.loads(self.run("ingest", "load", *paths, "--json", allowed=allowed))
        return printed

    def report(self, *options: str) -> str:
        """The report as printed, to the byte."""
        return self.run("metrics", "report", "--format", "json", *options)

    def figures(self, *options: str) -> list[dict[str, Any]]:
        """The report, read."""
        rows: list[dict[str, Any]] = json.loads(self.report(*options))
        return rows

    def conversations(self, *options: str) -> list[dict[str, str]]:
        """The exported table of conversations."""
        target = self.folder / "conversations.csv"
        self.run("metrics", "export", "conversations", "-o", target, *options)
        with target.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def check(self) -> None:
        """Recount everything; a difference is an error."""
        self.run("metrics", "check")


def _apart(words: list[str], variables: dict[str, str], out: Path, errors: Path) -> int:
    with out.open("wb") as printed, errors.open("wb") as complaints:
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, cwd=ROOT, env=variables, stdout=printed, stderr=complaints, timeout=300).returncode


def _forked(words: list[str], variables: dict[str, str], out: Path, errors: Path) -> int | None:
    process = start_module(*words, environment=variables, out=out, errors=errors)
    process.join(300)
    return process.exitcode
