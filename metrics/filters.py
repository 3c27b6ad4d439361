"""What a question is asked about: the period, its zone, and which conversations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.counted import counted_by
from metrics.search import match_for
from metrics.windows import Window
from store.history import Selection

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
    has_fallback: bool = False  # only closed ones with a turn that the bot did not understand
    said: tuple[str, ...] = ()  # and these are the words of one of those turns
    search: str = ""  # what was said in them, as people type it: metrics.search

    @property
    def needs_rows(self) -> bool:
        """Whether packed days do not tell what these filters ask."""
        return bool(self.has_fallback or self.said or self.search)

    def before(self) -> Filters | None:
        """The same cut of the period before; None where the period has an open end."""
        window = self.window.before()
        return None if window is None else replace(self, window=window)

    def selection(self, *, bots_only: bool = True) -> Selection:
        """The same as the store asks it. Raises SearchError."""
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
            include_tests=self.include_tests,
            bots_only=bots_only,
            has_fallback=self.has_fallback,
            said=self.said,
            search=match_for(self.search),
        )

    def behind(self, metric: str | None) -> Selection:
        """The conversations that a metric counts: of a rate its numerator, of a mean those that have a value."""
        return counted_by(metric).narrow(self.selection(), now_ms=self.now_ms)
