"""How a conversation goes, from hello to its fate. What follows an escalation is told in `handoff`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ingest.sources.demo.bots import BOT_QUEUE, VOX, Fate
from ingest.sources.demo.handoff import escalate
from ingest.sources.demo.scene import Plan, Scene, set_scene
from ingest.sources.demo.surveys import ask_rating
from ingest.sources.demo.wire import HUB, Tape


def tell(plan: Plan) -> Tape:
    """The whole conversation that `plan` leads to."""
    scene = set_scene(plan)
    _arrive(scene)
    _STORIES[plan.fate](scene)
    return scene.tape


def _arrive(scene: Scene) -> None:
    tape, bot = scene.tape, scene.plan.bot
    work_item = _work_item(scene.rng)
    members = [scene.tape.bot_account, scene.tape.customer_account]
    if bot is VOX:
        number = f"+1202555{scene.rng.randrange(100, 200):04d}"
        data = {"customerPhoneNumber": number, "organizationPhoneNumber": "+12025550100", "msdyn_ocliveworkitemid": work_item}
        tape.write("conversationUpdate", HUB, membersAdded=members, channelData={"vnd.microsoft.msdyn.oc.data": data})
    else:
        tape.write("conversationUpdate", HUB, membersAdded=members)
    tape.wait(0.05)
    start = {"msdyn_liveworkitemid": work_item, "msdyn_workstream": bot.workstream, "msdyn_queue": BOT_QUEUE}
    tape.event("startConversation", start)
    tape.event("queue.entered", {"queue": BOT_QUEUE})
    scene.bot(scene.book.greetings)


def _work_item(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _state_need(scene: Scene) -> None:
    """The customer says what it is about; the bot may need it twice."""
    hello = scene.pick(scene.book.returning if scene.plan.is_returning else scene.book.hellos)
    scene.need = scene.pick(scene.topic.openings)
    scene.customer_answers(_greeted(hello, scene), feeling=0.6 if scene.level < -1 else 0.0)
    if scene.chance(scene.plan.bot.stumbles):
        _not_understood(scene)
        scene.customer(scene.pick(scene.book.rephrased) + scene.need)
    score = round(0.62 + 0.36 * scene.rng.random(), 2)
    scene.tape.wait(0.3)
    scene.tape.trace("IntentRecognition", {"intentTitle": scene.topic.name, "intentScore": {"score": score}})


def _greeted(hello: str, scene: Scene) -> str:
    """A greeting and the need as one sentence; names and “I” keep their capitals."""
    need = scene.need
    if hello.endswith(", "):
        is_name = need[:2] in ("I ", "I'") or need.startswith(scene.slots["merchant"])
        return hello + (need if is_name else need[0].lower() + need[1:])
    return hello + (need[0].upper() + need[1:] if scene.chance(0.85) else need)


def _not_understood(scene: Scene) -> None:
    scene.tape.wait(0.3)
    scene.tape.trace("UnknownIntent", {"userQuery": scene.last_said})
    scene.bot(scene.book.fallbacks, asks=True)
    scene.feels(-1.1)


def _stumble(scene: Scene) -> None:
    """The customer says something that the bot cannot place."""
    scene.customer(scene.pick(scene.book.mutters))
    _not_understood(scene)


def _clarify(scene: Scene) -> None:
    """The bot asks, and the customer answers, perhaps not at once in words that it knows."""
    topic = scene.topic
    place = _ask(scene)
    if scene.chance(scene.plan.bot.stumbles):
        _stumble(scene)
    if topic.choices:
        scene.choice = int(scene.rng.random() * len(topic.choices))
        scene.says(topic.choices[scene.choice])
    else:
        scene.customer_answers(scene.pick(topic.replies[place :: len(topic.questions)]), feeling=0.2)


def _ask(scene: Scene) -> int:
    """The bot asks one of the topic's questions; which one."""
    place = int(scene.rng.random() * len(scene.topic.questions))
    scene.bot((scene.topic.questions[place],), asks=True, choices=scene.topic.choices)
    return place


def _answer(scene: Scene) -> None:
    """The bot's answer: the one for the choice that was made, where there is one."""
    answers = scene.topic.answers
    fits = scene.choice is not None and scene.choice < len(answers)
    scene.bot(answers[scene.choice : scene.choice + 1] if scene.choice is not None and fits else answers)


def _settle(scene: Scene) -> None:
    """The bot answers, and answers what the customer asks on."""
    if scene.chance(0.8):
        _clarify(scene)
    _answer(scene)
    scene.feels(0.9)
    for question, answer in scene.rng.sample(scene.topic.follow_ups, k=len(scene.topic.follow_ups)):
        if not scene.chance(0.45):
            break
        scene.customer(question.format_map(scene.slots), feeling=0.35)
        scene.bot((answer,))
        scene.feels(0.4)


def _ask_whether_answered(scene: Scene, *, is_answered: bool) -> None:
    """The bot asks whether that was the answer, and the customer says so or that it was not."""
    scene.tape.trace("PRRSurveyRequest", {"type": "PRRSurveyRequest"})
    scene.bot(scene.book.answered, asks=True, choices=scene.book.yes_no)
    scene.feels(0.5 if is_answered else -0.4)
    scene.customer_answers(scene.book.yes_no[not is_answered], feeling=0.4)
    scene.tape.trace("PRRSurveyResponse", {"type": "PRRSurveyResponse", "response": str(is_answered)})


def _confirmed(scene: Scene) -> None:
    _state_need(scene)
    _settle(scene)
    _ask_whether_answered(scene, is_answered=True)
    scene.bot(scene.book.bot_bye)
    ask_rating(scene)
    scene.tape.wait(5 + 40 * scene.rng.random())
    scene.tape.end("completedSuccessfully", sender=scene.tape.bot_account)


def _implied(scene: Scene) -> None:
    _state_need(scene)
    _settle(scene)
    scene.feels(0.3)
    scene.customer_reacts()
    scene.bot(scene.book.bot_bye)
    ask_rating(scene)
    scene.tape.wait(10 + 80 * scene.rng.random())
    scene.tape.end("completedSuccessfully", sender=scene.tape.bot_account)


def _assumed(scene: Scene) -> None:
    _state_need(scene)
    _settle(scene)
    if scene.chance(0.6):
        scene.customer_reacts()
        scene.bot(scene.book.bot_bye)


def _part_unserved(scene: Scene) -> None:
    """As far as it gets with somebody who will not stay: the bot has the last word, and it is a question."""
    _state_need(scene)
    scene.feels(-0.5)
    if scene.chance(0.55):
        _answer(scene)
        scene.feels(-0.8)
        scene.customer(scene.pick(scene.topic.troubles))
        _not_understood(scene)
    else:
        _ask(scene)
        _stumble(scene)
    if scene.chance(scene.plan.bot.stumbles + 0.3):
        _stumble(scene)
    if scene.chance(0.4):
        scene.customer(scene.pick(scene.book.rephrased) + scene.need)
        _ask(scene)


def _cancelled(scene: Scene) -> None:
    _part_unserved(scene)
    if scene.chance(0.4):
        scene.customer(scene.pick(scene.book.leaving), feeling=0.7)
    scene.customer_thinks()
    scene.tape.end("userCancelled", sender=scene.tape.customer_account)


def _timed_out(scene: Scene) -> None:
    _part_unserved(scene)
    _close_unanswered(scene)


def _close_unanswered(scene: Scene) -> None:
    quick = 0.25 if scene.tape.is_voice else 1.0
    scene.tape.wait(quick * (150 + 120 * scene.rng.random()))
    scene.bot(scene.book.still_there, asks=True)
    scene.tape.wait(quick * 150)
    scene.bot(scene.book.closing)
    scene.tape.end("botTimedOut", sender=scene.tape.bot_account)


def _escalated(scene: Scene) -> None:
    _state_need(scene)
    if scene.topic.for_people and scene.chance(0.6):
        _clarify(scene)
        reason = "rule"
    elif scene.chance(0.3 + scene.plan.bot.stumbles):
        _ask(scene)
        _stumble(scene)
        _stumble(scene)
        scene.customer(scene.pick(scene.book.mutters))
        scene.tape.trace("UnknownIntent", {"userQuery": scene.last_said})
        reason = "gave up"
    else:
        if scene.chance(0.7):
            _clarify(scene)
        _answer(scene)
        if scene.chance(0.4):
            _ask_whether_answered(scene, is_answered=False)
        scene.feels(-1.1)
        scene.customer(scene.pick(scene.topic.troubles), feeling=0.75)
        _not_understood(scene)
        scene.customer(scene.pick(scene.book.asks_human))
        reason = "asked"
    escalate(scene, reason)


def _unengaged(scene: Scene) -> None:
    _close_unanswered(scene)


def _failed(scene: Scene) -> None:
    _state_need(scene)
    if scene.chance(0.5):
        _clarify(scene)
    scene.bot(scene.book.broken)
    scene.tape.wait(1)
    scene.tape.end("channelFailed", sender=HUB)


_STORIES: dict[Fate, Callable[[Scene], None]] = {
    Fate.CONFIRMED: _confirmed,
    Fate.IMPLIED: _implied,
    Fate.ASSUMED: _assumed,
    Fate.ESCALATED: _escalated,
    Fate.CANCELLED: _cancelled,
    Fate.TIMED_OUT: _timed_out,
    Fate.SILENT: _part_unserved,
    Fate.UNENGAGED: _unengaged,
    Fate.FAILED: _failed,
}
