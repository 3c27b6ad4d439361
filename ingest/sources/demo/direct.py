"""Customers who go straight to people, in history: no bot serves them.

Behind most of the agents a bot gives advice that the customer does not see (smart assist); some customers are asked by a survey
bot, in the end, how it was. Of these only the surveyed ones are bot sessions, and none is a bot conversation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ingest.sources.demo.assist import advice_on
from ingest.sources.demo.bots import AVA, HOMER, QUEUES, Fate
from ingest.sources.demo.dice import dice
from ingest.sources.demo.people import AGENTS_BY_TOPIC, NUM_CUSTOMERS, customer
from ingest.sources.demo.scene import Plan, Scene, set_scene
from ingest.sources.demo.surveys import BEHIND_PEOPLE, ask_as_surveyor
from ingest.sources.demo.wire import EPOCH, HUB, Json, Tape, milliseconds

A_DAY = (6, 11)  # conversations, on a weekday
ON_DUTY = (8, 18)  # hours, UTC
ADVISED, SURVEYED = 0.6, 0.25
DAY = timedelta(days=1)


def direct_conversations(seed: int, *, start: datetime, end: datetime) -> Iterator[list[Json]]:
    """Whole conversations that begin in start <= t < end, in that order."""
    day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start_ms, end_ms = milliseconds(start), milliseconds(end)
    while day < end:
        for plan in _plans(seed, day):
            if start_ms <= plan.start_ms < end_ms:
                yield _tell(plan).activities
        day += DAY


def _plans(seed: int, day: datetime) -> Iterator[Plan]:
    if day.weekday() >= 5:
        return
    rng = dice(seed, "direct", (day - EPOCH).days)
    first, last = (milliseconds(day + timedelta(hours=hour)) for hour in ON_DUTY)
    for index, start_ms in enumerate(sorted(rng.randrange(first, last) for _ in range(rng.randint(*A_DAY))), start=1):
        name = f"demo-{day:%Y%m%d}-d{index:03d}"
        # Customers of their own: nobody comes back to them, or from them.
        person = customer(NUM_CUSTOMERS + rng.randrange(NUM_CUSTOMERS))
        yield Plan(name, start_ms, rng.choice((AVA, HOMER)), person, False, Fate.ESCALATED, 1.0, f"{seed}:{name}")


def _tell(plan: Plan) -> Tape:
    scene = set_scene(plan)
    tape, topic = scene.tape, scene.topic.handoff
    agent = scene.rng.choice(AGENTS_BY_TOPIC[topic])
    scene.slots["agent"] = agent.name.split(" ")[0]
    advice = advice_on(scene, ADVISED)
    tape.write("conversationUpdate", HUB, membersAdded=[tape.customer_account])
    tape.wait(1)
    tape.event("queue.entered", {"queue": QUEUES[topic]})
    scene.customer(scene.pick(scene.topic.openings), feeling=0.4)
    tape.wait(10 + 60 * scene.rng.random())
    _agent(scene, agent.account(), scene.book.agent_hello)
    _agent(scene, agent.account(), scene.book.agent_looks)
    scene.customer_reacts()
    advice.answer(agent.account(), scene.pick(scene.topic.agent), 25 + 90 * scene.rng.random(), scene.topic.agent)
    scene.feels(1.0)
    scene.customer_reacts()
    _agent(scene, agent.account(), scene.book.agent_bye)
    if scene.chance(SURVEYED):
        ask_as_surveyor(scene, BEHIND_PEOPLE)
    tape.wait(20)
    tape.end("completedSuccessfully", sender=HUB)
    return tape


def _agent(scene: Scene, account: Json, lines: tuple[str, ...]) -> None:
    scene.tape.wait(15 + 60 * scene.rng.random())
    scene.tape.person_says(account, scene.pick(lines))
