"""Commands that are pointed at a database that is not there: a name mistyped must not look like a floor without conversations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import cli
from ingest.__main__ import app as ingest_app
from metrics.__main__ import app as metrics_app
from metrics.routing.__main__ import app as routing_app

APPS = {"ingest": ingest_app, "metrics": metrics_app, "metrics.routing": routing_app}
ROOT = Path(__file__).resolve().parents[2]
# Everything that takes --db, with what else it needs.
ASKING = {
    "ingest status": [],
    "ingest rejected list": [],
    "ingest rejected show": ["1"],
    "ingest rejected replay": [],
    "metrics targets": [],
    "metrics explain": ["web-bot:1"],
    "metrics export": ["conversations", "-o", "-"],
    "metrics find": [],
    "metrics check": [],
    "metrics rederive": [],
    "metrics index": [],
    "metrics sessions": [],
    "metrics queues": [],
    "metrics voice": [],
    "metrics surveys": [],
    "metrics suggestions": [],
    "metrics alerts rules": [],
    "metrics alerts history": [],
    "metrics alerts try": ["r1"],
    "metrics annotations list": [],
    "metrics annotations add": ["v2"],
    "metrics annotations delete": ["1"],
    "metrics.routing health": [],
    "metrics.routing elsewhere": [],
    "metrics.routing explain": ["web-bot:1"],
    "metrics.routing try": [str(ROOT / "routing.example.toml")],
}
# Loading and putting in force make one; a report of nothing is figures of nothing.
OTHERS = {"ingest load", "ingest run", "metrics.routing use", "metrics report"}


def run(command: str, *arguments: str) -> int:
    program, *names = command.split()
    return cli.code_of(APPS[program], f"python -m {program}", [*names, *arguments])


def taking_database(command: Any, name: str) -> Iterator[str]:
    for own, part in getattr(command, "commands", {}).items():
        yield from taking_database(part, f"{name} {own}")
    if any("--db" in option.opts for option in command.params):
        yield name


def test_each_command_that_takes_a_database_is_tried_here() -> None:
    found = {name for program, app in APPS.items() for name in taking_database(typer.main.get_command(app), program)}

    assert found == {*ASKING, *OTHERS}


@pytest.mark.parametrize("command", ASKING)
def test_a_database_that_is_not_there_is_an_error_and_is_not_made(command, tmp_path, capsys) -> None:
    assert run(command, *ASKING[command], "--db", str(tmp_path / "typo.db")) == 1

    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert f"there is no database at {tmp_path}/typo.db" in said.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_loaded_and_put_in_force_goes_into_the_database_that_is_named(tmp_path, capsys) -> None:
    transcript = tmp_path / "a.json"
    transcript.write_text(
        '[{"type": "message", "id": "1", "timestamp": "2026-03-02T10:00:00Z", "text": "hi",'
        ' "from": {"id": "c", "role": "user"}, "conversation": {"id": "one"}}]',
        encoding="utf-8",
    )
    named = ["--db", str(tmp_path / "named.db")]

    assert run("ingest load", str(transcript), *named) == 0
    assert run("metrics.routing use", str(ROOT / "routing.example.toml"), *named) == 0
    capsys.readouterr()

    assert run("metrics find", "--format", "csv", *named) == 0
    assert run("metrics.routing health", *named) == 0
    said = capsys.readouterr()
    assert "one" in said.out
