"""What an operator may set: one frozen `Settings`, read once at the start."""

from settings.errors import ConfigurationError
from settings.known import KINDS
from settings.reading import read_settings
from settings.values import PERSISTENT_CHANNELS, AlertRuleSettings, AlertTarget, MetricTargetSettings, Settings, SourceSettings

__all__ = [
    "KINDS",
    "PERSISTENT_CHANNELS",
    "AlertRuleSettings",
    "AlertTarget",
    "ConfigurationError",
    "MetricTargetSettings",
    "Settings",
    "SourceSettings",
    "read_settings",
]
