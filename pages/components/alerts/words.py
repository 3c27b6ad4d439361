"""Words of alerts, and text of people made fit for places that read markdown."""

from __future__ import annotations

import re

from metrics.alerts.moments import read_moments
from pages.components.formats import moment

STATE_WORDS = {
    "at_risk": "at risk",
    "critical": "critical",
    "acknowledged": "acknowledged",
    "no_data": "no data",
    "resolved": "over",
}
BAND_WORDS = {"normal": "normal", "at_risk": "at risk", "critical": "critical"}
BAND_COLOURS = {"normal": "gray", "at risk": "orange", "critical": "red"}
STEP_WORDS = {
    "fired": "fired",
    "worsened": "got worse",
    "eased": "got better",
    "reminded": "told again",
    "acknowledged": "acknowledged",
    "no_data": "no data any more",
    "data_back": "data again",
    "moved": "went on in another conversation",
    "resolved": "over",
}
DELIVERY_WORDS = {
    "pending": "waits",
    "sending": "is being sent",
    "sent": "sent",
    "failed": "failed",
    "unknown": "unknown: may have arrived",
}
TARGET_WORDS = {"email": "E-mail", "teams": "Teams", "slack": "Slack", "webhook": "Webhook"}
ORIGIN_WORDS = {"built_in": "Built in", "file": "From floorwalker.toml", "page": ""}


def literal(text: str) -> str:
    """The text as itself where markdown is read: no link, no colour, no icon."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def reason_text(reason: str, tz: str) -> str:
    """Why an alert stands, its moments by the clock of a zone."""
    return read_moments(reason, lambda at_ms: moment(at_ms, tz))
