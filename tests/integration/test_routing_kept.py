"""Judged escalations that are kept in memory are those that the database would tell anew."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete

from metrics.filters import Filters
from metrics.routing.escalations import Landing, read_escalations
from metrics.routing.judging import Judge, judged_escalations
from metrics.routing.kept import judged_rows
from metrics.routing.reading import summary_of
from metrics.routing.summary import summarise, summarise_rows
from metrics.windows import Window
from store.configurations import configurations
from store.engine import Store
from store.tables import change
from tests.integration.test_routing import CONFIGURATION, escalated, keep
from tests.stored import Loader
from tests.transcripts import ms

DAYS = ("2026-03-02", "2026-03-03", "2026-03-09")


def on(day: str, time: str = "10:00") -> str:
    return f"{day}T{time}"


def check(store: Store) -> None:
    """What is kept against what is read anew, for all of it and for parts."""
    with store.read() as connection:
        for span in ((None, None), (ms(f"{DAYS[0]}T00:00:00"), ms(f"{DAYS[1]}T00:00:00")), (ms(f"{DAYS[1]}T10:00:00"), None)):
            assert summarise_rows(judged_rows(connection, *span)) == summarise(judged_escalations(connection, *span)), span


def test_what_is_kept_follows_what_comes_changes_and_moves_to_another_day(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    loader = Loader(store)
    for number, day in enumerate(DAYS[:2]):
        loader.write(escalated(f"c{number}", "CreditCard", "Cards", at=on(day)))
        check(store)

    loader.write(escalated("c0", "HomeLoan", "Cards", at=on(DAYS[0], "09:30")))
    check(store)
    loader.write(escalated("new", "Pets", "Loans", at=on(DAYS[2])), escalated("old", "Pets", "Loans", at=on("2026-02-01")))
    check(store)
    with store.read() as connection:
        assert len(judged_rows(connection, None, None)) == 4


def test_days_since_another_configuration_are_judged_by_it(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"), escalated("two", "CreditCard", "Cards", at="12:00"))
    check(store)
    assert summary_of(store, Filters()).landings[Landing.AS_RULED].count == 2

    swapped = replace(CONFIGURATION, rules=tuple(replace(rule, queue="Everybody") for rule in CONFIGURATION.rules))
    keep(store, swapped, "11:00:00")

    check(store)
    assert summary_of(store, Filters()).landings[Landing.AS_RULED].count == 1


def test_changes_that_nobody_remembers_any_more_have_everything_read_anew(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"))
    check(store)
    Loader(store).write(escalated("two", "CreditCard", "Loans"))
    with store.write() as connection:
        connection.execute(delete(change))
    Loader(store).write(escalated("three", "CreditCard", "Loans"))

    check(store)


def test_snapshot_that_is_older_than_what_is_kept_sees_its_own(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"))

    with store.read() as before:
        assert len(judged_rows(before, None, None)) == 1
        Loader(store).write(escalated("two", "CreditCard", "Cards"))
        check(store)

        assert len(judged_rows(before, None, None)) == 1


def test_cut_by_bot_queue_and_period_counts_its_own(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(
        escalated("one", "CreditCard", "Cards", at=on(DAYS[0])), escalated("two", "Pets", "Loans", at=on(DAYS[1]))
    )

    assert summary_of(store, Filters()).num_escalations == 2
    assert summary_of(store, Filters(queues=("Loans",))).num_escalations == 1
    assert summary_of(store, Filters(queues=("Nowhere",))).num_escalations == 0
    assert summary_of(store, Filters(window=Window(ms(f"{DAYS[1]}T00:00:00"), None))).num_escalations == 1
    assert summary_of(store, Filters(window=Window(5, 9))).num_escalations == 0
    assert summary_of(store, Filters(window=Window(None, 9), bots=("Nobody",))).num_escalations == 0


def test_variable_of_very_many_values_tells_the_first_apart(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(*(escalated(f"c{number}", f"Topic {number}", "Cards") for number in range(60)))

    with store.read() as connection:
        judge = Judge(configurations(connection))
        found = summarise(map(judge, read_escalations(connection, None, None))).seen

    (values,) = found.values["Chat"].values()
    assert (len(values), values["…"], sum(values.values())) == (51, 10, 60)
