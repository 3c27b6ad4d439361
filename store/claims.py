"""Who has taken a conversation on. A claim hangs on the activity that was the latest when it was taken: wherever deriving puts
that activity (joined conversations, new episodes, other rules), the claim is there too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, insert, select, update

from store.reads import IN_LIST, Rows
from store.records import ClaimEnd
from store.tables import activity, claim, thread

_HANGS_ON = and_(activity.c.thread_key == claim.c.thread_key, activity.c.identity == claim.c.identity)
_STANDING = select(claim.c.claim_id, activity.c.conversation_key).join(activity, _HANGS_ON).where(claim.c.released_ms.is_(None))


def claims_of(connection: Connection, conversation: Mapping[Any, Any]) -> Rows:
    """Every claim there has been on a conversation (its row), oldest first."""
    return connection.execute(_claims_on(conversation).order_by(claim.c.taken_ms, claim.c.claim_id)).mappings().all()


def standing_claims(connection: Connection, conversation: Mapping[Any, Any]) -> Rows:
    """Those that stand. More than one only where two conversations that were both claimed turned out to be one."""
    query = _claims_on(conversation).where(claim.c.released_ms.is_(None)).order_by(claim.c.taken_ms, claim.c.claim_id)
    return connection.execute(query).mappings().all()


def claimed_by(connection: Connection) -> dict[int, str]:
    """By conversation key, the name of who has it: of two, of who took it first. There are about as many as supervisors."""
    query = (
        select(activity.c.conversation_key, claim.c.viewer_name)
        .join(activity, _HANGS_ON)
        .where(claim.c.released_ms.is_(None))
        .order_by(claim.c.taken_ms.desc(), claim.c.claim_id.desc())
    )
    return {key: name for key, name in connection.execute(query)}


def lock_conversation(connection: Connection, conversation: Mapping[Any, Any]) -> None:
    """From here to the end of the transaction nobody else claims it. (SQLite has one writer anyway, and leaves this out.)"""
    query = select(thread.c.thread_key).where(thread.c.root_key == conversation["root_key"]).order_by(thread.c.thread_key)
    connection.execute(query.with_for_update()).all()


def add_claim(
    connection: Connection, conversation: Mapping[Any, Any], *, viewer_id: str, viewer_name: str, taken_from: str, now_ms: int
) -> None:
    """Write a claim down; `taken_from` names who had it until now."""
    latest = (
        select(activity.c.thread_key, activity.c.identity)
        .join(thread, thread.c.thread_key == activity.c.thread_key)
        .where(thread.c.root_key == conversation["root_key"], activity.c.conversation_key == conversation["conversation_key"])
        .order_by(activity.c.at_ms.desc(), activity.c.at_sub.desc(), activity.c.position.desc())
        .limit(1)
    )
    thread_key, identity = connection.execute(latest).one()
    values = {"thread_key": thread_key, "identity": identity, "viewer_id": viewer_id, "viewer_name": viewer_name}
    connection.execute(insert(claim).values(**values, taken_ms=now_ms, taken_from=taken_from, released_ms=None, ended_by=""))


def end_claims(connection: Connection, claim_ids: Collection[int], *, ended_by: ClaimEnd, now_ms: int) -> None:
    """These stand no longer."""
    statement = update(claim).where(claim.c.claim_id.in_(claim_ids), claim.c.released_ms.is_(None))
    connection.execute(statement.values(released_ms=now_ms, ended_by=ended_by.value))


def end_claims_on(connection: Connection, closed: Collection[int], *, now_ms: int) -> None:
    """Conversations of these keys are over: nobody needs to be on them. Costs next to nothing where nothing is claimed."""
    if not closed:
        return
    over = set(closed)
    ended = [claim_id for claim_id, key in connection.execute(_STANDING) if key in over]
    for at in range(0, len(ended), IN_LIST):
        end_claims(connection, ended[at : at + IN_LIST], ended_by=ClaimEnd.CLOSED, now_ms=now_ms)


def _claims_on(conversation: Mapping[Any, Any]) -> Select[Any]:
    return (
        select(claim)
        .join(thread, thread.c.thread_key == claim.c.thread_key)
        .join(activity, _HANGS_ON)
        .where(thread.c.root_key == conversation["root_key"], activity.c.conversation_key == conversation["conversation_key"])
    )
