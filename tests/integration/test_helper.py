"""A load with a helper ends as one without, whatever becomes of the helper."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest import ahead as ahead_module
from ingest import helper as helper_module
from ingest.ahead import Ahead
from ingest.errors import ConfigurationError
from ingest.events import Page, RawRecord
from ingest.helper import Helper, HelperGoneError
from ingest.loading import load
from ingest.pipeline import Pipeline
from ingest.preparing import Prepared, prepare_anywhere
from ingest.sources import files
from store.engine import Store, open_store
from tests.stored import database_url, differences, tables
from tests.transcripts import FAR_LATER_MS, deriver_of, record, wire

NUM_FILES = 90
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no helper where processes cannot fork")


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.pages, "__kwdefaults__", {**files.pages.__kwdefaults__, "most_files": 7})


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Conversations; some that are one under two ids, some that say one thing twice, and what cannot be read."""
    folder = tmp_path / "transcripts"
    folder.mkdir()
    for number in range(NUM_FILES):
        items = wire(
            f"10:00:00 customer: great {number}\n10:00:02 bot: Which one?\n10:00:09 customer: bad", conversation=f"c{number}"
        )
        if number % 5 == 0:
            named = wire(
                f'10:00:01 #w event startConversation {{"msdyn_liveworkitemid": "w-{number // 10}"}}', conversation=f"c{number}"
            )
            items += named
        if number % 7 == 0:
            items += [items[0] | {"text": "great indeed, and longer"}]
        (folder / f"{number:03}.json").write_text(json.dumps(items))
    (folder / "bad.json").write_text("{ not JSON")
    (folder / "again.json").write_text((folder / "001.json").read_text())
    return folder


@pytest.fixture(name="clean")
def _clean(folder: Path, tmp_path: Path) -> Iterator[Store]:
    store = open_store(database_url(tmp_path, "clean"))
    load(pipeline_of(store), [folder])
    yield store
    store.close()


@pytest.fixture(name="helper")
def _helper() -> Iterator[Helper]:
    helper = Helper(partial(prepare_anywhere, deriver_of(), lambda: FAR_LATER_MS))
    yield helper
    helper.close()


def pipeline_of(store: Store) -> Pipeline:
    return Pipeline(store, deriver_of(), now_ms=lambda: FAR_LATER_MS)


def records(count: int) -> list[RawRecord]:
    return [record(wire("10:00:00 customer: great", conversation=f"r{number}")) for number in range(count)]


def test_load_with_a_helper_is_the_load_without(store: Store, clean: Store, folder: Path, helper: Helper) -> None:
    done = load(pipeline_of(store), [folder], helper=helper)

    assert differences(store, clean) == {}
    assert (done.files, done.conversations, done.counts.rejected) == (NUM_FILES + 2, NUM_FILES, 1)
    assert done.counts.duplicates == 3


def test_loading_again_with_a_helper_changes_nothing(store: Store, clean: Store, folder: Path, helper: Helper) -> None:
    first = load(pipeline_of(store), [folder], helper=helper)
    again = load(pipeline_of(store), [folder], helper=helper)

    assert differences(store, clean) == {}
    assert again.counts.activities == 0
    assert again.counts.duplicates == first.counts.activities + first.counts.duplicates


@pytest.mark.parametrize("at_page", [1, 2, 5])
def test_killed_helper_costs_nothing(store: Store, clean: Store, folder: Path, helper: Helper, at_page: int) -> None:
    seen: list[int] = []

    def progress(_path: Path, num_files: int) -> None:
        seen.append(num_files)
        if len(seen) == at_page:
            kill(helper, signal.SIGKILL)

    load(pipeline_of(store), [folder], helper=helper, progress=progress)

    assert differences(store, clean) == {}
    assert seen[-1] == NUM_FILES + 2


def test_helper_that_hangs_is_waited_for_no_longer_than_it_may_take(
    store: Store, clean: Store, folder: Path, helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helper_module, "PATIENCE_SECONDS", 0.2)
    kill(helper, signal.SIGSTOP)

    load(pipeline_of(store), [folder], helper=helper)

    assert differences(store, clean) == {}


def test_page_that_is_too_large_is_prepared_here(
    store: Store, clean: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helper_module, "SHARED_BYTES", 4_096)
    small = Helper(partial(prepare_anywhere, deriver_of(), lambda: FAR_LATER_MS))

    load(pipeline_of(store), [folder], helper=small)
    small.close()

    assert differences(store, clean) == {}


def test_fault_in_the_helper_is_met_again_here_and_told() -> None:
    def fails(_records: Sequence[RawRecord], _source: str, _drafts: bool) -> Sequence[Prepared]:
        raise ZeroDivisionError("a fault of ours")

    helper = Helper(fails)
    ahead = Ahead([Page(tuple(records(1)), None)], lambda page: fails(page.records, "", True), helper, source="")

    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        list(ahead)
    helper.close()


@pytest.mark.parametrize("shared_bytes", [helper_module.SHARED_BYTES, 400], ids=["all taken", "some too large"])
def test_pages_come_in_their_order_and_few_are_read_ahead(monkeypatch: pytest.MonkeyPatch, shared_bytes: int) -> None:
    monkeypatch.setattr(helper_module, "SHARED_BYTES", shared_bytes)
    helper = Helper(partial(prepare_anywhere, deriver_of(), lambda: FAR_LATER_MS))
    read: list[int] = []

    def pages() -> Iterator[Page]:
        for number in range(40):
            read.append(number)
            yield Page((RawRecord(str(number), b"[]"),) if number % 3 else tuple(records(30)), str(number))

    ahead = Ahead(pages(), lambda page: prepare_anywhere(deriver_of(), lambda: 0, page.records, "", True), helper, source="")
    for number, (page, prepared) in enumerate(ahead):
        assert page.cursor == str(number)
        assert [each.origin for each in prepared] == [each.origin for each in page.records]
        assert read[-1] <= number + helper_module.PAGES + ahead_module.MOST_HERE + 1

    assert len(read) == 40
    helper.close()


def test_what_was_read_before_a_fault_of_reading_is_written_first(store: Store, folder: Path, helper: Helper) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        load(pipeline_of(store), [folder, folder / "not-there"], helper=helper)

    assert len(tables(store)["thread"]) >= NUM_FILES - 7


def test_helper_ends_when_the_line_does(helper: Helper) -> None:
    assert helper.takes(records(2), source="", drafts=True)
    helper._line.close()

    helper._process.join(timeout=20)

    assert helper._process.exitcode == 0


def test_helper_is_not_asked_for_more_than_it_may_hold(helper: Helper) -> None:
    taken = [helper.takes(records(1), source="", drafts=True) for _ in range(helper_module.PAGES + 1)]

    assert taken == [True] * helper_module.PAGES + [False]
    assert [len(helper.answer() or []) for _ in range(helper_module.PAGES)] == [1] * helper_module.PAGES
    assert helper.has_room


def test_ctrl_c_is_left_to_the_one_that_asks(helper: Helper) -> None:
    wait_until_answered(helper)
    kill(helper, signal.SIGINT)

    assert helper.takes(records(1), source="", drafts=True)
    assert len(helper.answer() or []) == 1


def test_helper_that_has_gone_says_so(helper: Helper) -> None:
    kill(helper, signal.SIGKILL)
    helper._process.join(timeout=20)
    helper.takes(records(1), source="", drafts=True)

    assert helper.has_answered()
    with pytest.raises(HelperGoneError):
        helper.answer()


def wait_until_answered(helper: Helper) -> None:
    assert helper.takes(records(1), source="", drafts=True)
    helper.answer()


def kill(helper: Helper, number: Any) -> None:
    os.kill(helper._process.pid or 0, number)
    time.sleep(0.05)


def test_helper_ends_with_the_process_that_was_killed() -> None:
    script = (
        "import time\nfrom ingest.helper import Helper\n"
        "helper = Helper(lambda records, source, drafts: [])\nprint(helper._process.pid, flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    pid = int(process.stdout.readline())

    process.kill()
    process.communicate()

    deadline = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """A process that has ended and is still to be collected is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
