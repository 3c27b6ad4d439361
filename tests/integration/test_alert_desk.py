"""What people do about alerts and rules: it is done by the engine, and on disk when it returns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from live.alerts.desk import AlertDesk
from metrics.alerts.checking import RuleError
from metrics.alerts.rulebook import Origin
from metrics.rules import Rules
from store.alerts.reads import HistoryFilter
from store.engine import Store
from tests.alert_floor import FINE, LOW, Floor
from tests.unit.floor_rows import NOW, facts, save


@pytest.fixture
def floor(store: Store) -> Floor:
    save(store, facts(100))
    return Floor(store)


@pytest.fixture
def desk(floor: Floor) -> Iterator[AlertDesk]:
    """A desk whose engine works in a thread of the test's."""
    made = AlertDesk(floor.engine, lambda: floor.store, now_ms=lambda: floor.now_ms, definitions=Rules())
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.005):
            floor.engine.pump()

    worker = threading.Thread(target=work)
    floor.put(facts(1, sentiment_micro=LOW))
    worker.start()
    yield made
    stop.set()
    worker.join()


def only(floor: Floor) -> dict[str, Any]:
    (row,) = floor.alerts()
    return row


def test_acknowledged_alert_says_by_whom_and_stands(floor: Floor, desk: AlertDesk) -> None:
    view = desk.acknowledge(only(floor)["alert_id"], by="Kim")

    assert view is not None
    assert (view.alert["state"], view.alert["acknowledged_by"], view.alert["acknowledged_ms"]) == ("acknowledged", "Kim", NOW)
    assert [(one["kind"], one["actor"]) for one in view.steps] == [("fired", ""), ("acknowledged", "Kim")]
    again = desk.acknowledge(only(floor)["alert_id"], by="Ada")
    assert again is not None and again.alert["acknowledged_by"] == "Kim"


def test_resolved_by_hand_does_not_fire_again_while_it_stands_even_over_a_restart(floor: Floor, desk: AlertDesk) -> None:
    view = desk.resolve(only(floor)["alert_id"], by="Kim")

    assert view is not None and (view.alert["state"], view.alert["resolved_by"]) == ("resolved", "Kim")


def test_held_alert_stays_silent_over_a_restart_until_it_was_clear(floor: Floor) -> None:
    floor.put(facts(1, sentiment_micro=LOW))
    floor.engine.command(lambda following, ledger, now_ms: following.resolve(("mood", "conversation:1"), now_ms, "Kim"))
    floor.engine.pump()
    floor.start()
    floor.put(facts(1, sentiment_micro=LOW - 1), seconds=1)
    silent = len(floor.alerts())
    floor.put(facts(1, sentiment_micro=FINE), seconds=1)
    floor.put(facts(1, sentiment_micro=LOW), seconds=1)

    assert (silent, len(floor.alerts())) == (1, 2)


def test_rule_made_on_the_page_holds_at_once_and_its_alerts_end_with_it(floor: Floor, desk: AlertDesk) -> None:
    view = desk.save({"name": "Anybody", "kind": "metric", "metric": "open", "at_risk": 1}, by="Kim")
    made = [row for row in floor.alerts() if row["rule_id"] == view.rule.rule_id]
    changed = desk.save({"name": "Many", "kind": "metric", "metric": "open", "at_risk": 50}, by="Ada", rule_id=view.rule.rule_id)
    desk.delete(view.rule.rule_id, by="Ada")

    assert (view.origin, view.num_open, view.changed_by) == (Origin.PAGE, 1, "Kim")
    assert [row["state"] for row in made] == ["at_risk"]
    assert (changed.rule.name, changed.num_open, changed.changed_by) == ("Many", 0, "Ada")
    assert [row.rule.rule_id for row in desk.rules() if row.origin is Origin.PAGE] == []


def test_switched_off_rule_ends_what_stands_and_muted_rule_does_not(floor: Floor, desk: AlertDesk) -> None:
    muted = desk.mute("mood", NOW + 60_000, by="Kim")
    standing = only(floor)["state"]
    off = desk.enable("mood", enabled=False, by="Kim")

    assert (muted.muted_until_ms, standing) == (NOW + 60_000, "at_risk")
    assert (off.is_enabled, only(floor)["state"]) == (False, "resolved")
    assert floor.deliveries() == [("fired", "desk")]


@pytest.mark.parametrize("act", ["save", "delete"])
def test_rules_of_the_file_cannot_be_changed_on_a_page(desk: AlertDesk, act: str) -> None:
    doing: dict[str, Callable[[], object]] = {
        "save": lambda: desk.save({"name": "Mine", "kind": "wait"}, by="Kim", rule_id="mood"),
        "delete": lambda: desk.delete("mood", by="Kim"),
    }

    with pytest.raises(RuleError, match="cannot be changed here"):
        doing[act]()


def test_kind_of_a_rule_cannot_change(desk: AlertDesk) -> None:
    view = desk.save({"name": "Mine", "kind": "wait"}, by="Kim")

    with pytest.raises(RuleError, match="make a new rule"):
        desk.save({"name": "Mine", "kind": "backlog"}, by="Kim", rule_id=view.rule.rule_id)


def test_history_is_paged_from_the_latest_and_can_be_narrowed(floor: Floor, desk: AlertDesk) -> None:
    for key in range(2, 6):
        floor.put(facts(key, sentiment_micro=LOW), seconds=1)
    mood = HistoryFilter(rule_ids=("mood",))
    first = desk.history(mood, limit=3)
    rest = desk.history(mood, first.next, limit=3)
    none = desk.history(HistoryFilter(states=("resolved",)))

    found = [view.alert["subject"] for page in (first, rest) for view in page.alerts]
    assert found == [f"conversation:{key}" for key in (5, 4, 3, 2, 1)]
    assert (rest.next, none.alerts) == (None, ())
