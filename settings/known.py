"""Which settings there are, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping

from settings.floor import address, limits, limits_by_queue
from settings.hours import week_hours
from settings.kinds import Kind, by_name, frozen, names, number, place, text, whole, yes_or_no, zone

_DATABASE = text(
    "sqlite:///path/to/file.db or postgresql://user:password@host/name",
    r"(sqlite:///|postgresql(\+psycopg)?://).+",
    is_secret=True,
)
_MINUTES = number("a number of minutes above 0", lambda minutes: minutes > 0)
_SILENCE = number("a number of minutes, 0 for any", lambda minutes: minutes >= 0)
_WAIT = whole(1, 86_400)
_SENTIMENT = number("a number from -1 to 1", lambda level: -1 <= level <= 1)

KINDS: Mapping[str, Kind] = frozen(
    {
        "database_url": _DATABASE,
        "demo": text('"auto", "on" or "off"', "auto|on|off"),
        "demo_database_url": _DATABASE,
        "demo_seed": whole(0, 2**31 - 1),
        "demo_days": whole(1, 730),
        "ingest_token": text("visible ASCII characters without spaces", r"[!-~]+", is_secret=True),
        "session_secret": text("at least 16 characters", r"(?s).{16,}", is_secret=True),
        "viewer_header": text('the name of an HTTP header, such as "X-Forwarded-User"', r"[A-Za-z0-9-]+"),
        "default_language": text('a language tag such as "en" or "pt-BR"', r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
        "time_zone": zone(),
        "idle_minutes": _MINUTES,
        "idle_minutes_by_channel": by_name(_MINUTES),
        "persistent_channels": names(),
        "bot_aliases": by_name(text("a bot's name", r".*\S.*")),
        "wait_target_seconds": _WAIT,
        "wait_target_seconds_by_queue": by_name(_WAIT),
        "sentiment_threshold": _SENTIMENT,
        "sentiment_threshold_by_queue": by_name(_SENTIMENT),
        "bands": limits(),
        "bands_by_queue": limits_by_queue(),
        "expected_silence_minutes": _SILENCE,
        "expected_silence_minutes_by_source": by_name(_SILENCE),
        "hours_by_source": by_name(week_hours()),
        "alert_simulated": yes_or_no(),
        "bot_sessions_per_licence": whole(0, 1_000_000),
        "bot_sessions_per_pack": whole(0, 1_000_000),
        "console_url": address(),
        "console_url_by_source": by_name(address()),
        "routing": place(),
        "demo_routing": text('"sound" or "faulty"', "sound|faulty"),
        "public_url": text('an address such as "https://floor.example.com"', r"https?://[^\s?#]+"),
    }
)
