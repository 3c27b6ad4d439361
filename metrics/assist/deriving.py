"""What bots suggested to agents (smart assist), and what became of each suggestion. docs/smart-assist.md says the same to people.

A suggestion is a bot's message that only the organisation sees, while an agent has the conversation. What the platform says of
it beats what the words tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.course import Stretch
from metrics.wording import are_alike, likeness, plain_words, words_of
from store.assist.records import Fate, Repeat, Suggestion, UseEvidence
from store.records import Activity, Kind, Marks, Mode, Role, WireRole

# Of a suggestion so much is kept: enough to see what it was about.
KEPT_LETTERS = 500
# A label such as "Suggested reply:" has no more words than this.
LABEL_WORDS = 3
# Fewer words in common say nothing: everybody writes "Of course, one moment".
LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What events say of one suggestion: the earliest use and the earliest dismissal."""

    used: Activity | None = None
    dismissed: Activity | None = None


def is_suggestion(item: Activity, marks: Marks) -> bool:
    """Whether it is a bot's word to the agent, which the customer does not see."""
    return item.role is Role.INTERNAL and item.kind is Kind.MESSAGE and is_bots(item, marks)


def is_bots(item: Activity, marks: Marks) -> bool:
    """Whether a bot sent it, whatever part it takes in the conversation."""
    return item.wire_role is WireRole.BOT or item.sender_id in marks.bots


def list_suggestions(
    activities: Sequence[Activity],
    stretches: Sequence[Stretch],
    marks: Marks,
    *,
    ended_ms: int | None,
    bot_name: Callable[[Activity], str],
) -> list[Suggestion]:
    """A row for each suggestion that an agent was shown, from all activities of a conversation, in order, roles assigned."""
    shown = [at for at, item in enumerate(activities) if item.private and is_suggestion(item, marks) and not _is_deleted(item)]
    if not shown:
        return []
    served = [stretch for stretch in stretches if stretch.session.handler is Role.AGENT and stretch.session.mode is Mode.PRIMARY]
    within = {at: stretch for at in shown for stretch in served if stretch.first <= at <= stretch.last}
    said = _repeats(activities, within)
    told = _told(activities)
    return [
        _suggestion(
            number,
            activities[at],
            stretch,
            told.get(activities[at].activity_id, Told()),
            said.get(at),
            ended_ms=ended_ms,
            bot=bot_name(activities[at]),
            has_times=marks.has_times,
        )
        for number, (at, stretch) in enumerate(within.items(), start=1)
    ]


def repeats(suggested: str, said: str) -> tuple[Repeat, float]:
    """How far a message says what was suggested, and how much of the words of either both have.

    Exact: the same words in the same order, or those of one of its lines, with or without a label before it. Near: it holds the
    whole suggestion, or both share three fifths of the words that either has; and three words at least.
    """
    message, forms = plain_words(said), _forms(suggested)
    if not message or not forms:
        return Repeat.NONE, 0.0
    one, two = frozenset(words_of(suggested).split()), frozenset(words_of(said).split())
    share = likeness(one, two) if one | two else 1.0
    if message in forms:
        return Repeat.EXACT, share
    is_held = any(len(form.split()) >= LEAST_WORDS and f" {form} " in f" {message} " for form in forms)
    if is_held or (len(one & two) >= LEAST_WORDS and are_alike(one, two)):
        return Repeat.NEAR, share
    return Repeat.NONE, share


def _forms(suggested: str) -> set[str]:
    """The whole of a suggestion and, of a card of several lines, each; all of these also without their label."""
    lines = [suggested, *(line for line in suggested.splitlines() if len(line.split()) >= LEAST_WORDS)]
    bare = [rest for line in lines for label, colon, rest in [line.partition(":")] if colon and len(label.split()) <= LABEL_WORDS]
    return {form for line in (*lines, *bare) if (form := plain_words(line))}


def _repeats(activities: Sequence[Activity], within: Mapping[int, Stretch]) -> dict[int, tuple[Activity, Repeat]]:
    """By place of a suggestion the agent's next message, where it says the same.

    A message repeats one suggestion at most: of those shown since the message before, the one it is most alike to, and of those
    as alike the latest.
    """
    own = [at for at, item in enumerate(activities) if item.role is Role.AGENT and item.kind is Kind.MESSAGE and item.text]
    waiting: dict[int, list[int]] = defaultdict(list)
    for at, stretch in within.items():
        place = bisect_right(own, at)
        if place < len(own) and own[place] <= stretch.last:
            waiting[own[place]].append(at)
    found: dict[int, tuple[Activity, Repeat]] = {}
    for message, places in waiting.items():
        rated = [(at, *repeats(activities[at].text, activities[message].text)) for at in places]
        best = max(rated, key=lambda each: (each[1] is Repeat.EXACT, each[1] is Repeat.NEAR, each[2], each[0]))
        if best[1] is not Repeat.NONE:
            found[best[0]] = (activities[message], best[1])
    return found


def _told(activities: Iterable[Activity]) -> dict[str, Told]:
    """What events say, by the id of the suggestion's activity."""
    found: dict[str, Told] = {}
    for item in activities:
        detail = item.detail or {}
        if item.kind is not Kind.SUGGESTION:
            continue
        of = str(detail.get("of"))
        before = found.get(of, Told())
        if detail.get("state") == Fate.USED:
            found[of] = Told(before.used or item, before.dismissed)
        else:
            found[of] = Told(before.used, before.dismissed or item)
    return found


def _suggestion(
    number: int,
    item: Activity,
    stretch: Stretch,
    told: Told,
    said: tuple[Activity, Repeat] | None,
    *,
    ended_ms: int | None,
    bot: str,
    has_times: bool,
) -> Suggestion:
    fate, evidence = _fate(told, said is not None, is_open=ended_ms is None)
    signs = [sign.at_ms for sign in (told.used, said[0] if said else None) if sign is not None]
    used_ms = min(signs) if fate is Fate.USED else None
    is_timed = has_times and used_ms is not None and used_ms >= item.at_ms
    event = told.used or told.dismissed
    return Suggestion(
        number=number,
        activity_id=item.activity_id,
        identity=item.identity,
        shown_ms=item.at_ms,
        ended_ms=ended_ms,
        session=stretch.session.number,
        bot=bot,
        agent=stretch.session.name,
        queue=stretch.session.queue,
        fate=fate,
        evidence=evidence,
        event="" if event is None else str((event.detail or {}).get("how", "")),
        repeat=said[1] if said else Repeat.NONE,
        used_ms=used_ms,
        dismissed_ms=None if told.dismissed is None else told.dismissed.at_ms,
        use_ms=used_ms - item.at_ms if is_timed and used_ms is not None else None,
        text=item.text[:KEPT_LETTERS],
    )


def _fate(told: Told, is_said: bool, *, is_open: bool) -> tuple[Fate, UseEvidence]:
    """An event of its use beats one of its dismissal, and both beat what the words tell."""
    if told.used is not None:
        return Fate.USED, UseEvidence.BOTH if is_said else UseEvidence.EVENT
    if told.dismissed is not None:
        return Fate.DISMISSED, UseEvidence.NONE
    if is_said:
        return Fate.USED, UseEvidence.WORDS
    return Fate.OPEN if is_open else Fate.IGNORED, UseEvidence.NONE


def _is_deleted(item: Activity) -> bool:
    return bool((item.detail or {}).get("deleted"))
