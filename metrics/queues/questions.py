"""What the Queues page asks, and the command line: the figures of stays, by queue and over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.closed import closed_stays
from metrics.cuts import BY_STAY, Key
from metrics.figures import JsonObject, Totals
from metrics.filters import Filters
from metrics.questions import Headline, Point, headline_of, points
from metrics.queues.counting import STAY_METRICS, count_stays, promises
from metrics.windows import Grain
from store.engine import Store
from store.routing.configurations import configurations
from store.routing.records import Queue

NOTHING = Totals()


@dataclass(frozen=True, slots=True)
class QueueRow:
    """The figures of one queue, and within how many seconds it promises to answer."""

    queue: str
    totals: Totals
    promised_s: int


def headline(store: Store, filters: Filters, keys: Sequence[str] = STAY_METRICS) -> Headline[Totals]:
    """A card for each metric of stays, with the period before, all of one snapshot."""
    return headline_of(store, filters, keys, lambda connection, cut: count_stays(connection, cut).get((), NOTHING))


def trend(store: Store, filters: Filters, grain: Grain) -> list[Point]:
    """The figures by bucket in order of time, with those in between that have none."""
    with store.read() as connection:
        return points(connection, filters, grain, lambda by: count_stays(connection, filters, by))


def by_queue(store: Store, filters: Filters) -> list[QueueRow]:
    """Each queue that had a stay in the cut, the most offered first."""
    with store.read() as connection:
        found = {key[0] or "": totals for key, totals in count_stays(connection, filters, (BY_STAY,)).items()}
        promised = promises(connection, found)
    rows = [QueueRow(queue, totals, promised[queue]) for queue, totals in found.items()]
    return sorted(rows, key=lambda row: (-row.totals.offered, row.queue))


def queue_names(store: Store, filters: Filters) -> list[str]:
    """The queues with a stay in the period, by name."""
    span = Filters(window=filters.window, include_tests=filters.include_tests)
    with store.read() as connection:
        return sorted(closed_stays(connection, span).present(BY_STAY))


def configured(store: Store) -> Mapping[str, Queue]:
    """The queues of the routing configuration in force, by name."""
    with store.read() as connection:
        kept = configurations(connection)
    return {queue.name: queue for queue in kept[-1].configuration.queues} if kept else {}


def report(store: Store, filters: Filters, by: Sequence[str] = ()) -> list[JsonObject]:
    """The figures as they are printed: an object for each queue, or for each queue and bucket of time."""
    with store.read() as connection:
        found = count_stays(connection, filters, (BY_STAY, *by))
        promised = promises(connection, {key[0] or "" for key in found})
    return [_as_json(key, by, found[key], promised) for key in sorted(found, key=_order)]


def _order(key: Key) -> list[str]:
    return [word or "" for word in key]


def _as_json(key: Key, by: Sequence[str], totals: Totals, promised: Mapping[str, int]) -> JsonObject:
    queue = key[0] or ""
    return (
        {"queue": queue or None, **dict(zip(by, key[1:], strict=True)), "service_level_seconds": promised[queue]}
        | {name: getattr(totals, name) for name in STAY_METRICS[:3]}
        | {"left_out": totals.stays_left_out}
        | {name: getattr(totals, name).as_json() for name in STAY_METRICS[3:]}
    )
