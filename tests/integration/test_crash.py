"""`kill -9` at any moment of a load or a run, then again: nothing is missing, nothing is counted twice."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from metrics.check import check
from metrics.sentiment import TextBlobEngine
from metrics.settle import settle
from store.engine import open_store
from store.reads import saved_cursor
from tests.forked import start_module
from tests.stored import reports, tables
from tests.transcripts import deriver_of, wire

NUM_FILES = 60
PER_FILE = 16
NUM_IN_LONG = 5_000

pytestmark = [pytest.mark.server, pytest.mark.timeout(300), pytest.mark.xdist_group("crash")]

SCRIPTS = (
    "10:00:00 customer: this is terrible\n10:00:02 bot: It comes tomorrow.",
    "10:00:00 customer: agent please\n10:00:02 bot: One moment.\n10:00:03 event handoff.initiate\n10:00:09 agent: Bea here",
    "10:00:00 customer: hi\n10:00:02 bot: Which one?",
    '10:00:00 event startConversation {"msdyn_liveworkitemid": "w-KEY"}\n10:00:01 customer: great\n10:00:02 bot: Good.\n'
    "10:00:03 end completedSuccessfully",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of conversations; some of them are one conversation under two ids, in two files, and one cannot be read."""
    found = tmp_path_factory.mktemp("transcripts")
    for number in range(NUM_FILES):
        items = []
        for part in range(PER_FILE):
            script = SCRIPTS[(number + part) % len(SCRIPTS)].replace("KEY", f"{part}-{number // 2}")
            items += wire(script.replace("10:00:", f"{10 + number % 8}:{part:02d}:"), conversation=f"c{number}-{part}")
        (found / f"{number:03d}.transcript").write_text(json.dumps(items), encoding="utf-8")
    # Longer than a transaction: it is written in pieces.
    long = "\n".join(f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d} customer: {at}" for at in range(NUM_IN_LONG))
    (found / "long.transcript").write_text(json.dumps(wire(long, conversation="long")), encoding="utf-8")
    (found / "bad.json").write_text("{ not JSON", encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def clean(folder, tmp_path_factory):
    """The database of one load that nobody disturbed, and how long that took."""
    place = tmp_path_factory.mktemp("clean")
    began = time.monotonic()
    load(folder, place)
    store = open_store(url_of(place))
    seconds = time.monotonic() - began
    yield (tables(store), reports(store)), seconds, num_rows(place)
    store.close()


def url_of(place):
    return f"sqlite:///{place}/x.db"


def start(place, *arguments, **variables):
    environment = os.environ | {"FLOORWALKER_DATABASE_URL": url_of(place)} | variables
    return start_module(*map(str, arguments), environment=environment, out=place / "said")


def load(folder, place):
    """A load to its end."""
    process = start(place, "ingest", "load", folder)
    process.join(120)
    assert process.exitcode == 2


def num_rows(place):
    """How many activities there are at this moment; looked at from outside, so that it costs the one who writes nothing."""
    try:
        with closing(sqlite3.connect(f"file:{place}/x.db?mode=ro", uri=True)) as connection:
            return connection.execute("select count(*) from activity").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # not made yet


def kill(process):
    process.kill()
    process.join()


def kill_in_the_middle(process, place, wanted):
    """Kill `process` as soon as it has stored so many activities."""
    while num_rows(place) < wanted and process.is_alive():
        time.sleep(0.003)
    kill(process)


def assert_same(place, undisturbed):
    store = open_store(url_of(place))
    found = (tables(store), reports(store))
    store.close()
    assert [name for name in found[0] if found[0][name] != undisturbed[0][name]] == []
    assert found[1] == undisturbed[1]


def test_load_killed_at_any_moment_and_done_again_is_a_load(folder, clean, tmp_path):
    undisturbed, seconds, whole = clean
    chance = random.Random(7)
    stored = []
    for run in range(8):
        place = tmp_path / str(run)
        place.mkdir()
        process = start(place, "ingest", "load", folder)
        if run < 2:
            time.sleep(seconds * chance.uniform(0.2, 0.9))
            kill(process)
        else:
            kill_in_the_middle(process, place, chance.randint(1, whole * 8 // 10))
        stored.append(num_stored(place))

        load(folder, place)

        assert_same(place, undisturbed)
    assert sum(0 < number < whole for number in stored) >= 3, f"hardly a run was cut in the middle: {stored} of {whole}"
    recounting = start(tmp_path / "7", "metrics", "check")
    recounting.join(60)
    assert recounting.exitcode == 0


def num_stored(place):
    """How many activities there are; what is there adds up already."""
    if not (place / "x.db").exists():
        return 0
    store = open_store(url_of(place))
    now_ms = time.time_ns() // 1_000_000
    deriver = deriver_of(engine=TextBlobEngine())
    settle(store, deriver, now_ms=now_ms)
    found = tables(store)["activity"]
    different = list(check(store, deriver, now_ms=now_ms))
    store.close()
    assert different == []
    return len(found)


def test_run_killed_at_any_moment_goes_on_and_its_cursor_is_never_ahead_of_the_data(folder, clean, tmp_path):
    undisturbed, _, whole = clean
    (tmp_path / "floorwalker.toml").write_text(
        f'[[sources]]\nkind = "bot_framework"\nname = "bot_framework"\npath = "{folder}"\n', encoding="utf-8"
    )
    config = {"FLOORWALKER_CONFIG": str(tmp_path / "floorwalker.toml")}
    for share in (0.01, 0.3, 0.6, 0.8):
        kill_in_the_middle(start(tmp_path, "ingest", "run", **config), tmp_path, whole * share)
        assert_cursor_is_not_ahead(tmp_path)

    process = start(tmp_path, "ingest", "run", **config)
    deadline = time.monotonic() + 60
    while len(spoken_for(tmp_path)) <= NUM_FILES:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.terminate()

    process.join(20)
    assert process.exitcode == 0
    assert "Reading" in (tmp_path / "said").read_text(encoding="utf-8")
    assert_same(tmp_path, undisturbed)


def spoken_for(place):
    """The files that the cursor says were read."""
    if not (place / "x.db").exists():
        return []
    store = open_store(url_of(place))
    with store.read() as connection:
        cursor = saved_cursor(connection, "bot_framework")
    store.close()
    return list(json.loads(cursor)) if cursor else []


def assert_cursor_is_not_ahead(place):
    said = [Path(name) for name in spoken_for(place)]
    if not said:
        return
    store = open_store(url_of(place))
    stored = {(row["of"], row["activity_id"]) for row in tables(store)["activity"]}
    store.close()
    for path in said:
        if path.suffix == ".transcript":
            wanted = {(item["conversation"]["id"], item["id"]) for item in json.loads(path.read_text(encoding="utf-8"))}
            assert wanted <= stored, path.name
