"""Settings that are lists of tables, such as [[sources]]: one reader each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from settings.alert_rules import read_alert_rules
from settings.alert_targets import read_alert_targets
from settings.bot_session_entitlements import read_bot_session_entitlements
from settings.kinds import frozen
from settings.metric_targets import read_metric_targets
from settings.sources import read_sources

TABLES: Mapping[str, Callable[[Any, Path], tuple[Any, ...]]] = frozen(
    {
        "sources": read_sources,
        "alert_targets": read_alert_targets,
        "alert_rules": read_alert_rules,
        "bot_session_entitlements": read_bot_session_entitlements,
        "metric_targets": read_metric_targets,
    }
)
