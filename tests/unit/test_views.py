"""The views for other tools: the rows and names of the exports, and the counts of the report."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from metrics.exports.cells import as_text
from metrics.exports.columns import TABLES
from metrics.exports.rows import Wanted, parts
from metrics.filters import Filters
from metrics.report import count
from metrics.windows import Grain
from store.engine import Store
from store.migrations import migrate
from store.views import NAMES, make_views
from tests.conversation_rows import at, put, row
from tests.speech_rows import keep_call
from tests.unit.test_exports import put_parts

VIEW_OF = {
    "conversations": "v_conversation",
    "sessions": "v_session",
    "messages": "v_message",
    "speech": "v_speech",
    "surveys": "v_survey",
    "suggestions": "v_suggestion",
}


def fill(store: Store) -> None:
    put(
        store,
        [
            row(
                1,
                ended_ms=at("2026-03-02T12:00:00.001Z"),
                outcome="resolved",
                resolution="implied",
                bot_ms=61_020,
                is_suspect=True,
            ),
            row(2, ended_ms=at("2026-03-02T12:59:59.999Z"), outcome="escalated", bot_ms=5, escalated_ms=at("2026-03-02T12:30Z")),
            row(3, ended_ms=at("2026-03-02T13:00Z"), outcome="abandoned", sentiment_micro=-250_001, csat_micro=4_000_000),
            row(4, ended_ms=None, started_ms=at("2026-03-02T13:30Z"), state="with_bot"),
            row(5, is_bot=False, outcome=None, deciding_session=None),
            row(6, is_bot=False, is_test=True, outcome="other", csat_requested=True),
        ],
    )
    for key in range(1, 7):
        put_parts(store, key, ["=1+1", "hello"])
    keep_call(
        store, 7, said={"ended_ms": at("2026-03-01T13:00Z"), "is_bot": False, "outcome": None}, agent="Bea", silence_ms=1_500
    )
    keep_call(
        store, 8, said={"ended_ms": None, "is_bot": False, "state": "with_agent"}, queue="Cards", customer_ms=7, num_holds=2
    )


def rows_of(store: Store, view: str) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(item) for item in connection.execute(text(f"SELECT * FROM {view}")).mappings()]  # noqa: S608 - of a list


def as_shown(value: Any) -> str:
    """A value of a view as a CSV file would have it."""
    if hasattr(value, "isoformat"):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


@pytest.mark.parametrize("table", VIEW_OF)
def test_rows_are_those_of_the_export(store, table):
    fill(store)
    columns = TABLES[table]
    wanted = Wanted(table, Filters(include_tests=True), raw=True)
    with store.read() as connection:
        exported = sorted(line for part in parts(connection, wanted) for line in as_text(columns, part, raw=True))

    found = rows_of(store, VIEW_OF[table])

    flags = {column.name for column in columns if column.type == "boolean"}
    assert list(found[0]) == [column.name for column in columns]
    assert exported == sorted(
        tuple(("true" if value else "false") if name in flags else as_shown(value) for name, value in line.items())
        for line in found
    )


def test_hours_add_up_to_the_report(store):
    fill(store)
    hours, totals = rows_of(store, "v_hour"), count(store, Filters())[()]

    assert [as_shown(line["hour"]) for line in hours] == ["2026-03-02T12:00:00.000Z", "2026-03-02T13:00:00.000Z"]
    for name in ("closed", "resolved", "confirmed", "implied", "assumed", "escalated", "abandoned", "other"):
        assert sum(line[name] for line in hours) == getattr(totals, name)
    assert sum(line["resolution_time_sum_ms"] for line in hours) == totals.resolution_time.sum_ms
    assert sum(line["sentiment_sum_micro"] for line in hours) == totals.average_sentiment.sum_micro


def test_hours_are_the_export_by_hour(store):
    fill(store)
    wanted = Wanted("rollups", grain=Grain.HOUR)
    names = [column.name for column in TABLES["rollups"]]
    with store.read() as connection:
        exported = [dict(zip(names, line, strict=True)) for part in parts(connection, wanted) for line in part]

    found = rows_of(store, "v_hour")

    assert list(found[0]) == ["hour", *names[1:]]
    assert [{**line, "hour": ""} for line in found] == [{"hour": "", **{n: line[n] for n in names[1:]}} for line in exported]


def test_views_can_be_made_again_and_come_with_any_database(store):
    with store.write() as connection:
        for name in NAMES:
            connection.execute(text(f"DROP VIEW {name}"))
        make_views(connection)
        make_views(connection)
        migrate(connection)

    assert rows_of(store, "v_conversation") == []


def test_views_cannot_be_written(store):
    fill(store)
    if not store.url.startswith("sqlite"):
        pytest.skip("PostgreSQL writes through simple views; docs/views.md has a role that may only read")

    with pytest.raises(Exception, match="cannot modify v_conversation"), store.write() as connection:
        connection.execute(text("DELETE FROM v_conversation"))
