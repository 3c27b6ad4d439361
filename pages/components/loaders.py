"""What pages of the past read, one function a question. Answers are kept until the database changes, and shared by all viewers.

`as_of` is what `settle` returned at the top of the page: it is part of every key, so that no answer outlives a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

import metrics.moods
from metrics import courses, impact, indexing, intake, misunderstood, questions, releases, report, week
from metrics.annotations import Annotation
from metrics.courses import Clock, Course
from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.finding import Cursor, Listing, list_conversations
from metrics.impact import Impact
from metrics.intake import SourceState
from metrics.metric_targets import MetricTarget
from metrics.misunderstood import Misunderstood
from metrics.moods import Moods
from metrics.questions import HEADLINE, Headline, Point
from metrics.releases import Release
from metrics.routing import reading
from metrics.routing.health import RoutingWarning
from metrics.routing.listing import Which
from metrics.routing.reading import InForce, Judged
from metrics.routing.summary import Summary
from metrics.snippets import Snippet
from metrics.snippets import snippets as find_snippets
from metrics.week import Slot
from metrics.windows import Grain
from pages.runtime import runtime

# A change makes new answers; the old ones make room after this long, or when there are this many.
TTL_SECONDS = 300
kept = st.cache_data(ttl=TTL_SECONDS, max_entries=64, show_spinner=False)

# Which of the two databases (the simulated floor gives way to the real one), and the number of its newest change; of a search
# also how many conversations wait for being indexed.
AsOf = tuple[int, ...]


def settle() -> AsOf:
    """Close what is due, then say what the answers rest on: as long as it stands, so do they."""
    here = runtime()
    here.settle()
    return here.is_demo, intake.newest_change(here.store)


def index_waiting() -> int:
    """Index what has just been said; how many conversations wait on, and are not found until then."""
    return indexing.freshen(runtime().store)


@kept
def choices(filters: Filters, as_of: AsOf) -> dict[str, list[str]]:
    """What the period can be narrowed to."""
    return questions.choices(runtime().store, filters)


@kept
def headline(filters: Filters, as_of: AsOf, keys: tuple[str, ...] = HEADLINE) -> Headline[Totals]:
    """These metrics with the period before, and what was counted for them."""
    return questions.headline(runtime().store, filters, keys)


@kept
def trend(filters: Filters, grain: Grain, as_of: AsOf, wanted: tuple[str, ...] = HEADLINE) -> list[Point]:
    """Totals by bucket of time, as far as these metrics need them."""
    return questions.trend(runtime().store, filters, grain, wanted)


@kept
def by_word(word: str, filters: Filters, as_of: AsOf, wanted: tuple[str, ...]) -> dict[str, Totals]:
    """Totals by bot, reason, queue …, as far as these metrics need them; "" for those without one."""
    found = report.count(runtime().store, filters, (word,), wanted=wanted)
    return {key[0] or "": totals for key, totals in found.items()}


def by_release(filters: Filters, wanted: tuple[str, ...], as_of: AsOf) -> dict[str, dict[Release, Totals]]:
    """Totals of the releases of each bot that has at least two in the cut, in order of time. Read anew: annotations tell them."""
    bots = filters.bots or tuple(choices(filters, as_of)["bot"])
    found: dict[str, dict[Release, Totals]] = {}
    for release, totals in releases.by_release(runtime().store, filters, bots, wanted).items():
        found.setdefault(release.bot, {})[release] = totals
    return {bot: of_bot for bot, of_bot in found.items() if len(of_bot) > 1}


@kept
def by_slot(filters: Filters, metric: str, as_of: AsOf) -> Mapping[Slot, Totals]:
    """Totals by hour of the week."""
    return week.by_slot(runtime().store, filters, metric)


@kept
def within_slot(filters: Filters, slot: Slot, as_of: AsOf) -> Filters:
    """The cut of one hour of the week."""
    return week.within_slot(runtime().store, filters, slot)


@kept
def course(filters: Filters, clock: Clock, as_of: AsOf) -> Course:
    """How long the bot's part takes, by how it ends."""
    return courses.course(runtime().store, filters, clock)


@kept
def impact_of(filters: Filters, metric: str, by: str, as_of: AsOf) -> Sequence[Impact]:
    """How far each topic, bot or channel moves a figure."""
    return impact.impact_of(runtime().store, filters, metric, by)


@kept
def not_understood(filters: Filters, by: str, grain: Grain, as_of: AsOf) -> Misunderstood:
    """What customers wrote when the bot did not understand, grouped."""
    return misunderstood.misunderstood(runtime().store, filters, by, grain)


@kept
def within_words(filters: Filters, name: str, as_of: AsOf) -> Filters:
    """The cut of one group of messages that the bot did not understand."""
    return misunderstood.within_words(runtime().store, filters, name)


@kept
def within_turns(filters: Filters, as_of: AsOf) -> Filters:
    """The cut of all conversations with such messages."""
    return misunderstood.within_turns(runtime().store, filters)


@kept
def moods(filters: Filters, as_of: AsOf) -> Moods:
    """End sentiment by level."""
    return metrics.moods.moods(runtime().store, filters)


@kept
def conversations(wanted: Wanted, after: Cursor | None, as_of: AsOf, *, limit: int) -> Listing:
    """One page of the conversations that are wanted."""
    found = list_conversations(runtime().store, wanted, after=after, limit=limit)
    return replace(found, rows=[dict(row) for row in found.rows])


def snippets(rows: Sequence[Mapping[Any, Any]], search: str) -> dict[int, Snippet]:
    """Of each of these conversations the message that says what is searched for."""
    return find_snippets(runtime().store, rows, search)


@kept
def preview(wanted: Wanted, as_of: AsOf, *, limit: int) -> list[tuple[str, ...]]:
    """The first rows of an export."""
    return exports.preview(runtime().store, wanted, limit)


@kept
def export_size(wanted: Wanted, as_of: AsOf) -> int:
    """How many rows an export will have."""
    return exports.count(runtime().store, wanted)


@kept
def count_of(wanted: Wanted, as_of: AsOf) -> int:
    """How many conversations are wanted; where those of people count too, no further than a list counts them."""
    return list_conversations(runtime().store, wanted, limit=1).count


@kept
def first_end_ms(as_of: AsOf) -> int | None:
    """When the first conversation of history ended."""
    return questions.first_end_ms(runtime().store)


def annotations_of(filters: Filters) -> Sequence[Annotation]:
    """What people have noted of the period, the newest first."""
    return runtime().annotations.within(filters)


def metric_targets() -> Sequence[MetricTarget]:
    """What figures should be, as it is set now."""
    return runtime().metric_targets.every()


def newest_event_ms() -> int | None:
    """When the newest event of any source happened."""
    return intake.newest_event_ms(runtime().store)


def source_states() -> list[SourceState]:
    """Every source and how fresh it is."""
    here = runtime()
    return intake.source_states(here.store, now_ms=here.now_ms(), silence=here.silence)


def rejected_records(*, limit: int) -> Sequence[Mapping[Any, Any]]:
    """The newest rejected records, without bodies."""
    return intake.rejected_records(runtime().store, limit=limit)


def rejected_record(rejected_id: int) -> Mapping[Any, Any] | None:
    """One rejected record with its body."""
    return intake.rejected_record(runtime().store, rejected_id)


def count_rejected() -> int:
    """How many rejected records wait."""
    return intake.count_rejected(runtime().store)


@kept
def routing_configurations(as_of: AsOf) -> list[InForce]:
    """Every routing configuration that was in force, the oldest first."""
    return reading.kept_configurations(runtime().store)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=8, show_spinner="Looking at escalations …")
def routing_summary(filters: Filters, as_of: AsOf) -> Summary:
    """What the escalations of a cut come to. Shared, and only read."""
    return reading.summary_of(runtime().store, filters)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=8, show_spinner=False, hash_funcs={Which: repr})
def escalations_of(filters: Filters, which: Which, as_of: AsOf) -> tuple[int, ...]:
    """The conversations of those escalations of a cut that are meant, the oldest request first. Shared, and only read."""
    return reading.keys_of(runtime().store, filters, which)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=8, show_spinner=False)
def judged_of(keys: tuple[int, ...], as_of: AsOf) -> Sequence[Judged]:
    """The escalations of these conversations, the latest first. Shared, and only read."""
    return reading.judged_of(runtime().store, keys)


def routing_health(filters: Filters, as_of: AsOf) -> list[RoutingWarning]:
    """What is wrong with the routing configuration in force."""
    return reading.health_of(runtime().store, routing_summary(filters, as_of))
