"""The Queues page against the report and the command line: full, empty, live, and from a number to its conversations."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from live.watch import Moved
from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.queues import questions as queues
from metrics.queues.hours import is_served
from metrics.story.telling import tell_story
from pages.components.formats import share
from pages.components.period import ALL
from pages.runtime import runtime
from store.routing.configurations import save_configuration
from store.routing.records import Configuration, Hours, Queue
from tests.conversation_rows import at
from tests.pages.conftest import LONG, NOW_MS, ROOT, Site, talk
from tests.pages.test_bots import cards, listed

Opener = Callable[..., AppTest]
ASKED = (("customer", "a person please"), ("bot", "One moment."), ("handoff", ""))


def fill(site: Site) -> None:
    """In Cards one was accepted after a minute, one left; in Loans two were accepted after one and two minutes."""
    site.load(
        talk("taken", "2026-03-01T09:00Z", *ASKED, ("queue", "Cards"), ("accepted", "Bea"), ends="completedSuccessfully"),
        talk("left", "2026-03-01T10:00Z", *ASKED, ("queue", "Cards"), ("customer", "hello?"), ends="userCancelled"),
        talk("loan", "2026-03-01T11:00Z", *ASKED, ("queue", "Loans"), ("accepted", "Cem"), ends="completedSuccessfully"),
        talk("slow", "2026-03-01T12:00Z", *ASKED, ("queue", "Loans"), ("customer", "?"), ("accepted", "Cem"), ends="completed"),
    )
    loans = Configuration(queues=(Queue("Loans", service_level_seconds=60),))
    with site.wired.store.write() as connection:
        save_configuration(connection, loans, origin="routing.toml", now_ms=0)


def by_queue(page: AppTest) -> dict[str, dict[str, object]]:
    frame = next(each.value for each in page.dataframe if "promised" in each.value.columns)
    frame = getattr(frame, "data", frame)
    return {row["queue"]: row for row in frame.to_dict("records")}


def test_cards_and_table_are_the_figures_of_the_command_line(site: Site, open_page: Opener) -> None:
    fill(site)
    expected = queues.headline(site.wired.store, Filters()).totals

    page = open_page("queues", period=ALL)

    shown = cards(page)
    assert shown["Service level"] == share(expected.service_level.value) == share(1 / 3)
    assert shown["Left the queue"] == share(0.25)
    assert (shown["Offered"], shown["Accepted"]) == ("4", "3")
    rows = by_queue(page)
    assert {name: (row["offered"], row["abandoned_in_queue"], row["promised"]) for name, row in rows.items()} == {
        "Cards": ("2", "1", "20\u202fs"),
        "Loans": ("2", "0", "1\u202fmin"),
    }
    assert [row["accepted"] for row in queues.report(site.wired.store, Filters())] == [1, 2]


def test_one_queue_has_its_own_figures(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("queues", period=ALL, in_queue="Loans")

    assert cards(page)["Service level"] == share(0.5)
    assert list(by_queue(page)) == ["Loans"]


@pytest.mark.parametrize(
    ("metric", "queue", "names"),
    [
        ("offered", "Cards", ["left", "taken"]),
        ("abandoned_in_queue", "Cards", ["left"]),
        ("accepted", "Loans", ["slow", "loan"]),
        ("service_level", "Loans", ["loan"]),
    ],
)
def test_a_number_of_a_queue_opens_its_conversations(
    site: Site, open_page: Opener, metric: str, queue: str, names: list[str]
) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, rows=metric, stayed_in=queue)

    assert listed(page) == names


def test_export_of_a_queues_conversations_has_exactly_these(site: Site) -> None:
    fill(site)
    wanted = Wanted("conversations", Filters(stayed_in=("Loans",)), metric="service_level")

    assert [row[0] for row in exports.rows(site.wired.store, wanted)] == ["loan"]
    assert list_conversations(site.wired.store, wanted).count == exports.count(site.wired.store, wanted) == 1


@pytest.mark.parametrize(("asked", "names"), [({}, ["left", "loan", "slow", "taken"]), ({"in_queue": "Loans"}, ["loan", "slow"])])
def test_export_of_the_page_has_what_the_page_counts(
    site: Site, open_page: Opener, asked: dict[str, str], names: list[str]
) -> None:
    fill(site)
    site.load(talk("alone", "2026-03-01T13:00Z", *ASKED, ends="completedSuccessfully"))
    page = open_page("queues", period=ALL, **asked)
    link = next(link for link in page.get("page_link") if link.proto.label == "Export this selection")

    exported = open_page(link.proto.page, **dict(parse_qsl(link.proto.query_string)))

    assert sorted(exported.dataframe[0].value["conversation_id"]) == names
    assert len(names) == int(cards(page)["Offered"])


def test_conversation_says_which_figures_of_queues_count_it(site: Site) -> None:
    fill(site)
    slow, left = (tell_story(site.wired.store, each) for each in ("slow", "left"))

    assert slow is not None and left is not None
    assert {"Offered", "Accepted", "Speed to answer"} <= set(slow.counted_in)
    assert "Service level" in slow.shared_by
    assert "Queue abandonment" in left.counted_in
    assert "Service level" not in {*left.counted_in, *left.shared_by}


def test_without_a_stay_it_says_what_a_source_must_send(site: Site, open_page: Opener) -> None:
    site.load(talk("alone", "2026-03-01T09:00Z", *ASKED, ends="completedSuccessfully"))

    page = open_page("queues", period=ALL)

    assert "queue.entered" in page.info[0].value


def test_empty_database_has_no_backlog(site: Site, open_page: Opener) -> None:
    page = open_page("queues")

    assert {metric.label: metric.value for metric in page.metric}["Backlog"] == "0"
    assert page.info


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.queues.questions.headline", lambda *_: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("queues.py")
    page.run()

    assert len(page.exception) == 1
    assert "Service level" not in {metric.label for metric in page.metric}


def figures(name: str, waiting: int, since_ms: int | None) -> dict[str, object]:
    bands = {"longest_wait": "at_risk" if waiting else "normal"}
    rest = {"target_s": 60, "num_over_target": waiting, "with_agent": 2, "bands": bands}
    return {"name": name, "waiting": waiting, "longest_wait_since_ms": since_ms} | rest


def test_now_is_what_the_floor_says(site: Site, open_page: Opener) -> None:
    closed = Queue("Cards", hours=(Hours((0, 1, 2, 3, 4), 8 * 60, 11 * 60),))
    with site.wired.store.write() as connection:
        save_configuration(connection, Configuration(queues=(closed,)), origin="x", now_ms=0)
    told = {"Cards": figures("Cards", 3, NOW_MS - 95_000), "Loans": figures("Loans", 0, None), "Bots": figures("Bots", 0, None)}
    told["Bots"] |= {"with_agent": 0}
    parts = {f"queue:{name}": orjson.dumps(each) for name, each in told.items()}
    runtime().floor.board.apply(Moved({}, (), None, None, False, parts))

    page = open_page("queues")

    values = {metric.label: metric.value for metric in page.metric}
    assert (values["Backlog"], values["Longest wait"], values["With agent"]) == ("3", "1\u202fmin 35\u202fs", "4")
    frame = next(each.value for each in page.dataframe if "served" in each.value.columns)
    assert frame[["queue", "state", "served"]].values.tolist() == [
        ["Cards", "At risk", "closed, 3 waiting"],
        ["Loans", "Normal", "always"],
    ]


@pytest.mark.parametrize(
    ("moment", "served"),
    [("2026-03-02T08:00Z", True), ("2026-03-02T07:59Z", False), ("2026-03-02T18:00Z", False), ("2026-03-01T12:00Z", False)],
)
def test_hours_hold_their_first_minute_and_not_their_last(moment: str, served: bool) -> None:
    assert is_served(Queue("Cards", hours=(Hours((0,), 8 * 60, 18 * 60),)), at(moment)) is served


def test_hours_are_those_of_the_queues_zone_and_may_go_on_past_midnight() -> None:
    night = Queue("Night", hours=(Hours((0,), 22 * 60, 6 * 60),), time_zone="Europe/Berlin")

    assert is_served(night, at("2026-03-02T21:30Z"))
    assert is_served(night, at("2026-03-03T04:30Z"))
    assert not is_served(night, at("2026-03-03T05:30Z"))
    assert is_served(Queue("Always"), 0) is None
