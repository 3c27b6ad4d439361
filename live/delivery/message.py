"""What is said outside about one step of an alert: rule, subject, reason, since when, and where to look."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from live.delivery.harmless import one_line
from metrics.alerts.moments import begun_ms, read_moments

MAX_NAME, MAX_REASON = 80, 240
_BAND_WORDS = {"normal": "Normal", "at_risk": "At risk", "critical": "Critical"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one target. `key` is the same for every attempt to send it, and for no other message."""

    key: str
    event: str  # fired, worsened, reminded, resolved, test
    rule: str
    subject: str  # the conversation, queue or source the alert is about
    severity: str
    state: str
    band: str
    reason: str  # with its moments said
    since_ms: int
    at_ms: int
    says_since: bool = False  # the reason itself names the moment since which it goes on
    conversation: str = ""  # "source:id", where the alert is about one
    public_url: str = ""  # where this dashboard is reached; without it there is no link

    @property
    def link(self) -> str:
        """The conversation's page, or the page of alerts; empty where nobody has said where the dashboard is reached."""
        if not self.public_url:
            return ""
        base = self.public_url.rstrip("/")
        return f"{base}/conversation?{urlencode({'conversation': self.conversation})}" if self.conversation else f"{base}/alerts"

    @property
    def word(self) -> str:
        """What has happened, in a word or two."""
        match self.event:
            case "test":
                return "Test"
            case "resolved":
                return "Over"
            case "reminded":
                return f"Still {_BAND_WORDS.get(self.band, self.band).lower()}"
            case _:
                return _BAND_WORDS.get(self.band, self.band)

    def title(self, clean: Callable[[str], str] = str) -> str:
        """State, rule and subject in a line; `clean` is done to each part that comes from outside."""
        parts = [clean(one_line(part, at_most=MAX_NAME)) for part in (self.rule, self.subject) if part]
        return f"{self.word}: {' – '.join(parts)}"

    def lines(self, clean: Callable[[str], str] = str) -> list[str]:
        """The message below its title, the link left out."""
        reason = clean(one_line(self.reason, at_most=MAX_REASON))
        if reason:
            reason = reason[0].upper() + reason[1:] + ("" if reason[-1] in ".!?…" else ".")
        lines = [reason, "" if self.says_since else f"Since {said_time(self.since_ms)}."]
        if self.conversation and not self.link:
            lines.append(f"Conversation: {clean(one_line(self.conversation, at_most=MAX_REASON))}")
        return [line for line in lines if line]


def message_of(row: Mapping[str, Any], *, public_url: str) -> Message:
    """The message of a row of the outbox (store.alerts.deliveries.due_delivery)."""
    identity = "/".join(str(row[name]) for name in ("created_ms", "delivery_id", "alert_id", "step_id", "target"))
    return Message(
        key=hashlib.sha256(identity.encode()).hexdigest()[:32],
        event=row["kind"],
        rule=row["rule_name"],
        subject=row["subject_text"],
        severity=row["severity"],
        state=row["alert_state"],
        band=row["band"],
        reason=read_moments(row["reason"], said_time),
        since_ms=row["since_ms"],
        at_ms=row["at_ms"],
        says_since=begun_ms(row["reason"]) is not None,
        conversation=row["link"],
        public_url=public_url,
    )


def said_time(at_ms: int) -> str:
    """2 Mar 2026, 12:00 UTC."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def wire_time(at_ms: int) -> str:
    """2026-03-02T12:00:00.000Z."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
