"""What the Routing page asks, one function a question, each from one snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from metrics.filters import Filters
from metrics.routing.escalation_rows import EscalationRows
from metrics.routing.escalations import Judged, escalation_by_key, escalations_by_keys, judge
from metrics.routing.health import RoutingWarning, warnings
from metrics.routing.judging import Judge
from metrics.routing.kept import judged_rows
from metrics.routing.listing import Which
from metrics.routing.summary import Summary, summarise_rows
from metrics.routing.trying import Trial, chosen_escalations, try_rules
from store.engine import Store
from store.reads import find_conversation
from store.routing.configurations import InForce, configurations
from store.routing.records import Configuration


def kept_configurations(store: Store) -> list[InForce]:
    """Every configuration that was in force, the oldest first."""
    with store.read() as connection:
        return configurations(connection)


def summary_of(store: Store, filters: Filters) -> Summary:
    """What the escalations of a cut come to."""
    return summarise_rows(_rows_of(store, filters))


def keys_of(store: Store, filters: Filters, which: Which) -> tuple[int, ...]:
    """The conversations of those escalations of a cut that are meant, the oldest request first."""
    return which.keys(_rows_of(store, filters))


def judged_of(store: Store, keys: Sequence[int]) -> list[Judged]:
    """The escalations of these conversations, the latest first."""
    with store.read() as connection:
        found = list(map(Judge(configurations(connection)), escalations_by_keys(connection, keys)))
    return found[::-1]


def health_of(store: Store, summary: Summary) -> list[RoutingWarning]:
    """What is wrong with the configuration in force, by itself and by what the summary saw; nothing where none is in force."""
    kept = kept_configurations(store)
    return warnings(kept[-1].configuration, summary.seen) if kept else []


def routing_of(store: Store, conversation: str) -> Judged | None:
    """How the escalation of one conversation was routed; None where there is none."""
    with store.read() as connection:
        row = find_conversation(connection, conversation)
        escalation = None if row is None else escalation_by_key(connection, row["conversation_key"])
        return None if escalation is None else judge(escalation, configurations(connection))


def trial(
    store: Store, configuration: Configuration, filters: Filters, *, progress: Callable[[float], None] | None = None
) -> Trial:
    """What other rules would have done with the escalations of a cut.

    `progress` is told the share that is done, 0–1.
    """

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done / total if total else 1.0)

    with store.read() as connection:
        return try_rules(connection, configuration, filters, progress=tell)


def _rows_of(store: Store, filters: Filters) -> EscalationRows:
    with store.read() as connection:
        rows = judged_rows(connection, filters.window.start_ms, filters.window.end_ms)
    return chosen_escalations(rows, filters)
