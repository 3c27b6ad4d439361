"""Finding conversations: all that a cut or a metric means, page by page, and the one that somebody means by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.exports.cells import iso_time
from metrics.exports.rows import Wanted, counted_in
from metrics.figures import MICRO, JsonObject
from metrics.found import COUNTED, Cursor, check_possible, find_page
from metrics.rows import Rows
from metrics.search import read_query
from store.engine import Connection, Store
from store.history import Record, count_closed, count_open, page_of_closed, page_of_open
from store.reads import find_conversation
from store.records import link_name
from store.selecting import Selection


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: rows of table `conversation`, where the next page begins (None: that was all), and how many in all."""

    rows: Sequence[Record]
    next: Cursor | None
    count: int
    is_capped: bool = False  # there are more than were counted

    def as_json(self) -> JsonObject:
        """As the command line prints it."""
        return {"count": self.count, "is_capped": self.is_capped, "conversations": [_as_json(row) for row in self.rows]}


def has_conversation(store: Store, conversation_id: str) -> bool:
    """Whether something opens under this id."""
    with store.read() as connection:
        return find_conversation(connection, conversation_id) is not None


def check_search(store: Store, text: str) -> None:
    """Raises SearchError where what is typed means nothing, or this database cannot be searched."""
    if read_query(text) is not None:
        with store.read() as connection:
            check_possible(connection)


def list_conversations(store: Store, wanted: Wanted, *, after: Cursor | None = None, limit: int = 25) -> Listing:
    """One page of exactly the conversations that an export of `wanted` holds: open ones by their start, then closed ones by their
    end, latest first.
    """
    chosen = wanted.selection
    with store.read() as connection:
        if chosen.search:
            found = find_page(connection, chosen, after, limit)
            return Listing(found.rows, found.next, found.count, found.is_capped)
        everybody = wanted.metric is None and not wanted.bots_only
        packed = None if everybody and wanted.filters.needs_rows else counted_in(connection, wanted)
        rows: list[Record] = []
        place = None if after is None else after[1:]
        if after is None or after[0] == "open":
            rows.extend(page_of_open(connection, chosen, place, limit + 1))
            place = None
        if len(rows) <= limit:
            rows.extend(_page_of_closed(connection, chosen, packed, place, limit + 1 - len(rows)))
        num_open = count_open(connection, chosen)
        num_closed = count_closed(connection, chosen, COUNTED + 1) if packed is None else len(packed)
    goes_on = _cursor(rows[limit - 1]) if len(rows) > limit else None
    is_capped = packed is None and num_closed > COUNTED
    return Listing(rows[:limit], goes_on, COUNTED if is_capped else num_open + num_closed, is_capped)


def link_of(row: Record) -> str:
    """What a link calls the conversation of a row."""
    return link_name(row["source"], row["conversation_id"])


def _page_of_closed(
    connection: Connection, chosen: Selection, packed: Rows | None, place: tuple[int, int] | None, limit: int
) -> Sequence[Record]:
    if packed is None:
        return page_of_closed(connection, chosen, place, limit)
    # Packed days say when those that are meant ended: looking there is quick, where going through all would not be.
    moments = _newest_ends(packed, None if place is None else place[0], limit)
    return page_of_closed(connection, replace(chosen, ended=moments, spans=()), place, limit) if moments else ()


def _newest_ends(rows: Rows, before_ms: int | None, limit: int) -> tuple[int, ...]:
    """When the newest rows ended: `limit` before a moment, and those at the moment itself. Several can end at one."""
    ended = rows.columns["ended_ms"]
    last = len(ended) if before_ms is None else int(np.searchsorted(ended, before_ms, side="right"))
    first = last if before_ms is None else int(np.searchsorted(ended, before_ms))
    return tuple(np.unique(ended[max(0, first - limit) : last]).tolist())


def _as_json(row: Record) -> JsonObject:
    sentiment = row["sentiment_micro"]
    return (
        {name: row[name] for name in ("conversation_id", "source", "customer_id", "customer_name", "channel", "workstream")}
        | {name: row[name] for name in ("bot", "queue", "topic", "state", "outcome", "resolution", "reason", "is_test")}
        | {"started_at": iso_time(row["started_ms"]), "ended_at": None if row["ended_ms"] is None else iso_time(row["ended_ms"])}
        | {"sentiment": None if sentiment is None else sentiment / MICRO, "num_messages": row["num_messages"]}
    )


def _cursor(row: Record) -> Cursor:
    if row["ended_ms"] is None:
        return ("open", row["started_ms"], row["conversation_key"])
    return ("closed", row["ended_ms"], row["conversation_key"])
