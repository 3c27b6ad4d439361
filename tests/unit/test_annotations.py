"""Annotations on the time line: kept, changed, deleted, of a period and a bot, and in the bucket in which they happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.__main__ import main
from metrics.annotations import Annotation, AnnotationError, Annotations, by_bucket, clean_text
from metrics.filters import Filters
from metrics.windows import Grain, Window, buckets_of, grain_of, parse_moment
from store.engine import Store, open_store
from tests.conversation_rows import at

NOON = at("2026-03-02T12:00Z")


@pytest.fixture
def notes(store: Store) -> Annotations:
    return Annotations(store, lambda: 7)


def test_annotation_is_kept_changed_and_deleted(notes: Annotations) -> None:
    number = notes.add("bot v2\nreleased ", NOON, by="Ann")
    assert notes.within(Filters()) == [Annotation(number, NOON, "bot v2 released", "", 7, "Ann")]

    notes.change(number, "bot v3", NOON + 1, bot="Vox", by="Bea")
    assert notes.within(Filters()) == [Annotation(number, NOON + 1, "bot v3", "Vox", 7, "Bea")]

    assert notes.delete(number)
    assert notes.within(Filters()) == []
    assert not notes.delete(number)
    with pytest.raises(AnnotationError, match="deleted meanwhile"):
        notes.change(number, "again", NOON, by="Ann")


def test_those_of_a_period_and_of_a_bot_are_found_newest_first(notes: Annotations) -> None:
    for text, at_ms, bot in (("old", NOON - 1, ""), ("all", NOON, ""), ("of Vox", NOON, "Vox"), ("late", NOON + 10, "Ava")):
        notes.add(text, at_ms, bot=bot, by="Ann")

    def found(**asked: object) -> list[str]:
        return [each.text for each in notes.within(Filters(**asked))]  # type: ignore[arg-type]

    assert found() == ["late", "of Vox", "all", "old"]
    assert found(window=Window(NOON, NOON + 10)) == ["of Vox", "all"]
    assert found(bots=("Vox",)) == ["of Vox", "all", "old"]
    assert found(bots=("Nobody",)) == ["all", "old"]


@pytest.mark.parametrize(
    ("text", "at_ms", "said"),
    [("", NOON, "Write what happened"), (" \n\u200b", NOON, "Write what happened"), ("x" * 201, NOON, "200"), ("x", -1, "1970")],
)
def test_what_cannot_be_noted_is_refused(notes: Annotations, text: str, at_ms: int, said: str) -> None:
    with pytest.raises(AnnotationError, match=said):
        notes.add(text, at_ms, by="Ann")
    assert notes.within(Filters()) == []


@given(st.text())
def test_text_is_one_line_without_what_cannot_be_seen(text: str) -> None:
    said = clean_text(text)

    assert "\n" not in said and "\u202e" not in said and said == said.strip()
    assert clean_text(said) == said


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize("tz", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_annotation_stands_in_the_bucket_in_which_it_happened(grain: Grain, tz: str) -> None:
    start, end = parse_moment("2026-10-28", tz), parse_moment("2026-11-04", tz)  # the clock is put back on 1 November
    keys = buckets_of(Window(start, end), grain, tz)
    found = [Annotation(number, moment, "x", "", 0, "") for number, moment in enumerate(range(start, end, 1_800_000))]

    placed = by_bucket(found, keys, tz)

    assert list(placed) == keys
    assert sum(map(len, placed.values())) == len(found)
    assert all(grain_of(key) is grain for key in keys)
    assert by_bucket(found, [], tz) == {}
    assert by_bucket([Annotation(1, end + 40 * 86_400_000, "later", "", 0, "")], keys, tz) == {}


def test_command_line_adds_lists_and_deletes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = str(tmp_path / "x.db")
    noted = ["annotations", "add", "bot v2 released", "--at", "2026-03-02T14:00", "--tz", "Europe/Berlin", "--bot", "Vox"]
    assert main([*noted, "--db", database]) != 0
    assert "there is no database" in capsys.readouterr().err
    open_store(f"sqlite:///{database}").close()

    assert main([*noted, "--db", database]) == 0
    capsys.readouterr()
    assert main(["annotations", "list", "--json", "--db", database]) == 0
    [found] = json.loads(capsys.readouterr().out)

    assert (found["text"], found["at"], found["bot"]) == ("bot v2 released", "2026-03-02T13:00:00.000Z", "Vox")
    delete = ["annotations", "delete", str(found["annotation_id"]), "--db", database]
    assert main(delete) == 0
    assert main(delete) != 0
    assert "there is no annotation" in capsys.readouterr().err
