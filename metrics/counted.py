"""Which conversations each metric counts, as data: so the number shown and the list it opens cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.figures import RETURN_DAYS
from metrics.windows import DAY_MS
from store.queues.reads import Stayed
from store.records import Resolution
from store.selecting import Return, Selection
from store.voice.reads import Spoken

RESOLUTIONS = tuple(each.value for each in Resolution)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a conversation must be to be counted: of a rate in its numerator, of a mean as one that has a value."""

    outcomes: tuple[str, ...] = ()
    resolution: str = ""
    having: tuple[str, ...] = ()  # columns with a value
    lacking: tuple[str, ...] = ()  # columns without one
    being: tuple[str, ...] = ()  # columns that are true
    low: tuple[tuple[str, int], ...] = ()  # columns with their least value
    days: int = 0  # only such as are so many days old and of a known customer
    came_back: bool | None = None  # who made contact again within them, or did not
    with_open: bool = False  # open ones too
    stayed: Stayed | None = None  # only such as have a stay of this kind
    spoken: Spoken | None = None  # only calls with such speech, those between people only too

    def narrow(self, chosen: Selection, *, now_ms: int | None) -> Selection:
        """Of a selection those that are counted."""
        return replace(
            chosen,
            outcomes=_both(self.outcomes, chosen.outcomes),
            resolutions=_both((self.resolution,) if self.resolution else (), chosen.resolutions),
            states=_both(() if self.with_open else ("closed",), chosen.states),
            having=(*chosen.having, *self.having),
            lacking=(*chosen.lacking, *self.lacking),
            being=(*chosen.being, *self.being),
            ranges=(*chosen.ranges, *((name, least, None) for name, least in self.low)),
            returned=self._returned(now_ms) or chosen.returned,
            stayed=_both_stayed(self.stayed, chosen.stayed),
            spoken=_both_spoken(self.spoken, chosen.spoken),
            bots_only=chosen.bots_only and self.spoken is None,
        )

    def _returned(self, now_ms: int | None) -> Return | None:
        if not self.days:
            return None
        span_ms = self.days * DAY_MS
        return Return(span_ms, None if now_ms is None else now_ms - span_ms, self.came_back)


def _both(own: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[str, ...]:
    """What two choices have in common. "-" is no word of either, so nothing is found where they contradict each other."""
    if not own or not chosen:
        return own or chosen
    return tuple(sorted(set(own) & set(chosen))) or ("-",)


def _both_stayed(own: Stayed | None, chosen: Stayed | None) -> Stayed | None:
    """One stay that is what a metric counts, in one of the chosen queues."""
    return chosen if own is None else replace(own, queues=chosen.queues if chosen is not None else ())


def _both_spoken(own: Spoken | None, chosen: Spoken | None) -> Spoken | None:
    """Speech as a figure counts it, of the chosen agents and queues."""
    return chosen if own is None else replace(chosen or Spoken(), least=own.least)


def counted_by(metric: str | None) -> Counted:
    """What the metric of this key counts; None: every closed conversation."""
    return _COUNTED.get(metric or "", Counted())


_SIDES = ("customer", "bot", "agent")
_RESOLVED, _ESCALATED = ("resolved",), ("escalated",)
_COUNTED: dict[str, Counted] = {
    "bot_conversations": Counted(with_open=True),
    **dict.fromkeys(("resolved", "resolution_rate", "resolution_rate_engaged", "resolution_rate_all"), Counted(_RESOLVED)),
    **dict.fromkeys(("escalated", "escalation_rate", "escalation_rate_all", "escalation_turns"), Counted(_ESCALATED)),
    **{name: Counted(resolution=name) for name in RESOLUTIONS},
    **dict.fromkeys(("abandoned", "abandonment_rate"), Counted(("abandoned",))),
    "other": Counted(("other",)),
    "deflection_rate": Counted(("abandoned", "resolved")),
    "engaged": Counted(being=("is_engaged",)),
    "escalation_rate_engaged": Counted(_ESCALATED, being=("is_engaged",)),
    "suspect_resolutions": Counted(being=("is_suspect",)),
    "resolution_time": Counted(_RESOLVED, having=("bot_ms",)),
    "escalation_time": Counted(_ESCALATED, having=("bot_ms",)),
    "wait_after_escalation": Counted(_ESCALATED, having=("wait_ms",)),
    "never_accepted_rate": Counted(_ESCALATED, lacking=("accepted_ms",)),
    "wasted_turns": Counted(_ESCALATED, having=("wasted_turns",)),
    "average_sentiment": Counted(having=("sentiment_micro",)),
    "sentiment_with_bot": Counted(having=("bot_sentiment_micro",)),
    "sentiment_waiting": Counted(having=("waiting_sentiment_micro",)),
    "sentiment_with_agent": Counted(having=("agent_sentiment_micro",)),
    "offered": Counted(stayed=Stayed()),
    **dict.fromkeys(("accepted", "speed_to_answer"), Counted(stayed=Stayed(ends=("accepted",)))),
    **dict.fromkeys(("abandoned_in_queue", "queue_abandonment"), Counted(stayed=Stayed(ends=("abandoned",)))),
    "service_level": Counted(stayed=Stayed(ends=("accepted",), within_level=True)),
    **dict.fromkeys(("calls", "call_length"), Counted(spoken=Spoken())),
    **{f"talk_share_{side}": Counted(spoken=Spoken(least=((f"{side}_ms", 1),))) for side in _SIDES},
    **{f"pace_{side}": Counted(spoken=Spoken(least=((f"{side}_words", 1),))) for side in _SIDES},
    **dict.fromkeys(("silence_share", "longest_silence"), Counted(spoken=Spoken(least=(("silence_ms", 1),)))),
    "overlap_share": Counted(spoken=Spoken(least=(("overlap_ms", 1),))),
    **dict.fromkeys(("held_calls", "hold_time"), Counted(spoken=Spoken(least=(("num_holds", 1),)))),
    "csat": Counted(having=("csat_micro",)),
    "csat_response_rate": Counted(having=("csat_micro",)),
    "csat_satisfied_rate": Counted(low=(("csat_micro", 4_000_000),)),
    **{f"repeat_contact_{days}": Counted(_RESOLVED, days=days, came_back=True) for days in RETURN_DAYS},
    **{f"durable_resolution_{days}": Counted(_RESOLVED, days=days, came_back=False) for days in RETURN_DAYS},
    **{f"mature_resolutions_{days}": Counted(_RESOLVED, days=days) for days in RETURN_DAYS},
}
