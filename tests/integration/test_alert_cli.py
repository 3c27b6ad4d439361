"""`python -m metrics alerts`: rules, history and trying, for people and for programs; mistakes are one sentence."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from metrics.__main__ import main
from store.engine import open_store
from tests.alert_floor import LOW, Floor
from tests.stored import Loader
from tests.transcripts import wire
from tests.unit.floor_rows import facts

REFUND = '{"kind": "words", "words": ["refund"]}'


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    open_store(url := f"sqlite:///{tmp_path}/x.db").close()
    return url


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["alerts", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, _ = printed(capsys, *arguments, "--format", "json")
    assert code == 0
    return json.loads(out)


def test_rules_are_listed_with_what_they_do_and_how_they_stand(capsys: pytest.CaptureFixture[str], database: str) -> None:
    found = as_json(capsys, "rules", "--db", database)

    assert {rule["origin"] for rule in found} == {"built_in"}
    assert next(rule for rule in found if rule["id"] == "built-in-words")["sentence"].startswith(
        "When the customer says “lawyer”"
    )


def test_history_says_who_acknowledged(
    capsys: pytest.CaptureFixture[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(database)
    floor = Floor(store)
    floor.put(facts(1, sentiment_micro=LOW, due_ms=2**53))
    floor.engine.command(lambda following, ledger, now_ms: following.acknowledge(("mood", "conversation:1"), now_ms, "Kim"))
    floor.engine.pump()
    store.close()
    monkeypatch.setattr("wiring.system_now_ms", lambda: floor.now_ms + 1000)

    code, out, _ = printed(capsys, "history", "--db", database, "--format", "csv")

    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["rule"] == "Mood"]
    assert code == 0
    assert [(row["conversation"], row["state"], row["acknowledged_by"]) for row in rows] == [("demo:c-1", "acknowledged", "Kim")]


def test_rule_that_is_not_saved_can_be_tried(
    capsys: pytest.CaptureFixture[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(database)
    Loader(store).write(wire('10:00:00 customer: a refund\n10:00:01 bot: Which? | {"inputHint": "expectingInput"}'))
    store.close()
    monkeypatch.setattr("wiring.system_now_ms", lambda: 1_772_452_800_000)  # noon of that day

    found = as_json(capsys, "try", "--rule", REFUND, "--days", "1", "--db", database)
    _, out, err = printed(capsys, "try", "--rule", REFUND, "--days", "1", "--db", database)

    assert (found["num_firings"], found["num_abandoned"], found["is_fully_covered"]) == (1, 1, False)
    assert found["firings"][0]["fired"] == "2026-03-02T10:00:00.000Z"
    assert "the customer said “refund”" in out
    assert "1 firings, – on a usual day, on 1 conversations" in err and "History begins 22 h after" in err


@pytest.mark.parametrize(("hours", "num_firings"), [(("08:00", "12:00"), 1), (("12:00", "20:00"), 0)])
def test_rule_with_hours_is_tried_by_its_own_clock(
    capsys: pytest.CaptureFixture[str],
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    hours: tuple[str, str],
    num_firings: int,
) -> None:
    store = open_store(database)
    Loader(store).write(wire("10:00:00 customer: a refund"))  # 11:00 in Berlin
    store.close()
    monkeypatch.setattr("wiring.system_now_ms", lambda: 1_772_452_800_000)
    rule = json.loads(REFUND) | {"active_from": hours[0], "active_until": hours[1], "active_zone": "Europe/Berlin"}

    found = as_json(capsys, "try", "--rule", json.dumps(rule), "--days", "1", "--db", database)

    assert found["num_firings"] == num_firings
    assert found["rule"]["active_zone"] == "Europe/Berlin"


def test_rule_of_the_file_that_tells_a_target_is_listed(
    capsys: pytest.CaptureFixture[str], database: str, tmp_path: Path
) -> None:
    target = (
        '[[alert_targets]]\nname = "desk"\nkind = "webhook"\naddress = "https://desk.example/"\nsecret = "a-long-random-word"\n'
    )
    rule = '[[alert_rules]]\nname = "Refunds"\nkind = "words"\nwords = ["refund"]\ntargets = ["desk"]\n'
    (tmp_path / "floorwalker.toml").write_text(target + rule, encoding="utf-8")

    assert "file:Refunds" in {one["id"] for one in as_json(capsys, "rules", "--db", database)}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["try", "nope"], "names no rule: 'nope'"),
        (["try"], "name a rule by its id"),
        (["try", "--rule", "{"], "--rule is not JSON"),
        (["try", "--rule", "[1]"], "--rule must be an object"),
        (["try", "--rule", '{"kind": "wait", "at_rsk": 3}'], "did you mean at_risk"),
        (["try", "built-in-wait", "--tz", "Mars/Olympus"], "no time zone is called"),
    ],
)
def test_mistake_is_one_sentence(capsys: pytest.CaptureFixture[str], database: str, arguments: list[str], sentence: str) -> None:
    code, out, err = printed(capsys, *arguments, "--db", database)

    assert (code, out) == (1, "")
    assert sentence in " ".join(err.split())
