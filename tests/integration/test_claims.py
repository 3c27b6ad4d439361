"""Taking conversations on: one has it, whoever presses when; and it stays with its conversation, whatever is derived anew."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from live.claims import Answer, ClaimResult, Claims
from live.viewers import Viewer
from metrics.explain import explain
from metrics.rules import Rules
from metrics.settle import rederive, settle
from metrics.story.telling import tell_story
from store.claims import claimed_by
from store.engine import Store, open_store
from store.live_reads import floor_conversations
from store.tables import change, claim, migration
from tests.stored import Loader
from tests.transcripts import deriver_of, ms, wire

DANA, MAX, EVE = Viewer("guest:d", "Dana"), Viewer("guest:m", "Max"), Viewer("guest:e", "Eve")
NOW = ms("12:00:00")
OPEN = "11:58:00 customer: Hello\n11:58:05 bot: Hello. What is it about?"


class Desk:
    """A store with conversations in it, and a clock for those who take them on."""

    def __init__(self, store: Store) -> None:
        self.store, self.now_ms = store, NOW
        self.loader = Loader(store, now_ms=NOW)
        self.claims = Claims(store, lambda: self.now_ms)

    def report(self, text: str, conversation: str = "c1", **options: Any) -> None:
        self.loader.write(wire(text, conversation=conversation, **options))

    def holders(self, conversation: str = "c1") -> list[str]:
        story = tell_story(self.store, conversation)
        assert story is not None
        return [holder.name for holder in story.holders]

    def history(self, conversation: str = "c1") -> list[str]:
        """What the transcript says of claims."""
        story = tell_story(self.store, conversation)
        assert story is not None
        return [line.title for line in story.lines if line.icon == "claim"]

    def on_the_floor(self) -> dict[str, str]:
        with self.store.read() as connection:
            return {row["conversation_id"]: row["claimed_by"] for row in floor_conversations(connection, since_ms=0)}


@pytest.fixture
def desk(store: Store) -> Desk:
    made = Desk(store)
    made.report(OPEN)
    return made


def test_who_takes_it_has_it_and_the_next_is_told_who(desk: Desk) -> None:
    assert desk.claims.take("c1", DANA) == Answer(ClaimResult.TAKEN, "Dana")
    assert desk.claims.take("c1", MAX) == Answer(ClaimResult.HELD, "Dana")
    assert desk.claims.take("c1", DANA) == Answer(ClaimResult.TAKEN, "Dana")

    assert (desk.holders(), desk.history()) == (["Dana"], ["Dana took it on"])
    assert desk.on_the_floor() == {"c1": "Dana"}


def test_release_is_of_ones_own_only_and_leaves_it_to_the_next(desk: Desk) -> None:
    desk.claims.take("c1", DANA)

    assert desk.claims.release("c1", MAX) == Answer(ClaimResult.NOT_YOURS, "Dana")
    desk.now_ms += 60_000
    assert desk.claims.release("c1", DANA) == Answer(ClaimResult.RELEASED)
    assert desk.claims.release("c1", DANA) == Answer(ClaimResult.NOT_YOURS)
    assert desk.claims.take("c1", MAX) == Answer(ClaimResult.TAKEN, "Max")

    assert desk.history() == ["Dana took it on", "Dana released it", "Max took it on"]
    assert desk.on_the_floor() == {"c1": "Max"}


def test_taking_over_is_said_and_recorded(desk: Desk) -> None:
    desk.claims.take("c1", DANA)
    desk.now_ms += 1000

    assert desk.claims.take("c1", MAX, over=True) == Answer(ClaimResult.TAKEN, "Max")

    assert (desk.holders(), desk.history()) == (["Max"], ["Dana took it on", "Max took it over from Dana"])
    explained = explain(desk.store, "c1")
    assert explained is not None
    assert [(item["by"], item["from"], item["ended_by"]) for item in explained["taken_on"]] == [
        ("Dana", None, "taken_over"),
        ("Max", "Dana", None),
    ]


def test_what_is_not_there_or_over_cannot_be_taken(desk: Desk) -> None:
    desk.report("11:50:00 customer: Bye\n11:50:05 bot end completedSuccessfully", "over")

    assert desk.claims.take("nobody", DANA) == Answer(ClaimResult.UNKNOWN)
    assert desk.claims.release("nobody", DANA) == Answer(ClaimResult.UNKNOWN)
    assert desk.claims.take("over", DANA) == Answer(ClaimResult.ENDED)


def test_those_who_follow_the_change_feed_hear_of_each_change_once(desk: Desk) -> None:
    def told() -> int:
        with desk.store.read() as connection:
            return len(connection.execute(select(change)).all())

    before = told()
    desk.claims.take("c1", DANA)
    desk.claims.take("c1", MAX)  # in vain
    desk.claims.take("c1", MAX, over=True)
    desk.claims.release("c1", MAX)

    assert told() - before == 3


def test_of_many_who_press_at_the_same_moment_one_wins_and_all_are_told_who(desk: Desk) -> None:
    together = threading.Barrier(8)
    answers: dict[str, Answer] = {}

    def press(name: str) -> None:
        together.wait()
        answers[name] = desk.claims.take("c1", Viewer(f"guest:{name}", name))

    threads = [threading.Thread(target=press, args=(f"n{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [winner] = [name for name, answer in answers.items() if answer.outcome is ClaimResult.TAKEN]
    assert {answer.holder for answer in answers.values()} == {winner}
    assert desk.holders() == [winner]


def test_end_of_the_conversation_releases_it_and_coming_back_does_not_bring_it_back(desk: Desk) -> None:
    desk.claims.take("c1", DANA)
    desk.report('11:59:30 bot end completedSuccessfully | {"id": "9"}')

    assert (desk.holders(), desk.history()) == ([], ["Dana took it on", "Dana was on it until it ended"])
    desk.report('11:59:50 customer: Still there? | {"id": "10"}')
    assert desk.on_the_floor() == {"c1": ""}
    assert desk.claims.take("c1", MAX).outcome is ClaimResult.TAKEN


def test_idle_time_out_releases_it_when_it_is_noticed(desk: Desk) -> None:
    desk.claims.take("c1", DANA)
    desk.now_ms = ms("12:40:00")

    settle(desk.store, deriver_of(), now_ms=desk.now_ms)

    with desk.store.read() as connection:
        [row] = connection.execute(select(claim)).mappings().all()
    assert (row["ended_by"], row["released_ms"]) == ("closed", desk.now_ms)


def test_claim_goes_with_the_conversation_when_another_is_joined_to_it(desk: Desk) -> None:
    desk.report("11:50:00 customer: Anybody?", "w1")
    desk.claims.take("c1", DANA)

    desk.report('11:59:00 system event startConversation {"msdyn_liveworkitemid": "w1"} | {"id": "9"}')

    assert (desk.holders("w1"), desk.holders("c1")) == (["Dana"], ["Dana"])
    assert desk.on_the_floor() == {"w1": "Dana"}


def test_of_two_claimed_conversations_that_are_joined_both_hold_the_first_on_the_floor(desk: Desk) -> None:
    desk.report("11:50:00 customer: Anybody?", "w1")
    desk.claims.take("w1", DANA)
    desk.now_ms += 1000
    desk.claims.take("c1", MAX)

    desk.report('11:59:00 system event startConversation {"msdyn_liveworkitemid": "w1"} | {"id": "9"}')

    assert (desk.holders(), desk.on_the_floor()) == (["Dana", "Max"], {"w1": "Dana"})
    assert desk.claims.take("c1", EVE, over=True).outcome is ClaimResult.TAKEN
    assert desk.history()[-1] == "Eve took it over from Dana, Max"
    assert desk.holders() == ["Eve"]


def test_claim_stays_through_rederiving_and_in_its_own_episode(desk: Desk) -> None:
    desk.report("2026-03-01T10:00:00 customer: First\n11:59:00 customer: Second", "sms", channel="sms")
    desk.claims.take("sms#2", DANA)

    rederive(desk.store, deriver_of(), now_ms=NOW)
    assert (desk.holders("sms"), desk.holders("sms#2")) == ([], ["Dana"])

    rederive(desk.store, deriver_of(Rules(persistent_channels=frozenset())), now_ms=NOW)
    assert desk.holders("sms") == ["Dana"]


def test_loading_everything_again_changes_no_claim(desk: Desk) -> None:
    desk.claims.take("c1", DANA)
    desk.report(OPEN)

    assert desk.holders() == ["Dana"]


STEPS = st.lists(st.tuples(st.sampled_from(["take", "over", "release", "end", "return"]), st.sampled_from([DANA, MAX, EVE])))


@pytest.mark.thorough
@settings(deadline=None, max_examples=25)
@given(STEPS.filter(lambda steps: len(steps) <= 12))
def test_at_most_one_has_it_and_history_adds_up_to_who_it_is(tmp_path_factory: pytest.TempPathFactory, steps: Any) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('claims')}/x.db")
    desk = Desk(store)
    desk.report(OPEN)
    holder: Viewer | None = None
    is_open = True
    for number, (step, viewer) in enumerate(steps):
        desk.now_ms += 1000
        match step:
            case "take" | "over":
                answer = desk.claims.take("c1", viewer, over=step == "over")
                if is_open and (holder in (None, viewer) or step == "over"):
                    holder = viewer
                    assert answer == Answer(ClaimResult.TAKEN, viewer.name)
                else:
                    assert answer == (Answer(ClaimResult.HELD, holder.name) if is_open and holder else Answer(ClaimResult.ENDED))
            case "release":
                released = desk.claims.release("c1", viewer).outcome is ClaimResult.RELEASED
                assert released == (holder == viewer)
                holder = None if released else holder
            case "end" | "return":
                said = "bot end completedSuccessfully" if step == "end" else "customer: Hello again"
                desk.report(f'11:59:{number:02d} {said} | {{"id": "more-{number}"}}')
                is_open = step == "return"
                holder = holder if is_open else None
        assert desk.holders() == ([holder.name] if holder else [])
        with store.read() as connection:
            assert list(claimed_by(connection).values()) == desk.holders()
    store.close()


def test_database_of_before_claims_gets_them(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    with open_store(url).write() as connection:
        claim.drop(connection)
        connection.execute(delete(migration).where(migration.c.number > 1))

    desk = Desk(open_store(url))
    desk.report(OPEN)

    assert desk.claims.take("c1", DANA).outcome is ClaimResult.TAKEN
