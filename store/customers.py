"""Customers: one row each, named as in the latest of the conversations that name them, gone with the last of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, null, or_, select

from store.records import Conversation
from store.tables import conversation, customer
from store.upsert import upsert

CustomerId = tuple[str, str]  # source, customer id
Seen = tuple[str, int]  # name, and when it was given


def add_customers(connection: Connection, conversations: Iterable[Conversation]) -> None:
    """Note who took part in these conversations."""
    rows = [
        {"source": item.source, "customer_id": item.customer_id, "name": item.customer_name, "seen_ms": item.last_ms}
        for item in conversations
        if item.customer_id
    ]
    upsert(connection, customer, rows, newest_by=("seen_ms", "name"))


def recount_customers(connection: Connection, customers: Iterable[CustomerId]) -> None:
    """Bring these customers' rows in line with the conversations that still name them."""
    latest = conversation.c.last_ms.desc(), conversation.c.customer_name.desc()
    for source, customer_id in sorted(customers):
        theirs = and_(conversation.c.source == source, conversation.c.customer_id == customer_id)
        query = select(conversation.c.customer_name, conversation.c.last_ms).where(theirs).order_by(*latest).limit(1)
        found = connection.execute(query).first()
        connection.execute(delete(customer).where(and_(customer.c.source == source, customer.c.customer_id == customer_id)))
        if found is not None:
            row = {"source": source, "customer_id": customer_id, "name": found.customer_name, "seen_ms": found.last_ms}
            upsert(connection, customer, [row])


def customers_that_differ(connection: Connection) -> Iterator[tuple[str, str, Seen | None, Seen | None]]:
    """Source, id, what is stored and what the conversations say, of those customers where these are not the same."""
    own = conversation.c
    place = func.row_number().over(
        partition_by=(own.source, own.customer_id), order_by=(own.last_ms.desc(), own.customer_name.desc())
    )
    ranked = select(own.source, own.customer_id, own.customer_name, own.last_ms, place.label("place"))
    latest = ranked.where(own.customer_id != "").subquery()
    theirs = and_(customer.c.source == latest.c.source, customer.c.customer_id == latest.c.customer_id)
    is_other = or_(customer.c.source.is_(None), customer.c.name != latest.c.customer_name, customer.c.seen_ms != latest.c.last_ms)
    wrong = (
        select(
            latest.c.source, latest.c.customer_id, customer.c.name, customer.c.seen_ms, latest.c.customer_name, latest.c.last_ms
        )
        .outerjoin(customer, theirs)
        .where(latest.c.place == 1, is_other)
    )
    named = exists().where(own.source == customer.c.source, own.customer_id == customer.c.customer_id)
    gone = select(customer.c.source, customer.c.customer_id, customer.c.name, customer.c.seen_ms, null(), null()).where(~named)
    for query in (wrong, gone):
        for row in connection.execute(query.execution_options(yield_per=500)):
            source, customer_id, name, seen_ms, name_again, seen_again_ms = row
            yield source, customer_id, _seen(name, seen_ms), _seen(name_again, seen_again_ms)


def _seen(name: str | None, at_ms: int | None) -> Seen | None:
    return None if name is None or at_ms is None else (name, at_ms)


def has_customer(words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row of `conversation` is of a customer with one of these ids, or parts of a name; "": of nobody known."""
    named = [word for word in words if word]
    called = or_(customer.c.customer_id.in_(named), *(customer.c.name.icontains(word, autoescape=True) for word in named))
    theirs = conversation.alias("theirs")
    own = and_(theirs.c.source == customer.c.source, theirs.c.customer_id == customer.c.customer_id)
    # An outer join leaves one way to go: from the customers, who are fewer, to their conversations.
    keys = select(theirs.c.conversation_key).select_from(customer.outerjoin(theirs, own)).where(called)
    found = conversation.c.conversation_key.in_(keys)
    nobody = conversation.c.customer_id == ""
    return or_(found, nobody) if "" in words else found
