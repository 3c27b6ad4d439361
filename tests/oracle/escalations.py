"""How a stretch with the bot ends in asking for a human: each kind of evidence, accepted or not, once or twice."""

from __future__ import annotations

from .endings import Finish, answered
from .script import Party, Script
from .truth import Ending

REQUESTS = ("tag", "initiate", "initiate with context", "transfer", "handoff with context")
HUB = Party("hub", "Omnichannel", "")


def request(script: Script, kind: str) -> int:
    """The bot asks for a human; says when."""
    context = {"BotHandoffTopic": script.rng.choice(("CreditCard", "HomeLoan"))}
    if kind == "tag":
        return script.bot_command("Escalate", text="The customer wants to talk to somebody.", context=context)
    if kind == "initiate":
        return script.put("event", script.bot, name="handoff.initiate")
    if kind == "initiate with context":
        return script.put("event", script.bot, name="handoff.initiate", value=context)
    if kind == "transfer":
        value = {"type": "transferToAgent", "message": "over to you", "context": context}
        return script.put("handoff", script.bot, value=value)
    return script.put("handoff", script.bot, value={"context": context})


def accept(script: Script) -> int:
    """The hub says that somebody takes it."""
    value: dict[str, object] = {"state": "accepted", "message": "taken"}
    if script.rng.random() < 0.6:
        value["agent"] = {"id": script.agent.id, "name": script.agent.name}
    return script.put("event", script.rng.choice((HUB, script.agent)), name="handoff.status", value=value)


def talk_to_agent(script: Script) -> None:
    """Agent and customer, for a while."""
    for _ in range(script.rng.randint(1, 4)):
        script.agent_says()
        if script.rng.random() < 0.8:
            script.customer_says()
    if script.rng.random() < 0.3:
        script.end("completedSuccessfully", by=script.agent)


def give_up_waiting(script: Script) -> None:
    """Nobody comes."""
    if script.rng.random() < 0.3:
        script.put("event", HUB, name="handoff.status", value={"state": "failed", "message": "nobody there"})
    if script.rng.random() < 0.5:
        script.customer_says()
    if script.rng.random() < 0.5:
        script.end("userCancelled", by=script.customer)


def after_request(script: Script) -> None:
    """What follows a request and changes nothing."""
    if script.rng.random() < 0.5:
        script.bot_says("Please hold on, somebody will be with you soon.")
    if script.rng.random() < 0.3:
        script.customer_says()
    course = script.rng.choice(("accepted", "agent", "given up", "nothing"))
    if course == "accepted":
        accept(script)
    if course in ("accepted", "agent"):
        talk_to_agent(script)
    if course == "given up":
        give_up_waiting(script)


def by_request(kind: str) -> Finish:
    """Escalated by a request of this kind."""

    def finish(script: Script) -> Ending:
        script.rng.choice((script.customer_says, lambda: answered(script)))()
        at_ms = request(script, kind)
        after_request(script)
        return Ending("escalated", session_end_ms=at_ms)

    finish.__name__ = "escalated by " + kind
    return finish


def by_outcome(script: Script) -> Ending:
    """The platform's outcome is HandOff."""
    answered(script)
    return Ending("escalated", session_end_ms=script.session_info("HandOff"))


def by_request_and_outcome(script: Script) -> Ending:
    """A request first, the platform's outcome at the very end: the time runs to the request."""
    answered(script)
    at_ms = request(script, script.rng.choice(REQUESTS))
    script.bot_says("Please hold on.")
    script.trace("SessionInfo", {"type": "Engaged", "outcome": "HandOff", "turnCount": 3, "impliedSuccess": False})
    return Ending("escalated", session_end_ms=at_ms)


def by_acceptance(script: Script) -> Ending:
    """Accepted with no request on the wire: the time runs to the agent's first message."""
    answered(script)
    at_ms = accept(script)
    if script.rng.random() < 0.7:
        at_ms = script.agent_says()
        script.customer_says()
    return Ending("escalated", session_end_ms=at_ms)


def by_agents_message(script: Script) -> Ending:
    """No event at all: an agent speaks after the bot."""
    script.customer_says()
    script.bot_states()
    at_ms = script.agent_says()
    script.customer_says()
    talk_to_agent(script)
    return Ending("escalated", session_end_ms=at_ms)


def twice(script: Script) -> Ending:
    """Two requests: the time runs to the earlier."""
    answered(script)
    at_ms = request(script, script.rng.choice(REQUESTS))
    if script.rng.random() < 0.5:
        script.customer_says()
    request(script, script.rng.choice(REQUESTS))
    after_request(script)
    return Ending("escalated", session_end_ms=at_ms)


def returned_to_bot(script: Script) -> Ending:
    """The agent passes it back: it stays escalated, by the session that asked."""
    answered(script)
    at_ms = request(script, script.rng.choice(REQUESTS))
    if script.rng.random() < 0.5:
        accept(script)
    script.agent_says()
    script.customer_says()
    script.listener = None
    script.bot_states()
    answered(script)
    return Ending("escalated", session_end_ms=at_ms)


def after_yes(script: Script) -> Ending:
    """Confirmed first, and then a human is asked for all the same."""
    answered(script)
    script.trace("PRRSurveyResponse", {"type": "PRR", "response": "True"})
    answered(script)
    at_ms = request(script, script.rng.choice(REQUESTS))
    after_request(script)
    return Ending("escalated", session_end_ms=at_ms)


ESCALATED: tuple[Finish, ...] = (
    *(by_request(kind) for kind in REQUESTS),
    by_outcome, by_request_and_outcome, by_acceptance, by_agents_message, twice, returned_to_bot, after_yes,
)  # fmt: skip
