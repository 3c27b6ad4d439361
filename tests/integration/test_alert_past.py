"""Trying a rule on the past: the same firings as the live engine had on the same events, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import select

from ingest.pipeline import Pipeline
from ingest.sources import detect
from ingest.sources.demo.schedule import conversations
from live.alerts.engine import AlertEngine
from live.watch import Watch
from metrics.alerts import past
from metrics.alerts.checking import rule_from
from metrics.alerts.past import Trial, try_on_past
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.rules import Rule
from metrics.need import Targets
from metrics.rules import Rules
from metrics.settle import settle
from metrics.silence import Silence
from store.alerts.tables import alert
from store.engine import Store
from tests.stored import Loader
from tests.transcripts import FAR_LATER_MS, deriver_of, ms, record, wire

END = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
BEGINNING = END - timedelta(minutes=100)
END_MS = int(END.timestamp() * 1000)
PROMISES = Promises(Targets(wait_seconds=45, sentiment_threshold_micro=-300_000), silence=Silence(120))
RULES = tuple(
    rule_from({"name": f"rule {number}", **fields}, rule_id=f"r{number}")
    for number, fields in enumerate(
        (
            {"kind": "sentiment"},
            {
                "kind": "sentiment",
                "at_risk": -0.1,
                "critical": -0.3,
                "for_seconds": 20,
                "queues": ["CreditCardQueue", "BotQueue"],
            },
            {"kind": "wait"},
            {"kind": "wait", "critical": 100, "queues": ["HomeLoanQueue"], "channels": ["webchat", "lcw"]},
            {"kind": "backlog", "at_risk": 1, "critical": 2, "for_seconds": 15},
            {"kind": "longest_wait", "at_risk": 60, "clears_at": 20},
            {"kind": "longest_wait", "at_risk": 60, "per": "queue", "bots": ["Ava"]},
            {"kind": "words", "words": ["card", "loan", "not working"], "said_by": "any"},
            {"kind": "words", "words": ["thank you", "thanks", "please"]},
            {"kind": "metric", "metric": "live_sentiment", "at_risk": -0.02, "critical": -0.1, "clears_at": 0.05},
            {"kind": "metric", "metric": "open", "at_risk": 4},
            {"kind": "metric", "metric": "with_agent", "at_risk": 2, "per": "queue"},
            {"kind": "metric", "metric": "escalations", "at_risk": 3, "critical": 5},
            {"kind": "metric", "metric": "resolutions", "at_risk": 3},
            {"kind": "metric", "metric": "abandonments", "at_risk": 1},
            {"kind": "silent_source"},
        ),
        start=1,
    )
)


class MoodEngine:
    """Scores that have nothing to do with what is said, but go up and down."""

    name = "moods/1"
    languages = frozenset({"en", "es", "pt"})

    def score(self, text: str) -> int:
        """Millionths."""
        return crc32(text.encode()) % 1_600_001 - 1_000_000


class Played:
    """The demo's hours, played to the live engine one activity at a time by a clock that stands at each."""

    def __init__(self, store: Store) -> None:
        self.now_ms = 0
        self.store = store
        self.deriver = deriver_of(engine=MoodEngine())
        self.pipeline = Pipeline(store, self.deriver, now_ms=lambda: self.now_ms)
        self.engine = AlertEngine(RuleBook(RULES, promises=PROMISES), now_ms=lambda: self.now_ms)
        self.watch = Watch(store, now_ms=lambda: self.now_ms, targets=PROMISES.targets)

    def play(self) -> None:
        said = [one for talk in conversations(7, start=BEGINNING, end=END, floor_at=END) for one in talk]
        timed = sorted(
            ((int(datetime.fromisoformat(one["timestamp"]).timestamp() * 1000), one) for one in said), key=lambda at: at[0]
        )
        self.now_ms = timed[0][0] - 1
        self.engine.begins(self.store)
        self.watch.load()
        self._see()
        for at_ms, one in timed:
            if at_ms >= END_MS:
                break
            self._let_time_pass(at_ms)
            said_now = record([one])
            self.pipeline.write([(detect.read(said_now), said_now)])
            self.watch.follow()
            self._see()
        self._let_time_pass(END_MS)

    def _let_time_pass(self, until_ms: int) -> None:
        """Whatever is due before is done at its moment: conversations that close, and alerts."""
        while True:
            closing_ms, alert_ms = self.watch.due_ms(), self.engine.due_ms()
            due = min((each for each in (closing_ms, alert_ms) if each is not None), default=None)
            if due is None or due > until_ms:
                break
            self.now_ms = due
            if due == closing_ms:
                settle(self.store, self.deriver, now_ms=due)
                self.watch.follow()
                self._see()
            else:
                self.engine.pump()
        self.now_ms = until_ms

    def _see(self) -> None:
        self.engine.saw(*self.watch.seen())
        self.engine.pump()


def tried(store: Store, rule: Rule, *, days: int = 1, now_ms: int = END_MS, zone: str = "UTC") -> list[Trial]:
    return list(try_on_past(store, rule, days=days, zone=zone, now_ms=now_ms, promises=PROMISES, rules=Rules()))


@pytest.mark.thorough
def test_the_past_gives_the_firings_that_the_live_engine_had(store: Store) -> None:
    _do_without_the_disk(store)
    played = Played(store)

    played.play()

    with store.read() as connection:
        rows = connection.execute(select(alert).order_by(alert.c.alert_id)).mappings().all()
    for rule in RULES:
        live = [_firing(row) for row in rows if row["rule_id"] == rule.rule_id]
        found = [
            (one.at_ms, one.since_ms, one.link, one.subject, str(one.worst), one.reason, one.ended_ms, one.ending)
            for one in tried(store, rule)[-1].firings
        ]
        assert sorted(found, key=str) == sorted(live, key=str), rule.name
        assert live, f"{rule.name} never fired: the comparison says nothing"


def test_trial_of_waits_says_how_many_were_never_served(store: Store) -> None:
    _load(store, ESCALATED, UNSERVED)
    rule = rule_from({"name": "Wait", "kind": "wait", "at_risk": 10}, rule_id="w")

    trial = tried(store, rule, days=4, now_ms=ms("2026-03-03T18:00:00"))[-1]

    assert {one.link: one.was_unserved for one in trial.firings} == {
        "bot_framework:escalated": False,
        "bot_framework:unserved": True,
    }
    assert (trial.num_conversations, trial.num_unserved) == (2, 1)


def test_trial_says_what_the_firings_were_good_for_and_how_often_a_day(store: Store) -> None:
    _load(store, ESCALATED, ABANDONED, RESOLVED)

    trial = tried(store, REFUNDS, days=4, now_ms=ms("2026-03-03T18:00:00"), zone="Asia/Kolkata")[-1]

    assert [(one.link, one.was_escalated, one.was_abandoned) for one in trial.firings] == [
        ("bot_framework:escalated", True, False),
        ("bot_framework:abandoned", False, True),
        ("bot_framework:resolved", False, False),
        ("bot_framework:resolved", False, False),
    ]
    counts = (trial.num_conversations, trial.num_escalated, trial.num_abandoned, trial.num_unserved)
    assert (trial.num_firings, counts) == (4, (3, 1, 1, 0))
    # Two of them at 20:00 UTC: in Kolkata that is the next day.
    assert trial.per_day == {"2026-02-27": 0, "2026-02-28": 0, "2026-03-01": 0, "2026-03-02": 2, "2026-03-03": 2}
    assert trial.median_per_day == 0


def test_trial_says_how_far_back_there_is_history(store: Store) -> None:
    _load(store, RESOLVED)

    long = tried(store, REFUNDS, days=30, now_ms=ms("2026-03-03T18:00:00"))[-1]
    short = tried(store, REFUNDS, days=1, now_ms=ms("2026-03-03T20:30:00"))[-1]

    assert (long.covered_from_ms, long.is_fully_covered) == (ms("20:00:00"), False)
    assert short.is_fully_covered


def test_trial_of_an_empty_database_is_empty_and_complete(store: Store) -> None:
    trial = tried(store, REFUNDS)[-1]

    assert (trial.done, trial.num_firings, trial.covered_from_ms, trial.is_fully_covered) == (1, 0, None, False)


def test_muted_or_switched_off_rule_can_be_tried(store: Store) -> None:
    _load(store, ESCALATED)
    silent = replace(REFUNDS, is_enabled=False, muted_until_ms=FAR_LATER_MS, watches_from_ms=FAR_LATER_MS)

    assert tried(store, silent, now_ms=ms("12:00:00"))[-1].num_firings == 1


def test_trial_tells_as_it_goes_on_and_ends_when_nobody_asks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "CONVERSATIONS_AT_ONCE", 1)
    monkeypatch.setattr(past, "MAX_FIRINGS", 2)
    _load(store, ESCALATED, ABANDONED, RESOLVED)
    now_ms = ms("2026-03-03T09:00:00")

    whole = tried(store, REFUNDS, days=1, now_ms=now_ms)
    begun = try_on_past(store, REFUNDS, days=1, zone="UTC", now_ms=now_ms, promises=PROMISES, rules=Rules())
    first = next(begun)
    begun.close()

    assert [trial.num_firings for trial in whole] == [0, 1, 2, 4, 4]
    assert 0 <= first.done < 1
    assert (whole[-1].num_firings, len(whole[-1].firings), whole[-1].is_capped) == (4, 2, True)


REFUNDS = rule_from({"name": "Refunds", "kind": "words", "words": ["refund"]}, rule_id="refunds")
ESCALATED = """
    10:00:00 customer: I want a refund
    10:00:01 bot: Let me get somebody
    10:00:02 event handoff.initiate {"topic": "cards"}
    10:00:20 agent Bea: hello
    10:01:00 end completedSuccessfully
"""
UNSERVED = """
    12:00:00 customer: a human, please
    12:00:02 event handoff.initiate {"topic": "cards"}
    12:30:00 end
"""
ABANDONED = """
    11:00:00 customer: refund?
    11:00:01 bot: Which order? | {"inputHint": "expectingInput"}
"""
RESOLVED = """
    20:00:00 customer: a REFUND please
    20:00:01 bot: It is on its way.
    20:00:10 customer: thank you for the refund
    20:00:11 bot: You are welcome.
    20:00:12 end completedSuccessfully
"""


def _load(store: Store, *texts: str) -> None:
    names = {ESCALATED: "escalated", ABANDONED: "abandoned", RESOLVED: "resolved", UNSERVED: "unserved"}
    Loader(store).write(*(wire(text, conversation=names[text]) for text in texts))


def _do_without_the_disk(store: Store) -> None:
    """Thousands of small transactions, and no power to lose."""
    if store.writer.dialect.name == "sqlite":
        connection = store.writer.raw_connection()
        connection.cursor().execute("PRAGMA synchronous = OFF")
        connection.close()


def _firing(row: Any) -> tuple[Any, ...]:
    names = ("fired_ms", "since_ms", "link", "subject_text", "worst", "reason", "resolved_ms", "ending")
    return tuple(row[name] for name in names)
