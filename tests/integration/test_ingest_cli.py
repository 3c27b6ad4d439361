"""`python -m ingest` from end to end: exit codes, one JSON object, rejected records and their replay, sources that run."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

import cli
from ingest.__main__ import app
from ingest.errors import RecordError
from ingest.sources import bot_framework
from store.engine import open_store
from store.reads import saved_cursor
from store.tables import activity, migration
from tests.transcripts import wire

ROOT = Path(__file__).resolve().parents[2]
HELLO = "10:00:00 customer: hi\n10:00:02 bot: Hello."
# Valid JSON, of which one element is no activity.
HALF_READ = [*wire(HELLO, conversation="half"), "no activity"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for transcripts; the database is beside it."""
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    found = tmp_path / "transcripts"
    found.mkdir()
    return found


def put(folder, name, content):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def run(*arguments):
    """The exit code of one command."""
    return cli.code_of(app, "python -m ingest", list(arguments))


def printed(capsys, *arguments, code=0):
    """What one command prints as its one JSON object."""
    capsys.readouterr()
    assert run(*arguments, "--json") == code
    return json.loads(capsys.readouterr().out)


def test_load_prints_one_object_of_counts(folder, capsys):
    put(folder, "a.transcript", wire(HELLO, conversation="a"))
    put(folder, "b.json", wire(HELLO, conversation="b"))
    put(folder, "notes.txt", "not looked at in a folder")

    found = printed(capsys, "load", str(folder))

    assert found == {"files": 2, "conversations": 2, "activities": 4, "duplicates": 0, "rejected": 0}
    again = printed(capsys, "load", str(folder))
    assert again == {"files": 2, "conversations": 2, "activities": 0, "duplicates": 4, "rejected": 0}


def test_load_with_rejected_records_ends_with_2_and_has_loaded_the_rest(folder, capsys):
    put(folder, "a.transcript", wire(HELLO))
    put(folder, "bad.json", "{ not JSON")
    put(folder, "half.json", HALF_READ)

    found = printed(capsys, "load", str(folder), code=2)

    assert found == {"files": 3, "conversations": 2, "activities": 4, "duplicates": 0, "rejected": 2}


def test_one_process_and_two_load_the_same(folder, capsys):
    counts = []
    for processes in ("1", "2"):
        counts.append(printed(capsys, "load", str(folder), "--processes", processes, "--source", f"of-{processes}"))

    assert counts[0] == counts[1]


def test_load_says_in_words_what_came(folder, capsys):
    path = put(folder, "a.transcript", wire(HELLO))

    assert run("load", path) == 0

    said = capsys.readouterr().out
    assert "activities: 2" in said
    assert len(said.splitlines()) == 1


def test_load_says_which_files_of_a_folder_it_passed_over(folder, capsys):
    put(folder, "a.transcript", wire(HELLO))
    put(folder, "rows.xlsx", "not looked at in a folder")

    assert run("load", str(folder)) == 0

    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("Passed over in folders, since they do not end in .csv, .gz, .json,")
    assert said.endswith(": 1 (rows.xlsx)")


def test_archive_that_was_half_written_waits_no_longer_once_it_is_whole(folder, capsys):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.transcript", json.dumps(wire(HELLO)))
    path = folder / "all.zip"
    path.write_bytes(body.getvalue()[:-30])
    assert printed(capsys, "load", str(path), code=2)["rejected"] == 1

    path.write_bytes(body.getvalue())
    found = printed(capsys, "load", str(path))

    assert found == {"files": 1, "conversations": 1, "activities": 2, "duplicates": 0, "rejected": 0}
    assert printed(capsys, "rejected", "list") == {"rejected": []}


def test_rejected_record_says_where_in_its_file_it_stands(folder, capsys):
    put(folder, "lines.jsonl", "\n".join([*(json.dumps(item) for item in wire(HELLO)), "5, 6"]))
    put(folder, "list.json", [*wire(HELLO), 7])
    for processes in ("1", "2"):
        run("load", str(folder), "--processes", processes)
        capsys.readouterr()

    rows = printed(capsys, "rejected", "list")["rejected"]

    assert [(Path(row["origin"]).name, row["reason"]) for row in rows] == [
        ("list.json, element 3", "not an activity: not an object"),
        ("lines.jsonl, line 3", "the line is not JSON"),
    ]


def test_source_may_be_named_and_keeps_its_conversations_apart(folder, capsys):
    path = put(folder, "a.transcript", wire(HELLO))
    run("load", path)

    assert printed(capsys, "load", path, "--source", "crm")["activities"] == 2
    rows = printed(capsys, "status")["sources"]
    assert [(row["source"], row["accepted"]) for row in rows] == [("bot_framework", 2), ("crm", 2)]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["load"],
        ["load", "/no/such/file"],
        ["load", "--nothing", "x"],
        ["status", "more"],
        ["rejected"],
        ["rejected", "show"],
        ["rejected", "show", "7"],
        ["rejected", "show", "seven"],
        ["rejected", "replay", "7.5"],
        ["run"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_1_and_says_so_without_a_stack(folder, capsys, arguments):
    code = run(*arguments)

    caught = capsys.readouterr()
    assert code == 1 or arguments in ([], ["rejected"])
    assert caught.err or caught.out
    assert "Traceback" not in caught.err


@pytest.mark.parametrize(
    "command", [["load"], ["run"], ["status"], ["rejected"], ["rejected", "list"], ["rejected", "show"], ["rejected", "replay"]]
)
def test_every_command_explains_itself(command, capsys):
    assert run(*command, "--help") == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variable", "value"),
    [("FLOORWALKER_DATABASE_URL", "mysql://ann:hunter2@x/y"), ("FLOORWALKER_IDLE_MINUTES", "soon"), ("FLOORWALKER_NOTHING", "1")],
)
def test_wrong_setting_ends_with_1_and_names_it(folder, monkeypatch, capsys, variable, value):
    monkeypatch.setenv(variable, value)

    assert run("status") == 1

    said = capsys.readouterr().err
    assert variable in said
    assert "hunter2" not in said


def test_database_of_a_later_release_ends_with_1_and_a_sentence(folder, capsys):
    store = open_store(os.environ["FLOORWALKER_DATABASE_URL"])
    with store.write() as connection:
        connection.execute(migration.insert().values(number=999, name="of the future"))
    store.close()

    assert run("status") == 1
    assert "later release" in capsys.readouterr().err


def test_status_of_an_empty_database_says_what_to_do(folder, capsys):
    open_store(f"sqlite:///{folder.parent}/x.db").close()

    assert printed(capsys, "status") == {"sources": []}
    assert run("status") == 0
    assert "python -m ingest load" in capsys.readouterr().out


def test_status_tells_the_last_event_its_age_and_what_waits(folder, capsys):
    put(folder, "half.json", HALF_READ)
    run("load", str(folder))

    (row,) = printed(capsys, "status")["sources"]

    assert (row["source"], row["last_event"], row["accepted"], row["rejected"]) == (
        "bot_framework",
        "2026-03-02T10:00:02.000Z",
        2,
        1,
    )
    assert row["lag_seconds"] > 0


def test_rejected_record_is_kept_once_listed_and_shown_to_the_byte(folder, capfdbinary):
    put(folder, "bad.json", '{ not JSON "ü')
    run("load", str(folder))
    run("load", str(folder))
    capfdbinary.readouterr()

    assert run("rejected", "list", "--json") == 0
    (row,) = json.loads(capfdbinary.readouterr().out)["rejected"]
    assert run("rejected", "show", str(row["id"])) == 0

    assert (row["source"], row["reason"], row["bytes"]) == ("unknown", "not JSON", 14)
    assert row["origin"].endswith("bad.json")
    assert '{ not JSON "ü\n'.encode() in capfdbinary.readouterr().out


def test_record_that_still_cannot_be_read_waits_on_and_the_replay_ends_with_2(folder, capsys):
    put(folder, "bad.json", "{ not JSON")
    run("load", str(folder))

    found = printed(capsys, "rejected", "replay", code=2)

    assert (found["read"], found["rejected"], list(found["reasons"].values())) == (0, 1, ["not JSON"])
    assert len(printed(capsys, "rejected", "list")["rejected"]) == 1


def test_record_is_read_by_a_replay_after_the_fault_was_mended(folder, capsys, monkeypatch):
    def broken(*_args, **_options):
        raise RecordError("a fault of ours")

    put(folder, "a.transcript", wire(HELLO))
    with monkeypatch.context() as fault:
        fault.setattr(bot_framework, "read", broken)
        assert printed(capsys, "load", str(folder), code=2)["rejected"] == 1
    (row,) = printed(capsys, "rejected", "list")["rejected"]

    found = printed(capsys, "rejected", "replay", str(row["id"]))

    assert (row["reason"], found) == ("a fault of ours", {"read": 1, "rejected": 0, "reasons": {}})
    assert printed(capsys, "rejected", "list") == {"rejected": []}
    assert printed(capsys, "load", str(folder))["duplicates"] == 2


def test_replay_of_a_record_that_was_read_changes_nothing(folder, capsys):
    put(folder, "bad.json", "{ not JSON")
    run("load", str(folder))

    assert printed(capsys, "rejected", "replay", "999", code=2)["reasons"] == {"999": "there is no such record"}
    assert printed(capsys, "status")["sources"][0]["accepted"] == 0


@contextmanager
def running(tmp_path, folder):
    """`ingest run` over a watched folder."""
    config = tmp_path / "floorwalker.toml"
    config.write_text(f'[[sources]]\nkind = "bot_framework"\nname = "files"\npath = "{folder}"\n', encoding="utf-8")
    environment = os.environ | {"FLOORWALKER_CONFIG": str(config)}
    command = [sys.executable, "-m", "ingest", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def num_activities(store):
    """How many activities are stored."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(activity)).scalar_one()


def wait_until(holds, seconds):
    """How long it took until `holds()`; an error after `seconds`."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.server
def test_file_that_grows_is_picked_up_within_a_second_and_sigterm_ends_cleanly(tmp_path, folder, capsys):
    store = open_store(os.environ["FLOORWALKER_DATABASE_URL"])
    path = folder / "a.transcript"
    lines = HELLO.splitlines()
    path.write_text(json.dumps(wire(HELLO)), encoding="utf-8")
    taken = []
    with running(tmp_path, folder) as process:
        wait_until(lambda: num_activities(store) == 2, 20)
        time.sleep(0.5)
        for number in range(3, 6):
            lines.append(f"10:00:{number:02d} customer: more")
            path.write_text(json.dumps(wire("\n".join(lines))), encoding="utf-8")
            taken.append(wait_until(lambda wanted=number: num_activities(store) == wanted, 3))
        (folder / "b.transcript").write_text(json.dumps(wire(HELLO, conversation="b")), encoding="utf-8")
        taken.append(wait_until(lambda: num_activities(store) == 7, 3))
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=15)[1]

    with capsys.disabled():
        print(f"\nfile changed to stored, s: {', '.join(f'{seconds:.2f}' for seconds in taken)}")
    assert (process.returncode, "Traceback" in said) == (0, False)
    with store.read() as connection:
        assert str(path) in (saved_cursor(connection, "files") or "")
    store.close()


@pytest.mark.server
def test_source_whose_folder_is_not_there_ends_the_run_with_1_and_names_it(tmp_path, folder):
    with running(tmp_path, folder / "nowhere") as process:
        said = process.communicate(timeout=30)[1]

    assert process.returncode == 1
    assert "nowhere" in said
    assert "Traceback" not in said


@pytest.mark.server
def test_command_is_a_process_that_prints_json_and_nothing_else(folder):
    put(folder, "bad.json", "{ not JSON")
    command = [sys.executable, "-m", "ingest", "load", str(folder), "--json"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (2, b"")
    assert json.loads(done.stdout)["rejected"] == 1
