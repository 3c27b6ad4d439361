"""Where a conversation stands while it is being told: who takes part, what it is about, how the customer feels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from ingest.sources.demo.bots import AVA, HOMER, VOX, Bot, Fate
from ingest.sources.demo.card_topics import CARD_TOPICS
from ingest.sources.demo.dice import dice
from ingest.sources.demo.english import ENGLISH
from ingest.sources.demo.loan_topics import LOAN_TOPICS
from ingest.sources.demo.people import Customer
from ingest.sources.demo.phone_topics import PHONE_TOPICS
from ingest.sources.demo.phrasebook import Lines, Phrasebook, Topic
from ingest.sources.demo.portuguese import PORTUGUESE
from ingest.sources.demo.spanish import SPANISH
from ingest.sources.demo.voices import CallTape
from ingest.sources.demo.wire import EPOCH, Tape

TOPICS = {AVA.name: CARD_TOPICS, HOMER.name: LOAN_TOPICS, VOX.name: PHONE_TOPICS}
BOOKS = {"en": ENGLISH, "es": SPANISH, "pt": PORTUGUESE}
HANDOFF_OF = {AVA.name: "CreditCard", HOMER.name: "HomeLoan"}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MERCHANTS = (
    "Northway Grocers", "Lumen Electronics", "Fjord & Pine", "Bellmont Hotel", "Quickpark", "Saffron Kitchen",
    "Airlia", "Petrel Fuel", "StreamBox", "Hartley Books", "Greenleaf Pharmacy", "Kite Mobile", "Moda Lane",
    "Atlas Gym", "Riverside Tickets", "Oakhouse Furniture",
)  # fmt: skip
CITIES = (
    "Leeds", "Bristol", "Porto", "Lyon", "Osaka", "Chicago", "Toronto", "Krakow",
    "Seville", "Bergen", "Dublin", "Austin", "Utrecht", "Perth", "Turin",
)  # fmt: skip
PRODUCTS = ("Classic", "Gold", "Platinum", "Travel", "Student", "Everyday")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is settled about a conversation before its first word."""

    conversation_id: str
    start_ms: int
    bot: Bot
    customer: Customer
    is_returning: bool
    fate: Fate
    load: float  # of the agents: 1 is an ordinary hour, and waits grow with it
    seed: str


@dataclass(slots=True)
class Scene:
    """A plan being played."""

    plan: Plan
    rng: Random
    tape: Tape
    book: Phrasebook
    topic: Topic
    slots: dict[str, str]
    mood: float
    need: str = ""  # the opening, as the customer stated it
    last_said: str = ""  # by the customer
    choice: int | None = None  # which of the offered answers the customer took
    used: set[str] = field(default_factory=set)

    def pick(self, lines: Sequence[str]) -> str:
        """One of `lines`, filled in; one not said before, where there is one."""
        fresh = [line for line in lines if line not in self.used] or lines
        line = fresh[int(self.rng.random() * len(fresh))]
        self.used.add(line)
        return line.format_map(self.slots)

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self.rng.random() < probability

    def customer_thinks(self, scale: float = 1.0) -> None:
        """The time until the customer's next message."""
        bot = self.plan.bot
        self.tape.wait(min(bot.reply_most_seconds, scale * bot.reply_seconds * self.rng.lognormvariate(0, 0.6)))

    @property
    def level(self) -> int:
        """The mood as one of the grades that there are words for."""
        return max(-3, min(3, round(self.mood)))

    def customer(self, text: str, *, feeling: float = 0.7) -> None:
        """The customer says `text`, and with probability `feeling` before it how they feel."""
        if self.level and self.chance(feeling):
            text = f"{self.pick(self.book.moods[self.level])} {text}"
        self.says(text)

    def customer_answers(self, text: str, *, feeling: float) -> None:
        """The customer answers `text`, and with probability `feeling` after it how they feel."""
        if self.level and self.chance(feeling):
            text = f"{text.rstrip('.')}. {self.pick(self.book.moods[self.level])}"
        self.says(text)

    def customer_reacts(self) -> None:
        """A word of thanks, or of what they feel."""
        lines = self.book.moods[self.level] if self.level and self.chance(0.85) else self.book.thanks
        self.says(self.pick(lines))

    def says(self, text: str) -> None:
        """The customer takes their time and says `text`."""
        self.customer_thinks()
        self.tape.customer_says(text)
        self.last_said = text

    def bot(self, lines: Lines, *, asks: bool = False, choices: Lines = ()) -> None:
        """The bot says one of `lines`."""
        self.tape.wait(0.7 + 2.2 * self.rng.random())
        self.tape.bot_says(self.pick(lines), asks=asks, choices=choices)

    def feels(self, change: float) -> None:
        """Something happened that moves the mood."""
        self.mood = max(-3.4, min(3.4, self.mood + change * (0.6 + 0.8 * self.rng.random())))


def set_scene(plan: Plan) -> Scene:
    """The scene at its beginning, nothing said."""
    rng = dice(plan.seed)
    bot, customer = plan.bot, plan.customer
    language = "en" if bot is VOX else customer.locale[:2]
    book = BOOKS[language]
    topic = _topic(rng, bot, book)
    account = {"id": bot.bot_id, "name": bot.name, "role": "bot"}
    person = {"id": customer.customer_id, "name": customer.name, "role": "user"}
    locale = customer.locale if language == customer.locale[:2] else "en-US"
    make = partial(CallTape, seed=plan.seed) if bot is VOX else Tape
    tape = make(plan.conversation_id, channel=bot.channel, start_ms=plan.start_ms, bot=account, customer=person, locale=locale)
    mood = rng.gauss(0.3, 0.9) - (0.7 if plan.is_returning else 0.0)
    return Scene(plan, rng, tape, book, topic, _slots(rng, plan, topic), mood)


def _topic(rng: Random, bot: Bot, book: Phrasebook) -> Topic:
    topics = tuple(topic for topic in book.topics if topic.handoff == HANDOFF_OF.get(bot.name)) or TOPICS[bot.name]
    return rng.choices(topics, weights=[topic.weight for topic in topics])[0]


def _slots(rng: Random, plan: Plan, topic: Topic) -> dict[str, str]:
    card = f"{rng.randrange(10000):04d}"
    amount = rng.lognormvariate(4.6, 0.8)
    loan = rng.randrange(9, 52) * 10_000
    rate = rng.randrange(290, 470) / 100
    return {
        "bot": plan.bot.name,
        "first": plan.customer.given_name,
        "topic": topic.name,
        "card": card,
        "card_spoken": " ".join(DIGITS[int(digit)] for digit in card),
        "amount": f"£{amount:,.2f}",
        "small": f"£{rng.randrange(6, 60)}.{rng.choice(('00', '50', '95', '20'))}",
        "limit": f"£{rng.randrange(3, 21) * 500:,}",
        "loan": f"£{loan:,}",
        "price": f"£{loan + rng.randrange(4, 13) * 10_000:,}",
        "monthly": f"£{loan * (rate / 1200 + 0.0022):,.0f}",
        "rate": f"{rate:.2f} %",
        "fee": f"{rng.choice(('1.5', '1.75', '2', '2.5'))} %",
        "points": f"{rng.randrange(800, 42000):,}",
        "merchant": rng.choice(MERCHANTS),
        "city": rng.choice(CITIES),
        "product": rng.choice(PRODUCTS),
        "ref": f"{rng.choice('ABDEHKL')}{rng.randrange(10000, 99999)}",
        "date": _day(plan.start_ms, -rng.randrange(2, 13), plan, topic),
        "due": _day(plan.start_ms, rng.randrange(3, 14), plan, topic),
    }


def _day(at_ms: int, days: int, plan: Plan, topic: Topic) -> str:
    day = EPOCH + timedelta(milliseconds=at_ms, days=days)
    spelt_in_figures = topic not in TOPICS[plan.bot.name]  # other languages have other months
    return f"{day.day}/{day.month}" if spelt_in_figures else f"{day.day} {MONTHS[day.month - 1]}"
