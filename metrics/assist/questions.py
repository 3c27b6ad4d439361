"""What the Smart assist page asks, and the command line: suggestions to agents, by group and over time, and with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.assist.catalogue import find_assist_metric
from metrics.assist.comparing import Comparison, Of, compare
from metrics.assist.counting import count_assists, count_in_time
from metrics.assist.figures import AssistTotals
from metrics.closed import closed_assists
from metrics.cuts import in_order
from metrics.figures import JsonObject
from metrics.filters import Filters
from metrics.questions import Card, Placed, card_of, comparable, placed_in_time
from metrics.windows import Grain
from store.engine import Connection, Store
from store.fallbacks import oldest_version

NOTED_SINCE = 4  # the version of the rules from which suggestions are kept
# What suggestions are told apart by, and the column that says it.
BY: Mapping[str, str] = {"agent": "agent", "bot": "adviser", "queue": "assist_queue", "channel": "channel", "topic": "topic"}
GRAINS = tuple(grain.value for grain in Grain)


@dataclass(frozen=True, slots=True)
class AssistHeadline:
    """The cards of a period, and what was counted for them. `is_stale`: some of it was derived before suggestions were kept."""

    cards: Sequence[Card]
    totals: AssistTotals
    is_stale: bool


@dataclass(frozen=True, slots=True)
class AssistRow:
    """The figures of one agent, bot, queue …; "" where it is not known."""

    word: str
    totals: AssistTotals


def headline(store: Store, filters: Filters, keys: Sequence[str]) -> AssistHeadline:
    """A card for each of these figures, with the period before, all of one snapshot."""
    with store.read() as connection:
        earlier = comparable(connection, filters)
        now = _whole(connection, filters)
        before = None if earlier is None else _whole(connection, earlier)
        version = oldest_version(connection, filters.selection(), bots_only=False)
    cards = [
        card_of(find_assist_metric(key), getattr(now, key), None if before is None else getattr(before, key)) for key in keys
    ]
    return AssistHeadline(cards, now, version is not None and version < NOTED_SINCE)


def trend(store: Store, filters: Filters, grain: Grain) -> list[Placed[AssistTotals]]:
    """The figures of suggestions by bucket of their conversations' end, with those in between that have none."""
    with store.read() as connection:
        found = closed_assists(connection, filters)
        return placed_in_time(connection, filters, grain, lambda by: count_in_time(found, by), AssistTotals())


def by_word(store: Store, filters: Filters, by: str) -> list[AssistRow]:
    """The figures by agent, bot, queue, channel or topic, the most shown first."""
    with store.read() as connection:
        found = count_assists(closed_assists(connection, filters), (BY[by],))
    rows = [AssistRow(key[0] or "", totals) for key, totals in found.items()]
    return sorted(rows, key=lambda row: (-row.totals.suggestions_shown, row.word))


def compared(store: Store, filters: Filters, of: Of, alike_in: str) -> Comparison:
    """Conversations with and without suggestions, side by side."""
    with store.read() as connection:
        return compare(closed_assists(connection, filters), of, alike_in)


def names(store: Store, filters: Filters) -> dict[str, list[str]]:
    """The bots that suggested something in the period and the agents who were shown it, by name."""
    span = Filters(window=filters.window, include_tests=filters.include_tests)
    with store.read() as connection:
        rows = closed_assists(connection, span).suggestions
    return {name: sorted(rows.present(name)) if len(rows) else [] for name in ("adviser", "agent")}


def report(store: Store, filters: Filters, by: Sequence[str] = ()) -> list[JsonObject]:
    """The figures as they are printed: of all, or an object for each group, ascending by key, null last."""
    keys = tuple(BY.get(each, each) for each in by)
    with store.read() as connection:
        found = count_assists(closed_assists(connection, filters), keys)
    return [dict(zip(by, key, strict=True)) | _as_json(found[key], by) for key in in_order(found)]


def _whole(connection: Connection, filters: Filters) -> AssistTotals:
    return count_assists(closed_assists(connection, filters))[()]


def _as_json(totals: AssistTotals, by: Sequence[str]) -> JsonObject:
    """Of a group it is not known how many conversations it might have reached."""
    said = totals.as_json()
    return {key: value for key, value in said.items() if not by or key != "suggestion_reach"}
