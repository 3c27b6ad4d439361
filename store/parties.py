"""Whether a bot took part in a conversation, or only people did."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, not_, or_

from store.tables import conversation


def talked_to_bot(*, include_tests: bool) -> ColumnElement[bool]:
    """Whether a bot took part in a conversation that is no test, or, with `include_tests`, in one that is."""
    # A test is no bot conversation by definition. One in which a bot took part has an outcome once it is closed.
    still_open = and_(conversation.c.ended_ms.is_(None), conversation.c.deciding_session.is_not(None))
    took_part = or_(conversation.c.outcome.is_not(None), still_open)
    test = and_(conversation.c.is_test, took_part)
    return or_(conversation.c.is_bot, test) if include_tests else conversation.c.is_bot.is_(True)


def is_of_people() -> ColumnElement[bool]:
    """Whether no bot took part in a conversation, be it a test or none."""
    return not_(talked_to_bot(include_tests=True))
