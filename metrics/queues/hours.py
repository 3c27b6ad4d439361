"""Whether a queue is served at a moment, by the operating hours of the routing configuration."""

from __future__ import annotations

from metrics.windows import local_time
from store.routing.records import Hours, Queue


def is_served(queue: Queue | None, at_ms: int) -> bool | None:
    """None where no hours are configured: then nothing says that it ever closes."""
    if queue is None or not queue.hours:
        return None
    local = local_time(at_ms, queue.time_zone)
    minute = local.hour * 60 + local.minute
    return any(_holds(hours, local.weekday(), minute) for hours in queue.hours)


def _holds(hours: Hours, weekday: int, minute: int) -> bool:
    """Hours that close no later than they open go on past midnight."""
    if hours.opens < hours.closes:
        return weekday in hours.days and hours.opens <= minute < hours.closes
    began_today = weekday in hours.days and minute >= hours.opens
    return began_today or ((weekday - 1) % 7 in hours.days and minute < hours.closes)
