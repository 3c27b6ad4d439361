"""Differences between what is true and what was printed, told so that a person can find the cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from .truth import Truth

RATE_WITHIN = 1e-6
TIME_WITHIN = 1e-3  # a millisecond
SENTIMENT_WITHIN = 2e-6  # scores are kept in whole millionths
WITHIN = {"_rate": RATE_WITHIN, "_time": TIME_WITHIN, "_sentiment": SENTIMENT_WITHIN}


def report_differences(expected: list[dict[str, Any]], got: list[dict[str, Any]], by: tuple[str, ...]) -> list[str]:
    """One line for every figure that differs, and for every group too many or too few."""
    wanted, printed = _by_group(expected, by), _by_group(got, by)
    lines = [f"{group}: expected, not printed" for group in wanted if group not in printed]
    lines += [f"{group}: printed, not expected: {printed[group]}" for group in printed if group not in wanted]
    if len(printed) != len(got):
        lines.append(f"{len(got)} objects for {len(printed)} groups")
    for group in wanted.keys() & printed.keys():
        lines += [f"{group} {line}" for line in _object_differences(wanted[group], printed[group])]
    if not lines and [_group(row, by) for row in expected] != [_group(row, by) for row in got]:
        lines.append(f"groups not ascending: {_first_descent(got, by)}")
    return lines


def conversation_differences(truths: Iterable[Truth], rows: Iterable[Mapping[str, str]]) -> list[str]:
    """One line for every fact of a conversation that the exported table tells otherwise."""
    by_id: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_id.setdefault(row["conversation_id"], []).append(row)
    lines = []
    for truth in truths:
        found = by_id.pop(truth.conversation_id, [])
        if len(found) == 1:
            lines += _row_differences(truth, found[0])
        elif found or truth.is_bot:  # a conversation without a bot may be left out
            lines.append(f"{truth.conversation_id} [{truth.scenario}]: {len(found)} rows")
    return lines + [f"{conversation_id}: in the table, never written" for conversation_id in by_id]


def _row_differences(truth: Truth, row: Mapping[str, str]) -> list[str]:
    expected: dict[str, str | float | None] = {"outcome": truth.outcome, "resolution": truth.resolution}
    if truth.is_bot:
        expected |= {"bot": truth.bot, "channel": truth.channel, "started_at": iso_time(truth.started_ms)}
        expected["is_test"] = "true" if truth.is_test else "false"
    if truth.is_bot and not truth.is_open:
        expected |= {"ended_at": iso_time(truth.ended_ms), "bot_seconds": truth.bot_ms / 1_000, "sentiment": truth.sentiment}
    return [
        f"{truth.conversation_id} [{truth.scenario}] {name}: expected {value!r}, got {row.get(name)!r} ({row.get('reason')})"
        for name, value in expected.items()
        if not _says(row.get(name), value, SENTIMENT_WITHIN if name == "sentiment" else TIME_WITHIN / 2)
    ]


def iso_time(at_ms: int) -> str:
    """A time as the exported tables write it."""
    return f"{datetime.fromtimestamp(at_ms // 1_000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1_000:03d}Z"


def _says(cell: str | None, wanted: str | float | None, within: float) -> bool:
    if cell is None or wanted is None or isinstance(wanted, str):
        return cell == (wanted or "")
    return cell != "" and abs(float(cell) - wanted) <= within


def _by_group(rows: list[dict[str, Any]], by: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {_group(row, by): row for row in rows}


def _group(row: dict[str, Any], by: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row.get(name, "(missing)") for name in by)


def _first_descent(rows: list[dict[str, Any]], by: tuple[str, ...]) -> str:
    groups = [_group(row, by) for row in rows]
    return next((f"{before} before {after}" for before, after in pairwise(groups) if str(before) > str(after)), "order differs")


def _object_differences(expected: dict[str, Any], got: dict[str, Any]) -> list[str]:
    lines = []
    for name, value in expected.items():
        within = next((span for ending, span in WITHIN.items() if name.endswith(ending)), 0.0)
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        for part, wanted in pairs:
            printed = got.get(name)
            printed = printed.get(part, "(missing)") if isinstance(printed, dict) and part else printed
            if not _agree(wanted, printed, within):
                lines.append(f"{name} {part}".strip() + f": expected {wanted!r}, got {printed!r}")
    return lines


def _agree(wanted: Any, printed: Any, within: float) -> bool:
    if isinstance(wanted, float) and isinstance(printed, float | int) and not isinstance(printed, bool):
        return abs(wanted - printed) <= within
    return type(wanted) is type(printed) and wanted == printed
