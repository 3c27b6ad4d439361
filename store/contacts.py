"""When a customer came back: the next conversation of theirs, on any channel, in which they wrote themselves.

It is not stored but asked when a day is packed, so nothing can drift; only the days whose answer changes are marked for packing.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Never, assert_never
from typing import cast as typing_cast

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables import conversation

DAY_MS = 86_400_000
# A conversation is asked for what followed within so long, and no longer.
LONGEST_MS = 30 * DAY_MS

Contact = tuple[str, str, int]  # source, customer, when it began

_later = conversation.alias("later")


def next_contact_ms() -> ScalarSelect[int]:
    """Of a row of `conversation`: when its customer's next contact began; null where there was none, or where nobody is known."""
    return _contacts_after().order_by(_later.c.started_ms).limit(1).scalar_subquery()


def came_back_within(span_ms: int) -> ColumnElement[bool]:
    """Whether the customer of a row of `conversation` made contact within `span_ms` of its end."""
    return _contacts_after().where(_later.c.started_ms < conversation.c.ended_ms + span_ms).exists()


def is_known() -> ColumnElement[bool]:
    """Whether a row of `conversation` says who its customer is."""
    return conversation.c.customer_id != ""


def _contacts_after() -> Select[Any]:
    own = conversation.c
    theirs = and_(_later.c.source == own.source, _later.c.customer_id == own.customer_id, own.customer_id != "")
    wrote = and_(_later.c.is_test.is_(False), _later.c.num_customer_messages > 0)
    return select(_later.c.started_ms).where(theirs, wrote, _later.c.started_ms > own.ended_ms).correlate(conversation)


def days_before(connection: Connection, contacts: Collection[Contact]) -> set[int]:
    """The days on which resolved conversations ended whose next contact is one of these, or was until now."""
    if not contacts:
        return set()
    rows = [{"source": source, "customer_id": customer, "at_ms": at_ms} for source, customer, at_ms in sorted(contacts)]
    statement = _days_statement(connection.dialect.name)
    ended = connection.execute(statement, {"contacts": orjson.dumps(rows).decode()}).scalars()
    return {ended_ms // DAY_MS for ended_ms in ended}


@cache
def _days_statement(dialect_name: str) -> Select[Any]:
    """One statement however many contacts: asking for each would cost a bulk load a tenth of its speed."""
    made, own = _made_contacts(dialect_name).c, conversation.c
    before = conversation.alias("before")
    theirs = and_(before.c.source == made.source, before.c.customer_id == made.customer_id, before.c.is_test.is_(False))
    earlier = select(func.max(before.c.started_ms)).where(
        theirs, before.c.num_customer_messages > 0, before.c.started_ms < made.at_ms
    )
    # Those that ended before the contact before this one have that one as theirs. Of a closed conversation the last activity is
    # the end, and the index is by that.
    since = func.coalesce(earlier.scalar_subquery(), made.at_ms - LONGEST_MS)
    return select(own.last_ms).where(
        own.source == made.source,
        own.customer_id == made.customer_id,
        own.last_ms < made.at_ms,
        own.last_ms > made.at_ms - LONGEST_MS,
        own.last_ms >= since,
        own.outcome == "resolved",
    )


def _made_contacts(dialect_name: str) -> FromClause:
    """The contacts that are handed over as JSON, as rows."""
    contacts = bindparam("contacts", type_=Text)
    columns = (column("source", Text), column("customer_id", Text), column("at_ms", BigInteger))
    match dialect_name:
        case "sqlite":
            value = func.json_each(contacts).table_valued("value").c.value
            return select(
                *(func.json_extract(value, f"$.{each.name}", type_=each.type).label(each.name) for each in columns)
            ).subquery()
        case "postgresql":
            handed = func.jsonb_to_recordset(cast(contacts, JSONB))
            return handed.table_valued(*columns, name="made").render_derived(with_types=True)
        case _:
            assert_never(typing_cast(Never, dialect_name))
