"""What a question is asked about: the period, its zone, and which conversations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.counted import counted_by
from metrics.levels import level_bounds
from metrics.search import match_for
from metrics.surveys.meant import parse_surveyed
from metrics.windows import Window
from store.assist.reads import Assisted, Suggested
from store.queues.reads import Stayed
from store.records import Outcome, State
from store.selecting import Selection
from store.voice.reads import Spoken

OUTCOMES = tuple(each.value for each in Outcome)
STATES = tuple(each.value for each in State)
Range = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """One cut of the bot conversations. An empty tuple does not narrow; "" within one means: those without a value."""

    window: Window = Window()
    tz: str = "UTC"
    bots: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()  # columns of whole numbers with bounds: from (included) and to (left out)
    spans: tuple[tuple[int, int], ...] = ()  # ended within one of these, half-open and in order
    include_tests: bool = False
    now_ms: int | None = None  # by when a resolution is old enough to be called durable; None: every one is
    resolutions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    sentiments: tuple[str, ...] = ()  # levels, at the end or so far
    customers: tuple[str, ...] = ()  # ids, or parts of names
    is_suspect: bool = False  # only suspect resolutions
    has_fallback: bool = False  # only with a turn that the bot did not understand
    said: tuple[str, ...] = ()  # only closed ones in which these are the words of such a turn
    search: str = ""  # what was said in them, as people type it: metrics.search
    hour_of_week: tuple[int, int] | None = None  # what `spans` are, as `metrics.week.within_slot` puts both
    stayed_in: tuple[str, ...] = ()  # only closed ones with a stay in one of these queues; of stays only those
    call_agents: tuple[str, ...] = ()  # only closed calls that one of these agents had last
    call_queues: tuple[str, ...] = ()  # only closed calls for people in one of these queues
    surveyed: tuple[str, ...] = ()  # only closed ones with one of these surveys: metrics.surveys.meant
    people_only: bool = False  # only conversations in which no bot served the customer
    suggested: tuple[str, ...] = ()  # only closed ones with a suggestion to the agent of this kind, or served without any
    suggested_by: tuple[str, ...] = ()  # by these bots; of suggestions only those
    suggested_to: tuple[str, ...] = ()  # to these agents
    suggested_in: tuple[str, ...] = ()  # in these queues of theirs

    @property
    def needs_rows(self) -> bool:
        """Whether conversations themselves must be asked, because packed days do not tell."""
        return bool(self.customers or self.said or self.search)

    @property
    def tells_conversations_apart(self) -> bool:
        """Whether stays in queues, and surveys, must be looked up in their conversations, because their packs do not tell."""
        told_apart = (self.ranges, self.spans, self.states, self.sentiments, self.is_suspect, self.has_fallback, self.surveyed)
        return self.needs_rows or any(map(bool, told_apart))

    @property
    def assisted(self) -> Assisted | None:
        """The suggestions that are asked about; None where none are."""
        if not (self.suggested or self.suggested_by or self.suggested_to or self.suggested_in):
            return None
        return Assisted(self.suggested or (Suggested.SHOWN,), self.suggested_by, self.suggested_to, self.suggested_in)

    def without_assisted(self) -> Filters:
        """The same of all conversations, whatever was suggested in them."""
        return replace(self, suggested=(), suggested_by=(), suggested_to=(), suggested_in=())

    def before(self) -> Filters | None:
        """The same cut of the period before; None where the period has an open end."""
        window = self.window.before()
        return None if window is None else replace(self, window=window)

    def selection(self, *, bots_only: bool = True) -> Selection:
        """The same as the store asks it. Raises SearchError and SurveyedError."""
        return Selection(
            start_ms=self.window.start_ms,
            end_ms=self.window.end_ms,
            bots=self.bots,
            channels=self.channels,
            queues=self.queues,
            topics=self.topics,
            workstreams=self.workstreams,
            outcomes=self.outcomes,
            reasons=self.reasons,
            ranges=self.ranges,
            spans=self.spans,
            resolutions=self.resolutions,
            states=self.states,
            sentiments=tuple(level_bounds(level) if level else None for level in self.sentiments),
            customers=self.customers,
            is_suspect=self.is_suspect,
            has_fallback=self.has_fallback,
            include_tests=self.include_tests,
            bots_only=bots_only,
            said=self.said,
            search=match_for(self.search),
            stayed=Stayed(self.stayed_in) if self.stayed_in else None,
            spoken=Spoken(self.call_agents, self.call_queues) if self.call_agents or self.call_queues else None,
            surveyed=tuple(map(parse_surveyed, self.surveyed)),
            people_only=self.people_only,
            assisted=self.assisted,
        )

    def behind(self, metric: str | None) -> Selection:
        """The conversations that a metric counts: of a rate its numerator, of a mean those that have a value."""
        return counted_by(metric).narrow(self.selection(), now_ms=self.now_ms)
