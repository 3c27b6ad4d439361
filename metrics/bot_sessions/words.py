"""Why a conversation counts as a bot session, or does not, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metrics.months import month_of
from store.bot_sessions.counting import ASSIST, ELSEWHERE, NOBODY, TEST
from store.records import BotUse

USES: Mapping[str, str] = {
    BotUse.BEGINNING: "a bot met the customer at the beginning",
    BotUse.MIDDLE: "a bot was invoked in the middle, between agents",
    BotUse.END: "a bot was invoked at the end, after the last agent",
    BotUse.SURVEY: "only a survey bot was invoked; those count",
}
NOT_USES: Mapping[str, str] = {
    ASSIST: "a bot only advised the agent (smart assist)",
    NOBODY: "no bot was invoked; only people spoke, or nobody did",
    TEST: "held for testing; tests are left out",
    ELSEWHERE: "counts in another month, when its bot was first invoked",
}
# The same for a tab, a button, a heading.
SHORT: Mapping[str, str] = {
    BotUse.BEGINNING: "bot at the beginning",
    BotUse.MIDDLE: "bot in the middle",
    BotUse.END: "bot at the end",
    BotUse.SURVEY: "survey bot only",
    ASSIST: "smart assist only",
    NOBODY: "no bot",
    TEST: "test",
    ELSEWHERE: "counts in another month",
}


def why_counted(row: Mapping[str, Any]) -> str:
    """Why a conversation counts."""
    parts = [USES.get(row["bot_use"], "a bot was invoked")]
    if row["num_bots"] > 1:
        parts.append(f"{row['num_bots']} bots, counted once")
    if row["escalated_ms"] is not None:
        parts.append("escalated, and counts all the same")
    return "; ".join(parts)


def why_not(row: Mapping[str, Any], zone: str) -> str:
    """Why a conversation does not count in the month it began in."""
    if row["is_test"]:
        return NOT_USES[TEST]
    if row["invoked_ms"] is not None:
        return f"counts in {month_of(row['invoked_ms'], zone)}, when its bot was first invoked"
    return NOT_USES[ASSIST if row["bot_use"] == BotUse.ASSIST else NOBODY]
