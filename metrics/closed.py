"""The closed conversations of a cut, their stays in queues, calls, surveys and suggestions: from packed days where these tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from metrics.assist.counting import Assists
from metrics.assist.packs import SERVED
from metrics.choosing import chosen_rows, counted_rows
from metrics.counted import Counted
from metrics.cuts import BY_ASKED, BY_CALL, BY_STAY
from metrics.filters import Filters
from metrics.kept import ASSISTS, FALLBACKS, NONE, SPEECH, STAYS, SURVEYS, Layout, decoded, unpack
from metrics.rows import NO_SCORE, STAY_CODES, SURVEY_CODES, Flag, Ints, Mask, Rows, is_one_of, places_in
from metrics.surveys.meant import parse_surveyed
from metrics.windows import Window
from store import history
from store.engine import Connection
from store.queues.reads import USUAL_SECONDS, Stayed, service_levels
from store.queues.records import StayEnd
from store.surveys.reads import Surveyed
from store.voice.reads import Spoken


def closed_rows(connection: Connection, filters: Filters, *, bots_only: bool = True) -> Rows:
    """The closed conversations of this cut: those of bots, or those in which only people spoke too."""
    window = filters.window
    if filters.needs_rows:
        plain = replace(filters, stayed_in=(), call_agents=(), call_queues=(), surveyed=()).without_assisted()
        rows = decoded(history.chosen_rows(connection, plain.selection(bots_only=bots_only)))
    else:
        rows = unpack(connection, window.start_ms, window.end_ms, filters.bots, also=_also(filters, bots_only))
    rows = chosen_rows(rows, filters)
    rows = _with_survey(connection, rows, filters, bots_only) if filters.surveyed else rows
    if filters.call_agents or filters.call_queues:
        rows = with_speech(connection, rows, filters, Spoken())
    if filters.assisted is not None:
        rows = rows.where(_are_named(rows, closed_assists(connection, filters).found))
    return _with_stay(connection, rows, filters, Stayed(filters.stayed_in), bots_only) if filters.stayed_in else rows


def counted_closed(connection: Connection, filters: Filters, counted: Counted, *, bots_only: bool = True) -> Rows:
    """Those of them that a metric counts; where it is one of calls, those between people too."""
    if counted.spoken is not None:
        return with_speech(connection, closed_rows(connection, filters, bots_only=False), filters, counted.spoken)
    if counted.stayed is None:
        return counted_rows(closed_rows(connection, filters, bots_only=bots_only), counted, now_ms=filters.now_ms)
    # It asks for a stay of its own kind in one of the chosen queues, not for any stay there.
    rows = closed_rows(connection, replace(filters, stayed_in=()), bots_only=bots_only)
    stayed = replace(counted.stayed, queues=filters.stayed_in)
    return _with_stay(connection, counted_rows(rows, counted, now_ms=filters.now_ms), filters, stayed, bots_only)


def closed_stays(connection: Connection, filters: Filters) -> Rows:
    """The stays of a cut in queues where people answer, whose conversations are closed."""
    rows = _parts(connection, filters, STAYS, bots_only=True)
    of_parts = (filters.call_agents, filters.call_queues, filters.assisted)
    rows = _chosen_parts(rows, filters, of_parts, lambda: closed_rows(connection, replace(filters, stayed_in=())))
    return rows.where(rows.among(BY_STAY, filters.stayed_in)) if filters.stayed_in else rows


def closed_calls(connection: Connection, filters: Filters) -> Rows:
    """The closed calls of a cut whose source says when something was spoken; those between people too."""
    rows = _calls(connection, filters)
    of_parts = (filters.stayed_in, filters.assisted)
    return _chosen_parts(rows, filters, of_parts, lambda: closed_rows(connection, filters, bots_only=False))


def closed_fallbacks(connection: Connection, filters: Filters) -> Rows:
    """The turns that bots did not understand in the closed conversations of a cut."""
    rows = _parts(connection, filters, FALLBACKS, bots_only=True)
    of_parts = (filters.stayed_in, filters.call_agents, filters.call_queues, filters.assisted)
    return _chosen_parts(rows, filters, of_parts, lambda: closed_rows(connection, filters))


def with_speech(connection: Connection, rows: Rows, filters: Filters, spoken: Spoken) -> Rows:
    """Those conversations of a cut that are such calls."""
    calls = _calls(connection, filters)
    calls = calls.where(*(calls.columns[f"speech_{name}"] >= least for name, least in spoken.least))
    return rows.where(_are_named(rows, calls))


def num_utterances(connection: Connection, rows: Rows, filters: Filters) -> Ints:
    """How many times something was spoken, for a known time, in each of these conversations."""
    found: Ints = np.zeros(len(rows), dtype=np.int64)
    if not len(rows):
        return found
    first, last = rows.columns["ended_ms"][[0, -1]].tolist()
    calls = _calls(connection, replace(filters, window=Window(first, last + 1)))
    places = places_in(rows, calls)
    found[places[places >= 0]] = calls.columns["speech_num_utterances"][places >= 0]
    return found


def _calls(connection: Connection, filters: Filters) -> Rows:
    """The calls of a period, of the chosen agents and queues."""
    rows = _parts(connection, filters, SPEECH, bots_only=False)
    for name, words in zip(BY_CALL, (filters.call_agents, filters.call_queues), strict=True):
        rows = rows.where(rows.among(name, words)) if words else rows
    return rows


def closed_surveys(connection: Connection, filters: Filters, *, bots_only: bool) -> Rows:
    """The surveys of a cut that figures count, whose conversations are closed: each conversation once for each kind."""
    rows = _parts(connection, filters, SURVEYS, bots_only=bots_only)
    of_parts = (filters.stayed_in, filters.call_agents, filters.call_queues, filters.assisted)
    rows = _chosen_parts(rows, filters, of_parts, lambda: closed_rows(connection, filters, bots_only=bots_only))
    return rows.where(rows.columns["counts"] != 0)


def closed_assists(connection: Connection, filters: Filters) -> Assists:
    """The closed conversations of a cut that people served, bots' and their own, and the suggestions in them."""
    rows = _parts(connection, filters, ASSISTS, bots_only=True)  # its packs do not keep people's apart
    of_parts = (filters.stayed_in, filters.call_agents, filters.call_queues, filters.people_only)
    rows = _chosen_parts(rows, filters, of_parts, lambda: closed_rows(connection, filters.without_assisted(), bots_only=False))
    is_served = rows.columns["kind"] == SERVED
    return Assists(rows.where(is_served), rows.where(~is_served), filters)


def num_suggestions(connection: Connection, conversations: Rows, filters: Filters) -> Ints:
    """How many suggestions each of these conversations of a cut has: all, or those that are asked for."""
    if not len(conversations):
        return np.zeros(0, dtype=np.int64)
    first, last = conversations.columns["ended_ms"][[0, -1]].tolist()
    found = closed_assists(connection, replace(filters, window=Window(first, last + 1))).exported
    places = places_in(conversations, found)
    return np.bincount(places[places >= 0], minlength=len(conversations))


def num_surveys(connection: Connection, conversations: Rows, filters: Filters) -> Ints:
    """How many surveys each of these conversations of a cut has: all, or those that are asked for."""
    if not len(conversations):
        return np.zeros(0, dtype=np.int64)
    first, last = conversations.columns["ended_ms"][[0, -1]].tolist()
    surveys = _parts(connection, replace(filters, window=Window(first, last + 1)), SURVEYS, bots_only=False)
    places = places_in(conversations, surveys.where(_asked_for(surveys, filters)) if filters.surveyed else surveys)
    return np.bincount(places[places >= 0], minlength=len(conversations))


def _with_survey(connection: Connection, rows: Rows, filters: Filters, bots_only: bool) -> Rows:
    """Those conversations of a cut that have one of the surveys that are asked for."""
    surveys = _parts(connection, filters, SURVEYS, bots_only=bots_only)
    return rows.where(_are_named(rows, surveys.where(_asked_for(surveys, filters))))


def _asked_for(surveys: Rows, filters: Filters) -> Mask:
    found: Mask = np.logical_or.reduce([such_surveys(surveys, parse_surveyed(words)) for words in filters.surveyed])
    return found


def such_surveys(surveys: Rows, wanted: Surveyed) -> Mask:
    """Which surveys are such, of those that count."""
    answers = surveys.columns["answer_micro"]
    found: Mask = (surveys.columns["survey"] == SURVEY_CODES[wanted.kind]) & (surveys.columns["counts"] != 0)
    if wanted.is_answered is not None:
        found = found & ((answers != NO_SCORE) == wanted.is_answered)
    if wanted.low_micro is not None:
        found = found & (answers >= wanted.low_micro)
    if wanted.high_micro is not None:
        found = found & (answers != NO_SCORE) & (answers < wanted.high_micro)
    if wanted.has_comment:
        found = found & (surveys.columns["has_comment"] != 0)
    if wanted.asked_by is not None:
        found = found & surveys.among(BY_ASKED, (wanted.asked_by,))
    return found


def _with_stay(connection: Connection, rows: Rows, filters: Filters, stayed: Stayed, bots_only: bool) -> Rows:
    """Those conversations of a cut that have such a stay."""
    stays = _parts(connection, filters, STAYS, bots_only=bots_only)
    if stayed.queues:
        stays = stays.where(stays.among(BY_STAY, stayed.queues))
    if stayed.ends:
        stays = stays.where(is_one_of(stays.columns["stay_end"], [STAY_CODES[end] for end in stayed.ends]))
    if stayed.within_level:
        stays = stays.where(is_within_level(stays, promised_ms(stays, service_levels(connection))))
    return rows.where(_are_named(rows, stays))


def _are_named(rows: Rows, parts: Rows) -> Mask:
    """Which conversations have one of these stays, surveys …, or are named otherwise."""
    places = places_in(rows, parts)
    found: Mask = np.zeros(len(rows), dtype=np.bool_)
    found[places[places >= 0]] = True
    return found


def promised_ms(stays: Rows, levels: Mapping[str, int]) -> Ints:
    """Of each stay how soon it was to be accepted, by what its queue promises."""
    seconds = [levels.get(queue, USUAL_SECONDS) for queue in stays.words[BY_STAY]]
    found: Ints = np.array(seconds or [0], dtype=np.int64)[stays.columns[BY_STAY]] * 1000
    return found


def is_within_level(stays: Rows, promised: Ints) -> Mask:
    """Which stays were accepted as soon as promised."""
    found: Mask = (stays.columns["stay_end"] == STAY_CODES[StayEnd.ACCEPTED]) & (stays.columns["waited_ms"] <= promised)
    return found


def _parts(connection: Connection, filters: Filters, layout: Layout, *, bots_only: bool) -> Rows:
    """Stays, calls, surveys … of a cut's period, bots and tests."""
    window, also = filters.window, _also(filters, bots_only)
    return unpack(connection, window.start_ms, window.end_ms, filters.bots, also=also, layout=layout)


def _chosen_parts(rows: Rows, filters: Filters, of_parts: Iterable[object], closed: Callable[[], Rows]) -> Rows:
    """Those that the filters leave: where their packs do not tell, or one of `of_parts` is asked for, those of `closed`."""
    if filters.tells_conversations_apart or any(of_parts):
        return rows.where(places_in(closed(), rows) >= 0)
    return chosen_rows(rows, filters)


def _also(filters: Filters, bots_only: bool) -> Flag:
    """What is wanted beside conversations with bots that are no tests."""
    return (Flag.TEST if filters.include_tests else NONE) | (NONE if bots_only else Flag.PEOPLE)
