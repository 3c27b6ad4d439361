"""[[metric_targets]]: what figures should be. Whether a metric may have the level is metrics' business."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from settings.entries import Table, require_known, require_rules, tables
from settings.errors import ConfigurationError
from settings.values import MetricTargetSettings


def read_metric_targets(entries: Any, path: Path) -> tuple[MetricTargetSettings, ...]:
    """The configured targets, one for a metric, bot and queue."""
    numbered = enumerate(tables("metric_targets", entries, path), start=1)
    found = tuple(_target(entry, f"metric_targets[{number}]", path) for number, entry in numbered)
    places = [(target.metric, target.bot, target.queue) for target in found]
    if len(set(places)) < len(places):
        raise ConfigurationError(f"metric_targets (in {path}) must be one for each metric, bot and queue")
    return found


def _target(entry: Table, called: str, path: Path) -> MetricTargetSettings:
    require_known(entry, called, path, [item.name for item in fields(MetricTargetSettings)])
    level = entry.get("level")
    rules = {
        "metric": (isinstance(entry.get("metric"), str), "the key of a metric, as docs/metrics.md has it"),
        "level": (type(level) in (int, float) and math.isfinite(level or 0), "a number in the metric's unit; shares from 0 to 1"),
        "of": (entry.get("of", "mean") in ("mean", "median", "p90"), '"mean", "median" or "p90"'),
        **{name: (isinstance(entry.get(name, ""), str), f"the name of a {name}") for name in ("bot", "queue")},
    }
    require_rules(entry, called, path, rules)
    return MetricTargetSettings(**entry)
