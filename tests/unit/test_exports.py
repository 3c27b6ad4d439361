"""Exports: every column, safe text, exact numbers, whole files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet
import pytest

from metrics.exports import files as export_files
from metrics.exports.cells import CsvLines, as_text, csv_line, safe_text
from metrics.exports.columns import TABLES
from metrics.exports.files import FileKind, stream_csv, write_file
from metrics.exports.rows import ExportError, Wanted, count, groups, parts, rows
from metrics.filters import Filters
from metrics.rules import DEFINITION_VERSION
from metrics.windows import Grain, parse_window
from store.assist.tables import suggestion
from store.engine import Store
from store.surveys.tables import survey
from store.tables import activity, fallback, segment, session, thread
from store.voice.tables import speech
from tests.conversation_rows import at, put, row
from tests.speech_rows import spoken as spoken_row


def csv_of(store: Store, wanted: Wanted, **options: bool) -> str:
    return b"".join(stream_csv(store, wanted, **options)).decode()


def lines(store: Store, table: str, filters: Filters | None = None, **options: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_of(store, Wanted(table, filters or Filters(), **options)), newline="")))


def put_parts(store: Store, key: int, texts: list[str]) -> None:
    empty = {
        "activity_id": "",
        "version": b"",
        "at_sub": 0,
        "time_known": True,
        "wire_type": "message",
        "sender_id": "u",
        "wire_role": "user",
    }
    empty |= {"sender_name": "Ann", "role": "customer", "role_inferred": False, "locale": "", "private": False, "engine": ""}
    spoken = [
        empty | {"thread_key": key, "identity": place, "conversation_key": key, "at_ms": place, "position": place}
        | {"kind": "message", "text": text, "sentiment_micro": -300_000}
        | {"detail": json.dumps({"offset_ms": 1_250 * place, "spoken_ms": 1_000})}
        for place, text in enumerate(texts)
    ]  # fmt: skip
    held = {
        "conversation_key": key,
        "number": 1,
        "handler": "bot",
        "mode": "primary",
        "handler_id": "b",
        "name": "Ada",
        "queue": "",
    }
    with store.write() as connection:
        own = {
            "thread_key": key,
            "root_key": key,
            "source": "test",
            "external_id": f"c{key}",
            "item_name": f"c{key}",
            "marks": "{}",
            "next_position": 0,
        }
        connection.execute(thread.insert(), own)
        connection.execute(activity.insert(), [*spoken, spoken[0] | {"identity": 99, "kind": "typing", "text": "typing"}])
        missed = {"conversation_key": key, "number": 1, "at_ms": 0, "ended_ms": at("2026-03-02T12:00Z"), "words": "blue"}
        connection.execute(fallback.insert(), missed | {"text": "=blue"})
        stay = {"conversation_key": key, "number": 1, "queue": "=Cards", "entered_ms": 0, "accepted_ms": 1500, "left_ms": None}
        connection.execute(segment.insert(), stay | {"accepted_by": "agent", "end": "accepted"})
        times = {"agent": "=Bea", "queue": "+Cards", "span_ms": 1_500, "silence_ms": 1, "num_holds": 1, "bot_words": 2}
        times["num_utterances"] = len(texts)
        connection.execute(speech.insert(), spoken_row(key, at("2026-03-02T12:00Z"), **times))
        asked = {"conversation_key": key, "number": 1, "survey": "nps", "asked_ms": 0, "answered_ms": 1500, "counts": True}
        said = {"answer_micro": 9_000_000, "comment": "=good", "asked_by": "Pulse", "is_after": True}
        connection.execute(survey.insert(), asked | said | {"ended_ms": at("2026-03-02T12:00Z")})
        suggested = {"conversation_key": key, "number": 1, "activity_id": "s1", "identity": 1, "shown_ms": 0, "session": 1}
        suggested |= {"ended_ms": at("2026-03-02T12:00Z"), "bot": "Sage", "agent": "=Bea", "queue": "Cards", "fate": "used"}
        suggested |= {
            "evidence": "both",
            "event": "sent",
            "repeat": "near",
            "used_ms": 1500,
            "dismissed_ms": 2500,
            "use_ms": 1500,
        }
        connection.execute(suggestion.insert(), suggested | {"text": "-blue"})
        connection.execute(session.insert(), held | {"started_ms": 0, "ended_ms": 1500, "duration_ms": 1500, "end": "end"})


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        " \t=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b@x",
    ],
)
def test_text_that_a_spreadsheet_might_run_gets_an_apostrophe(text):
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "hello", "a=1", "3 - 2", "'=1", " x"])
def test_other_text_is_left_alone(text):
    assert safe_text(text) == text


def test_numbers_are_exact_and_never_touched(store):
    put(store, [row(1, sentiment_micro=-250_001, bot_ms=61_020, csat_micro=4_000_000, bot="-Ada")])

    found = lines(store, "conversations")[0]

    assert (found["sentiment"], found["bot_seconds"], found["csat"], found["bot"]) == ("-0.250001", "61.02", "4", "'-Ada")
    assert (found["ended_at"], found["escalated_at"], found["is_bot"]) == ("2026-03-02T12:00:00.000Z", "", "true")


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_dictionary_also_without_rows(store, table):
    text = csv_of(store, Wanted(table))

    assert text == ",".join(column.name for column in TABLES[table]) + "\r\n"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_can_be_filled(store, table):
    put(store, [row(1, outcome="resolved", resolution="implied", bot_ms=5, escalated_ms=5)])
    put_parts(store, 1, ["hello"])

    assert len(lines(store, table)) == 1


def test_text_with_commas_quotes_and_line_breaks_comes_back_as_it_was(store):
    text = 'He said "no", then\r\nleft; ünïcode 👋 "'
    put(store, [row(1)])
    put_parts(store, 1, [text, "=cmd|' /C calc'!A0"])

    assert [line["text"] for line in lines(store, "messages")] == [text, "'=cmd|' /C calc'!A0"]


def test_conversations_of_people_are_exported_and_tests_on_request(store):
    put(store, [row(1), row(2, is_bot=False, outcome=None, deciding_session=None), row(3, is_bot=False, is_test=True)])

    assert [line["conversation_id"] for line in lines(store, "conversations")] == ["c1", "c2"]
    assert [line["conversation_id"] for line in lines(store, "conversations", bots_only=True)] == ["c1"]
    assert len(lines(store, "conversations", Filters(include_tests=True))) == 3


def test_sessions_and_messages_are_those_of_the_chosen_conversations_in_order(store):
    put(
        store,
        [
            row(1, ended_ms=at("2026-03-03T00:00Z")),
            row(2, ended_ms=at("2026-03-02T00:00Z")),
            row(3, ended_ms=at("2026-03-04T00:00Z")),
        ],
    )
    for key in (1, 2, 3):
        put_parts(store, key, [f"one {key}", f"two {key}"])
    chosen = Filters(window=parse_window("2026-03-02", "2026-03-04", "UTC"))

    assert [line["text"] for line in lines(store, "messages", chosen)] == ["one 2", "two 2", "one 1", "two 1"]
    assert [(line["conversation_id"], line["duration_seconds"]) for line in lines(store, "sessions", chosen)] == [
        ("c2", "1.5"),
        ("c1", "1.5"),
    ]


def test_rollups_are_days_of_the_zone_and_cross_the_parts_they_are_counted_in(store):
    put(store, [row(key, ended_ms=at("2026-01-01T03:00Z") + key * 86_400_000, sentiment_micro=key) for key in range(100)])
    new_york = lines(store, "rollups", Filters(tz="America/New_York"))

    assert (new_york[0]["bucket"], new_york[-1]["bucket"], len(new_york)) == ("2025-12-31", "2026-04-09", 100)
    assert sum(int(line["sentiment_sum_micro"]) for line in new_york) == sum(range(100))


@pytest.mark.parametrize("grain", Grain)
def test_rollups_add_up_to_the_same_by_any_grain(store, grain):
    put(store, [row(key, ended_ms=at("2026-01-01T03:00Z") + key * 3_600_000, sentiment_micro=key) for key in range(1_100)])
    found = lines(store, "rollups", Filters(tz="America/New_York"), grain=grain)

    assert sum(int(line["closed"]) for line in found) == 1_100
    assert sum(int(line["sentiment_sum_micro"]) for line in found) == sum(range(1_100))
    assert len({line["bucket"] for line in found}) == len(found)
    assert count(store, Wanted("rollups", Filters(tz="America/New_York"), grain=grain)) == len(found)


def stop(_written: int, _of: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("kind", FileKind)
def test_file_is_written_whole_or_not_at_all(store, tmp_path, kind):
    put(store, [row(key) for key in range(1, 4)])
    target = tmp_path / f"out.{kind}"

    assert write_file(store, Wanted("conversations"), target, now_ms=0).rows == 3
    before = target.read_bytes()
    with pytest.raises(ExportError, match="No space left"):
        write_file(store, Wanted("conversations"), target, now_ms=0, progress=stop)

    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if ".db" not in path.name) == [
        target.name,
        f"{target.name}.manifest.json",
    ]


@pytest.mark.parametrize("kind", FileKind)
def test_manifest_says_what_is_in_the_file_and_how_to_see_that_it_is_whole(store, tmp_path, kind):
    put(store, [row(1, bot="Ada"), row(2, bot="Max")])
    window = parse_window("2026-03-01", "2026-04-01", "Europe/Berlin")
    wanted = Wanted("conversations", Filters(window=window, tz="Europe/Berlin", bots=("Ada",)))
    done = write_file(store, wanted, tmp_path / f"out.{kind}", now_ms=at("2026-03-05T10:00Z"))

    said = json.loads(done.manifest.read_text())

    assert said["sha256"] == hashlib.sha256(done.path.read_bytes()).hexdigest()
    assert (said["rows"], said["bytes"], said["format"]) == (1, done.path.stat().st_size, kind)
    assert (said["from"], said["to"]) == ("2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z")
    assert (said["time_zone"], said["filters"]) == ("Europe/Berlin", {"bots": ["Ada"]})
    assert (said["made_at"], said["definition_version"]) == ("2026-03-05T10:00:00.000Z", DEFINITION_VERSION)
    assert said["program"] == f"floorwalker {export_files.program_version()}"


def test_progress_is_told_to_the_last_row(store, tmp_path):
    put(store, [row(key) for key in range(1, 1_202)])
    told: list[tuple[int, int]] = []
    write_file(store, Wanted("conversations"), tmp_path / "x.csv", now_ms=0, progress=lambda *far: told.append(far))

    assert told[0] == (0, 1_201)
    assert told[-1] == (1_201, 1_201)
    assert len(told) > 3


def test_byte_order_mark_stands_before_the_heading_where_asked_for(store):
    put(store, [row(1)])
    wanted = Wanted("conversations")

    assert csv_of(store, wanted, bom=True) == "\ufeff" + csv_of(store, wanted)


def test_raw_leaves_text_as_it_is(store):
    put(store, [row(1)])
    put_parts(store, 1, ["=1+1"])

    assert lines(store, "messages")[0]["text"] == "'=1+1"
    assert lines(store, "messages", raw=True)[0]["text"] == "=1+1"


def test_a_broken_emoji_does_not_break_the_file(tmp_path):
    columns = TABLES["messages"][10:11]

    assert CsvLines(columns, raw=True)([("\ud83d!",)]).encode("utf-8", "replace") == b"?!\r\n"


@pytest.mark.parametrize("table", TABLES)
def test_what_is_read_in_groups_is_what_is_read_value_by_value(store, table):
    odd = ["a,b", 'say "no"', "-x", "", "two\r\nlines", "a\tb", "ünï👋", "[1,2]", "\x1f"]
    words = {"outcome": "resolved", "resolution": "implied", "escalated_ms": 5}
    put(store, [row(key, bot=text, topic=text, **words) for key, text in enumerate(odd, start=1)])
    for key in range(1, len(odd) + 1):
        put_parts(store, key, odd)
    wanted = Wanted(table)
    grouped = CsvLines(wanted.columns)

    with store.read() as connection:
        plain = [line for part in parts(connection, wanted) for line in as_text(wanted.columns, part)]
        together = "".join(grouped(part) for part in groups(connection, wanted, grouped.groups))

    assert len(plain) >= len(odd)
    assert together == "".join(csv_line(line) for line in plain)
    assert [len(group) for group in grouped.groups if len(group) > 1]


def test_parquet_holds_the_same_rows_in_types_of_their_own(store, tmp_path):
    put(store, [row(1, bot="=Ada", bot_ms=61_020, sentiment_micro=None, accepted_ms=None), row(2, returned_to_bot=True)])
    done = write_file(store, Wanted("conversations"), tmp_path / "x.parquet", now_ms=0)
    table = pyarrow.parquet.read_table(done.path)
    first, second = table.to_pylist()

    assert (first["bot"], first["bot_seconds"], first["sentiment"]) == ("=Ada", 61.02, None)
    assert first["ended_at"] == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert (first["returned_to_bot"], second["returned_to_bot"], first["outcome"]) == (False, True, "other")
    assert table.schema.names == [column.name for column in TABLES["conversations"]]
    assert table.schema.field("bot_seconds").metadata[b"unit"] == b"seconds"


@pytest.mark.parametrize("table", TABLES)
def test_parquet_of_nothing_has_its_columns(store, tmp_path, table):
    done = write_file(store, Wanted(table), tmp_path / "x.parquet", now_ms=0)

    assert pyarrow.parquet.read_table(done.path).num_rows == 0
    assert done.rows == count(store, Wanted(table)) == 0


def test_parquet_of_many_rows_has_groups(store, tmp_path, monkeypatch):
    monkeypatch.setattr("metrics.exports.parquet.GROUP_ROWS", 1_000)
    put(store, [row(key) for key in range(1, 3_302)])
    done = write_file(store, Wanted("conversations"), tmp_path / "x.parquet", now_ms=0)
    found = pyarrow.parquet.ParquetFile(done.path)

    assert found.metadata.num_rows == 3_301
    assert found.num_row_groups == 4


def test_exactly_what_a_metric_counts_is_exported(store):
    put(
        store,
        [row(1, outcome="escalated"), row(2, outcome="resolved"), row(3, is_bot=False, outcome=None, deciding_session=None)],
    )

    assert [line["conversation_id"] for line in lines(store, "conversations", metric="escalation_rate")] == ["c1"]


def test_unknown_table_and_missing_folder_are_refused(store, tmp_path):
    with pytest.raises(ExportError, match="conversations, sessions"):
        list(rows(store, Wanted("secrets")))
    with pytest.raises(ExportError, match="cannot be written to"):
        write_file(store, Wanted("conversations"), tmp_path / "none" / "out.csv", now_ms=0)


@pytest.mark.thorough
def test_memory_does_not_grow_with_the_number_of_rows(store):
    def peak(count: int) -> int:
        put(store, [row(key, reason="x" * 500) for key in range(1, count + 1)])
        tracemalloc.start()
        for _ in stream_csv(store, Wanted("conversations")):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(50)

    assert peak(8_000) < 2 * peak(2_000) + 1_000_000
