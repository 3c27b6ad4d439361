"""Many conversations from one seed: every scenario in turn, each with its own cast, style and place in time."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .scenarios import SCENARIOS, Scenario, opening, tell
from .script import GAPS_MS, Party, Script, Style
from .truth import Composed, Truth
from .zones import changes_of_clocks, midnight_ms

BOTS = (
    Party("bot-alma", "Alma", "bot"),
    Party("bot-bruno", "Bruno", "bot"),
    Party("28:c1f2", "Clara, the loan bot", "bot"),
    Party("bot-without-a-name", "", "bot"),
)
AGENTS = (Party("agent-1", "Dana", "user"), Party("agent-2", "Émile", "user"), Party("3", "Fatma", "user"))
CHANNELS = ("webchat", "directline", "emulator", "directlinespeech")
DAY_MS = 86_400_000
FIRST_MS, LAST_MS = 1_733_011_200_000, 1_761_955_200_000  # 2024-12-01 … 2025-11-01
TURNING_POINTS = (
    *changes_of_clocks("America/New_York", 2025), *changes_of_clocks("Europe/Berlin", 2025),
    *(midnight_ms(day, zone) for day in ("2025-01-01", "2025-03-01", "2025-06-30", "2024-12-30")
      for zone in ("UTC", "America/New_York", "Asia/Kathmandu", "Asia/Kolkata", "Pacific/Auckland")),
)  # fmt: skip


def compose(seed: int, count: int) -> list[Composed]:
    """So many conversations; the same seed gives the same ones."""
    names = list(SCENARIOS)
    composed = []
    for number in range(count):
        rng = Random(f"{seed}/{number}")
        name = names[number] if number < len(names) else rng.choice(names)
        script, truth = _one(rng, number, name, SCENARIOS[name])
        composed.append(Composed(script.external_id, script.activities, [truth]))
    return composed


def compose_persistent(seed: int, count: int, *, channel: str = "msteams") -> list[Composed]:
    """Ids that live for years: each silence beyond the time-out begins another conversation, `id#2`, …"""
    names = [name for name in SCENARIOS if not name.startswith("re-opened") and name != "people only"]
    composed = []
    for number in range(count):
        rng = Random(f"{seed}/{channel}/{number}")
        episodes = list(_episodes(rng, number, [rng.choice(names) for _ in range(rng.randint(1, 4))], channel))
        activities = [activity for script, _ in episodes for activity in script.activities]
        for position, activity in enumerate(activities, start=1):
            activity["id"] = str(position)
        composed.append(Composed(episodes[0][0].external_id, activities, [truth for _, truth in episodes]))
    return composed


def compose_open(seed: int, count: int, *, now_ms: int) -> list[Composed]:
    """Conversations that somebody is still in: the last activity is some minutes old, and the idle time-out far off."""
    composed = []
    for number in range(count):
        rng = Random(f"{seed}/open/{number}")
        bot, _, customer, agent = _cast(rng, number)
        script = Script(rng, f"open-{number}", rng.choice(CHANNELS), now_ms, bot, customer, agent)
        script.start_ms = now_ms - rng.choice((900_000, 4 * 3_600_000, 26 * 3_600_000))
        script.gaps_ms = (GAPS_MS[1],)
        opening(script)
        while script.at_ms < now_ms - 1_200_000 or not script.texts:
            script.wait(1_000, 300_000)
            script.bot_states()
            script.customer_says()
        composed.append(Composed(script.external_id, script.activities, [_still_open(script)]))
    return composed


def _still_open(script: Script) -> Truth:
    return Truth(
        conversation_id=script.external_id,
        scenario="still open",
        outcome="",
        resolution="",
        bot=script.bot.title,
        channel=script.channel,
        started_ms=script.start_ms,
        ended_ms=script.at_ms,
        bot_ms=0,
        sentiment=None,
        is_open=True,
    )


def truths_of(composed: list[Composed]) -> list[Truth]:
    """All that is true, in one list."""
    return [truth for one in composed for truth in one.truths]


def _one(rng: Random, number: int, name: str, scenario: Scenario) -> tuple[Script, Truth]:
    external_id = _external_id(rng, number)
    style = _style(rng)
    channel = "pva-studio" if rng.random() < 0.04 else rng.choice(CHANNELS)
    cast = _cast(rng, number)
    seed = rng.random()

    def written(start_ms: int) -> tuple[Script, Truth]:
        bot, other, customer, agent = cast
        script = Script(Random(seed), external_id, channel, start_ms, bot, customer, agent, style)
        return script, tell(name, scenario, script, other)

    start_ms = rng.randrange(FIRST_MS, LAST_MS)
    if rng.random() < 0.5:
        start_ms -= start_ms % 1_000
    if rng.random() < 0.35:  # to end at a turning point, or within minutes of it
        rehearsal, _ = written(0)
        start_ms = rng.choice(TURNING_POINTS) - rehearsal.at_ms + rng.choice((0, 0, -1, 1, rng.randint(-900_000, 900_000)))
    return written(start_ms)


def _episodes(rng: Random, number: int, names: list[str], channel: str) -> Iterator[tuple[Script, Truth]]:
    external_id = f"a:{rng.getrandbits(60):x}-{number}"
    bot, other, customer, agent = _cast(rng, number)
    at_ms = rng.randrange(FIRST_MS, LAST_MS - 60 * DAY_MS)
    for episode, name in enumerate(names, start=1):
        script = Script(Random(rng.random()), external_id, channel, at_ms, bot, customer, agent)
        truth = tell(name, SCENARIOS[name], script, other)
        called = external_id if episode == 1 else f"{external_id}#{episode}"
        yield script, Truth(**{**_fields(truth), "conversation_id": called})
        at_ms = script.at_ms + rng.choice((1_801_000, rng.randint(1_860_000, 10 * DAY_MS)))


def _fields(truth: Truth) -> dict[str, object]:
    return {name: getattr(truth, name) for name in Truth.__dataclass_fields__}


def _cast(rng: Random, number: int) -> tuple[Party, Party, Party, Party]:
    bot, other = rng.sample(BOTS, 2)
    customer = Party(f"customer-{rng.randint(1, 400)}" if rng.random() < 0.5 else f"dl_{number}", "Customer", "user")
    return bot, other, customer, rng.choice(AGENTS)


def _external_id(rng: Random, number: int) -> str:
    unique = f"{rng.getrandbits(48):012x}"
    return rng.choice((f"conv-{number:05d}", f"{unique}-{number}|livechat", f"3A/{unique}+{number}=", str(10_000 + number)))


def _style(rng: Random) -> Style:
    german = rng.random() < 0.06
    return Style(
        locale="de-DE" if german else rng.choice(("", "", "en-US", "en-GB", "en")),
        german=german,
        ids=rng.choice(("numbered", "numbered", "unique", "none")),
        stamps=rng.choice(("milliseconds", "milliseconds", "ticks", "offset")),
        clutter=rng.choice((0.0, 0.2, 0.4)),
        bare_customer=rng.random() < 0.2,
        design_mode=rng.random() < 0.04,
    )
