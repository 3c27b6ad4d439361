"""The fields of a rule as widgets: those its kind uses, with the words and units of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import streamlit as st

from metrics.alerts.catalogue import KINDS, METRICS
from metrics.alerts.rules import Direction, Per, RuleKind, Severity, Speaker
from metrics.alerts.sentences import DAY_NAMES
from metrics.hours import DAYS, minute_of
from pages.components import loaders
from pages.components.alerts.words import TARGET_WORDS
from pages.components.zone import zones
from pages.runtime import runtime

LABELS = {
    "name": "Name",
    "kind": "Watches for",
    "queues": "Queues",
    "channels": "Channels",
    "bots": "Bots",
    "sources": "Sources",
    "metric": "Figure",
    "per": "Counted",
    "direction": "Bad when it",
    "at_risk": "At risk at",
    "critical": "Critical at",
    "clears_at": "Over at",
    "for_seconds": "Has to hold for",
    "remind_minutes": "Told again every",
    "severity": "Urgency",
    "targets": "Tells outside",
    "words": "Words or phrases",
    "said_by": "Said by",
    "active_days": "On days",
    "active_from": "From",
    "active_until": "Until",
    "active_zone": "By the clock of",
}
_SEVERITIES = {"notice": "Notice", "warning": "Warning", "urgent": "Urgent"}
_SPEAKERS = {"customer": "the customer", "agent": "an agent", "bot": "a bot", "any": "anybody"}
_DIRECTIONS = {"above": "rises to a level", "below": "falls to a level"}
_PERS = {"queue": "in each queue", "floor": "on the whole floor"}
_ANY = "Any"
_REST_HELP = {
    False: "Outside of them it finds nothing, and what stands when they end is over, and nobody is told.",
    True: "Outside of them it finds nothing, and silence is counted from their beginning: a source may rest at night.",
}


class _Fields:
    """Widgets of one rule: what each begins with, and a key of its own, so that another rule begins anew."""

    def __init__(self, start: Mapping[str, Any], rule_id: str) -> None:
        self.start = start
        self._prefix = f"rule/{rule_id}"
        self.found: dict[str, Any] = {}

    def look(self, name: str) -> dict[str, Any]:
        return {"label": LABELS[name], "key": f"{self._prefix}/{name}"}

    def choice(self, name: str, words: Mapping[str, str], usual: str, **look: Any) -> str:
        options = list(words)
        start = self.start.get(name, usual)
        index = options.index(start) if start in options else 0
        chosen: str = st.selectbox(**self.look(name), options=options, index=index, format_func=words.__getitem__, **look)
        self.found[name] = chosen
        return chosen

    def names(self, name: str, known: Sequence[str], **look: Any) -> None:
        chosen = list(self.start.get(name, ()))
        options = list(dict.fromkeys([*known, *chosen]))
        self.found[name] = st.multiselect(**self.look(name), options=options, default=chosen, **look)

    def level(self, name: str, unit: str, **look: Any) -> None:
        label = f"{LABELS[name]} ({unit})" if unit else LABELS[name]
        step = 0.05 if unit == "−1 to 1" else 1.0
        self.found[name] = st.number_input(
            **(self.look(name) | {"label": label}),
            value=self.start.get(name),
            step=step,
            format="%.2f" if step < 1 else "%.0f",
            placeholder="none",
            **look,
        )

    def clock(self, name: str, usual: str, **look: Any) -> None:
        minutes = minute_of(self.start.get(name, "00:00") if self.has_hours else usual)
        shown = time(minutes // 60 % 24, minutes % 60)
        chosen: time = st.time_input(**self.look(name), value=shown, step=300, **look)
        self.found[name] = f"{chosen:%H:%M}"

    @property
    def has_hours(self) -> bool:
        """Whether what the form begins with is on duty at some hours only."""
        return bool(self.start.get("active_zone"))

    def whole(self, name: str, unit: str, highest: int, **look: Any) -> None:
        label = f"{LABELS[name]} ({unit})"
        start = int(self.start.get(name, 0))
        self.found[name] = st.number_input(
            **(self.look(name) | {"label": label}), value=start, min_value=0, max_value=highest, step=1, **look
        )


def ask_fields(start: Mapping[str, Any], *, rule_id: str, can_change_kind: bool, tz: str) -> dict[str, Any]:
    """Draw the fields; what they hold now, as `metrics.alerts.checking.rule_from` reads it. Hours are by `tz` at first."""
    fields = _Fields(start, rule_id)
    left, right = st.columns(2)
    with right:
        kinds = {str(kind): info.label for kind, info in KINDS.items()}
        kind = RuleKind(fields.choice("kind", kinds, "wait", disabled=not can_change_kind))
    with left:
        usual = KINDS[kind].label
        name = st.text_input(**fields.look("name"), value=start.get("name", ""), max_chars=120, placeholder=usual)
        fields.found["name"] = name.strip() or usual
    st.caption(KINDS[kind].help)
    uses = KINDS[kind].uses
    _ask_what(fields, uses)
    _ask_levels(fields, uses, _unit(kind, fields.found))
    _ask_where(fields, uses)
    _ask_how_told(fields, uses)
    _ask_hours(fields, kind, tz)
    return fields.found


def _unit(kind: RuleKind, found: Mapping[str, Any]) -> str:
    return METRICS[found["metric"]].unit if kind is RuleKind.METRIC else KINDS[kind].unit


def _ask_what(fields: _Fields, uses: frozenset[str]) -> None:
    left, right = st.columns(2)
    with left:
        if "metric" in uses:
            fields.choice("metric", {name: info.label for name, info in METRICS.items()}, "waiting")
        if "words" in uses:
            fields.names(
                "words", (), accept_new_options=True, placeholder="Type one and press Enter", help="Whole words; capitals or not."
            )
        if "sources" in uses:
            fields.names("sources", [state.name for state in loaders.source_states()], placeholder=_ANY, accept_new_options=True)
    with right:
        if "said_by" in uses:
            fields.choice("said_by", _SPEAKERS, str(Speaker.CUSTOMER))
        if "direction" in uses:
            usual = METRICS[fields.found["metric"]].direction if "metric" in fields.found else Direction.ABOVE
            fields.choice("direction", _DIRECTIONS, str(usual))
        if "per" in uses:
            fields.choice("per", _PERS, str(Per.FLOOR))


def _ask_levels(fields: _Fields, uses: frozenset[str], unit: str) -> None:
    if "at_risk" not in uses:
        return
    columns = st.columns(4)
    with columns[0]:
        fields.level("at_risk", unit)
    with columns[1]:
        fields.level("critical", unit)
    with columns[2]:
        fields.level(
            "clears_at", unit, help="An alert ends on the good side of this, so that it does not come and go at its level."
        )
    with columns[3]:
        fields.whole("for_seconds", "seconds", 86_400, help="Only what lasts is told. 0: at once.")


def _ask_where(fields: _Fields, uses: frozenset[str]) -> None:
    if "queues" not in uses:
        return
    choices = runtime().floor.choices()
    columns = st.columns(3)
    for column, name, known in zip(
        columns, ("queues", "channels", "bots"), (choices.queues, choices.channels, choices.bots), strict=True
    ):
        with column:
            fields.names(name, known, placeholder=_ANY, accept_new_options=True)


def _ask_how_told(fields: _Fields, uses: frozenset[str]) -> None:
    columns = st.columns([1, 1, 2])
    with columns[0]:
        fields.choice("severity", _SEVERITIES, str(Severity.WARNING))
    with columns[1]:
        if "remind_minutes" in uses:
            fields.whole("remind_minutes", "minutes", 10_080, help="Until somebody acknowledges it. 0: told once.")
    with columns[2]:
        kinds = {target.name: TARGET_WORDS.get(target.kind, target.kind) for target in runtime().deliveries.targets()}
        fields.names(
            "targets",
            list(kinds),
            format_func=lambda name: f"{name} ({kinds[name]})" if name in kinds else name,
            placeholder="Nobody" if kinds else "No target is set up",
            help="Beside the bell on every page. Targets are set up in floorwalker.toml.",
        )


def _ask_hours(fields: _Fields, kind: RuleKind, tz: str) -> None:
    """When it is on duty. Always, unless somebody says otherwise."""
    look = fields.look("active_zone")
    if not st.toggle(
        "Only at certain hours", value=fields.has_hours, key=f"{look['key']}/on", help=_REST_HELP[kind is RuleKind.SILENT_SOURCE]
    ):
        return
    columns = st.columns([3, 1, 1, 2], vertical_alignment="bottom")
    with columns[0]:
        usual = list(fields.start.get("active_days", () if fields.has_hours else DAYS[:5]))
        fields.found["active_days"] = st.pills(
            **fields.look("active_days"),
            options=DAYS,
            default=usual,
            selection_mode="multi",
            format_func=lambda day: DAY_NAMES[DAYS.index(day)][:3],
            help="What reaches over midnight belongs to the day on which it begins. None chosen: every day.",
        )
    with columns[1]:
        fields.clock("active_from", "08:00")
    with columns[2]:
        fields.clock(
            "active_until", "18:00", help="The same time again or an earlier one: of the next day. 00:00 to 00:00: all day."
        )
    if fields.found["active_from"] == fields.found["active_until"] == "00:00":
        fields.found |= {"active_from": "", "active_until": ""}
    with columns[3]:
        known, start = zones(), fields.start.get("active_zone") or tz
        fields.found["active_zone"] = st.selectbox(**look, options=known, index=known.index(start) if start in known else None)
