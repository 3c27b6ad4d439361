"""Made-up conversations for measuring: every text different, of the length people and bots write, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

CUSTOMER_WORDS = (
    "I we my the a this that you not still never again please thanks hello yes no but and because when why how what card "
    "loan account parcel order payment fee limit password statement address refund bill phone letter branch appointment "
    "contract wrong late broken good bad great terrible happy angry useless helpful slow quick lost blocked paid waiting "
    "called wrote asked tried sent need want think know find see get change cancel move open close today yesterday tomorrow "
    "twice always"
)
BOT_WORDS = (
    "your you the a we I can will have has is was on in for with to of and or please thank here there now within until "
    "after request reference number account card loan order parcel delivery payment statement details address branch team "
    "agent form link page email message minutes hours working days week month confirm check choose send update review open "
    "close renew available received registered completed scheduled pending sorry understand question answer another "
    "anything else help"
)
CHANNELS = ("webchat", "msteams", "directline", "sms")
BOTS = ("Ada", "Cora", "Max")
MEAN_MESSAGES = 20
EVERY_NTH_ESCALATES = 5
SPAN = timedelta(days=30)
LANGUAGE = "en-US"
# The hard cases.
LONG_MESSAGES = 1_000
SHARING = 1_000
REJECTS = 2_000


def write_folder(folder: Path, *, conversations: int, seed: int, until: datetime, locale: str | None = LANGUAGE) -> int:
    """Write a `.transcript` file for each conversation, all of them over before `until`; the number of messages."""
    folder.mkdir(parents=True)
    num_messages = 0
    for name, activities in made_up(conversations, seed=seed, until=until, locale=locale):
        (folder / f"{name}.transcript").write_bytes(json.dumps(activities).encode())
        num_messages += sum(item["type"] == "message" for item in activities)
    return num_messages


def write_hard_cases(base: Path, until: datetime) -> dict[str, list[Path]]:
    """By name, folders to be loaded one after the other: the second brings what follows in the conversations of the first."""
    dice = Random(LONG_MESSAGES)
    began = until - timedelta(days=2)
    long = [_conversation(dice, "long", 1, began, LANGUAGE, num_messages=LONG_MESSAGES)]
    shared = [activities for _, activities in made_up(SHARING, seed=SHARING, until=until)]
    for activity in (activity for activities in shared for activity in activities):
        for side in ("from", "recipient"):
            if activity[side]["id"].startswith("customer-"):
                activity[side] = {"id": "everybody", "name": "Everybody", "role": "user"}
    rejects = base / "rejects"
    rejects.mkdir(parents=True)
    for number in range(REJECTS):
        (rejects / f"{number}.transcript").write_text(f'[{{"type": "message", "text": "broken {number}', encoding="utf-8")
    return {
        f"one conversation of {LONG_MESSAGES:,} messages": _write_in_two(base / "long", long),
        f"{SHARING:,} conversations of one customer": _write_in_two(base / "shared", shared),
        f"{REJECTS:,} files that cannot be read": [rejects],
    }


def _write_in_two(base: Path, conversations: list[list[dict[str, Any]]]) -> list[Path]:
    folders = [base / "at-first", base / "in-the-end"]
    for folder, ends in zip(folders, (-1, None), strict=True):
        folder.mkdir(parents=True)
        for number, activities in enumerate(conversations):
            (folder / f"{number}.transcript").write_bytes(json.dumps(activities[:ends]).encode())
    return folders


def made_up(
    count: int, *, seed: int, until: datetime, locale: str | None = LANGUAGE
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Conversations by id, spread over the month before `until`."""
    dice = Random(seed)
    for number in range(count):
        name = f"salad-{seed}-{number:06}"
        began = until - timedelta(days=1) - SPAN * dice.random()
        yield name, _conversation(dice, name, number, began, locale)


def _conversation(
    dice: Random, name: str, number: int, began: datetime, locale: str | None, num_messages: int = 0
) -> list[dict[str, Any]]:
    customer = {"id": f"customer-{number}", "name": f"Customer {number}", "role": "user"}
    replier: dict[str, Any] = {"id": f"bot-{number % len(BOTS)}", "name": BOTS[number % len(BOTS)], "role": "bot"}
    bot = replier
    num_messages = num_messages or MEAN_MESSAGES + dice.randint(-6, 6)
    escalates_at = num_messages // 2 if number % EVERY_NTH_ESCALATES == 0 else None
    channel = CHANNELS[number % len(CHANNELS)]
    activities: list[dict[str, Any]] = []
    at = began
    for turn in range(num_messages):
        at += timedelta(milliseconds=dice.randint(900, 25_000))
        is_customers = turn % 2 == 0
        if turn == escalates_at:
            activities.append(_wire(name, channel, len(activities), at, bot, customer, type="event", name="handoff.initiate"))
            replier = {"id": f"agent-{number % 12}", "name": f"Agent {number % 12}", "role": "user"}
        sender, other = (customer, replier) if is_customers else (replier, customer)
        text = _sentence(dice, CUSTOMER_WORDS if is_customers else BOT_WORDS, f"{number}-{turn}")
        said = {"type": "message", "text": text, "textFormat": "plain"} | ({"locale": locale} if locale else {})
        activities.append(_wire(name, channel, len(activities), at, sender, other, **said))
    return activities


def _wire(
    conversation: str, channel: str, place: int, at: datetime, sender: dict[str, Any], other: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    return {
        "id": f"{conversation}|{place:07}",
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "serviceUrl": "https://smba.example/amer/",
        "channelId": channel,
        "from": sender,
        "conversation": {"id": conversation},
        "recipient": other,
        **fields,
    }


def _sentence(dice: Random, words: str, reference: str) -> str:
    said = dice.choices(words.split(), k=dice.randint(4, 18))
    return f"{' '.join(said).capitalize()}, {reference}."
