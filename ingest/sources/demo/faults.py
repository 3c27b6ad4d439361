"""What bots and agents do wrong on the simulated floor that is routed with faults.

Added to what is said anyway, activity by activity, by throws of its own: the sound floor stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ingest.sources.demo.bots import VOX
from ingest.sources.demo.dice import dice
from ingest.sources.demo.wire import HUB, Json, iso, milliseconds

# Set by every bot that hands over, and read by no rule.
UNUSED = "CardTier"
TIERS = ("Classic", "Gold", "Platinum")
# Of the calls that an agent ended, so many were given back to the bot before.
GIVEN_BACK = 0.1
BACK_MS = 20_000  # before the end
BACK = "I am back. Is there anything else I can do for you?"


def with_faults(activities: Sequence[Json]) -> list[Json]:
    """Activities of one conversation, any part of it, with what goes wrong among them."""
    return [each for activity in activities for each in _faulty(activity)]


def _faulty(activity: Json) -> Iterator[Json]:
    if activity.get("name") == "handoff.initiate":
        yield activity | {"value": activity["value"] | {UNUSED: _tier(activity)}}
    elif str(activity.get("channelData", {}).get("tags")).startswith("{"):
        tags = json.loads(activity["channelData"]["tags"])
        tags["context"][UNUSED] = _tier(activity)
        yield activity | {"channelData": {"tags": json.dumps(tags, separators=(",", ":"))}}
    else:
        if _is_given_back(activity):
            yield _bot_again(activity)
        yield activity


def _tier(activity: Json) -> str:
    return dice("tier", activity["conversation"]["id"]).choice(TIERS)


def _is_given_back(activity: Json) -> bool:
    """Whether it is the end of a call with an agent, which was with the bot once more before."""
    of_call = activity["type"] == "endOfConversation" and activity["channelId"] == VOX.channel
    ended = of_call and activity["from"] == HUB and activity["code"] == "completedSuccessfully"
    return ended and dice("given back", activity["conversation"]["id"]).random() < GIVEN_BACK


def _bot_again(end: Json) -> Json:
    """What the bot says then."""
    return end | {
        "type": "message",
        "id": f"{end['id']}-back",
        "timestamp": iso(milliseconds(datetime.fromisoformat(end["timestamp"]).astimezone(UTC)) - BACK_MS),
        "from": {"id": VOX.bot_id, "name": VOX.name, "role": "bot"},
        "text": BACK,
        "speak": BACK,
        "locale": "en-US",
    }
