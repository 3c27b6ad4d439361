"""Writing conversations into the files people have: each layout and wrapper, split, shared, out of order, with duplicates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from .truth import Composed

TIMES = ("timestamp", "timestampMs", "createdDateTime")
ARRAYS = ("transcript", "activities")
Activities = list[dict[str, Any]]


def write(composed: list[Composed], folder: Path, *, seed: int) -> list[Path]:
    """All conversations into files under `folder`; says which files."""
    rng = Random(f"files/{seed}")
    written: list[Path] = []
    shared: Activities = []
    for number, one in enumerate(composed):
        layout = rng.choices(("own", "split", "logger", "shared", "single"), (60, 15, 12, 10, 3))[0]
        activities = disordered(one.activities, rng)
        channel = one.activities[0]["channelId"]
        if layout == "own":
            written.append(_save(folder / f"{number:05d}.transcript", _wrapped(activities, rng)))
        elif layout == "split":
            parts: list[Activities] = [[] for _ in range(rng.randint(2, 3))]
            for activity in activities:
                rng.choice(parts).append(activity)
            parts.append(rng.sample(activities, 1))  # what one file has, another may have too
            written += [
                _save(folder / f"part-{place}" / f"{number:05d}.transcript", part) for place, part in enumerate(parts) if part
            ]
        elif layout == "logger":
            written.append(_save(folder / "logger" / channel / f"{number:05d}.transcript", activities))
        elif layout == "shared":
            shared += activities
        else:
            place = folder / "store" / channel / f"{number:05d}"
            written += [_save(place / f"{turn:08x}.json", activity) for turn, activity in enumerate(activities)]
        if len(shared) > 150:
            written.append(_save(folder / f"shared-{number:05d}.transcript", shared))
            shared = []
    if shared:
        written.append(_save(folder / "shared-rest.transcript", shared))
    return written


def disordered(activities: Activities, rng: Random) -> Activities:
    """Sometimes shuffled, sometimes with some of them twice."""
    result = list(activities)
    if rng.random() < 0.3:
        result += rng.sample(activities, rng.randint(1, len(activities)))
    if rng.random() < 0.3:
        rng.shuffle(result)
    return result


def doubled_and_shuffled(source: Path, target: Path, *, seed: int) -> None:
    """Copy a folder, every array of activities doubled and shuffled; files with activities without a time stay as they are."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_doubled(path.read_bytes(), Random(f"double/{seed}/{path.name}")))


def _doubled(body: bytes, rng: Random) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:
        return body
    found = list(_arrays(value))
    if not found or not all(_has_time(activity) for array in found for activity in array):
        return body
    return json.dumps(_with_doubles(value, rng), ensure_ascii=False).encode()


def _arrays(value: Any) -> Iterator[Activities]:
    """The arrays of activities in a file: bare, under a name, or as JSON inside the rows of a table."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and "type" in item for item in value):
            yield value
        else:
            for item in value:
                yield from _arrays(item)
    elif isinstance(value, dict):
        for name in ARRAYS:
            yield from _arrays(value.get(name))
        if isinstance(value.get("content"), str) and value["content"].startswith("{"):
            yield from _arrays(json.loads(value["content"]))


def _with_doubles(value: Any, rng: Random) -> Any:
    if isinstance(value, list):
        if not value or not all(isinstance(item, dict) and "type" in item for item in value):
            return [_with_doubles(item, rng) for item in value]
        twice = value + value
        rng.shuffle(twice)
        return twice
    if not isinstance(value, dict):
        return value
    result = {name: _with_doubles(item, rng) if name in ARRAYS else item for name, item in value.items()}
    if isinstance(value.get("content"), str) and value["content"].startswith("{"):
        result["content"] = json.dumps(_with_doubles(json.loads(value["content"]), rng), ensure_ascii=False)
    return result


def _has_time(activity: dict[str, Any]) -> bool:
    return any(activity.get(name) is not None for name in TIMES)


def _wrapped(activities: Activities, rng: Random) -> Any:
    wrapper = rng.choice(("", "", "transcript", "activities"))
    if wrapper == "activities" and activities[0]["channelId"] == "pva-studio":
        wrapper = "transcript"  # under that name it would be a snapshot of the authoring canvas, another format
    return {wrapper: activities} if wrapper else activities


def _save(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path
