"""Traffic like a contact centre's: many conversations at once, people and bots taking turns, some handed over, some ending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.benchmarks.word_salad import BOT_WORDS, CUSTOMER_WORDS

BOTS = ("Cora", "Ada", "Max")
QUEUES = ("Cards", "Loans", "Parcels", "Billing")
CHANNELS = ("webchat", "msteams", "sms", "directline")
# Of what happens in a conversation.
ENDS = 0.03
HANDED_OVER = 0.03
# None ends before it has been on the floor.
FEWEST_BEFORE_END = 4


@dataclass(slots=True, eq=False, weakref_slot=True)
class Talk:
    """One open conversation, as whoever reports it knows it."""

    name: str
    number: int
    num_activities: int = 0
    last_ms: int = 0
    is_handed_over: bool = False
    is_customers_turn: bool = True


class Traffic:
    """Makes events of conversations that are open: always as many, since each that ends makes way for a new one."""

    def __init__(self, seed: int, *, num_open: int) -> None:
        self._dice = Random(seed)
        self._seed = seed
        self._num_opened = 0
        self._talks = [self._open() for _ in range(num_open)]

    def beginnings(self, now_ms: int) -> Iterator[list[dict[str, Any]]]:
        """What has been said in each conversation until now."""
        for talk in self._talks:
            began_ms = now_ms - self._dice.randint(60_000, 600_000)
            said = [self._message(talk, began_ms + 9_000 * place) for place in range(self._dice.randint(2, 6))]
            if talk.number % 4 == 0:
                said += self._hand_over(talk, talk.last_ms + 2_000)
            yield said

    def next(self, now_ms: int) -> tuple[list[dict[str, Any]], Talk, bool]:
        """What happens next, somewhere: its activities, the conversation, and whether that has ended with it."""
        place = self._dice.randrange(len(self._talks))
        talk, chance = self._talks[place], self._dice.random()
        if chance < ENDS and talk.num_activities >= FEWEST_BEFORE_END:
            self._talks[place] = self._open()
            return [self._wire(talk, now_ms, type="endOfConversation", code="completedSuccessfully")], talk, True
        if chance < ENDS + HANDED_OVER and not talk.is_handed_over:
            return self._hand_over(talk, now_ms), talk, False
        return [self._message(talk, now_ms)], talk, False

    def _open(self) -> Talk:
        self._num_opened += 1
        return Talk(f"traffic-{self._seed}-{self._num_opened:06}", self._num_opened)

    def _hand_over(self, talk: Talk, at_ms: int) -> list[dict[str, Any]]:
        talk.is_handed_over = True
        queue = {"queue": QUEUES[talk.number % len(QUEUES)]}
        return [
            self._wire(talk, at_ms, type="event", name="handoff.initiate", value={}),
            self._wire(talk, at_ms, type="event", name="queue.entered", value=queue),
        ]

    def _message(self, talk: Talk, at_ms: int) -> dict[str, Any]:
        is_customers, talk.is_customers_turn = talk.is_customers_turn, not talk.is_customers_turn
        words = (CUSTOMER_WORDS if is_customers else BOT_WORDS).split()
        text = f"{' '.join(self._dice.choices(words, k=self._dice.randint(4, 18))).capitalize()}, {talk.num_activities}."
        fields: dict[str, Any] = {"type": "message", "text": text, "locale": "en-US"}
        if is_customers:
            fields["from"] = {"id": f"of-{talk.name}", "name": f"Customer {talk.number}", "role": "user"}
        elif talk.is_handed_over:
            fields["from"] = {"id": f"agent-{talk.number % 12}", "name": f"Agent {talk.number % 12}", "role": "user"}
        return self._wire(talk, at_ms, **fields)

    def _wire(self, talk: Talk, at_ms: int, **fields: Any) -> dict[str, Any]:
        talk.num_activities += 1
        talk.last_ms = max(talk.last_ms + 1, at_ms)  # so that a row's time says which of its events it shows
        name = BOTS[talk.number % len(BOTS)]
        return {
            "id": f"{talk.name}-{talk.num_activities}",
            "conversation": {"id": talk.name},
            "channelId": CHANNELS[talk.number % len(CHANNELS)],
            "timestamp": datetime.fromtimestamp(talk.last_ms / 1000, UTC).isoformat(timespec="milliseconds"),
            "from": {"id": f"bot-{name}", "name": name, "role": "bot"},
        } | fields
