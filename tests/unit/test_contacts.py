"""Who came back: the days whose answer changes are marked, and no others, in whatever order conversations come."""

from __future__ import annotations

from sqlalchemy import select

from metrics.figure_check import check_figures
from metrics.filters import Filters
from metrics.packs import refresh
from metrics.report import count
from store.day_packs import dirty_days
from store.tables import day_pack
from tests.conversation_rows import at
from tests.stored import Loader
from tests.transcripts import wire

DAY_MS = 86_400_000
NOW_MS = at("2026-06-01T00:00Z")


def day(text):
    return at(f"{text}T00:00Z") // DAY_MS


def visit(name, date, *, who="ann", channel="webchat"):
    """A conversation of a minute, at noon of a day, that counts as resolved."""
    person = f'{{"from": {{"id": "{who}", "name": "{who}", "role": "user"}}}}'
    lines = (f"00:00 customer: hi | {person}", "01:00 bot: It comes tomorrow.", "01:00 end completedSuccessfully")
    text = "\n".join(f"{date}T12:{line}" for line in lines)
    return wire(text, conversation=name, channel=channel)


def dirty(store):
    with store.read() as connection:
        return sorted(dirty_days(connection, None, None))


def returns(store, days=7):
    found = count(store, Filters(now_ms=NOW_MS))[()]
    rate = getattr(found, f"repeat_contact_{days}")
    return rate.numerator, rate.denominator


def test_customer_who_came_back_on_another_channel_counts_against_the_resolution(store):
    Loader(store, now_ms=NOW_MS).write(
        visit("a", "2026-03-02"), visit("b", "2026-03-08", channel="sms"), visit("c", "2026-03-02", who="bob")
    )

    assert returns(store) == (1, 3)
    assert returns(store, 3) == (0, 3)
    assert returns(store, 30) == (1, 3)


def test_late_conversation_marks_the_day_it_follows_on_and_no_other(store):
    loader = Loader(store, now_ms=NOW_MS)
    loader.write(
        visit("a", "2026-03-02"), visit("b", "2026-03-05"), visit("c", "2026-03-20"), visit("d", "2026-03-04", who="bob")
    )
    refresh(store)
    assert returns(store) == (1, 4)

    loader.write(visit("e", "2026-03-09"))

    assert dirty(store) == [day("2026-03-05"), day("2026-03-09")]
    assert returns(store) == (2, 5)
    refresh(store)
    assert returns(store) == (2, 5)


def test_message_that_changes_no_contact_marks_no_earlier_day(store):
    loader = Loader(store, now_ms=at("2026-03-05T12:00:30Z"))
    loader.write(visit("a", "2026-03-02"), visit("b", "2026-03-05")[:1])
    refresh(store)

    loader.write(visit("b", "2026-03-05")[:2])

    assert dirty(store) == []


def test_contact_that_turns_out_to_be_a_test_is_taken_back(store):
    loader = Loader(store, now_ms=NOW_MS)
    loader.write(visit("a", "2026-03-02"), visit("b", "2026-03-05"))
    refresh(store)
    assert returns(store) == (1, 2)

    loader.write(wire('2026-03-05T12:00:30 conversationUpdate | {"channelId": "pva-studio"}', conversation="b"))

    assert dirty(store) == [day("2026-03-02"), day("2026-03-05")]
    assert returns(store) == (0, 1)
    refresh(store)
    assert returns(store) == (0, 1)


def test_only_what_is_old_enough_is_asked(store):
    Loader(store, now_ms=NOW_MS).write(visit("a", "2026-03-02"), visit("b", "2026-03-03"))

    found = count(store, Filters(now_ms=at("2026-03-09T12:01Z")))[()]

    assert (found.durable_resolution_7.numerator, found.durable_resolution_7.denominator) == (0, 1)
    assert (found.mature_resolutions_7.numerator, found.mature_resolutions_7.denominator) == (1, 2)
    assert (found.repeat_contact_3.numerator, found.repeat_contact_3.denominator) == (1, 2)


def test_customer_nobody_knows_is_left_out(store):
    Loader(store, now_ms=NOW_MS).write(
        wire(
            '2026-03-02T12:00:00 customer: hi | {"from": {"role": "user"}}\n2026-03-02T12:01:00 bot: It comes.', conversation="a"
        )
    )

    assert count(store, Filters())[()].resolved == 1
    assert returns(store) == (0, 0)


def test_end_at_the_very_moment_of_a_span_is_outside_it(store):
    loader = Loader(store, now_ms=NOW_MS)
    loader.write(visit("a", "2026-03-02"))
    for name, moment in (("in", "12:00:59.999"), ("out", "12:01:00")):
        text = f"2026-03-09T{moment} customer: hi\n2026-03-09T12:02:00 bot: It comes."
        loader.write(wire(text, conversation=name))
        assert returns(store) == (1, 3 if name == "out" else 2)


def test_thousand_conversations_of_one_customer_in_any_order_add_up(store):
    dates = [f"2026-03-{number:02d}" for number in range(1, 29)]
    loader = Loader(store, now_ms=NOW_MS)
    for place, date in enumerate([*dates[::3], *dates[2::3], *dates[1::3]]):
        loader.write(visit(f"c{place}", date))
        if place % 5 == 0:
            refresh(store)

    with store.read() as connection:
        assert list(check_figures(connection, now_ms=NOW_MS)) == []
    refresh(store)
    with store.read() as connection:
        assert list(check_figures(connection, now_ms=NOW_MS)) == []
        assert connection.execute(select(day_pack.c.day)).all()
    assert returns(store, 1) == (27, 28)
