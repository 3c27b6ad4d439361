"""What the Smart assist page asks, and the command line: suggestions to agents, by group and over time, and with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.assist.comparing import Comparison, Of, compare
from metrics.assist.counting import count_assists, count_in_time
from metrics.assist.figures import AssistTotals
from metrics.closed import closed_assists
from metrics.cuts import in_order
from metrics.figures import JsonObject
from metrics.filters import Filters
from metrics.questions import Group, Headline, Placed, headline_of, is_older, placed_in_time, ranked
from metrics.windows import Grain
from store.engine import Store

NOTED_SINCE = 4  # the version of the rules from which suggestions are kept
# What suggestions are told apart by, and the column that says it.
BY: Mapping[str, str] = {"agent": "agent", "bot": "adviser", "queue": "assist_queue", "channel": "channel", "topic": "topic"}
GRAINS = tuple(grain.value for grain in Grain)


def headline(store: Store, filters: Filters, keys: Sequence[str]) -> Headline[AssistTotals]:
    """A card for each of these figures, with the period before, all of one snapshot."""
    return headline_of(store, filters, keys, lambda connection, cut: count_assists(closed_assists(connection, cut))[()])


def is_stale(store: Store, filters: Filters) -> bool:
    """Whether some of the cut was derived before suggestions were kept."""
    with store.read() as connection:
        return is_older(connection, filters, NOTED_SINCE, bots_only=False)


def trend(store: Store, filters: Filters, grain: Grain) -> list[Placed[AssistTotals]]:
    """The figures of suggestions by bucket of their conversations' end, with those in between that have none."""
    with store.read() as connection:
        found = closed_assists(connection, filters)
        return placed_in_time(connection, filters, grain, lambda by: count_in_time(found, by), AssistTotals())


def by_word(store: Store, filters: Filters, by: str) -> list[Group[AssistTotals]]:
    """The figures by agent, bot, queue, channel or topic, the most shown first."""
    with store.read() as connection:
        found = count_assists(closed_assists(connection, filters), (BY[by],))
    return ranked(found, lambda totals: totals.suggestions_shown)


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


def _as_json(totals: AssistTotals, by: Sequence[str]) -> JsonObject:
    """Of a group it is not known how many conversations it might have reached."""
    said = totals.as_json()
    return {key: value for key, value in said.items() if not by or key != "suggestion_reach"}
