"""What the Voice page asks, and the command line: the figures of calls, by whom and over time.

All closed calls count whose source says how long something was spoken, also those in which no bot took part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.closed import closed_calls
from metrics.cuts import BY_CALL, Key, grouped, in_order
from metrics.figures import JsonObject, Times, Totals
from metrics.filters import Filters
from metrics.groups import Groups
from metrics.questions import Group, Headline, Point, headline_of, points, ranked
from metrics.rows import Ints, Rows
from metrics.voice.catalogue import VOICE_CATALOGUE
from metrics.voice.figures import Pace, TimeShare
from metrics.windows import Grain
from store.engine import Connection, Store

VOICE_METRICS = tuple(metric.key for metric in VOICE_CATALOGUE)
SIDES = ("customer", "bot", "agent")
NOTHING = Totals()
BY_AGENT, BY_QUEUE = BY_CALL
# What the calls can be told apart by.
WAYS = {"agent": BY_AGENT, "queue": BY_QUEUE, "bot": "bot", "channel": "channel", "topic": "topic"}


def headline(store: Store, filters: Filters, keys: Sequence[str] = VOICE_METRICS) -> Headline[Totals]:
    """A card for each figure, with the period before, all of one snapshot."""
    return headline_of(store, filters, keys, lambda connection, cut: count_calls(connection, cut).get((), NOTHING))


def trend(store: Store, filters: Filters, grain: Grain) -> list[Point]:
    """The figures by bucket in order of time, with those in between that have no call."""
    with store.read() as connection:
        return points(connection, filters, grain, lambda by: count_calls(connection, filters, by))


def by_word(store: Store, filters: Filters, way: str) -> list[Group[Totals]]:
    """The calls of a cut told apart in one of WAYS, the most calls first."""
    with store.read() as connection:
        return ranked(count_calls(connection, filters, (WAYS[way],)), lambda totals: totals.calls)


def names(store: Store, filters: Filters) -> dict[str, list[str]]:
    """Which agents and queues the period's calls have, by what calls are told apart by."""
    span = Filters(window=filters.window, include_tests=filters.include_tests)
    with store.read() as connection:
        rows = closed_calls(connection, span)
    return {way: sorted(rows.present(WAYS[way])) if len(rows) else [] for way in ("agent", "queue")}


def report(store: Store, filters: Filters, by: Sequence[str] = ()) -> list[JsonObject]:
    """The figures as they are printed: one object, or one for each agent, queue, bot … and bucket of time."""
    with store.read() as connection:
        found = count_calls(connection, filters, [WAYS.get(name, name) for name in by])
    if not by:
        return [as_json(found.get((), NOTHING))]
    return [dict(zip(by, key, strict=True)) | as_json(found[key]) for key in in_order(found)]


def as_json(totals: Totals) -> JsonObject:
    """The figures of calls alone."""
    figures = {key: getattr(totals, key) for key in VOICE_METRICS}
    return {key: figure if isinstance(figure, int) else figure.as_json() for key, figure in figures.items()}


def count_calls(connection: Connection, filters: Filters, by: Sequence[str] = ()) -> dict[Key, Totals]:
    """The figures of calls by group; by their end they belong to a bucket of time."""
    rows = closed_calls(connection, filters)
    if not len(rows):
        return {}
    groups, called = grouped(rows, by, filters.tz)
    totals = _add_up(rows, groups)
    return dict(zip(called(list(totals)), totals.values(), strict=True))


def _add_up(rows: Rows, groups: Groups) -> dict[int, Totals]:
    calls = groups.lengths()
    sums = {name: groups.sums(_column(rows, name)).tolist() for name in _SUMMED}
    having = {name: groups.counted(_column(rows, name) > 0).tolist() for name in _SUMMED}
    lengths = _times(rows, groups, "span_ms", least=0)
    silences, holds = _times(rows, groups, "longest_silence_ms"), _times(rows, groups, "hold_ms")
    found = {}
    for number in calls.nonzero()[0].tolist():
        part = {name: sums[name][number] for name in _SUMMED}
        count = {name: having[name][number] for name in _SUMMED}
        found[number] = _shares(part, count)._replace(
            calls=int(calls[number]),
            held_calls=count["num_holds"],
            call_length=lengths[number],
            longest_silence=silences[number],
            hold_time=holds[number],
        )
    return found


def _shares(part: Mapping[str, int], count: Mapping[str, int]) -> Totals:
    """Shares of time and paces, from sums and from how many calls have any of each."""
    talk_ms = sum(part[f"{side}_ms"] for side in SIDES)
    talk = {side: TimeShare(part[f"{side}_ms"], talk_ms, count[f"{side}_ms"]) for side in SIDES}
    pace = {side: Pace(part[f"{side}_words"], part[f"{side}_ms"], count[f"{side}_words"]) for side in SIDES}
    return Totals(
        talk_share_customer=talk["customer"],
        talk_share_bot=talk["bot"],
        talk_share_agent=talk["agent"],
        silence_share=TimeShare(part["silence_ms"], part["silence_ms"] + part["spoken_ms"], count["silence_ms"]),
        overlap_share=TimeShare(part["overlap_ms"], part["spoken_ms"], count["overlap_ms"]),
        pace_customer=pace["customer"],
        pace_bot=pace["bot"],
        pace_agent=pace["agent"],
    )


def _times(rows: Rows, groups: Groups, name: str, *, least: int = 1) -> list[Times]:
    """Over the calls in which there is any of it."""
    values = _column(rows, name)
    places = (values >= least).nonzero()[0]
    figures = groups.at(places).quantiles(values[places])
    return [Times(*each) for each in zip(*(part.tolist() for part in figures), strict=True)]


def _column(rows: Rows, name: str) -> Ints:
    found: Ints = rows.columns[f"speech_{name}"]
    return found


_SUMMED = (
    *("spoken_ms", "silence_ms", "overlap_ms", "num_holds"),
    *(f"{side}_{unit}" for side in SIDES for unit in ("ms", "words")),
)
