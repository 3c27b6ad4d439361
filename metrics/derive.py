"""Deriving: from all activities of a root to its conversations with their facts. A pure function of them, the rules and `now`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from metrics.assist.deriving import list_suggestions
from metrics.course import Walk
from metrics.echoes import silence_echoes
from metrics.evidence import gather_evidence
from metrics.facts import Identity, gather_facts
from metrics.fallbacks import find_misses, list_fallbacks
from metrics.roles import assign_roles, list_participants
from metrics.rules import Rules
from metrics.sentiment import Scorer
from metrics.surveys.deriving import list_surveys
from metrics.voice.deriving import list_speech
from store.records import Activity, ContextVariable, Derived, Kind, Marks, Role, Thread, conversation_key


@dataclass(frozen=True, slots=True)
class Deriver:
    """The derive step as the pipeline calls it."""

    rules: Rules
    scorer: Scorer

    def prepare(self, activities: Sequence[Activity]) -> None:
        """Do ahead of the transaction what needs no database: score the new texts."""
        self.scorer.prepare(activities)

    def is_episodic(self, threads: Sequence[Thread]) -> bool:
        """Whether a long silence begins a new conversation: the channel keeps one id for years."""
        return self.rules.is_persistent(identify(threads).channel)

    def derive(
        self, activities: Sequence[Activity], threads: Sequence[Thread], *, now_ms: int, first_episode: int = 1
    ) -> Derived:
        """Conversations of the root that `threads` are, from all their `activities`, whose last part this fills in.

        Of an episodic root, `activities` may begin with those of `first_episode`: a silence parts them from what was before.
        """
        identity = identify(threads)
        ordered = sorted(activities, key=attrgetter("order"))
        derived = Derived([], {}, {}, {}, {}, {}, {})
        parts = list(_episodes(ordered, identity.channel, self.rules))
        for place, part in enumerate(parts):
            # What came after a silence shows that its time is up, even by a clock of ours that is behind the source's.
            seen_ms = parts[place + 1][0].at_ms if place + 1 < len(parts) else now_ms
            self._derive_one(derived, identity, first_episode + place, part, max(now_ms, seen_ms))
        return derived

    def _derive_one(
        self, derived: Derived, identity: Identity, episode: int, activities: Sequence[Activity], now_ms: int
    ) -> None:
        key = conversation_key(identity.root_key, episode)
        for item in activities:
            item.conversation_key = key
        assign_roles(activities, identity.marks)
        silence_echoes(activities)
        language = self.scorer.score_all(activities)
        evidence = gather_evidence(activities)
        names = latest_names(activities)
        name_of = partial(bot_name, names=names, marks=identity.marks, rules=self.rules)
        walk = Walk(
            activities,
            evidence,
            idle_ms=self.rules.idle_ms(identity.channel),
            has_times=identity.marks.has_times,
            bot_name=name_of,
        )
        course = walk.run()
        surveys = list_surveys(activities, course.stretches, name_of)
        misses = find_misses(activities)
        conversation = gather_facts(
            *(identity, episode, key, activities, evidence, course, misses, surveys),
            language=language,
            rules=self.rules,
            now_ms=now_ms,
        )
        if conversation.closed_by == "idle" and course.stretches and course.stretches[-1].session.end == "open":
            course.stretches[-1].session.end = "timeout"
        derived.conversations.append(conversation)
        derived.sessions[key] = [stretch.session for stretch in course.stretches]
        if conversation.ended_ms is not None:
            walk.close_stays()
        derived.segments[key] = course.stays.found
        derived.participants[key] = list_participants(activities)
        derived.context[key] = _context_variables(activities)
        for survey in surveys:
            survey.ended_ms = conversation.ended_ms
        if surveys:
            derived.surveys[key] = surveys
        derived.fallbacks[key] = list_fallbacks(activities, evidence, misses, ended_ms=conversation.ended_ms)
        derived.speech[key] = list_speech(activities, course, conversation)
        suggested = list_suggestions(
            activities, course.stretches, identity.marks, ended_ms=conversation.ended_ms, bot_name=name_of
        )
        if suggested:
            derived.suggestions[key] = suggested


def identify(threads: Sequence[Thread]) -> Identity:
    """The identity that threads joined into one conversation share: the same whichever was seen first."""
    marks = threads[0].marks
    for thread in threads[1:]:
        marks = marks.merge(thread.marks)
    # One thread keeps its own name; what is joined goes by the Omnichannel conversation that it belongs to.
    name = threads[0].external_id if len(threads) == 1 else min(marks.work_items or [thread.external_id for thread in threads])
    channel = min(marks.channels, key=lambda each: (marks.channels[each], each), default="")
    return Identity(threads[0].root_key, name, min(thread.source for thread in threads), channel, marks)


def _episodes(ordered: Sequence[Activity], channel: str, rules: Rules) -> Iterator[Sequence[Activity]]:
    """The whole; on persistent channels, one id for years, the parts between gaps longer than the idle time-out."""
    if not rules.is_persistent(channel):
        yield ordered
        return
    idle_ms, begin = rules.idle_ms(channel), 0
    for index in range(1, len(ordered)):
        if ordered[index].at_ms - ordered[index - 1].at_ms > idle_ms:
            yield ordered[begin:index]
            begin = index
    yield ordered[begin:]


def latest_names(activities: Sequence[Activity]) -> dict[str, str]:
    """The name on each bot's latest activity, by id; what only agents were shown is one, too."""
    of_bots = (Role.BOT, Role.INTERNAL)
    return {item.sender_id: item.sender_name for item in activities if item.role in of_bots and item.sender_name}


def bot_name(item: Activity, names: Mapping[str, str], marks: Marks, rules: Rules) -> str:
    """The configured name, else the name on the bot's latest activity, else its id."""
    name = names.get(item.sender_id, "") or marks.bot_name
    bot_id = item.sender_id or marks.bot_id
    return rules.bot_aliases.get(name) or rules.bot_aliases.get(bot_id) or name or bot_id


def _context_variables(activities: Sequence[Activity]) -> list[ContextVariable]:
    found: list[ContextVariable] = []
    for item in activities:
        if item.kind is not Kind.HANDOFF_REQUEST and item.kind is not Kind.CONTEXT:
            continue
        where = "context" if item.kind is Kind.HANDOFF_REQUEST else "variables"
        said: dict[str, Any] = (item.detail or {}).get(where) or {}
        for name, value in said.items():
            text, value_type = _typed(value)
            found.append(ContextVariable(len(found) + 1, str(name), text, value_type, item.at_ms))
    return found


def _typed(value: Any) -> tuple[str, str]:
    match value:
        case bool():
            return str(value).lower(), "boolean"
        case int() | float():
            return str(value), "number"
        case str():
            return value, "text"
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True), "json"
