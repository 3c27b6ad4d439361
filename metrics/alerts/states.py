"""The states of one rule for one subject: ok → at risk → critical → acknowledged → resolved, and no data. Pure.

A firing begins when a level has been reached and held for the rule's `for_seconds`, and ends when the value is clear of the
mildest level. Between the two nothing flaps: it may worsen, ease, be acknowledged, lose its data and get them back. Every change
is a step, and a step says whether it is told to the rule's targets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from metrics.alerts.levels import RANK, Reading
from metrics.alerts.rules import Rule, RuleKind
from metrics.need import Band


class AlertState(StrEnum):
    """How a rule stands for a subject. `OK` is never stored: there is no alert then."""

    OK = "ok"
    AT_RISK = "at_risk"
    CRITICAL = "critical"
    ACKNOWLEDGED = "acknowledged"
    NO_DATA = "no_data"
    RESOLVED = "resolved"


class StepKind(StrEnum):
    """What happened to an alert."""

    FIRED = "fired"
    WORSENED = "worsened"
    EASED = "eased"
    REMINDED = "reminded"
    ACKNOWLEDGED = "acknowledged"
    NO_DATA = "no_data"
    DATA_BACK = "data_back"
    MOVED = "moved"  # its conversation was joined to another
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands, with all that the next step depends on."""

    state: AlertState = AlertState.OK
    band: Band = Band.NORMAL
    worst: Band = Band.NORMAL
    at_risk_since_ms: int | None = None  # beyond that level without a break
    critical_since_ms: int | None = None
    since_ms: int | None = None  # of the open firing: since when its level had been reached
    fired_ms: int | None = None
    told_ms: int | None = None  # the last time it was told; None: never, it was muted
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    is_held: bool = False  # resolved by a person while it stood: silent until it has been clear once
    clock_ms: int = 0  # the latest time seen; a clock that goes back does not undo anything

    @property
    def is_open(self) -> bool:
        """Whether there is a firing."""
        return self.fired_ms is not None

    @property
    def is_blank(self) -> bool:
        """Whether it can be forgotten: it says nothing that the next reading would not."""
        return not self.is_open and not self.is_held and self.at_risk_since_ms is None and self.critical_since_ms is None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an alert."""

    kind: StepKind
    state: AlertState
    band: Band
    at_ms: int
    is_told: bool
    value: float | None = None
    actor: str = ""  # a person; "" where nobody did it


Steps = tuple[Step, ...]


def step(standing: Standing, reading: Reading, rule: Rule, now_ms: int) -> tuple[Standing, Steps]:
    """What a reading makes of it. The same reading at the same time again makes nothing of it."""
    now_ms = max(now_ms, standing.clock_ms)
    if rests(rule, now_ms):
        return _rest(standing, rule, now_ms)
    reading = on_duty(rule, reading, now_ms)
    value = reading.at(now_ms)
    if value is None:
        return _without_data(standing, now_ms)
    standing = _note_crossings(standing, reading, now_ms)
    wanted = _wanted(standing, reading, rule, value, now_ms)
    if not standing.is_open:
        if standing.is_held and reading.levels.is_clear(value):
            standing = replace(standing, is_held=False)
        return _fire(standing, rule, wanted, value, now_ms)
    if wanted is Band.NORMAL:
        return _resolve(standing, rule, now_ms, value=value)
    steps: list[Step] = []
    if standing.state is AlertState.NO_DATA:
        standing = replace(standing, state=AlertState(standing.band))
        steps.append(_step(StepKind.DATA_BACK, standing, now_ms, value))
    if wanted is not standing.band:
        standing, changed = _change(standing, rule, wanted, value, now_ms)
        steps.append(changed)
    if _reminder_ms(standing, rule, now_ms) == now_ms:
        standing = replace(standing, told_ms=now_ms)
        steps.append(_step(StepKind.REMINDED, standing, now_ms, value, is_told=True))
    return standing, tuple(steps)


def rests(rule: Rule, now_ms: int) -> bool:
    """Whether a rule looks at nothing at this moment. Words are heard at their own time, and stand until their end."""
    return rule.hours is not None and rule.kind is not RuleKind.WORDS and not rule.hours.is_on(now_ms)


def on_duty(rule: Rule, reading: Reading, now_ms: int) -> Reading:
    """The reading as the rule counts it: silence outside of its hours is none. A customer's wait goes on through the night."""
    if rule.kind is not RuleKind.SILENT_SOURCE or rule.hours is None or reading.grows_since_ms is None:
        return reading
    period = rule.hours.period(now_ms)
    return reading if period is None else replace(reading, grows_since_ms=max(reading.grows_since_ms, period[0]))


def acknowledge(standing: Standing, now_ms: int, by: str) -> tuple[Standing, Steps]:
    """Somebody has seen it: no more reminders. Should it worsen, it is told again."""
    if not standing.is_open or standing.state is AlertState.ACKNOWLEDGED:
        return standing, ()
    now_ms = max(now_ms, standing.clock_ms)
    standing = replace(standing, state=AlertState.ACKNOWLEDGED, acknowledged_ms=now_ms, acknowledged_by=by, clock_ms=now_ms)
    return standing, (_step(StepKind.ACKNOWLEDGED, standing, now_ms, None, actor=by),)


def end(standing: Standing, rule: Rule, now_ms: int, *, by: str = "", is_told: bool = True) -> tuple[Standing, Steps]:
    """The firing is over, whatever its value: its conversation closed, its rule went, or a person says so (`by`).

    Resolved by a person, it is silent until it has been clear once.
    """
    now_ms = max(now_ms, standing.clock_ms)
    if not standing.is_open:
        return (standing if by else Standing(clock_ms=now_ms)), ()
    after, steps = _resolve(standing, rule, now_ms, value=None, by=by)
    if by:
        after = replace(
            after,
            is_held=True,
            at_risk_since_ms=standing.at_risk_since_ms,
            critical_since_ms=standing.critical_since_ms,
        )
    return after, steps if is_told else tuple(replace(one, is_told=False) for one in steps)


def due_ms(standing: Standing, reading: Reading, rule: Rule) -> int | None:
    """When time alone makes a difference, so that it should be looked at again; None: only news does."""
    if rests(rule, standing.clock_ms):
        return rule.hours.next_start_ms(standing.clock_ms) if rule.hours is not None and _may_stand(reading) else None
    reading = on_duty(rule, reading, standing.clock_ms)
    hold_ms, moments = rule.for_seconds * 1000, []
    for band, since_ms in ((Band.AT_RISK, standing.at_risk_since_ms), (Band.CRITICAL, standing.critical_since_ms)):
        if RANK[band] > RANK[standing.band] and not standing.is_held:
            begins_ms = since_ms if since_ms is not None else reading.will_cross_ms(reading.levels.of(band))
            if begins_ms is not None:
                moments.append(begins_ms + hold_ms)
    reminder_ms = _reminder_ms(standing, rule, standing.clock_ms)
    if reminder_ms is not None:
        moments.append(reminder_ms)
    if reading.until_ms is not None:
        moments.append(reading.until_ms)
    if (standing.is_open or standing.is_held) and rule.kind is not RuleKind.WORDS and rule.hours is not None:
        period = rule.hours.period(standing.clock_ms)
        moments += [period[1]] if period is not None else []
    return max(min(moments), standing.clock_ms + 1) if moments else None


def _may_stand(reading: Reading) -> bool:
    """Whether it is beyond a level, or gets there by time alone."""
    return reading.grows_since_ms is not None or (
        reading.value is not None and reading.levels.is_beyond(reading.levels.mildest, reading.value)
    )


def _rest(standing: Standing, rule: Rule, now_ms: int) -> tuple[Standing, Steps]:
    """Outside of the rule's hours nothing stands, and nobody is told that it does not. When they begin, all is looked at anew."""
    if not standing.is_open:
        return Standing(clock_ms=now_ms), ()
    over = Step(StepKind.RESOLVED, AlertState.RESOLVED, Band.NORMAL, now_ms, is_told=False)
    return Standing(clock_ms=now_ms), (over,)


def _note_crossings(standing: Standing, reading: Reading, now_ms: int) -> Standing:
    """Since when each level has been reached without a break."""
    at_risk_ms = reading.crossing_ms(reading.levels.at_risk, now_ms)
    critical_ms = reading.crossing_ms(reading.levels.critical, now_ms)
    return replace(
        standing,
        at_risk_since_ms=_kept(standing.at_risk_since_ms, at_risk_ms),
        critical_since_ms=_kept(standing.critical_since_ms, critical_ms),
        clock_ms=now_ms,
    )


def _kept(before_ms: int | None, found_ms: int | None) -> int | None:
    return before_ms if before_ms is not None and found_ms is not None else found_ms


def _wanted(standing: Standing, reading: Reading, rule: Rule, value: float, now_ms: int) -> Band:
    """The band it should be in: what has been reached and held, or what is not left yet."""
    hold_ms, reached = rule.for_seconds * 1000, Band.NORMAL
    for band, since_ms in ((Band.AT_RISK, standing.at_risk_since_ms), (Band.CRITICAL, standing.critical_since_ms)):
        if since_ms is not None and now_ms - since_ms >= hold_ms:
            reached = band
    if not standing.is_open or RANK[reached] >= RANK[standing.band]:
        return reached
    if reading.levels.is_clear(value):
        return Band.NORMAL
    return Band.AT_RISK if standing.band is Band.CRITICAL and reading.levels.is_eased(value) else standing.band


def _fire(standing: Standing, rule: Rule, wanted: Band, value: float, now_ms: int) -> tuple[Standing, Steps]:
    if wanted is Band.NORMAL or standing.is_held:
        return standing, ()
    is_told = not rule.is_muted(now_ms)
    since_ms = standing.critical_since_ms if wanted is Band.CRITICAL else standing.at_risk_since_ms
    standing = replace(
        standing,
        state=AlertState(wanted),
        band=wanted,
        worst=wanted,
        since_ms=since_ms,
        fired_ms=now_ms,
        told_ms=now_ms if is_told else None,
    )
    return standing, (_step(StepKind.FIRED, standing, now_ms, value, is_told=is_told),)


def _change(standing: Standing, rule: Rule, wanted: Band, value: float, now_ms: int) -> tuple[Standing, Step]:
    """Worse, which is told again even where somebody had seen it; or better, which is only noted."""
    if RANK[wanted] < RANK[standing.band]:
        state = standing.state if standing.state is AlertState.ACKNOWLEDGED else AlertState(wanted)
        standing = replace(standing, band=wanted, state=state)
        return standing, _step(StepKind.EASED, standing, now_ms, value)
    is_told = not rule.is_muted(now_ms)
    worst = wanted if RANK[wanted] > RANK[standing.worst] else standing.worst
    standing = replace(
        standing,
        band=wanted,
        worst=worst,
        state=AlertState(wanted),
        told_ms=now_ms if is_told else None,  # muted: told when that ends, if it still stands
        acknowledged_ms=None,
        acknowledged_by="",
    )
    return standing, _step(StepKind.WORSENED, standing, now_ms, value, is_told=is_told)


def _resolve(standing: Standing, rule: Rule, now_ms: int, *, value: float | None, by: str = "") -> tuple[Standing, Steps]:
    """Those who were told of it are told that it is over."""
    is_told = standing.told_ms is not None and not rule.is_muted(now_ms)
    over = Step(StepKind.RESOLVED, AlertState.RESOLVED, Band.NORMAL, now_ms, is_told, value, by)
    return Standing(clock_ms=now_ms), (over,)


def _without_data(standing: Standing, now_ms: int) -> tuple[Standing, Steps]:
    standing = replace(standing, at_risk_since_ms=None, critical_since_ms=None, clock_ms=now_ms)
    if not standing.is_open or standing.state in (AlertState.NO_DATA, AlertState.ACKNOWLEDGED):
        return standing, ()
    standing = replace(standing, state=AlertState.NO_DATA)
    return standing, (_step(StepKind.NO_DATA, standing, now_ms, None),)


def _reminder_ms(standing: Standing, rule: Rule, now_ms: int) -> int | None:
    """When it is told again, not before `now_ms`: after the rule's minutes; when the mute ends, where it was never told."""
    if not standing.is_open or standing.state not in (AlertState.AT_RISK, AlertState.CRITICAL):
        return None
    if standing.told_ms is None:
        wanted_ms = now_ms
    elif rule.remind_minutes:
        wanted_ms = standing.told_ms + rule.remind_minutes * 60_000
    else:
        return None
    return max(wanted_ms, now_ms, rule.muted_until_ms or 0)


def _step(kind: StepKind, standing: Standing, at_ms: int, value: float | None, *, is_told: bool = False, actor: str = "") -> Step:
    return Step(kind, standing.state, standing.band, at_ms, is_told, value, actor)
