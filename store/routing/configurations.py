"""Keeping routing configurations: what was in force when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, insert, select

from store.queues.reads import replace_service_levels
from store.routing.records import Configuration
from store.routing.tables import configuration


@dataclass(frozen=True, slots=True)
class InForce:
    """A configuration and the moment from which it held."""

    number: int
    from_ms: int
    origin: str
    configuration: Configuration


def save_configuration(connection: Connection, new: Configuration, *, origin: str, now_ms: int) -> bool:
    """Keep a configuration that is in force from now on; False where it is the one in force already."""
    body = msgspec.json.encode(new)
    digest = sha256(body).hexdigest()
    newest = select(configuration.c.digest).order_by(configuration.c.number.desc()).limit(1)
    if connection.execute(newest).scalar_one_or_none() == digest:
        return False
    row = {"in_force_ms": now_ms, "origin": origin, "digest": digest, "body": body}
    connection.execute(insert(configuration).values(row))
    note_promises(connection, new)
    return True


def note_promises(connection: Connection, of: Configuration) -> None:
    """Within how many seconds queues are answered by this configuration, where statements find it."""
    promised = {queue.name: queue.service_level_seconds for queue in of.queues}
    replace_service_levels(connection, {name: seconds for name, seconds in promised.items() if seconds is not None})


def configurations(connection: Connection) -> list[InForce]:
    """Every configuration that was in force, the oldest first."""
    query = select(configuration).order_by(configuration.c.in_force_ms, configuration.c.number)
    return [
        InForce(row.number, row.in_force_ms, row.origin, msgspec.json.decode(row.body, type=Configuration))
        for row in connection.execute(query)
    ]


def newest_configuration(connection: Connection) -> Configuration | None:
    """The one in force now."""
    query = select(configuration.c.body).order_by(configuration.c.in_force_ms.desc(), configuration.c.number.desc()).limit(1)
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else msgspec.json.decode(body, type=Configuration)


def in_force_at(kept: Sequence[InForce], at_ms: int) -> InForce | None:
    """The one in force at a moment; before the first that is known, the first. None where there is none."""
    if not kept:
        return None
    return kept[max(bisect_right(kept, at_ms, key=lambda item: item.from_ms) - 1, 0)]
