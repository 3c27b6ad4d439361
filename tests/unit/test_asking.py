"""Single requests beside the stream: the floor for browsers that cannot open one, and the last lines of a conversation."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import insert
from starlette.applications import Starlette

from live.asking import MAX_LINE, NUM_LINES, routes
from live.floor import Floor
from live.tokens import issue_token
from live.watch import Watch
from metrics.need import Targets
from store.engine import Store
from store.tables import activity, thread
from tests.unit.floor_rows import NOW, facts, save


class Desk:
    """A floor that is moved by hand, and a client with a token for it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = NOW
        self.floor = Floor(store, now_ms=lambda: self.now_ms)
        self.watch = Watch(store, now_ms=lambda: self.now_ms, targets=Targets())
        self.floor.board.apply(self.watch.load())
        self.app = Starlette(routes=routes(self.floor, lambda: store, secret="s", now_ms=lambda: self.now_ms))

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                return await client.get(path, params=query, headers=headers)

        return asyncio.run(answer())

    def ask(self, path: str = "/live/ask", *, scope: str = "floor", lifetime_ms: int = 60_000, **query: Any) -> Any:
        who = {"viewer": "ann", "name": "Ann", "role": "supervisor", "scope": scope}
        token = issue_token("s", **who, now_ms=NOW, lifetime_ms=lifetime_ms)
        return self.get(path, {"Authorization": f"Bearer {token}"}, **query)


@pytest.fixture
def desk(store: Store) -> Desk:
    save(store, facts(1), facts(2))
    return Desk(store)


def test_who_knows_nothing_is_told_the_whole_floor_with_its_clock(desk: Desk) -> None:
    answer = desk.ask().json()

    assert (answer["message"]["type"], {row["key"] for row in answer["message"]["rows"]}) == ("snapshot", {"1", "2"})
    assert (answer["epoch"], answer["now_ms"], answer["expires_in_ms"]) == (desk.floor.board.epoch, NOW, 60_000)


def test_who_knows_a_number_is_told_what_changed_since(desk: Desk) -> None:
    first = desk.ask().json()
    at = {"epoch": first["epoch"], "number": first["message"]["number"]}
    assert desk.ask(**at).json()["message"] is None
    save(desk.store, facts(2, handler_name="Max"))
    desk.floor.board.apply(desk.watch.follow())

    message = desk.ask(**at).json()["message"]

    assert (message["type"], [row["handler"] for row in message["rows"]]) == ("delta", ["Max"])


@pytest.mark.parametrize("number", ["-1", "x", "1" * 30, "²", ""])
def test_number_that_is_none_is_answered_with_everything(desk: Desk, number: str) -> None:
    assert desk.ask(epoch=desk.floor.board.epoch, number=number).json()["message"]["type"] == "snapshot"


@pytest.mark.parametrize("path", ["/live/ask", "/live/lines"])
def test_only_a_good_token_for_the_floor_is_answered(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 403
    assert desk.get(path, {"Authorization": "Basic abc"}).status_code == 403
    assert desk.ask(path, scope="else").status_code == 403
    assert desk.ask(path, lifetime_ms=0).status_code == 401


def test_answers_are_not_kept_by_caches(desk: Desk) -> None:
    assert desk.ask().headers["cache-control"] == "no-store"


def say(store: Store, *texts: str) -> None:
    """Messages of the customer of conversation c-1, one a second."""
    ids = {"thread_key": 9, "root_key": 1, "external_id": "c-1", "source": "demo", "item_name": "", "marks": "{}"}
    with store.write() as connection:
        connection.execute(insert(thread), {**ids, "next_position": len(texts)})
        for at, text in enumerate(texts):
            connection.execute(
                insert(activity),
                {
                    "thread_key": 9, "identity": at, "conversation_key": 1, "activity_id": str(at), "version": b"",
                    "at_ms": NOW + at * 1000, "at_sub": 0, "time_known": True, "position": at,
                    "kind": "message", "wire_type": "message", "sender_id": "u", "sender_name": "Ann", "wire_role": "user",
                    "role": "customer", "role_inferred": False, "text": text, "locale": "", "private": False, "detail": None,
                    "sentiment_micro": None, "engine": "test",
                },
            )  # fmt: skip


def test_last_lines_are_the_newest_messages_cut_to_a_bearable_length(desk: Desk) -> None:
    say(desk.store, "one", "two", "three", "four", "five\x00", "x" * 100_000)

    lines = desk.ask("/live/lines", conversation="demo:c-1").json()["lines"]

    assert [line["text"][:4] for line in lines] == ["thre", "four", "five", "xxxx"]
    assert (len(lines), len(lines[-1]["text"]), "\x00" in lines[-2]["text"]) == (NUM_LINES, MAX_LINE, False)
    assert (lines[0]["role"], lines[0]["at_ms"]) == ("customer", NOW + 2000)


@pytest.mark.parametrize(("asked", "status"), [("demo:nobody", 404), ("", 400), ("x" * 1001, 400)])
def test_lines_of_no_conversation_are_refused(desk: Desk, asked: str, status: int) -> None:
    assert desk.ask("/live/lines", conversation=asked).status_code == status
