"""What is said when: history as whole conversations, and the live floor as activities, each at its time.

Both are functions of a seed and of time alone. The live floor is cut into blocks of a quarter of an hour, each of which knows the
conversations that begin in it, so that a server that starts again goes on with the same ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import sin
from operator import itemgetter

from ingest.sources.demo import rhythm
from ingest.sources.demo.dice import dice
from ingest.sources.demo.story import tell
from ingest.sources.demo.wire import EPOCH, Json, Tape, milliseconds

LEAD = timedelta(hours=3)  # longer than any conversation takes: what began earlier is over
BLOCK_MS = 15 * 60_000
BLOCKS_A_DAY = 96
PER_BLOCK = 43  # conversations that begin in a block: keeps 30 to 60 open, those counted that stopped without an end
GOLDEN = 0.6180339887498949  # its multiples, without their whole parts, spread evenly wherever one begins
FIRST_NUMBER = 1000  # live conversations are numbered above those of history


@dataclass(frozen=True, slots=True)
class Block:
    """The live conversations that begin in one quarter of an hour, and what is said in them, in order of time."""

    tapes: tuple[Tape, ...]
    times: tuple[int, ...]
    opened: tuple[int, ...]  # when the conversation of each activity began
    activities: tuple[Json, ...]


def conversations(seed: int, *, start: datetime, end: datetime, floor_at: datetime | None = None) -> Iterator[list[Json]]:
    """Whole conversations that begin in start <= t < end, in that order.

    One of the bots has a new version some days before `floor_at` (`end`, where it is not given), and is better for it.
    """
    for plan in rhythm.plans(seed, start=start, end=end, recent=floor_at or end):
        yield tell(plan).activities


def live_conversations(seed: int, *, start: datetime, end: datetime, until: datetime) -> Iterator[list[Json]]:
    """Live conversations that begin in start <= t < end, in that order, each as far as it has come before `until`."""
    start_ms, end_ms, until_ms = milliseconds(start), milliseconds(end), milliseconds(until)
    for number in range(start_ms // BLOCK_MS, end_ms // BLOCK_MS + 1):
        for tape in _block(seed, number).tapes:
            if start_ms <= tape.times[0] < end_ms:
                yield _copies(tape.activities[: bisect_left(tape.times, until_ms)])


def activities_between(
    seed: int, t0: datetime, t1: datetime, *, opened_before: datetime | None = None
) -> list[tuple[datetime, Json]]:
    """What is said on the live floor in t0 <= t < t1, each with its time, in order of time.

    With `opened_before`, only in conversations that began before then.
    """
    t0_ms, t1_ms = milliseconds(t0), milliseconds(t1)
    opened_ms = t1_ms if opened_before is None else milliseconds(opened_before)
    found: list[tuple[int, int, int, Json]] = []
    for number in range(milliseconds(t0 - LEAD) // BLOCK_MS, t1_ms // BLOCK_MS + 1):
        block = _block(seed, number)
        for index in range(bisect_left(block.times, t0_ms), bisect_left(block.times, t1_ms)):
            if block.opened[index] < opened_ms:
                found.append((block.times[index], number, index, block.activities[index]))
    found.sort(key=itemgetter(0, 1, 2))
    return [(EPOCH + timedelta(milliseconds=at_ms), dict(activity)) for at_ms, _, _, activity in found]


@lru_cache(maxsize=64)
def _block(seed: int, number: int) -> Block:
    """Conversations at even intervals with some play, and fates in even turns: by chance alone the floor would at times be
    crowded, and at others empty."""
    rng = dice(seed, "live", number)
    day, block = divmod(number, BLOCKS_A_DAY)
    step = BLOCK_MS / PER_BLOCK
    load = 0.85 + 0.35 * sin(number / 5.3) + 0.2 * sin(number / 1.7 + seed % 7)
    tapes = []
    for index in range(PER_BLOCK):
        start_ms = number * BLOCK_MS + int((index + rng.random()) * step)
        place = FIRST_NUMBER + block * PER_BLOCK + index
        name = f"demo-{EPOCH + timedelta(days=day):%Y%m%d}-{place}"
        draw = (number * PER_BLOCK + index + seed % 1000) * GOLDEN % 1.0
        plan = rhythm.make_plan(seed, name, start_ms=start_ms, who=(day, place), days_ago=0, load=load, live=True, draw=draw)
        tapes.append(tell(plan))
    said = sorted((at_ms, index, place) for index, tape in enumerate(tapes) for place, at_ms in enumerate(tape.times))
    return Block(
        tapes=tuple(tapes),
        times=tuple(at_ms for at_ms, _, _ in said),
        opened=tuple(tapes[index].times[0] for _, index, _ in said),
        activities=tuple(tapes[index].activities[place] for _, index, place in said),
    )


def _copies(activities: list[Json]) -> list[Json]:
    """Copies that a caller may write on: blocks are kept and asked again."""
    return [dict(activity) for activity in activities]
