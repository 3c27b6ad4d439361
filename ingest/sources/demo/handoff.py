"""From the request for a person to the end: the hand-over, the wait, the agent, or nobody."""

from __future__ import annotations

from ingest.sources.demo.assist import Advice, advice_on
from ingest.sources.demo.bots import BOT_QUEUE, QUEUES
from ingest.sources.demo.people import AGENTS_BY_TOPIC, Agent
from ingest.sources.demo.scene import Scene
from ingest.sources.demo.surveys import BEHIND_ESCALATION, ask_as_surveyor, ask_rating
from ingest.sources.demo.wire import HUB, Json

WAIT_SECONDS = 240  # mean wait in an ordinary hour, chat
LONGEST_WAIT_SECONDS = 1500
PATIENCE_SECONDS = 780  # median
VOICE_PATIENCE_SECONDS = 300
PLACE_MS = 110_000  # how long one place in the queue takes
SURVEYED = 0.3  # chance that the survey bot follows the agent, and not a question of the platform
ASTRAY = 0.008  # chance of landing in the other queue
ADVISED = 0.45  # of the conversations that an agent takes


def escalate(scene: Scene, reason: str) -> None:
    """The bot asks for a person, and what becomes of it."""
    scene.bot(scene.book.gives_up if reason == "gave up" else scene.book.handing_over)
    scene.tape.wait(0.2)
    _request(scene, reason)
    topic = scene.topic.handoff
    queue = QUEUES[topic]
    if scene.chance(ASTRAY):
        queue = next(name for name in QUEUES.values() if name != queue)
    scene.tape.wait(0.4)
    scene.tape.event("queue.left", {"queue": BOT_QUEUE})
    scene.tape.event("queue.entered", {"queue": queue})
    voice = scene.tape.is_voice
    median = VOICE_PATIENCE_SECONDS if voice else PATIENCE_SECONDS
    patience = median * scene.rng.lognormvariate(0, 0.5)
    wait = min(LONGEST_WAIT_SECONDS, 8 + scene.rng.expovariate(1 / (WAIT_SECONDS * scene.plan.load * (0.8 if voice else 1.3))))
    if wait > patience:
        _give_up(scene, patience, queue)
    else:
        _wait(scene, wait)
        _meet(scene, scene.rng.choice(AGENTS_BY_TOPIC[topic]))


def _request(scene: Scene, reason: str) -> None:
    """By the standard handoff event, or by Omnichannel's command: both are in use."""
    context = {"BotHandoffTopic": scene.topic.handoff}
    summary = scene.pick(scene.book.summary)
    if reason == "asked":
        scene.tape.trace("IntentRecognition", {"intentTitle": "Escalate", "intentScore": {"score": 0.97}})
    if scene.chance(0.45):
        said = [activity["text"] for activity in scene.tape.activities if activity["from"] is scene.tape.customer_account]
        variables = {
            "va_LastTopic": scene.topic.name,
            "va_LastPhrase": said[-1],
            "va_Phrases": said,
            "va_BotName": scene.plan.bot.name,
            "va_AgentMessage": summary,
        }
        scene.tape.event("handoff.initiate", variables | context, sender=scene.tape.bot_account)
    else:
        scene.tape.escalate(summary, context)


def _wait(scene: Scene, seconds: float) -> None:
    """Stand in the queue for so long: the place is told, and the mood sinks."""
    until_ms = scene.tape.now_ms + int(seconds * 1000)
    pause = 45.0
    while scene.tape.now_ms + pause * 1000 < until_ms:
        scene.tape.wait(pause * (0.7 + 0.3 * scene.rng.random()))
        if scene.chance(0.42):
            scene.slots["position"] = str(1 + (until_ms - scene.tape.now_ms) // PLACE_MS)
            scene.tape.person_says(HUB, scene.pick(scene.book.position))
        elif scene.chance(0.25 if scene.tape.is_voice else 0.7):
            scene.feels(-0.8)
            _mutter(scene)
        pause = 110.0
    scene.tape.now_ms = max(scene.tape.now_ms, until_ms)


def _mutter(scene: Scene) -> None:
    """A word of the customer while nobody answers, there and then."""
    level = max(-3, min(-1, round(scene.mood)))
    lines = scene.book.waiting if scene.chance(0.35) else scene.book.moods[level]
    scene.tape.customer_says(scene.pick(lines))


def _give_up(scene: Scene, seconds: float, queue: str) -> None:
    _wait(scene, seconds)
    scene.feels(-0.8)
    if scene.chance(0.6):
        scene.tape.customer_says(scene.pick(scene.book.leaving))
        scene.tape.wait(3)
    scene.tape.event("queue.left", {"queue": queue})
    scene.tape.end("userCancelled", sender=scene.tape.customer_account)


def _meet(scene: Scene, agent: Agent) -> None:
    """An agent takes it and, nearly always, settles it."""
    account = agent.account()
    accepted = {"state": "accepted", "message": f"{agent.name} has joined.", "agent": {"id": agent.agent_id, "name": agent.name}}
    scene.tape.event("handoff.status", accepted)
    scene.slots["agent"] = agent.name.split(" ")[0]
    settles = scene.chance(0.9)
    advice = advice_on(scene, ADVISED)
    _agent(scene, account, scene.book.agent_hello, 22)
    scene.feels(0.9)
    if scene.chance(0.75):
        scene.customer(scene.pick(scene.topic.troubles))
    if scene.chance(0.6):
        place = int(scene.rng.random() * len(scene.book.agent_asks))
        _agent(scene, account, scene.book.agent_asks[place : place + 1], 30)
        scene.says(scene.pick(scene.book.confirms[place :: len(scene.book.agent_asks)]))
    _agent(scene, account, scene.book.agent_looks, 80)
    scene.tape.may_hold()
    for _ in range(1 + scene.chance(0.6)):
        _agent(scene, account, scene.topic.agent, 320, advice)
        scene.feels(1.3 if settles else -0.7)
        scene.customer_reacts()
    if scene.chance(0.35):
        question, _ = scene.rng.choice(scene.topic.follow_ups)
        scene.customer(question.format_map(scene.slots), feeling=0.2)
        _agent(scene, account, (dict(scene.topic.follow_ups)[question],), 100, advice)
        scene.customer_reacts()
    _agent(scene, account, scene.book.agent_bye, 40)
    if scene.chance(SURVEYED):
        ask_as_surveyor(scene, BEHIND_ESCALATION)
    else:
        ask_rating(scene, sender=HUB)
    scene.tape.wait(40 + 160 * scene.rng.random())
    scene.tape.end("completedSuccessfully", sender=HUB)


def _agent(scene: Scene, account: Json, lines: tuple[str, ...], seconds: float, advice: Advice | None = None) -> None:
    quick = 0.35 if scene.tape.is_voice else 1.0
    takes = quick * min(600.0, seconds * scene.rng.lognormvariate(0, 0.5))
    text = scene.pick(lines)
    if advice is not None:
        advice.answer(account, text, takes, scene.topic.agent)
        return
    scene.tape.wait(takes)
    scene.tape.person_says(account, text)
