"""Pages of what a search finds: open conversations first, then closed ones, newest first; and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.search import SearchError
from store.engine import Connection
from store.history import Record, page_of_open
from store.search.found import count_found, few_documents, page_of_found
from store.search.tables import has_index
from store.selecting import Selection

# Where the next page begins: behind an "open" or a "closed" conversation, by the moment it is ordered by and its key, or behind
# a document of the index that was "found".
Cursor = tuple[str, int, int]
# What has to be counted one by one is counted no further.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of table `conversation`, where the next page begins (None: that was all), and how many all pages hold."""

    rows: Sequence[Record]
    next: Cursor | None
    count: int
    is_capped: bool  # there may be more than were counted


def find_page(connection: Connection, chosen: Selection, after: Cursor | None, limit: int) -> Found:
    """One page of a selection that has a search. Raises SearchError where this database cannot be searched."""
    check_possible(connection)
    few = few_documents(connection, chosen)
    rows: list[Record] = []
    if after is None or after[0] == "open":
        rows.extend(page_of_open(connection, chosen, None if after is None else after[1:], limit + 1))
    if len(rows) <= limit:
        before = after[1] if after is not None and after[0] == "found" else None
        rows.extend(page_of_found(connection, chosen, before, limit + 1 - len(rows), few=few))
    if after is None and len(rows) <= limit:  # nothing to be counted: looking through a common phrase twice takes twice as long
        return Found(rows, None, len(rows), is_capped=False)
    goes_on = _place(rows[limit - 1]) if len(rows) > limit else None
    return Found(rows[:limit], goes_on, *count_found(connection, chosen, COUNTED, few=few))


def check_possible(connection: Connection) -> None:
    """Raises SearchError where this kind of database has no full-text index."""
    if not has_index(connection):
        raise SearchError("Searching what was said needs SQLite; this database is PostgreSQL. Every other filter works.")


def _place(row: Record) -> Cursor:
    if row["ended_ms"] is None:
        return ("open", row["started_ms"], row["conversation_key"])
    return ("found", row["doc_id"], 0)
