"""A runtime for page scripts: a database filled through the real pipeline from transcripts, and a clock that stands still."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from ingest.configuration.following import FilesState
from ingest.configuration.reading import read_rules
from ingest.events import RawRecord
from ingest.replay import replay
from ingest.sources import detect
from live.alerts.desk import AlertDesk
from live.alerts.engine import AlertEngine
from live.claims import Claims
from live.delivery.deliveries import Deliveries, Outbox
from live.export_desk import ExportDesk, Launch, launcher
from live.floor import Floor
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.annotations import Annotations
from metrics.bands import Bands
from metrics.bot_sessions.entitlement import Entitlement
from metrics.exports.cells import iso_time
from metrics.metric_targets import MetricTarget, MetricTargets
from metrics.need import Targets
from metrics.saved_views import SavedViews
from metrics.settle import settle
from metrics.silence import Silence
from pages.runtime import Runtime, install
from settings import Settings
from tests.conversation_rows import at
from wiring import Wired, wire

# Read here, in the project's folder: a test may go elsewhere before the first page asks for its theme.
st.get_option("theme.font")

ROOT = Path(__file__).resolve().parents[2]
NOW_MS = at("2026-03-02T12:00:30Z")
LONG = 30  # seconds: the first page imports pandas and plotly


def _launch(wired: Wired) -> Launch:
    """The command line itself, on this site's database."""
    command = [sys.executable, "-m", "metrics", "export"]
    return launcher(command, folder=ROOT, environment=lambda: os.environ | {"FLOORWALKER_DATABASE_URL": wired.store.url})


class Site:
    """A database and the pages that show it."""

    def __init__(self, wired: Wired) -> None:
        self.wired = wired
        self.routing_files: FilesState | None = None
        self.entitlement = Entitlement()
        self.silence = Silence()
        self.fixed_targets: list[MetricTarget] = []
        self.desk = ExportDesk(_launch(wired), now_ms=wired.now_ms)

    def load(self, *conversations: Sequence[dict[str, Any]]) -> None:
        """Take these conversations in, each an array of activities."""
        self.load_bytes(*(orjson.dumps(list(activities)) for activities in conversations))

    def load_bytes(self, *bodies: bytes) -> None:
        """The same of files as they lie there."""
        records = [RawRecord(f"file-{number}.transcript", body) for number, body in enumerate(bodies, start=1)]
        self.wired.another_pipeline().write([(detect.read(record), record) for record in records])

    def runtime(self) -> Runtime:
        wired = self.wired

        def settle_now() -> None:
            settle(wired.store, wired.deriver, now_ms=wired.now_ms())

        alerts = AlertEngine(RuleBook(promises=Promises()), now_ms=wired.now_ms)
        return Runtime(
            store=wired.store,
            floor=Floor(wired.store, now_ms=wired.now_ms, targets=Targets(), settle=settle_now),
            deliveries=Deliveries([], Outbox(lambda: wired.store, wired.now_ms)),
            now_ms=wired.now_ms,
            is_demo=wired.is_demo,
            stream_path="/live/stream",
            ask_path="/live/ask",
            lines_path="/live/lines",
            stream_token=lambda viewer: f"token of {viewer.name}",
            claims=Claims(wired.store, wired.now_ms),
            viewer_header=None,
            settle=settle_now,
            replay=lambda ids: replay(wired.store, wired.another_pipeline(), ids, now_ms=wired.now_ms()),
            demo_progress=lambda: None,
            read_rules=read_rules,
            routing_files=lambda: self.routing_files,
            time_zone="UTC",
            bands=Bands(),
            silence=self.silence,
            entitlement=lambda: self.entitlement,
            console_link=lambda source, conversation_id: "",
            alerts=AlertDesk(alerts, lambda: wired.store, now_ms=wired.now_ms, definitions=wired.rules),
            alerts_path="/live/alerts",
            annotations=Annotations(wired.store, wired.now_ms),
            saved_views=SavedViews(wired.store, wired.now_ms),
            metric_targets=MetricTargets(wired.store, wired.now_ms, self.fixed_targets),
            exports=self.desk,
            download_link=lambda viewer, key, part: f"downloads/{part}/{key}?token=of-{viewer.name}",
        )


@pytest.fixture(scope="session", autouse=True)
def _packages_looked_through_once() -> None:
    """Streamlit looks for components in every installed package for each run of a page: most of the time of such a test."""
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def site(database_path: Path) -> Iterator[Site]:
    """An empty site; at noon, UTC."""
    wired = wire(Settings(database_url=f"sqlite:///{database_path}"), now_ms=lambda: NOW_MS)
    made = Site(wired)
    install(made.runtime())
    yield made
    install(None)
    made.desk.close()
    wired.store.close()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Run a page through the shell, as a viewer who follows a link does."""

    def open_it(name: str, **query: str | list[str]) -> AppTest:
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
        page.switch_page(f"{name}.py")
        page.query_params.update(query)
        page.run()
        assert not page.exception
        return page

    return open_it


def given(page: AppTest, name: str) -> dict[str, Any]:
    """What a component in the browser is given."""
    (found,) = _components(page, name)
    data: dict[str, Any] = orjson.loads(found.proto.json)
    return data


def listed(page: AppTest) -> list[str]:
    """The ids of the conversations of the list on the screen, from their links."""
    if not _components(page, "conversation_list"):
        return []
    return [row["link"].partition(":")[2] for row in given(page, "conversation_list")["rows"]]


def _components(page: AppTest, name: str) -> list[Any]:
    return [each for each in page.main if each.type == "bidi_component" and each.proto.component_name.endswith(name)]


def talk(
    name: str, begins: str, *said: tuple[str, str], bot: str = "Cora", channel: str = "webchat", ends: str | None = None
) -> list[dict[str, Any]]:
    """One conversation, an activity a minute: (who, text) each; "handoff" asks for a human, "queue" enters one,
    "accepted" is by an agent; `ends` is an end code.
    """
    start = at(begins)
    parties = {
        "customer": {"id": f"customer-of-{name}", "name": "Ann", "role": "user"},
        "bot": {"id": f"id-of-{bot}", "name": bot, "role": "bot"},
    }
    found: list[dict[str, Any]] = []
    for number, (who, text) in enumerate(said):
        own = {"type": "message", "from": parties[who], "text": text} if who in parties else _event(who, text, parties["bot"])
        found.append({**own, "id": str(number), **_frame(name, channel, start + 60_000 * number)})
    if ends is not None:
        end = {"type": "endOfConversation", "from": parties["bot"], "code": ends, "id": "end"}
        found.append({**end, **_frame(name, channel, start + 60_000 * len(said))})
    return found


def aloud(said: list[dict[str, Any]], *, seconds: float = 3.0) -> list[dict[str, Any]]:
    """The same as a call, in which every message takes so long to be spoken."""
    speech = {"channelData": {"speech": {"duration": f"PT{seconds}S"}}}
    return [item | {"channelId": "telephony"} | (speech if item["type"] == "message" else {}) for item in said]


def _event(what: str, text: str, bot: dict[str, str]) -> dict[str, Any]:
    hub = {"id": "hub", "name": "Hub", "role": "system"}
    match what:
        case "queue":
            return {"type": "event", "name": "queue.entered", "from": hub, "value": {"queue": text}}
        case "accepted":
            agent = {"id": text.lower(), "name": text}
            return {"type": "event", "name": "handoff.status", "from": hub, "value": {"state": "accepted", "agent": agent}}
        case _:
            return {"type": "event", "name": "handoff.initiate", "from": bot, "value": {}}


def _frame(name: str, channel: str, at_ms: int) -> dict[str, Any]:
    return {"conversation": {"id": name}, "channelId": channel, "timestamp": iso_time(at_ms)}


def ask_and_resolve(name: str, begins: str, **said: Any) -> list[dict[str, Any]]:
    """A conversation that ends as completed: resolved, implied; the bot's session lasts two minutes."""
    lines = (("customer", "Great, where is my card?"), ("bot", "It is on its way to you."))
    return talk(name, begins, *lines, ends="completedSuccessfully", **said)


def ask_and_escalate(name: str, begins: str, **said: Any) -> list[dict[str, Any]]:
    """A conversation in which the bot passes the customer to humans after a minute."""
    return talk(name, begins, ("customer", "This is terrible"), ("handoff", ""), ends="completedSuccessfully", **said)
