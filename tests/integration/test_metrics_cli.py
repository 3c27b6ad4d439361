"""`python -m metrics` from end to end: exit codes, what is printed where, and that asking changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from ingest.loading import load
from metrics.__main__ import main
from settings import read_settings
from store.tables import activity, conversation, customer, day_pack, participant, raw_chunk, session
from tests.conversation_rows import at, put, row
from wiring import wire

ROOT = Path(__file__).parent.parent.parent
COMMANDS = ("report", "targets", "explain", "export", "check", "docs", "dictionary")


def activity_of(number, role, text, **said):
    sender = {"id": role, "name": "Ada" if role == "bot" else "<b>Ann</b>", "role": role}
    body = {
        "type": "message",
        "id": str(number),
        "timestamp": f"2026-03-02T09:00:{number:02d}Z",
        "text": text,
        "channelId": "webchat",
    }
    return body | {"from": sender, "conversation": {"id": "chat-1"}} | said


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """A database with one escalated conversation in it, loaded as anyone would."""
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    script = [
        activity_of(1, "user", "hello, this is terrible, I hate it"),
        activity_of(2, "bot", "One moment."),
        activity_of(3, "bot", "", type="event", name="handoff.initiate", value={}),
    ]
    (tmp_path / "chat.transcript").write_text(json.dumps(script), encoding="utf-8")
    wired = wire(read_settings(os.environ))
    load(wired.another_pipeline(), [tmp_path / "chat.transcript"])
    yield wired.store
    wired.store.close()


def printed(capsys, *arguments):
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_targets_are_listed_with_what_is_and_a_check_ends_with_1_where_one_is_missed(loaded, tmp_path, monkeypatch, capsys):
    assert json.loads(printed(capsys, "targets", "--format", "json")) == []
    path = tmp_path / "floorwalker.toml"
    path.write_text('[[metric_targets]]\nmetric = "escalation_time"\nof = "p90"\nlevel = 1\n', encoding="utf-8")
    monkeypatch.setenv("FLOORWALKER_CONFIG", str(path))

    [found] = json.loads(printed(capsys, "targets", "--format", "json"))

    assert (found["metric"], found["of"], found["level"], found["value"]) == ("escalation_time", "p90", 1, 2)
    assert (found["better"], found["met"], found["sure"]) == ("lower", False, True)
    assert "missed" in printed(capsys, "targets")
    assert main(["targets", "--check"]) == 1


def test_missing_database_is_empty_and_is_not_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/none/x.db")

    lines = json.loads(printed(capsys, "report", "--format", "json"))

    assert [line["closed"] for line in lines] == [0]
    assert json.loads(printed(capsys, "report", "--by", "bot", "--format", "json")) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["report", "--nothing"],
        ["report", "--by", "colour"],
        ["report", "--by", "bot,bot"],
        ["report", "--tz", "Mars/Base"],
        ["report", "--from", "soon"],
        ["report", "--from", "2026-03-02", "--to", "2026-03-01"],
        ["report", "--format", "xml"],
        ["report", "--db", "mysql://x"],
        ["export", "conversations"],
        ["export", "secrets", "-o", "x.csv"],
        ["export", "conversations", "-o", "/nowhere/x.csv"],
        ["explain", "nobody"],
    ],
)
def test_wrong_use_ends_with_1_and_says_so_on_stderr(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")

    assert main(arguments) == 1

    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err
    assert "Traceback" not in caught.err


def test_malformed_setting_ends_with_1_and_names_it(monkeypatch, capsys):
    monkeypatch.setenv("FLOORWALKER_IDLE_MINUTES", "soon")

    assert main(["report"]) == 1
    assert "FLOORWALKER_IDLE_MINUTES" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys, command):
    assert "Usage" in printed(capsys, command, "--help")


def test_report_explain_and_export_tell_of_the_same_conversation(loaded, tmp_path, capsys):
    line = json.loads(printed(capsys, "report", "--by", "day,bot", "--format", "json"))[0]
    found = json.loads(printed(capsys, "explain", "chat-1", "--format", "json"))
    assert main(["export", "messages", "-o", str(tmp_path / "out.csv")]) == 0

    assert (line["day"], line["bot"], line["escalated"], line["escalation_time"]["mean"]) == ("2026-03-02", "Ada", 1, 2.0)
    assert (found["outcome"], found["deciding_activity"]["activity_id"], found["bot_seconds"]) == ("escalated", "3", 2.0)
    assert found["messages"][0]["score"] < 0
    assert found["messages"][1]["sentiment_after"] == found["sentiment"]["value"] == line["average_sentiment"]["value"]
    assert [message["text"] for message in found["messages"]] == ["hello, this is terrible, I hate it", "One moment."]
    assert (tmp_path / "out.csv").read_bytes().count(b"\r\n") == 3


def test_explanation_for_people_shows_text_as_text(loaded, capsys):
    with loaded.write() as connection:
        connection.execute(update(activity).where(activity.c.activity_id == "1").values(text="[red]x[/red] \x1b[2J"))

    shown = printed(capsys, "explain", "chat-1")

    assert "[red]x[/red]" in shown
    assert "\x1b" not in shown
    assert "handoff.initiate" in shown


def test_report_for_people_and_as_csv_has_a_line_a_group(loaded, capsys):
    assert len(printed(capsys, "report", "--by", "bot").splitlines()) == 2
    heading, line = printed(capsys, "report", "--by", "bot", "--format", "csv").splitlines()

    assert heading.startswith("bot,bot_conversations,closed")
    assert line.startswith("Ada,1,1,0,1,0,0,0.0,0,1,")


def test_what_is_due_is_closed_before_it_is_counted(loaded, capsys):
    still_open = {"ended_ms": None, "due_ms": at("2026-03-02T09:30:03Z"), "closed_by": "", "state": "waiting", "outcome": None}
    with loaded.write() as connection:
        connection.execute(update(conversation).values(**still_open))

    assert json.loads(printed(capsys, "report", "--format", "json"))[0]["closed"] == 1
    with loaded.read() as connection:
        assert connection.execute(select(conversation.c.ended_ms)).scalar_one() == at("2026-03-02T09:00:03Z")


def test_check_is_silent_on_stdout_when_everything_adds_up(loaded, capsys):
    assert printed(capsys, "check") == ""


@pytest.mark.parametrize(
    ("table", "values", "named"),
    [
        (conversation, {"outcome": "resolved"}, "outcome"),
        (conversation, {"ended_ms": at("2026-03-02T09:00:04Z")}, "ended_ms"),
        (session, {"duration_ms": 1}, "duration_ms"),
        (activity, {"role": "agent"}, "role"),
        (participant, {"name": "Eve"}, "name"),
    ],
)
def test_check_lists_a_stored_fact_that_its_activities_do_not_bear_out(loaded, capsys, table, values, named):
    with loaded.write() as connection:
        connection.execute(update(table).values(**values))

    assert named in {item["what"] for item in differences(capsys)}


def test_check_lists_figures_that_their_conversations_do_not_bear_out(loaded, capsys):
    printed(capsys, "report")
    with loaded.write() as connection:
        connection.execute(delete(day_pack))

    assert {"closed", "escalated", "denominator"} <= {item["what"] for item in differences(capsys)}


def test_check_lists_conversations_that_nothing_received_stands_behind(loaded, capsys):
    put(loaded, [row(7)])

    assert "conversation c7" in {item["where"] for item in differences(capsys)}


def test_check_lists_conversations_whose_activities_are_gone(loaded, capsys):
    with loaded.write() as connection:
        connection.execute(delete(activity))

    assert ("conversation chat-1", "activities") in places(capsys)


def test_check_lists_activities_whose_records_as_received_are_gone(loaded, capsys):
    with loaded.write() as connection:
        connection.execute(delete(raw_chunk))

    assert ("thread chat-1", "records as received") in places(capsys)


@pytest.mark.parametrize("change", [delete(customer), update(customer).values(name="Eve"), update(customer).values(seen_ms=1)])
def test_check_lists_a_customer_whom_the_conversations_tell_otherwise(loaded, capsys, change):
    with loaded.write() as connection:
        connection.execute(change)

    assert ("customer user of bot_framework", "name and time seen") in places(capsys)


def test_check_lists_a_customer_whom_no_conversation_names(loaded, capsys):
    with loaded.write() as connection:
        connection.execute(insert(customer).values(source="s", customer_id="eve", name="Eve", seen_ms=1))

    assert places(capsys) == {("customer eve of s", "name and time seen")}


def places(capsys):
    return {(item["where"], item["what"]) for item in differences(capsys)}


def differences(capsys):
    """What `check` lists."""
    assert main(["check", "--json"]) == 1
    return json.loads(capsys.readouterr().out)["differences"]


def test_dictionary_is_printed_in_every_form(capsys):
    rows = json.loads(printed(capsys, "dictionary", "messages", "--format", "json"))

    assert rows[0]["column"] == "conversation_id"
    assert printed(capsys, "dictionary", "messages", "--format", "csv").count("\n") == len(rows) + 1
    assert "conversation_id" in printed(capsys, "dictionary")


def test_docs_are_written_and_checked(tmp_path, capsys):
    page = tmp_path / "metrics.md"

    assert main(["docs", "--check", "-o", str(page)]) == 1
    assert main(["docs", "-o", str(page)]) == 0
    assert main(["docs", "--check", "-o", str(page)]) == 0


def test_command_runs_as_a_process_of_its_own(tmp_path):
    command = [sys.executable, "-m", "metrics", "report", "--format", "json", "--db", f"{tmp_path}/none.db"]

    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})

    assert (found.returncode, found.stderr.decode()) == (
        0,
        f"There is no database at {tmp_path}/none.db, so nothing is counted.\n",
    )
    assert json.loads(found.stdout)[0]["bot_conversations"] == 0
