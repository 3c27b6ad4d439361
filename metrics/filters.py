"""What a question is asked about: the period, its zone, and which conversations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.windows import Window
from store.history import Selection

# Which words of an outcome or resolution, or which columns, a metric's conversations have.
OUTCOME_OF = {
    "resolved": "resolved",
    "resolution_rate": "resolved",
    "resolution_time": "resolved",
    "escalated": "escalated",
    "escalation_rate": "escalated",
    "escalation_time": "escalated",
    "abandoned": "abandoned",
    "abandonment_rate": "abandoned",
    "other": "other",
}
COLUMN_OF = {
    "resolution_time": "bot_ms",
    "escalation_time": "bot_ms",
    "average_sentiment": "sentiment_micro",
    "csat": "csat_micro",
}
RESOLUTIONS = ("confirmed", "implied", "assumed")


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
    include_tests: bool = False

    def before(self) -> Filters | None:
        """The same cut of the period before; None where the period has an open end."""
        window = self.window.before()
        return None if window is None else replace(self, window=window)

    def selection(self, *, bots_only: bool = True) -> Selection:
        """The same as the store asks it."""
        return Selection(
            start_ms=self.window.start_ms,
            end_ms=self.window.end_ms,
            bots=self.bots,
            channels=self.channels,
            queues=self.queues,
            topics=self.topics,
            workstreams=self.workstreams,
            outcomes=self.outcomes,
            include_tests=self.include_tests,
            bots_only=bots_only,
        )

    def behind(self, metric: str | None) -> Selection:
        """The conversations that a metric counts: of a rate its numerator, of a mean those that have a value."""
        chosen = self.selection()
        outcomes = {OUTCOME_OF[metric]} if metric in OUTCOME_OF else set()
        if metric in RESOLUTIONS:
            return replace(chosen, resolutions=(metric,), outcomes=self.outcomes)
        if metric == "deflection_rate":
            outcomes = {"resolved", "abandoned"}
        if outcomes and self.outcomes:
            # Neither is left out: "-" is no outcome, so nothing is found where the two contradict each other.
            outcomes = outcomes & set(self.outcomes) or {"-"}
        column = COLUMN_OF.get(metric or "")
        return replace(
            chosen,
            outcomes=tuple(sorted(outcomes)) or self.outcomes,
            having=() if column is None else (column,),
        )
