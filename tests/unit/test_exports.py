"""Exports: every column, safe text, exact numbers, whole files."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest

from metrics import exports
from metrics.columns import TABLES
from metrics.exports import ExportError, csv_text, export, rows, safe_text
from metrics.filters import Filters
from metrics.windows import parse_window
from store.engine import Store
from store.tables import activity, session, thread
from tests.conversation_rows import at, put, row


def lines(store: Store, table: str, filters: Filters | None = None, **options: bool) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_text(store, table, filters or Filters(), **options)))))


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
    text = "".join(csv_text(store, table, Filters()))

    assert text == ",".join(column.name for column in TABLES[table]) + "\r\n"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_can_be_filled(store, table):
    put(store, [row(1, outcome="resolved", resolution="implied", bot_ms=5)])
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

    assert (new_york[0]["day"], new_york[-1]["day"], len(new_york)) == ("2025-12-31", "2026-04-09", 100)
    assert sum(int(line["sentiment_sum_micro"]) for line in new_york) == sum(range(100))


def test_file_is_written_whole_or_not_at_all(store, tmp_path, monkeypatch):
    put(store, [row(key) for key in range(1, 4)])
    target = tmp_path / "out.csv"

    assert export(store, "conversations", Filters(), target) == 3
    before = target.read_bytes()

    def broken(*_: object, **__: object):
        yield ["1"]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "rows", broken)
    with pytest.raises(ExportError, match="No space left"):
        export(store, "conversations", Filters(), target)

    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".part")] == ["out.csv"]


def test_unknown_table_and_missing_folder_are_refused(store, tmp_path):
    with pytest.raises(ExportError, match="conversations, sessions"):
        list(rows(store, "secrets", Filters()))
    with pytest.raises(ExportError, match="cannot be written to"):
        export(store, "conversations", Filters(), tmp_path / "none" / "out.csv")


def test_memory_does_not_grow_with_the_number_of_rows(store):
    def peak(count: int) -> int:
        put(store, [row(key, reason="x" * 500) for key in range(1, count + 1)])
        tracemalloc.start()
        for _ in rows(store, "conversations", Filters()):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(50)

    assert peak(8_000) < 2 * peak(2_000) + 1_000_000
