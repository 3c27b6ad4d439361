"""The adjustable part of the definitions: idle time-outs, persistent channels, bots' names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# Raised whenever a rule that decides a stored fact changes: then `python -m metrics rederive` brings the past in line.
DEFINITION_VERSION = 4
# The version from which a row is kept for each survey.
SURVEYS_SINCE = 4

# One id for years: a silence longer than the idle time-out begins a new conversation. The settings may name others.
PERSISTENT_CHANNELS = frozenset(
    {"apple", "facebook", "line", "msteams", "skype", "slack", "sms", "telegram", "twitter", "wechat", "whatsapp"}
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules of outcome and identity may be told; the defaults are those of docs/metrics.md."""

    idle_seconds: int = 1800
    idle_seconds_by_channel: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    persistent_channels: frozenset[str] = PERSISTENT_CHANNELS  # in small letters
    bot_aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default_language: str = "en"
    definition_version: int = DEFINITION_VERSION

    def idle_ms(self, channel: str) -> int:
        """How long a conversation on `channel` may be without an activity before it closes."""
        own = self.idle_seconds_by_channel
        return 1000 * own.get(channel, own.get(channel.lower(), self.idle_seconds))

    def is_persistent(self, channel: str) -> bool:
        """Whether `channel`, however it is written, keeps one id for years."""
        return channel.lower() in self.persistent_channels
