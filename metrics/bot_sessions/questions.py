"""Bot sessions used: conversations in which a customer met a bot, counted in the month of the tenant's zone in which that began.

Two bots in one conversation count once, an escalated one counts, a survey bot's counts. A bot that only advises an agent does
not, nor does a test. By bot, a conversation belongs to the bot that was invoked first: so every cut sums to what is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from metrics.bot_sessions.entitlement import AT_RISK, USED_UP, Entitlement
from metrics.bot_sessions.forecast import DAYS_BACK, Forecast, foresee, learn
from metrics.bot_sessions.words import USES
from metrics.months import bounds_of, day_of, days_of, ends_of, month_of, month_window, months_between
from metrics.rules import DEFINITION_VERSION
from metrics.windows import local_time, parse_moment
from store.bot_sessions.counting import (
    WHY_NOT,
    Cut,
    count_days,
    count_invoked,
    count_parts,
    count_uncounted,
    first_invoked,
    has_older,
    invoked_at_place,
)
from store.engine import Connection, Store


@dataclass(frozen=True, slots=True)
class Month:
    """What a month comes to. Every mapping sums to `used`; `by_day` holds its days from the first session ever up to now."""

    month: str
    zone: str
    used: int
    entitled: int | None  # None: nothing says
    by_day: Mapping[str, int] = field(default_factory=dict)
    by_bot: Mapping[str, int] = field(default_factory=dict)
    by_channel: Mapping[str, int] = field(default_factory=dict)
    by_use: Mapping[str, int] = field(default_factory=dict)
    not_counted: Mapping[str, int] = field(default_factory=dict)  # by why not: those that began in the month
    is_over: bool = True
    forecast: Forecast | None = None  # None for a month that is over, and where too few days are known
    days_known: int = 0  # complete days that a forecast could rest on
    used_up_ms: int | None = None  # when the last session entitled to began
    is_older: bool = False  # history was derived by an earlier release, which counted none of this

    @property
    def left(self) -> int | None:
        """How many are left; none, not fewer, where more were used."""
        return None if self.entitled is None else max(0, self.entitled - self.used)

    @property
    def share(self) -> float | None:
        """Used of entitled; None without an entitlement, or one of nothing."""
        return self.used / self.entitled if self.entitled else None

    @property
    def band(self) -> str:
        """normal, at_risk (from 80 %), used_up (from 100 %, and where nothing is entitled and something used) or unknown."""
        if self.entitled is None:
            return "unknown"
        if self.used >= self.entitled * USED_UP and self.used > 0:
            return "used_up"
        return "at_risk" if self.used >= self.entitled * AT_RISK and self.used > 0 else "normal"


def read_month(store: Store, month: str, entitlement: Entitlement, *, now_ms: int) -> Month:
    """A month's figures, all of one snapshot. Costs what the month holds, and for a forecast the weeks before. WindowError."""
    with store.read() as connection:
        return count_month(connection, month, entitlement, now_ms=now_ms)


def count_month(connection: Connection, month: str, entitlement: Entitlement, *, now_ms: int) -> Month:
    """The same on an open connection."""
    zone = entitlement.zone
    start_ms, end_ms = ends_of(month_window(month, zone))
    days = [day.isoformat() for day in days_of(month)]
    by_day: Counter[str] = Counter()
    by_bot: Counter[str] = Counter()
    by_channel: Counter[str] = Counter()
    by_use: Counter[str] = Counter()
    for place, row in count_parts(connection, bounds_of(days_of(month), zone)):
        for counter, word in ((by_day, days[place]), (by_bot, row.invoked_bot), (by_channel, row.channel), (by_use, row.bot_use)):
            counter[word] += row.num
    used, entitled = by_day.total(), entitlement.sessions(month)
    is_present, today = start_ms <= now_ms < end_ms, day_of(now_ms, zone)
    forecast, days_known = _forecast(connection, {day: by_day[day] for day in days}, zone, now_ms) if is_present else (None, 0)
    first_ms = first_invoked(connection)
    known_from = today if first_ms is None else day_of(first_ms, zone)
    uncounted = count_uncounted(connection, Cut(start_ms, end_ms))
    return Month(
        month=month,
        zone=zone,
        used=used,
        entitled=entitled,
        by_day={day: by_day[day] for day in days if known_from <= day <= today or by_day[day]},
        by_bot=dict(by_bot.most_common()),
        by_channel=dict(by_channel.most_common()),
        by_use={use: by_use[use] for use in USES if by_use[use]},
        not_counted={why: uncounted[why] for why in WHY_NOT if uncounted.get(why)},
        is_over=end_ms <= now_ms,
        forecast=forecast,
        days_known=days_known,
        used_up_ms=invoked_at_place(connection, start_ms, end_ms, entitled) if entitled and used >= entitled else None,
        is_older=has_older(connection, DEFINITION_VERSION),
    )


def count_used(connection: Connection, month: str, zone: str) -> int:
    """How many a month has used so far. Costs next to nothing: whole days are kept."""
    return count_invoked(connection, *ends_of(month_window(month, zone)))


def months_of(store: Store, zone: str, *, now_ms: int) -> list[str]:
    """Every month from the first bot session to now, the latest first; the present one always."""
    with store.read() as connection:
        first_ms = first_invoked(connection)
    return months_between(now_ms if first_ms is None else first_ms, now_ms, zone)


def past_months(store: Store, entitlement: Entitlement, months: Sequence[str]) -> list[Month]:
    """Used and entitled of each of these months, without their parts."""
    with store.read() as connection:
        return [
            Month(month, entitlement.zone, count_used(connection, month, entitlement.zone), entitlement.sessions(month))
            for month in months
        ]


def _forecast(connection: Connection, by_day: Mapping[str, int], zone: str, now_ms: int) -> tuple[Forecast | None, int]:
    """How the present month, of which each day is given, will end; and how many complete days are known."""
    today = date.fromisoformat(day_of(now_ms, zone))
    first_ms = first_invoked(connection)
    if first_ms is None or first_ms >= now_ms:
        return None, 0
    # The day of the first session is cut off where recording began.
    known_from = date.fromisoformat(day_of(first_ms, zone)) + timedelta(days=1)
    days = [day for back in range(DAYS_BACK, 0, -1) if (day := today - timedelta(days=back)) >= known_from]
    before = [day for day in days if day.isoformat() < min(by_day)]
    counts = {day: by_day[day.isoformat()] for day in days[len(before) :]}
    counts |= dict(zip(before, count_days(connection, bounds_of(before, zone)) if before else (), strict=True))
    weekdays = learn(counts)
    if weekdays is None:
        return None, len(days)
    last = days_of(month_of(now_ms, zone))[-1]
    same = {day: counts[day] for day in days if day.weekday() == today.weekday()}
    left = _left_of(connection, same, zone, now_ms)
    return foresee(sum(by_day.values()), weekdays, today=today, today_left=left, last=last), len(days)


def _left_of(connection: Connection, days: Mapping[date, int], zone: str, now_ms: int) -> float:
    """Which share of a day's sessions began after this time of day, on these days."""
    clock = local_time(now_ms, zone).time()
    after = 0
    for day in days:
        _, end_ms = bounds_of([day], zone)
        after += count_invoked(connection, min(end_ms, parse_moment(datetime.combine(day, clock).isoformat(), zone)), end_ms)
    whole = sum(days.values())
    return after / whole if whole else 0.0
