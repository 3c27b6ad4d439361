"""Which silence is expected of a source, and what a longer one says of it: late, then lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.hours import Hours
from metrics.need import Band

# A source is lost from this many times the silence expected of it on.
LOST_AFTER = 3
# A source whose newest event was older than this when it came, and older than what counts as lost, has brought the past, such as
# a folder of old transcripts.
PAST_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """How a source stands at a moment."""

    since_ms: int  # from when on its silence counts: its newest event, or the beginning of its hours
    late_ms: int | None  # from which silence on it is late; None where none is remarked upon
    is_catching_up: bool = False  # what comes now happened long ago
    brought_the_past: bool = False
    back_ms: int | None = None  # it is at rest, until then

    @property
    def lost_ms(self) -> int | None:
        """From which silence on it is lost."""
        return None if self.late_ms is None else self.late_ms * LOST_AFTER

    def band(self, now_ms: int) -> Band:
        """How worrying its silence is."""
        if self.late_ms is None or now_ms - self.since_ms < self.late_ms:
            return Band.NORMAL
        return Band.AT_RISK if now_ms - self.since_ms < self.late_ms * LOST_AFTER else Band.CRITICAL


@dataclass(frozen=True, slots=True)
class Silence:
    """The silence that is expected of sources, in seconds (0: any), and the hours outside of which they are at rest."""

    seconds: float = 300.0
    seconds_by_source: Mapping[str, float] = field(default_factory=dict)
    hours_by_source: Mapping[str, Hours] = field(default_factory=dict)

    def expected_of(self, source: str) -> float:
        """How many seconds a source may be silent; 0: any number."""
        return self.seconds_by_source.get(source, self.seconds)

    def heard(self, source: str, *, last_event_ms: int, last_seen_ms: int | None, now_ms: int) -> Heard:
        """How a source stands whose newest event happened then, and that was last heard from then."""
        patience_ms, hours = round(self.expected_of(source) * 1000), self.hours_by_source.get(source)
        delay_ms = None if last_seen_ms is None else last_seen_ms - last_event_ms
        if last_seen_ms is not None and last_seen_ms - last_event_ms > (patience_ms or PAST_MS) >= now_ms - last_seen_ms:
            return Heard(last_event_ms, None, is_catching_up=True)
        if delay_ms is not None and delay_ms > max(PAST_MS, patience_ms * LOST_AFTER):
            return Heard(last_event_ms, None, brought_the_past=True)
        period = None if hours is None else hours.period(now_ms)
        if hours is not None and period is None:
            return Heard(last_event_ms, None, back_ms=hours.next_start_ms(now_ms))
        begun_ms = last_event_ms if period is None else max(last_event_ms, period[0])
        return Heard(begun_ms, patience_ms or None)
