"""A floor with alerts, driven by hand: for tests of what alerts do to a database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from live.alerts.engine import AlertEngine
from live.watch import Watch
from metrics.alerts.checking import rule_from
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.need import Targets
from metrics.silence import Silence
from store.alerts.tables import alert, alert_step, delivery
from store.engine import Store
from store.records import Kind, Role
from store.tables import activity, thread
from tests.unit.floor_rows import NOW, save

LOW, FINE = -900_000, 100_000
RULES = (
    rule_from({"name": "Mood", "kind": "sentiment", "at_risk": -0.3, "targets": ["desk"]}, rule_id="mood"),
    rule_from({"name": "Wait", "kind": "wait", "at_risk": 60, "critical": 120, "targets": ["desk", "gone"]}, rule_id="wait"),
    rule_from({"name": "Words", "kind": "words", "words": ["refund"], "targets": ["desk"]}, rule_id="words"),
)
PROMISES = Promises(Targets(wait_seconds=3600), silence=Silence(0))


class Floor:
    """A floor with alerts, driven by hand: a clock, a watch of the database, an engine without a thread."""

    def __init__(self, store: Store, *, is_simulated: bool = False, rules: tuple[Any, ...] = RULES) -> None:
        self.store = store
        self.now_ms = NOW
        self.num_told = 0
        self.rules = rules
        self.is_simulated = is_simulated
        self.is_filling = False
        self.start()

    def start(self) -> None:
        """A new process over the same database."""
        book = RuleBook(self.rules, promises=PROMISES, known_targets={"desk"})
        clock = lambda: self.now_ms  # noqa: E731 - read anew each time
        self.engine = AlertEngine(
            book,
            now_ms=clock,
            is_simulated=lambda: self.is_simulated,
            is_filling=lambda: self.is_filling,
            told=self._told,
        )
        self.watch = Watch(self.store, now_ms=clock, targets=Targets())
        self.engine.begins(self.store)
        self.watch.load()
        self.engine.saw(*self.watch.seen())
        self.engine.pump()

    def look(self, *, seconds: float = 0) -> None:
        """Let time pass, and have everything seen and done."""
        self.now_ms += round(seconds * 1000)
        self.watch.follow()
        self.engine.saw(*self.watch.seen())
        self.engine.pump()

    def put(self, *rows: dict[str, Any], gone: tuple[int, ...] = (), seconds: float = 0) -> None:
        save(self.store, *rows, gone=gone)
        self.look(seconds=seconds)

    def alerts(self) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            rows = connection.execute(select(alert).order_by(alert.c.alert_id)).mappings().all()
        return [dict(row) for row in rows if not row["rule_id"].startswith("built-in")]

    def steps(self, alert_id: int) -> list[str]:
        with self.store.read() as connection:
            query = select(alert_step.c.kind).where(alert_step.c.alert_id == alert_id).order_by(alert_step.c.number)
            return list(connection.execute(query).scalars())

    def deliveries(self) -> list[tuple[str, str]]:
        """What is to be told, to whom."""
        with self.store.read() as connection:
            query = select(alert_step.c.kind, delivery.c.target).join(delivery, delivery.c.step_id == alert_step.c.step_id)
            return [tuple(row) for row in connection.execute(query.order_by(delivery.c.delivery_id))]

    def _told(self) -> None:
        self.num_told += 1


def say(store: Store, key: int, identity: int, text: str, *, role: str = Role.CUSTOMER, at_ms: int = NOW) -> None:
    """A message, written straight."""
    blank = {"TEXT": "", "BOOLEAN": False, "INTEGER": 0, "BIGINT": 0, "BLOB": b"", "BYTEA": b""}
    row = {column.name: blank[str(column.type)] for column in activity.c if not column.nullable}
    values = {"thread_key": key, "identity": identity, "conversation_key": key, "kind": Kind.MESSAGE, "role": role, "text": text}
    with store.write() as connection:
        if connection.execute(select(thread.c.thread_key).where(thread.c.thread_key == key)).first() is None:
            names = {"source": "demo", "external_id": f"c-{key}", "item_name": f"c-{key}", "marks": "{}", "next_position": 0}
            connection.execute(insert(thread).values(thread_key=key, root_key=key, **names))
        connection.execute(insert(activity).values(**row | values | {"at_ms": at_ms}))
