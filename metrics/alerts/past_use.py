"""Bot sessions as they were used in the past: the moments at which a rule's levels were reached, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from metrics.alerts.evaluation import Use
from metrics.alerts.levels import Levels
from metrics.bot_sessions.entitlement import Entitlement
from metrics.bot_sessions.questions import count_used
from metrics.months import ends_of, month_window, months_between
from store.bot_sessions.counting import invoked_at_place
from store.engine import Store


def past_use(
    store: Store, levels: Levels | None, entitlement: Entitlement, start_ms: int, end_ms: int
) -> Iterator[tuple[int, Use]]:
    """What was used at each moment that matters to these levels, in order; from the beginning of the month of `start_ms`."""
    for month in reversed(months_between(start_ms, end_ms, entitlement.zone)):
        month_start_ms, month_end_ms = ends_of(month_window(month, entitlement.zone))
        entitled = entitlement.sessions(month)
        yield month_start_ms, Use(month, 0, entitled)
        if entitled is None or levels is None:
            continue
        with store.read() as connection:
            used = count_used(connection, month, entitlement.zone)
            for place in _places(levels, entitled):
                at_ms = invoked_at_place(connection, month_start_ms, month_end_ms, place) if place <= used else None
                if at_ms is not None and at_ms <= end_ms:
                    yield at_ms, Use(month, place, entitled)


def _places(levels: Levels, entitled: int) -> list[int]:
    """The numbers of the sessions with which the levels are reached."""
    reached = {max(1, ceil(Fraction(level) * entitled / 100)) for level in (levels.at_risk, levels.critical) if level is not None}
    return sorted(reached)
