"""Every figure about suggestions to agents as data, as metrics/catalogue.py has those of bot conversations.

Tooltips of the Smart assist page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from metrics.metric import Better, Metric, Unit, count, duration, rate, score
from store.assist.reads import Suggested
from store.assist.records import Fate, UseEvidence
from store.records import Mode, Role

COPILOT_REPORT = "Microsoft Learn, Dynamics 365 Contact Center: Copilot analytics report, responses and responses used"
OWN = "Floorwalker, after it"
PER_SUGGESTION = "suggestion"
SHOWN = "suggestions shown"
SERVED = "closed conversations in which a person served the customer"
NOT_CAUSAL = (
    "It shows how they differ, not what suggestions do: nobody draws lots who is shown one, and a longer conversation has more "
    "occasions for it."
)

_count = partial(count, grain=PER_SUGGESTION, source=OWN)
_rate = partial(rate, grain=PER_SUGGESTION, source=OWN)
_duration = partial(duration, grain=PER_SUGGESTION, source=OWN)
_score = partial(score, grain=PER_SUGGESTION, source=OWN)

ASSIST_CATALOGUE: tuple[Metric, ...] = (
    _count(
        "suggestions_shown",
        "Suggestions shown",
        "Messages of bots that only the agent saw, while the agent had the conversation; of closed conversations, "
        "also those in which only people spoke to the customer. They are no bot sessions.",
        SHOWN,
        unit=Unit.SUGGESTIONS,
        source=COPILOT_REPORT,
    ),
    _rate(
        "suggestions_used",
        "Suggestions used",
        "Share of the suggestions shown that were used: an event of the platform says so, or, where none says anything, the "
        "agent's next message says the same, word for word or nearly.",
        "suggestions used by either evidence",
        SHOWN,
        Better.HIGHER,
        source=COPILOT_REPORT,
    ),
    _rate(
        "suggestions_used_by_event",
        "Used, by event",
        "Share of the suggestions shown of which an event of the platform says that they were used: sent, copied, inserted.",
        "suggestions that an event calls used",
        SHOWN,
        Better.HIGHER,
        source=COPILOT_REPORT,
    ),
    _rate(
        "suggestions_used_by_words",
        "Used, by words",
        "Share of the suggestions shown that were used and that the agent's next message repeats, word for word or nearly, "
        "whether or not an event says so too.",
        "used suggestions that the agent's next message repeats",
        SHOWN,
        Better.HIGHER,
    ),
    _rate(
        "suggestions_dismissed",
        "Suggestions dismissed",
        "Share of the suggestions shown of which an event of the platform says that the agent dismissed them, and none that they "
        "were used.",
        "suggestions that an event calls dismissed",
        SHOWN,
        Better.LOWER,
    ),
    _rate(
        "suggestions_ignored",
        "Suggestions ignored",
        "Share of the suggestions shown that were neither used nor dismissed, as far as anything tells.",
        "suggestions neither used nor dismissed",
        SHOWN,
        Better.LOWER,
    ),
    _duration(
        "time_to_use",
        "Time to use",
        "How long it took from showing a suggestion to the first sign of its use, an event or the agent's message.",
        "time from the suggestion to the first sign of its use",
        "suggestions used whose source gives times",
    ),
    _rate(
        "suggestion_reach",
        "Conversations with suggestions",
        "Share of the closed conversations in which a person served the customer that had a suggestion for the agent.",
        "those of them with a suggestion",
        SERVED,
        grain="conversation",
        source=COPILOT_REPORT,
    ),
    _duration(
        "handle_time",
        "Handle time (human sessions)",
        "How long agents had the conversation: its human sessions added up, what they did after its end not counted, "
        f"with suggestions and without. {NOT_CAUSAL}",
        "duration of all human sessions of the conversation",
        f"{SERVED}, whose source gives times",
        Better.NEITHER,
        grain="conversation",
        source=COPILOT_REPORT,
    ),
    _score(
        "sentiment_assisted",
        "Sentiment with the agent, with and without suggestions (estimated)",
        "Mean sentiment of what customers wrote while with the agent, of conversations with suggestions and without. "
        f"{NOT_CAUSAL}",
        "mean score of the customer's messages while with an agent, of one conversation",
        f"{SERVED} and wrote something that has a score",
        unit=Unit.POLARITY,
        grain="conversation",
        is_estimate=True,
    ),
)

# By a figure's key the kind of conversations behind it.
BEHIND = {
    "suggestions_shown": Suggested.SHOWN,
    "suggestions_used": Suggested.USED,
    "suggestions_used_by_event": Suggested.BY_EVENT,
    "suggestions_used_by_words": Suggested.BY_WORDS,
    "suggestions_dismissed": Suggested.DISMISSED,
    "suggestions_ignored": Suggested.IGNORED,
    "time_to_use": Suggested.TIMED,
    "suggestion_reach": Suggested.WITH,
}


def assist_metrics(
    conversation: Mapping[Any, Any], sessions: Sequence[Mapping[Any, Any]], suggestions: Sequence[Mapping[Any, Any]]
) -> list[Metric]:
    """The figures that count one conversation, from its rows: of a rate those that have it in their numerator."""
    if conversation["ended_ms"] is None or conversation["is_test"]:
        return []
    served = [session for session in sessions if session["handler"] == Role.AGENT and session["mode"] == Mode.PRIMARY]
    keys = {key for row in suggestions for key in _counting(row)}
    keys |= {"suggestion_reach"} if suggestions else set()
    keys |= {"handle_time"} if served and all(session["duration_ms"] is not None for session in served) else set()
    keys |= {"sentiment_assisted"} if served and conversation["agent_sentiment_micro"] is not None else set()
    return [metric for metric in ASSIST_CATALOGUE if metric.key in keys]


def _counting(row: Mapping[Any, Any]) -> Iterator[str]:
    """The figures that count one suggestion."""
    yield "suggestions_shown"
    if row["fate"] != Fate.OPEN:
        yield f"suggestions_{row['fate']}"
    if row["evidence"] in (UseEvidence.EVENT, UseEvidence.BOTH):
        yield "suggestions_used_by_event"
    if row["evidence"] in (UseEvidence.WORDS, UseEvidence.BOTH):
        yield "suggestions_used_by_words"
    if row["use_ms"] is not None:
        yield "time_to_use"
