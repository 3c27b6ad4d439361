"""Every setting with its default, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings.hours import WeekHours
from settings.kinds import frozen

# One conversation id for years: a long silence there begins a new conversation.
PERSISTENT_CHANNELS = (
    "apple",
    "facebook",
    "line",
    "msteams",
    "skype",
    "slack",
    "sms",
    "telegram",
    "twitter",
    "wechat",
    "whatsapp",
)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One configured source of transcripts; `name` keeps its conversations apart from those of other sources."""

    name: str
    kind: str
    path: Path
    watch: bool = True


@dataclass(frozen=True, slots=True)
class AlertRuleSettings:
    """One configured alert rule: its name, and its fields as they stand in the file; metrics/alerts checks what they mean."""

    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertTarget:
    """One mailbox, channel or address that alerts are told to; rules name it."""

    name: str
    kind: str
    address: str = field(repr=False)
    secret: str = field(default="", repr=False)  # of a webhook: what its messages are signed with
    allow_private: bool = False  # of a webhook: whether it may lead into the own network


@dataclass(frozen=True, slots=True)
class BotSessionEntitlement:
    """Licences and add-on packs held from a month ("2026-11") on, until the next entry."""

    from_month: str
    licences: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class MetricTargetSettings:
    """One configured target: what a metric should be at least, or at most where lower is better. The level is in its unit."""

    metric: str
    level: float
    of: str = "mean"  # or "median", "p90": of times and turns
    bot: str = ""
    queue: str = ""


_NONE_BY_NAME: Mapping[str, Any] = frozen({})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. What may hold a secret (an address may hold a password) is never in the repr."""

    database_url: str = field(default="sqlite:///var/floorwalker.db", repr=False)
    demo: str = "auto"
    demo_database_url: str = field(default="sqlite:///var/demo.db", repr=False)
    demo_seed: int = 7
    demo_days: int = 30
    ingest_token: str | None = field(default=None, repr=False)
    session_secret: str | None = field(default=None, repr=False)
    viewer_header: str | None = None
    default_language: str = "en"
    time_zone: str = "UTC"
    idle_minutes: float = 30.0
    idle_minutes_by_channel: Mapping[str, float] = field(default_factory=lambda: _NONE_BY_NAME)
    persistent_channels: tuple[str, ...] = PERSISTENT_CHANNELS
    bot_aliases: Mapping[str, str] = field(default_factory=lambda: _NONE_BY_NAME)
    wait_target_seconds: int = 60
    wait_target_seconds_by_queue: Mapping[str, int] = field(default_factory=lambda: _NONE_BY_NAME)
    sentiment_threshold: float = -0.3
    sentiment_threshold_by_queue: Mapping[str, float] = field(default_factory=lambda: _NONE_BY_NAME)
    bands: Mapping[str, tuple[float, float]] = field(default_factory=lambda: _NONE_BY_NAME)
    bands_by_queue: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=lambda: _NONE_BY_NAME)
    expected_silence_minutes: float = 5.0
    expected_silence_minutes_by_source: Mapping[str, float] = field(default_factory=lambda: _NONE_BY_NAME)
    hours_by_source: Mapping[str, WeekHours] = field(default_factory=lambda: _NONE_BY_NAME)
    console_url: str | None = None
    console_url_by_source: Mapping[str, str] = field(default_factory=lambda: _NONE_BY_NAME)
    routing: Path | None = None
    demo_routing: str = "sound"
    alert_simulated: bool = False
    bot_sessions_per_licence: int = 50
    bot_sessions_per_pack: int = 100
    bot_session_entitlements: tuple[BotSessionEntitlement, ...] = ()
    public_url: str | None = None
    sources: tuple[SourceSettings, ...] = ()
    alert_targets: tuple[AlertTarget, ...] = ()
    alert_rules: tuple[AlertRuleSettings, ...] = ()
    metric_targets: tuple[MetricTargetSettings, ...] = ()

    def demo_wanted(self, *, real_data_exists: bool) -> bool:
        """Whether to show the simulated floor: as told, else as long as nothing real has been configured or loaded."""
        if self.demo != "auto":
            return self.demo == "on"
        return not (self.sources or self.ingest_token or real_data_exists)
