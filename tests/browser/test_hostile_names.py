"""Names from outside on every live page: whatever customers, bots, agents, queues and topics are called is shown as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import open_floor, said, wire
from tests.browser.test_wallboard import READY as WALL_READY
from tests.browser.test_wallboard import SLOTS

pytestmark = pytest.mark.browser

MARKUP = '<img src="/owned.png" onerror="window.owned = 1"><b>bold</b>'
SCRIPT = "</bdi></script><script>window.owned = 1</script>"
MARKDOWN = "**b** :red[x] [a](javascript:window.owned=1) ![](/owned.png) $x$ `c`"
HOSTILE = {
    "markup": MARKUP,
    "script": SCRIPT,
    "markdown": MARKDOWN,
    "reversed": "\u202egnorw yaw eht \u2066dne",
    "long": "N" * 5_000,
    "longer": "M" * 100_000,
    "nul": "nul\x00nul",
    "emoji": "👩‍👩‍👧‍👦🔥🏳️‍🌈" * 40,
    "newline": "first\nsecond\r\n\tthird\u2028fourth",
    "marks": "Z̸̢̛̗" * 60,
}
# What is short and of one line is expected to the letter.
EXACT = ("markup", "script", "markdown")
WIDTHS = (1280, 390)
# Parts that are wider within than they show and do not say that they cut: what they hold lies over something else.
REACHING_OUT = """parts => parts.filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth)
  .filter(part => !part.matches(".scroll") ? getComputedStyle(part).overflowX === "visible" : true)
  .map(part => `${part.className}: ${part.scrollWidth} in ${part.clientWidth}`)"""


def conversation(key: str, name: str, *, accepted: bool) -> list[dict[str, Any]]:
    """An escalated conversation in which everything has this name; an agent of that name has it, or everybody waits."""
    hub, bot = {"id": "hub", "role": "system"}, {"id": "bot-1", "name": name, "role": "bot"}
    began = {"msdyn_WorkstreamId": name, "msdyn_queue": name}
    given = {"state": "accepted", "agent": {"id": f"agent-{key}", "name": name}}
    events = [
        (hub, 100, "startConversation", began),
        (bot, 70, "handoff.initiate", {"va_LastTopic": name, name[:60]: name}),
        (hub, 69, "queue.entered", {"queue": name}),
        *([(hub, 40, "handoff.status", given)] if accepted else []),
    ]
    return [
        *(
            wire(key, number, ago, type="event", name=event, value=value, **{"from": sender})
            for number, (sender, ago, event, value) in enumerate(events, start=10)
        ),
        said(key, 1, name, ago=90, name=name),
        wire(key, 2, 80, type="message", text=name, **{"from": bot}),
    ]


@pytest.fixture
def hostile_server(floor_server: FloorServer) -> FloorServer:
    """Every name once waiting and once with an agent."""
    for key, name in HOSTILE.items():
        floor_server.post(conversation(f"{key}-waits", name, accepted=False))
        floor_server.post(conversation(f"{key}-agent", name, accepted=True))
    return floor_server


@pytest.fixture(autouse=True)
def nothing_runs(page: Page, floor_server: FloorServer) -> Any:
    """No script of a name runs, and no address in one is asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    yield
    assert page.evaluate("window.owned") is None
    assert not [url for url in asked if "owned" in urlsplit(url).path]
    assert {urlsplit(url).port for url in asked if url.startswith("http")} == {floor_server.port}


def same_heights(rows: Locator) -> None:
    heights = rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert max(heights) - min(heights) <= 1, heights


def within_the_window(page: Page) -> None:
    """Nothing makes the page wider than the window, and no part of a component reaches out of it, what can be scrolled aside."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_floor_shows_names_as_text_and_keeps_its_layout(page: Page, hostile_server: FloorServer) -> None:
    open_floor(page, hostile_server)
    expect(page.locator(".rows .row")).to_have_count(2 * len(HOSTILE))

    for part in (".open-link", ".topic", ".queue-name"):
        shown = page.locator(f".floor {part}").all_text_contents()
        assert {HOSTILE[key] for key in EXACT} <= set(shown), part
    handlers = page.locator(".rows .handler").all_text_contents()
    assert {HOSTILE[key] for key in EXACT} <= set(handlers)
    assert page.locator(".floor :is(img, script, b)").count() == 0
    same_heights(page.locator(".rows .row[data-state=waiting]"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        within_the_window(page)
        right = page.locator(".rows .row").evaluate_all("rows => Math.max(...rows.map(row => row.getBoundingClientRect().right))")
        assert right <= width


def test_what_opens_on_the_floor_shows_names_as_text(page: Page, hostile_server: FloorServer) -> None:
    open_floor(page, hostile_server)
    page.locator(".rows").get_by_role("link", name=MARKUP, exact=True).first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".last-lines")).to_contain_text(MARKUP)
    expect(page.locator(".details dl")).to_contain_text(MARKUP)
    page.keyboard.press("Escape")

    page.get_by_role("button", name=f"All {len(HOSTILE)} queues").click()
    expect(page.locator(".card tbody tr")).to_have_count(len(HOSTILE))
    assert {HOSTILE[key] for key in EXACT} <= set(page.locator(".card .plain").all_text_contents())
    page.locator(".card .plain").filter(has_text="<img").click()
    page.keyboard.press("Escape")

    expect(page.locator(".rows .row")).to_have_count(2)
    expect(page.get_by_role("button", name="Queue:")).to_contain_text("<img src")
    page.get_by_role("button", name="Queue:").click()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text(MARKUP)
    assert page.locator("[data-testid=stPopoverBody] img").count() == 0


@pytest.mark.parametrize("key", list(HOSTILE))
def test_conversation_shows_names_as_text_and_keeps_its_layout(page: Page, hostile_server: FloorServer, key: str) -> None:
    page.goto(f"{hostile_server.url}/conversation?conversation={key}-agent")
    page.wait_for_selector(".talk[data-phase=ready]")
    expect(page.locator(".message")).to_have_count(2)

    if key in EXACT:
        for part in (".customer", ".facts", ".message .name", ".message .text", ".session h3", ".variables"):
            expect(page.locator(f".talk {part}").first).to_contain_text(HOSTILE[key])
    if key == "reversed":  # ends with itself
        expect(page.locator(".session h3").first).to_have_text("gnorw yaw eht dne, bot")
    assert page.locator(".talk :is(img, script, b)").count() == 0
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        within_the_window(page)
        assert page.locator(".talk .head, .talk .head *, .talk .scroll").evaluate_all(REACHING_OUT) == []


def test_list_of_conversations_shows_names_as_text(page: Page, hostile_server: FloorServer) -> None:
    page.goto(f"{hostile_server.url}/conversations?rows=all")
    expect(page.locator(".list tbody tr")).to_have_count(2 * len(HOSTILE))

    assert {HOSTILE[key] for key in EXACT} <= set(page.locator(".list a").all_text_contents())
    assert page.locator(".list :is(img, script, b)").count() == 0
    same_heights(page.locator(".list tbody tr"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        within_the_window(page)


def test_wallboard_shows_names_as_text_and_keeps_its_layout(page: Page, hostile_server: FloorServer) -> None:
    page.goto(f"{hostile_server.url}/wallboard")
    page.wait_for_selector(WALL_READY)
    expect(page.locator(SLOTS)).to_have_count(5)
    same_heights(page.locator(SLOTS))

    for key in EXACT:
        page.goto(f"{hostile_server.url}/wallboard?queue={quote(HOSTILE[key])}")
        page.wait_for_selector(WALL_READY)
        expect(page.locator(SLOTS)).to_have_count(1)  # whom an agent has needs nobody
        for part in (".what", ".slot .who", ".slot .topic", ".slot .place"):
            expect(page.locator(part).first).to_contain_text(HOSTILE[key])
        assert page.locator(".wall :is(img, script, b)").count() == 0
        within_the_window(page)


def closed(key: str, name: str) -> list[dict[str, Any]]:
    """The same, advised by a bot and surveyed, and ended."""
    bot = {"id": "sage", "name": name, "role": "bot"}
    advice = wire(key, 20, 30, type="message", text=name, channelData={"tags": "private"}, **{"from": bot})
    asked = wire(key, 21, 12, type="trace", valueType="CSATSurveyRequest", value={}, **{"from": bot})
    answer = {"response": "2", "comment": name}
    answered = wire(key, 22, 11, type="trace", valueType="CSATSurveyResponse", value=answer, **{"from": bot})
    ended = wire(key, 23, 10, type="endOfConversation", code="completedSuccessfully", **{"from": bot})
    return [*conversation(key, name, accepted=True), advice, asked, answered, ended]


@pytest.fixture
def routed_server(tmp_path: Path, floor_server: FloorServer) -> FloorServer:
    """Every name in a conversation of the past, and in the rules."""
    names = [name for key, name in HOSTILE.items() if len(name) <= 100 and key != "nul"]  # as a configuration may have them
    rules = {
        "workstreams": [{"name": name, "fallback_queue": name} for name in names],
        "queues": [{"name": name, "members": [{"person": name, "capacity": 1}]} for name in names],
        "rules": [
            {"name": name, "workstream": names[at - 1], "queue": name, "conditions": [{"variable": name[:60], "is": "set"}]}
            for at, name in enumerate(names)
        ],
    }
    (tmp_path / "routing.json").write_text(json.dumps(rules), encoding="utf-8")
    floor_server.kill()
    floor_server.configure('routing = "routing.json"')
    floor_server.start()
    for key, name in HOSTILE.items():
        floor_server.post(closed(key, name))
    return floor_server


VIEWS = {
    "queues?view=By+queue": "By queue",
    "routing?view=Landed+elsewhere": "Landed elsewhere",
    "routing?view=Escalations&went_to=" + quote(MARKUP): "Escalations",
    "routing?view=Health": "Health",
    "routing?view=Try+rules": "Try rules",
    "routing?view=Journey": "Journey",
    "routing?view=Rules+in+force": "Rules in force",
    "surveys?of=all&view=Breakdown&survey_by=Bot": "Breakdown",
    "surveys?of=all&view=Comments": "Comments",
    "bot_sessions?view=By+bot+and+channel": "By bot and channel",
    "bot_sessions?view=Counted&of_bot=" + quote(MARKDOWN): "Counted",
    "smart_assist?view=By+agent%2C+bot%2C+queue": "By agent, bot, queue",
    "smart_assist?view=With+and+without": "With and without",
}


def test_pages_of_the_past_show_names_as_text_and_keep_their_layout(page: Page, routed_server: FloorServer) -> None:
    for place, tab in VIEWS.items():
        page.goto(f"{routed_server.url}/{place}")
        expect(page.get_by_role("tab", name=tab, exact=True)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
        assert page.locator("[data-testid=stException], [data-testid=stMain] :is(img[src*=owned], script)").count() == 0, place
        assert page.locator("[data-testid=stMain] a[href^='javascript']").count() == 0, place
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            within_the_window(page)
        page.set_viewport_size({"width": 1280, "height": 800})
