"""How numbers, spans and moments are written: the one place for it. "–" is no value; a unit keeps to its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from metrics.figures import Rate, Score, Times, Turns
from metrics.metric import Metric, Unit
from metrics.names import undirected
from metrics.questions import Figure, value_of
from metrics.surveys.figures import Nps
from metrics.voice.figures import Pace, TimeShare

NOTHING = "–"
NARROW = "\u202f"  # a space that does not break
FIXED = "\u00a0"  # the same, as wide as between words
INTERVAL = f"95{NARROW}% interval"
LONGEST_LABEL = 60
_MARKS = frozenset("\\`*_{}[]()<>#+-.!|~:$^=&/@")  # what Markdown, as Streamlit reads it, may take for more than itself
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def number(value: int) -> str:
    """1,234."""
    return f"{value:,}"


def several(count: int, what: str) -> str:
    """1 row, 1,234 rows: words that an s makes many."""
    return f"{number(count)} {what}{'' if count == 1 else 's'}"


def size(num_bytes: int) -> str:
    """312 bytes, 4.1 kB, 223 MB."""
    if num_bytes == 1:
        return "1 byte"
    amount, unit = float(num_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f}{NARROW}{unit}" if amount < 10 and unit != "bytes" else f"{amount:.0f}{NARROW}{unit}"


def share(value: float | None, decimals: int = 1) -> str:
    """58.3 %."""
    return NOTHING if value is None else f"{value:.{decimals}%}".replace("%", f"{NARROW}%")


def signed(value: float, decimals: int = 2) -> str:
    """+0.18, −0.18, 0.00."""
    text = f"{abs(value):.{decimals}f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else '−'}{text}"


def span(seconds: float | None) -> str:
    """48 s, 4 min 12 s, 1 h 5 min, 3 d 4 h: the two largest parts that matter."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    for size, name, below, below_name in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            tail = f" {rest}{NARROW}{below_name}" if rest else ""
            return f"{whole // size}{NARROW}{name}{tail}"
    return f"{whole}{NARROW}s"


def offset(seconds: float) -> str:
    """How far into a call: 0:07, 12:30, 1:02:03."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def value(metric: Metric, of: float | None) -> str:
    """A metric's value in its unit."""
    if of is None:
        return NOTHING
    match metric.unit:
        case Unit.SHARE:
            return share(of)
        case Unit.SECONDS:
            return span(of)
        case Unit.POLARITY:
            return signed(of)
        case Unit.RATING | Unit.EFFORT:
            return f"{of:.2f}"
        case Unit.POINTS:
            return signed(of * 100, 0)
        case Unit.TURNS:
            return f"{of:.1f}"
        case Unit.PACE:
            return number(round(of))
        case Unit.CONVERSATIONS | Unit.STAYS | Unit.SUGGESTIONS:
            return number(round(of))


def difference(metric: Metric, of: float) -> str:
    """What a metric changed by: +2.1 pts, −12 s."""
    match metric.unit:
        case Unit.SHARE:
            return f"{signed(of * 100, 1)}{NARROW}pts"
        case Unit.SECONDS:
            return f"{'−' if of < 0 else '+'}{span(abs(of))}" if round(of) else span(0)
        case Unit.CONVERSATIONS | Unit.STAYS | Unit.SUGGESTIONS:
            return f"{signed(of, 0)[:1]}{number(abs(round(of)))}" if round(of) else "0"
        case Unit.POINTS:
            return signed(of * 100, 1)
        case _:
            return signed(of)


def basis(figure: Figure) -> str:
    """What a figure rests on, short."""
    match figure:
        case Rate():
            return f"{number(figure.numerator)} of {number(figure.denominator)}"
        case Times() | Turns() | Nps():
            return number(figure.n)
        case Score():
            return f"{number(figure.scored)} of {number(figure.n)}"
        case TimeShare() | Pace():
            return number(figure.num_calls)
        case _:
            return number(figure)


def spread(figure: Figure) -> str:
    """How sure a figure is, or how wide its values lie; empty where there is nothing to say."""
    match figure:
        case Rate() if (interval := figure.interval) is not None:
            return f"{interval[0] * 100:.1f}–{share(interval[1])}"
        case Nps() if (interval := figure.interval) is not None:
            return f"{signed(interval[0] * 100, 0)} to {signed(interval[1] * 100, 0)}"
        case Times() if figure.n:
            return f"median {span(figure.median_seconds)}, p90 {span(figure.p90_seconds)}"
        case Turns() if figure.n:
            return f"median {figure.median:g}, p90 {figure.p90:g}"
        case _:
            return ""


def bare(said: str) -> str:
    """A spread of times for a column whose heading says what it is: 2 min 32 s, 8 min 34 s."""
    return said.replace("median ", "").replace("p90 ", "")


def figure_text(metric: Metric, figure: Figure) -> str:
    """The one number of a figure, in words."""
    return value(metric, value_of(figure))


def moment(at_ms: int | None, tz: str) -> str:
    """22 Nov 2026, 07:36, by the clock of a zone."""
    if at_ms is None:
        return NOTHING
    local = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(tz))
    return f"{local.day} {local:%b %Y, %H:%M}"


def bucket(key: str, *, has_year: bool = False) -> str:
    """A bucket's key as people say it: 22 Nov, 22 Nov 14:00, week 47, 2026, Nov 2026."""
    if "-W" in key:
        year, week = key.split("-W")
        return f"week {int(week)}, {year}"
    if len(key) == len("2026-11"):
        return f"{datetime.fromisoformat(f'{key}-01'):%b %Y}"
    at = datetime.fromisoformat(key)
    return f"{at.day} {at:%b}" + (f" {at.year}" if has_year else "") + (f" {at:%H:%M}" if "T" in key else "")


def buckets(keys: Sequence[str]) -> list[str]:
    """The same of many, no two of them alike: days of several years with theirs, and an hour that comes twice, because clocks
    are set back, with its distance from UTC.
    """
    has_years = len({key[:4] for key in keys}) > 1
    names = [bucket(key, has_year=has_years) for key in keys]
    often = Counter(names)
    return [f"{name}{_from_utc(key)}" if often[name] > 1 else name for name, key in zip(names, keys, strict=True)]


def one_bucket(key: str) -> str:
    """The same of one alone, which nothing beside it tells apart: with its year, and an hour's distance from UTC."""
    return bucket(key, has_year=True) + (_from_utc(key) if "T" in key else "")


def _from_utc(key: str) -> str:
    """The last part of an hour's key."""
    return f", UTC{key[len('2026-11-22T14:00') :].replace('-', '−')}"


def as_label(text: str) -> str:
    """Words from outside, such as a topic or a reason, for a label that would read them as Markdown: shown as they are."""
    text = undirected(text)
    shown = text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"
    return "".join(f"\\{letter}" if letter in _MARKS else " " if letter in "\r\n" else letter for letter in shown)
