"""Questions about alerts: what stands, what was, which rules were made on a page, and what was said since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, tuple_

from store.alerts.tables import alert, alert_rule, alert_step
from store.reads import IN_LIST, conversations_by_key
from store.records import EPISODE_BITS, Kind
from store.tables import activity, conversation, thread

Row = dict[str, Any]

MAX_OPEN_ALERTS = 20_000


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which alerts are meant. An empty tuple does not narrow."""

    rule_ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    start_ms: int | None = None  # fired from then on
    end_ms: int | None = None  # and before then
    link: str = ""  # of one conversation


def saved_rules(connection: Connection) -> list[Row]:
    """Rows of table `alert_rule`, oldest first."""
    query = select(alert_rule).order_by(alert_rule.c.created_ms, alert_rule.c.rule_id)
    return _rows(connection, query)


def open_alerts(connection: Connection) -> list[Row]:
    """Alerts that stand."""
    query = select(alert).where(alert.c.resolved_ms.is_(None)).order_by(alert.c.alert_id).limit(MAX_OPEN_ALERTS)
    return _rows(connection, query)


def alerts_resolved_since(connection: Connection, since_ms: int) -> list[Row]:
    """Alerts that ended since then, oldest first; of very many those that ended last."""
    # Ordered by what they are chosen by: the other order would be read off all alerts there ever were.
    ended = alert.c.resolved_ms
    rows = _rows(connection, select(alert).where(ended >= since_ms).order_by(ended.desc()).limit(MAX_OPEN_ALERTS))
    return sorted(rows, key=itemgetter("alert_id"))


def alerts_by_id(connection: Connection, alert_ids: Iterable[int]) -> list[Row]:
    """Alerts by their numbers."""
    return _rows(connection, select(alert).where(alert.c.alert_id.in_(list(alert_ids))))


def latest_alert_of(connection: Connection, rule_id: str, subject: str) -> Row | None:
    """The latest firing of a rule for a subject, if there ever was one."""
    query = select(alert).where(alert.c.rule_id == rule_id, alert.c.subject == subject)
    return next(iter(_rows(connection, query.order_by(alert.c.alert_id.desc()).limit(1))), None)


def steps_of(connection: Connection, alert_id: int) -> list[Row]:
    """The steps of an alert, in order."""
    query = select(alert_step).where(alert_step.c.alert_id == alert_id).order_by(alert_step.c.number)
    return _rows(connection, query)


def count_open(connection: Connection) -> dict[str, int]:
    """How many alerts stand, by rule."""
    query = select(alert.c.rule_id, func.count()).where(alert.c.resolved_ms.is_(None)).group_by(alert.c.rule_id)
    return {rule_id: count for rule_id, count in connection.execute(query)}


def page_of_alerts(connection: Connection, chosen: HistoryFilter, after: tuple[int, int] | None, limit: int) -> list[Row]:
    """Alerts by the time they fired, latest first, behind the (fired_ms, alert_id) of the page before."""
    own = alert.c
    where: list[ColumnElement[bool]] = []
    for column, values in (
        (own.rule_id, chosen.rule_ids),
        (own.kind, chosen.kinds),
        (own.state, chosen.states),
        (own.queue, chosen.queues),
        (own.link, (chosen.link,) if chosen.link else ()),
    ):
        if values:
            where.append(column.in_(values))
    if chosen.start_ms is not None:
        where.append(own.fired_ms >= chosen.start_ms)
    if chosen.end_ms is not None:
        where.append(own.fired_ms < chosen.end_ms)
    if after is not None:
        where += [own.fired_ms <= after[0], tuple_(own.fired_ms, own.alert_id) < after]
    query = select(alert).where(and_(true(), *where)).order_by(own.fired_ms.desc(), own.alert_id.desc()).limit(limit)
    return _rows(connection, query)


def said_since(connection: Connection, root_keys: Iterable[int], since_ms: int) -> Sequence[Any]:
    """What was said aloud in these roots since then, in order: (identity, conversation_key, at_ms, role, text)."""
    wanted, own = list(root_keys), activity.c
    found: list[Any] = []
    for at in range(0, len(wanted), IN_LIST):
        query = (
            select(own.identity, own.conversation_key, own.at_ms, own.role, own.text)
            .join(thread, thread.c.thread_key == own.thread_key)
            .where(
                thread.c.root_key.in_(wanted[at : at + IN_LIST]),
                own.kind == Kind.MESSAGE.value,
                own.at_ms >= since_ms,
                own.private.is_(False),
                own.text != "",
            )
            .order_by(own.at_ms, own.at_sub, own.position, own.thread_key)
        )
        found.extend(connection.execute(query))
    return found


def now_joined(connection: Connection, keys: Iterable[int]) -> dict[int, Row]:
    """For conversations that are no more because they were joined to another: the row of the one they are part of now.

    Of a root that comes in episodes, that is the latest. Those that are there still, or are gone for good, are left out.
    """
    wanted = set(keys)
    wanted -= {row["conversation_key"] for row in conversations_by_key(connection, wanted)} if wanted else set()
    found: dict[int, Row] = {}
    for key in wanted:
        root = select(thread.c.root_key).where(thread.c.thread_key == key >> EPISODE_BITS).scalar_subquery()
        query = select(conversation).where(conversation.c.root_key == root).order_by(conversation.c.episode.desc()).limit(1)
        for row in _rows(connection, query):
            found[key] = row
    return found


def alive_between(
    connection: Connection, start_ms: int, end_ms: int, *, oldest_ms: int, after: tuple[int, int], limit: int
) -> list[Row]:
    """Conversations that were open at some time of a span, tests left out, by their beginning, behind (started_ms, key) `after`.

    Those that began before `oldest_ms` are left out.
    """
    own = conversation.c
    query = (
        select(conversation)
        .where(
            own.started_ms >= max(oldest_ms, after[0]),
            own.started_ms < end_ms,
            tuple_(own.started_ms, own.conversation_key) > after,
            or_(own.ended_ms.is_(None), own.ended_ms >= start_ms),
            own.is_test.is_(False),
        )
        .order_by(own.started_ms, own.conversation_key)
        .limit(limit)
    )
    return _rows(connection, query)


def first_start(connection: Connection) -> int | None:
    """When the oldest conversation began."""
    return connection.execute(select(func.min(conversation.c.started_ms))).scalar_one_or_none()


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
