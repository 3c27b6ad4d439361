"""What a transcript says of supervisors who took the conversation on: when, from whom, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metrics.story.lines import Line, shown
from store.records import ClaimEnd, Role

_ENDS = {ClaimEnd.RELEASED: "released it", ClaimEnd.CLOSED: "was on it until it ended"}


def claim_lines(claims: Sequence[Mapping[Any, Any]]) -> list[Line]:
    """A line for each time that somebody took it on or let go of it; who was relieved is named by who took over."""
    lines = []
    for claim in claims:
        taken_from = f" over from {shown(claim['taken_from'])}" if claim["taken_from"] else ""
        lines.append(_line(claim, claim["taken_ms"], "took it" + (taken_from or " on"), "taken"))
        said = _ENDS.get(claim["ended_by"])
        if said is not None:
            lines.append(_line(claim, claim["released_ms"], said, "released"))
    return lines


def _line(claim: Mapping[Any, Any], at_ms: int, said: str, what: str) -> Line:
    name = shown(claim["viewer_name"])
    return Line(
        key=f"claim-{claim['claim_id']}-{what}",
        place=(at_ms, 0, 0, 0, 2),
        shape="event",
        icon="claim",
        at_ms=at_ms,
        time_known=True,
        role=Role.SUPERVISOR.value,
        name=name,
        title=f"{name} {said}",
        text="",
    )
