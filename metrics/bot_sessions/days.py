"""Kept numbers of bot sessions: brought up to date after a change, a month of days at a time."""

from __future__ import annotations

from store.bot_sessions.counting import DAYS_AT_ONCE, changed_days, keep_days
from store.engine import Store


def refresh(store: Store) -> None:
    """Count the days that changed. Cut short, it can be run again: what is not counted yet is counted by whoever asks."""
    with store.read() as connection:
        waiting = changed_days(connection)
    for at in range(0, len(waiting), DAYS_AT_ONCE):
        with store.write() as connection:
            keep_days(connection, waiting[at : at + DAYS_AT_ONCE])
