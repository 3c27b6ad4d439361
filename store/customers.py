"""Customers: one row each, named as in the latest of the conversations that name them, gone with the last of these."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, select

from store.records import Conversation
from store.tables import conversation, customer
from store.upsert import upsert

CustomerId = tuple[str, str]  # source, customer id


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
