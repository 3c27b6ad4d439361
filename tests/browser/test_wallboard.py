"""The wallboard in a real browser: legible, honest while it is blind, and back by itself whatever has happened to the server."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, WebSocketRoute, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import calm, handed_over, said, wire

pytestmark = pytest.mark.browser

READY = ".wall[data-phase=ready]"
SLOTS = ".slot:visible"
# Less would not be read from five metres on a screen of 1.2 m: 22 of 1080 lines.
LEAST_SHARE = 22 / 1080


def waits(conversation: str, name: str, *, seconds: float, queue: str = "HomeLoanQueue") -> list[dict[str, Any]]:
    """A customer who has waited for a human for so long."""
    hub = {"id": "hub", "role": "system"}
    entered = wire(conversation, 4, seconds, type="event", name="queue.entered", value={"queue": queue}, **{"from": hub})
    return [
        said(conversation, 1, "Hello, about my loan", ago=seconds + 20, name=name),
        said(conversation, 2, "One moment.", by="bot", ago=seconds + 10),
        handed_over(conversation, 3, ago=seconds),
        entered,
    ]


def hang_up(page: Page, server: FloorServer, query: str = "") -> None:
    page.goto(f"{server.url}/wallboard{query}")
    page.wait_for_selector(READY)


def fill(server: FloorServer) -> None:
    """Seven who wait, the first the longest, and one who needs nobody."""
    for number in range(7):
        server.post(waits(f"w{number}", f"Customer {number}", seconds=600 - 60 * number))
    server.post(calm("ann", "Ann"))


def test_five_neediest_and_the_tiles_cover_the_whole_page(page: Page, floor_server: FloorServer) -> None:
    fill(floor_server)

    hang_up(page, floor_server)

    expect(page.locator(SLOTS)).to_have_count(5)
    assert page.locator(f"{SLOTS} .who").all_inner_texts() == [f"Customer {number}" for number in range(5)]
    expect(page.locator(".slot").first).to_contain_text("Waiting after escalation, over the target of 1 min")
    expect(page.locator(".slot").first).to_contain_text("Critical")
    expect(page.locator("[data-tile=waiting] .value")).to_have_text("7")
    expect(page.locator("[data-tile=waiting] .note")).to_contain_text("7 over target")
    expect(page.locator("[data-tile=longest] .value")).to_have_text(re.compile(r"10:\d\d"))
    expect(page.locator("[data-tile=open] .value")).to_have_text("8")
    everywhere = [(5, 5), (1275, 5), (5, 795), (1275, 795), (640, 400)]
    covers = "([x, y]) => { let found = document.elementFromPoint(x, y); while (found.shadowRoot) found = found.shadowRoot"
    covers += ".elementFromPoint(x, y); return Boolean(found.closest('.wall')) }"
    assert all(page.evaluate(covers, list(point)) for point in everywhere)


def test_what_happens_is_on_the_wall_at_once(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    hang_up(page, floor_server)
    expect(page.locator(".calm")).to_have_text("Nobody needs anybody right now")

    floor_server.post([said("ann", 3, "A human, please", ago=200), handed_over("ann", 4, ago=190)])

    expect(page.locator(".slot").first).to_contain_text("Ann")
    expect(page.locator(".calm")).to_be_hidden()
    expect(page.locator("[data-tile=longest]")).to_have_attribute("data-band", "critical")


def test_alerts_that_stand_are_counted_and_a_wall_of_one_queue_leaves_them_out(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(waits("bao", "Bao", seconds=900))

    hang_up(page, floor_server)
    expect(page.locator("[data-tile=alerts] .value")).to_have_text(re.compile(r"^[1-9]\d*$"))
    expect(page.locator("[data-tile=alerts] .note")).to_contain_text("unseen")

    hang_up(page, floor_server, "?queue=HomeLoanQueue")
    expect(page.locator("[data-tile=alerts]")).to_be_hidden()


def test_killed_server_makes_it_blind_since_when_and_a_restarted_one_is_joined_without_a_person(
    page: Page, floor_server: FloorServer
) -> None:
    floor_server.post(waits("bao", "Bao", seconds=130))
    hang_up(page, floor_server)

    floor_server.kill()

    expect(page.locator(".blind-text")).to_have_text(re.compile(r"^No connection since \d\d:\d\d:\d\d, trying again$"))
    expect(page.locator(".blind-age")).to_have_text(re.compile(r"^\d+ s old$"))
    expect(page.locator(".tiles")).to_have_css("opacity", "0.45")
    stood = page.locator("[data-tile=longest] .value").inner_text()
    before = page.locator(".clock").inner_text()
    expect(page.locator(".clock")).not_to_have_text(before)  # the time of day goes on
    assert page.locator("[data-tile=longest] .value").inner_text() == stood  # what is not known does not

    floor_server.start()
    floor_server.post(waits("chidi", "Chidi", seconds=300))

    expect(page.locator(".slot").first).to_contain_text("Chidi", timeout=60_000)
    expect(page.locator(".blind")).to_be_hidden()
    expect(page.locator(".tiles")).to_have_css("opacity", "1")


def test_wall_whose_session_is_lost_for_good_loads_itself_anew_once_the_server_answers(
    lone_page: Page, floor_server: FloorServer, tmp_path: Path
) -> None:
    floor_server.post(waits("bao", "Bao", seconds=130))
    lost: list[bool] = []

    def session(route: WebSocketRoute) -> None:
        """Streamlit's own line: until the page is loaded a second time, it does not come back once it has gone."""
        if lost and len(loads) < 2:
            route.close()
        else:
            route.connect_to_server()

    loads: list[str] = []
    lone_page.route_web_socket(re.compile("/_stcore/stream"), session)
    lone_page.on("domcontentloaded", lambda _: loads.append("load"))
    lone_page.clock.install()
    hang_up(lone_page, floor_server)
    lost.append(True)
    floor_server.kill()
    (tmp_path / "session_secret").unlink()  # the token at hand will be worth nothing
    expect(lone_page.locator(".blind")).to_be_visible()

    lone_page.clock.fast_forward(120_000)
    assert len(loads) == 1  # nobody answers: the browser's own page of errors would be worse

    floor_server.start()
    with lone_page.expect_event("domcontentloaded"):
        lone_page.clock.run_for(90_000)

    lone_page.wait_for_selector(READY)
    expect(lone_page.locator(".blind")).to_be_hidden()
    expect(lone_page.locator(".slot").first).to_contain_text("Bao")


def grants_end_in(page: Page, milliseconds: int, sent: list[str]) -> None:
    """Every message of the floor's stream says that the grant ends so soon; what the page sends is noted."""

    def stream(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def upwards(message: str | bytes) -> None:
            sent.append(str(message))
            server.send(message)
            if '"type":"token"' in str(message):
                page.evaluate("console.log('renewed')")

        def downwards(message: str | bytes) -> None:
            route.send(re.sub(r'"expires_in_ms":\d+', f'"expires_in_ms":{milliseconds}', str(message)))

        route.on_message(upwards)
        server.on_message(downwards)

    page.route_web_socket(re.compile("/live/stream"), stream)


def test_grant_is_renewed_before_it_ends(page: Page, floor_server: FloorServer) -> None:
    sent: list[str] = []
    grants_end_in(page, 200_000, sent)
    page.add_init_script("Math.random = () => 0")  # ask at once, not some time in the next minutes

    with page.expect_event("console", predicate=lambda message: message.text == "renewed"):
        hang_up(page, floor_server)

    assert len({json.loads(message)["token"] for message in sent}) == 2


def test_grant_that_cannot_be_renewed_makes_the_wall_load_itself_anew_before_it_is_blind(
    lone_page: Page, floor_server: FloorServer
) -> None:
    """Time is turned on in steps, with a beat after each, which finds the grant's end ever near."""
    floor_server.post(waits("bao", "Bao", seconds=130))
    opened: list[WebSocketRoute] = []
    loads: list[str] = []

    def stream(route: WebSocketRoute) -> None:
        opened.append(route)
        route.connect_to_server()

    lone_page.route_web_socket(re.compile("/live/stream"), stream)
    lone_page.on("domcontentloaded", lambda _: loads.append("load"))
    lone_page.clock.install()
    hang_up(lone_page, floor_server)

    def beat(after_seconds: int) -> None:
        lone_page.clock.run_for(1_000 * after_seconds)
        now_ms = lone_page.evaluate("Date.now()")
        opened[-1].send(json.dumps({"type": "beat", "now_ms": now_ms, "checked_ms": now_ms, "expires_in_ms": 80_000}))

    for _ in range(10):
        beat(5)
        expect(lone_page.locator(".blind")).to_be_hidden()
    assert len(loads) == 1
    with lone_page.expect_event("domcontentloaded"), suppress(Error):  # it may go in the middle of a beat
        for _ in range(3):
            beat(5)

    lone_page.wait_for_selector(READY)
    expect(lone_page.locator(".slot").first).to_contain_text("Bao")


def test_address_narrows_it_down_hides_names_and_sets_the_clock(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(waits("bao", "Bao", seconds=130))
    floor_server.post(waits("chidi", "Chidi", seconds=200, queue="CreditCardQueue"))
    floor_server.post(calm("ann", "Ann"))

    hang_up(page, floor_server, "?queue=HomeLoanQueue&names=hidden&zone=Asia/Kolkata")

    expect(page.locator(SLOTS)).to_have_count(1)
    expect(page.locator("[data-tile=waiting] .value")).to_have_text("1")
    expect(page.locator("[data-tile=longest] .value")).to_have_text(re.compile(r"2:\d\d"))
    expect(page.locator("[data-tile=lately]")).to_be_hidden()
    expect(page.locator(".what")).to_have_text("HomeLoanQueue")
    expect(page.locator(".date")).to_contain_text("Kolkata")
    for name in ("Bao", "Chidi", "Ann"):
        assert name not in page.locator(".wall").inner_text()
    kolkata = page.evaluate(
        "new Date().toLocaleTimeString([], { timeZone: 'Asia/Kolkata', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })"
    )
    assert page.locator(".clock").inner_text()[:2] == kolkata[:2]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (3840, 2160), (1080, 1920)])
def test_everything_fits_the_screen_and_is_large_on_it(page: Page, floor_server: FloorServer, width: int, height: int) -> None:
    floor_server.post(
        waits("long", "Wolfeschlegelsteinhausenbergerdorff " * 4, seconds=7_300, queue="A queue with a rather long name " * 3)
    )
    fill(floor_server)
    page.set_viewport_size({"width": width, "height": height})

    hang_up(page, floor_server)
    expect(page.locator(SLOTS)).to_have_count(5)

    inside = "(parts, [width, height]) => parts.every(part => { const box = part.getBoundingClientRect()"
    inside += "; return box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height })"
    for part in (".slot", ".tile", ".value", ".score", ".since", ".clock"):
        assert page.locator(f"{part}:visible").evaluate_all(inside, [width, height]), part
    for part in (".value", ".score", ".since", ".band-word", ".label", ".note-text"):
        overflows = "parts => parts.filter(part => part.clientWidth && part.scrollWidth > part.clientWidth + 1)"
        overflows += ".map(part => part.textContent)"
        assert page.locator(f"{part}:visible").evaluate_all(overflows) == [], part
    sizes = "parts => Math.min(...parts.map(part => parseFloat(getComputedStyle(part).fontSize)))"
    for part in (".reasons", ".label", ".state", ".place", ".level"):
        assert page.locator(f"{part}:visible").evaluate_all(sizes) >= LEAST_SHARE * min(width, height), part


def test_way_out_shows_only_to_somebody_who_moves_the_pointer(page: Page, floor_server: FloorServer) -> None:
    hang_up(page, floor_server)
    expect(page.locator(".leave")).to_be_hidden()

    page.mouse.move(300, 300)
    page.mouse.move(310, 310)
    page.locator(".leave").click()

    page.wait_for_selector(".floor[data-phase=ready]")
    assert page.locator(".wall").count() == 0
