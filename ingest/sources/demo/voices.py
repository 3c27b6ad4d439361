"""How calls of the simulated floor are spoken: for how long each line, with pauses, and now and then over each other."""

from __future__ import annotations

from random import Random

from ingest.sources.demo.dice import dice
from ingest.sources.demo.wire import HUB, Json, Tape

INTERRUPTS = 0.14  # how often a person begins before the one before has finished
LOOKS_UP = 0.1  # how often a person takes long to answer
HELD = 0.45  # chance that an agent who looks something up puts the customer on hold
# Words a second; a synthetic voice keeps its pace.
PACE, BOT_PACE = (2.1, 3.3), (2.5, 2.6)


class CallTape(Tape):
    """The tape of a call: what is said takes its time, and says where in the call it stands.

    A bot's message is sent as it begins to speak, a person's when it has been understood. People answer sooner than they would
    write. Its chances are its own, so that what is said does not depend on them.
    """

    def __init__(
        self, conversation_id: str, *, seed: str, channel: str, start_ms: int, bot: Json, customer: Json, locale: str
    ) -> None:
        super().__init__(conversation_id, channel=channel, start_ms=start_ms, bot=bot, customer=customer, locale=locale)
        self._rng: Random = dice(seed, "voices")
        self._began_ms = start_ms
        self._free_ms = start_ms  # until when somebody is speaking
        self._is_waiting = False  # the customer, for a person

    def aloud(self, text: str, *, by_bot: bool) -> Json:
        """Let so much time pass as it takes to say this, and say where in the call that was."""
        lasts_ms = round(1000 * (0.35 + len(text.split()) / self._rng.uniform(*(BOT_PACE if by_bot else PACE))))
        start_ms = max(self.now_ms, self._free_ms + 200) if by_bot else self._persons_turn(lasts_ms)
        self.now_ms = start_ms if by_bot else max(start_ms + lasts_ms, self._last_ms + 1)
        self._free_ms = max(self._free_ms, start_ms + lasts_ms)
        return {"channelData": {"speech": {"offset": _iso(start_ms - self._began_ms), "duration": _iso(lasts_ms)}}}

    def event(self, name: str, value: Json, *, sender: Json = HUB) -> None:
        """A named event; between the queue and an agent the customer waits."""
        super().event(name, value, sender=sender)
        if name in ("queue.entered", "handoff.status"):
            self._is_waiting = name == "queue.entered" and self._free_ms > self._began_ms

    def may_hold(self) -> None:
        """An agent who looks something up may leave the customer with music for some time."""
        if self._rng.random() < HELD:
            self.now_ms = max(self.now_ms, self._free_ms) + 300
            self.event("hold.started", {})
            self.wait(min(180.0, 15 + self._rng.expovariate(1 / 30)))
            self.event("hold.ended", {})
            self._free_ms = self.now_ms

    def end(self, code: str, *, sender: Json) -> None:
        """Nobody hangs up in the middle of a sentence, nor long after the last one."""
        hangs_up_ms = self._free_ms + self._rng.randrange(400, 4000)
        self.now_ms = max(min(self.now_ms, hangs_up_ms), self._free_ms + 400, self._last_ms + 1)
        super().end(code, sender=sender)

    @property
    def _last_ms(self) -> int:
        return self.times[-1] if self.times else self._began_ms

    def _persons_turn(self, lasts_ms: int) -> int:
        """When a person begins: after a short pause, seldom a long one, or before the other has finished."""
        chance = self._rng.random()
        slow_ms = round(1000 * (self._rng.uniform(6, 22) if chance > 1 - LOOKS_UP else 0.3 + self._rng.expovariate(1 / 1.6)))
        if chance < INTERRUPTS:
            return max(self._free_ms - self._rng.randrange(200, 1500), self._began_ms)
        due_ms = self.now_ms - lasts_ms
        pause_ms = max(250, due_ms - self._free_ms)
        return self._free_ms + (pause_ms if self._is_waiting else min(pause_ms, slow_ms))


def _iso(span_ms: int) -> str:
    """As Azure's services write a span of time."""
    return f"PT{span_ms // 1000}.{span_ms % 1000:03d}S"
