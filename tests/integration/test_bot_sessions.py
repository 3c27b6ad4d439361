"""Bot sessions from what came on the wire to what is printed, warned of and exported: against what was composed."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from live.alerts.engine import AlertEngine
from live.watch import Watch
from metrics.__main__ import main
from metrics.alerts.checking import rule_from
from metrics.alerts.past import try_on_past
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.bot_sessions.entitlement import Entitlement
from metrics.bot_sessions.questions import read_month
from metrics.check import check
from metrics.need import Targets
from metrics.rules import Rules
from settings import Settings
from settings.values import BotSessionEntitlement
from store.alerts.tables import alert
from store.engine import Store, open_store
from store.routing.configurations import save_configuration
from store.routing.records import Configuration, Licences
from store.tables import bot_session_day
from tests.conversation_rows import at
from tests.stored import Loader
from tests.transcripts import FAR_LATER_MS, deriver_of
from wiring import entitlement_from

UTC = ZoneInfo("UTC")
PARTS = st.lists(st.sampled_from(("bot", "other bot", "agent", "advice", "survey")), min_size=1, max_size=6)
# Minutes around the change from October to November, in any zone.
BEGINS = st.integers(-15 * 60, 15 * 60)
Made = tuple[list[dict[str, Any]], datetime | None, str]


class Composer:
    """Writes one conversation part by part, and knows when a customer first met a bot, and which."""

    def __init__(self, name: str, begins: datetime) -> None:
        self.name, self.now = name, begins
        self.items: list[dict[str, Any]] = []
        self.met: tuple[datetime, str] | None = None
        self.agent_wrote = False

    def put(self, who: str, role: str, **fields: Any) -> None:
        self.now += timedelta(minutes=7)
        self.items.append(
            {
                "type": "message",
                "id": str(len(self.items)),
                "timestamp": self.now.isoformat(),
                "channelId": "web",
                "conversation": {"id": self.name},
                "from": {"id": who.lower(), "name": who, "role": role},
                **fields,
            }
        )

    def part(self, kind: str) -> None:
        match kind:
            case "bot" | "other bot":
                self._meet("Ada" if kind == "bot" else "Max")
            case "agent":
                self.put("Bea", "user", text="Bea here")
                self.agent_wrote = True
            case "advice":
                self.put("Eve", "bot", text="Offer a refund.", channelData={"tags": "private"})
            case "survey":
                self.put("Sam", "bot", type="trace", valueType="CSATSurveyRequest", value={})
                self._meet("Sam")

    def _meet(self, bot: str) -> None:
        self.put(bot, "bot", text=f"{bot} here")
        if self.met is None:
            self.met = (self.now, bot)


def compose(number: int, parts: list[str], minutes: int) -> Made:
    composer = Composer(f"c{number}", datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes))
    composer.put("Ann", "user", text="hello")
    began = composer.now
    for part in parts:
        composer.part(part)
    if composer.met is None:
        return composer.items, None, ""
    at_ms, bot = composer.met
    # Before anybody else has served, the bot's session holds what the customer said before it.
    if not parts or parts[: [part in ("bot", "other bot", "survey") for part in parts].index(True)].count("agent") == 0:
        at_ms = began
        if parts[0] == "survey":
            bot = "Sam"
    return composer.items, at_ms, bot


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(PARTS, BEGINS), min_size=1, max_size=8), st.sampled_from(("UTC", "America/New_York", "Asia/Kolkata")))
def test_month_counts_what_was_composed(tmp_path_factory: pytest.TempPathFactory, wanted: list[Any], zone: str) -> None:
    made = [compose(number, parts, minutes) for number, (parts, minutes) in enumerate(wanted)]
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('composed')}/x.db")
    try:
        loader = Loader(store)
        loader.write(*(items for items, _, _ in made))
        loader.settle()
        clock = ZoneInfo(zone)
        for month in ("2026-10", "2026-11"):
            used = [(met, bot) for _, met, bot in made if met is not None and f"{met.astimezone(clock):%Y-%m}" == month]
            found = read_month(store, month, Entitlement(zone=zone), now_ms=FAR_LATER_MS)
            assert (found.used, found.by_bot) == (len(used), Counter(bot for _, bot in used))
        assert list(check(store, loader.deriver, now_ms=FAR_LATER_MS)) == []
    finally:
        store.close()


def test_check_finds_a_day_that_is_kept_wrong(store: Store) -> None:
    loader = Loader(store)
    loader.write(compose(1, ["bot"], 0)[0])
    loader.settle()
    with store.write() as connection:
        connection.execute(update(bot_session_day).values(num=7))

    found = [(each.where, each.found, each.recounted) for each in check(store, loader.deriver, now_ms=FAR_LATER_MS)]

    assert ("bot sessions of UTC days", 7, 1) in found


def test_kept_days_follow_what_is_loaded_again_and_joined(store: Store) -> None:
    loader = Loader(store)
    items = compose(1, ["bot"], 0)[0]
    loader.write(items[:1])
    loader.settle()
    with store.read() as connection:
        assert connection.execute(select(bot_session_day)).all() == []
    loader.write(items)
    loader.settle()
    loader.write(items)
    with store.read() as connection:
        assert [row.num for row in connection.execute(select(bot_session_day))] == [1]  # nothing new: still known


def sessions(count: int) -> Iterator[list[dict[str, Any]]]:
    """So many bot sessions, one a day from 1 November on, at 10 o'clock."""
    for number in range(count):
        yield compose(number, ["bot"], (number * 24 + 10) * 60 - 7)[0]


OURS = alert.c.rule_id == "built-in-bot-sessions"
HELD = Entitlement((Licences("2026-11", 1),), per_licence=10)


def test_alert_warns_at_80_and_at_100_per_cent_and_ends_with_the_month(store: Store) -> None:
    now_ms = at("2026-11-01T00:00Z")
    engine = AlertEngine(RuleBook(promises=Promises()), now_ms=lambda: now_ms, entitlement=lambda: HELD)
    watch = Watch(store, now_ms=lambda: now_ms, targets=Targets())
    engine.begins(store)
    engine.pump()
    stood: list[tuple[str, str]] = []
    for number, items in enumerate(sessions(10)):
        now_ms = at(f"2026-11-{number + 1:02d}T11:00Z")
        Loader(store, now_ms=now_ms).write(items)
        watch.load()
        engine.saw(*watch.seen())
        engine.pump()
        with store.read() as connection:
            rows = connection.execute(select(alert.c.state, alert.c.subject_text).where(OURS)).all()
        stood += [(str(row.state), row.subject_text) for row in rows] or [("", "")]
    now_ms = at("2026-12-01T00:00:30Z")
    engine.pump()

    about = "bot sessions of November 2026"
    assert stood == [("", "")] * 7 + [("at_risk", about)] * 2 + [("critical", about)]
    with store.read() as connection:
        row = connection.execute(select(alert.c.state, alert.c.ending).where(OURS)).one()
    assert tuple(row) == ("resolved", "a new month has begun")


def test_rule_is_tried_on_the_past(store: Store) -> None:
    Loader(store).write(*sessions(14))
    rule = rule_from({"name": "Licences", "kind": "bot_sessions", "at_risk": 75}, rule_id="r")

    def firings(days: int, **held: Any) -> list[tuple[str, str]]:
        now_ms = at("2026-12-02T00:00Z")
        *_, trial = try_on_past(store, rule, days=days, zone="UTC", now_ms=now_ms, promises=Promises(), rules=Rules(), **held)
        return [(f"{datetime.fromtimestamp(one.at_ms / 1000, UTC):%Y-%m-%d %H:%M}", one.ending) for one in trial.firings]

    assert firings(40, entitlement=HELD) == [("2026-11-08 10:00", "a new month has begun")]
    assert firings(10, entitlement=HELD) == []
    assert firings(40) == []


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database with 14 bot sessions of November 2026 and a file that says what is held."""
    toml = f"""
        database_url = "sqlite:///{tmp_path}/x.db"
        time_zone = "Europe/Lisbon"
        bot_sessions_per_licence = 10
        [[bot_session_entitlements]]
        from = "2026-11"
        licences = 2
    """
    (tmp_path / "floorwalker.toml").write_text(toml, encoding="utf-8")
    monkeypatch.setenv("FLOORWALKER_CONFIG", str(tmp_path / "floorwalker.toml"))
    opened = open_store(f"sqlite:///{tmp_path}/x.db")
    loader = Loader(opened)
    loader.write(*sessions(14), compose(90, ["agent", "advice"], 600)[0])
    loader.settle()
    yield opened
    opened.close()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("configured")
def test_command_line_prints_the_month(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "sessions", "--month", "2026-11", "--format", "json"))

    assert {name: found[name] for name in ("used", "entitled", "left", "share", "band", "time_zone")} == {
        "used": 14,
        "entitled": 20,
        "left": 6,
        "share": 0.7,
        "band": "normal",
        "time_zone": "Europe/Lisbon",
    }
    assert (found["by_bot"], found["by_channel"], sum(found["by_day"].values())) == ({"Ada": 14}, {"web": 14}, 14)
    assert (found["counted_by_reason"], found["not_counted_by_reason"]) == ({"beginning": 14}, {"assist": 1})
    text = printed(capsys, "sessions", "--month", "2026-11")
    assert "used              14" in text
    assert "smart assist" in text
    assert main(["sessions", "--month", "2026-13"]) == 1


@pytest.mark.usefixtures("configured")
def test_export_lists_each_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(
        capsys, "export", "bot_sessions", "--from", "2026-11-01", "--to", "2026-12-01", "--tz", "Europe/Lisbon", "-o", "-"
    )

    rows = list(csv.DictReader(out.splitlines()))
    assert [row["counts"] for row in rows] == ["true"] * 14 + ["false"]
    assert rows[0]["bot_invoked_at"] == "2026-11-01T10:00:00.000Z"
    assert rows[0]["reason"] == "a bot met the customer at the beginning"
    assert rows[-1]["reason"] == "a bot only advised the agent (smart assist)"
    few = printed(capsys, "export", "bot_sessions", "--from", "2026-11-01", "--bot", "Max", "-o", "-")
    assert list(csv.DictReader(few.splitlines())) == []


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("narrowed", (("--outcome", "escalated"), ("--topic", "Loan"), ("--metric", "escalation_rate")))
def test_export_under_a_filter_that_does_not_tell_bot_sessions_apart_is_refused(
    narrowed: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["export", "bot_sessions", *narrowed, "-o", str(tmp_path / "sessions.csv")]) == 1

    assert "told apart by period, bot and channel alone" in capsys.readouterr().err
    assert not list(tmp_path.glob("sessions*"))


def test_postgres_and_sqlite_ask_the_same(store: Store) -> None:
    loader = Loader(store)
    loader.write(*sessions(3))
    loader.settle()

    assert read_month(store, "2026-11", HELD, now_ms=FAR_LATER_MS).used == 3
    assert list(check(store, deriver_of(), now_ms=FAR_LATER_MS)) == []


def test_licences_are_those_of_the_settings_else_of_the_configuration_in_force(store: Store) -> None:
    named = BotSessionEntitlement("2026-05", 7)
    before = entitlement_from(Settings(), store)
    for number, held in enumerate((3, 4)):
        with store.write() as connection:
            configured = Configuration(licences=(Licences("2026-01", held, 1),))
            save_configuration(connection, configured, origin="x", now_ms=number)

    by_settings = entitlement_from(Settings(bot_session_entitlements=(named,)), store)

    assert before.sessions("2026-11") is None
    assert entitlement_from(Settings(), store).sessions("2026-11") == 4 * 50 + 100
    assert (by_settings.sessions("2026-11"), by_settings.sessions("2026-02")) == (7 * 50, None)
