"""Sensitivity: what becomes of the ranking when a weight is left out, halved or doubled. On the seeds weights were chosen by.

A ranking that stands or falls with one exact weight would be a fit to the simulation. Wanted when weights are changed; not part
of a plain `make bench`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from metrics.need import WEIGHTS, Targets, Weights
from tests.benchmarks.figures import Figure, Sheet, format_number
from tests.benchmarks.ranking import SEEDS_FOR_WEIGHTS, Tally, by_need, caught, mean_lead, precision, precision_with_bot, tally
from tests.benchmarks.replay import replay

NEVER = 1e9  # seconds
# Weights that give points, by the name of their part.
PARTS = {
    "sentiment": ("level", "fall"),
    "with an agent": ("with_agent",),
    "wait": ("wait",),
    "fallbacks in a row": ("fallbacks",),
    "earlier fallbacks": ("earlier_fallbacks",),
    "asking for a human": ("human_asks",),
    "the bot's silence": ("bot_silence",),
    "the agent's silence": ("agent_silence",),
}


def variants() -> Mapping[str, tuple[Weights, Targets]]:
    """Weights and targets by what is different in them."""
    found = {"as they are": (WEIGHTS, Targets())}
    for name, fields in PARTS.items():
        for word, times in (("without", 0.0), ("half", 0.5), ("twice", 2.0)):
            found[f"{name}, {word}"] = (scaled(fields, times), Targets())
    return found | {"never quiet: nothing fades": (WEIGHTS, Targets(quiet_seconds=(NEVER, NEVER)))}


def scaled(fields: tuple[str, ...], times: float) -> Weights:
    """The weights with the points of `fields` taken so many times."""
    changed = {}
    for name in fields:
        points = getattr(WEIGHTS, name)
        if name == "wait":
            changed[name] = tuple((share, times * height) for share, height in points)
        else:
            changed[name] = tuple(times * each for each in points) if isinstance(points, tuple) else times * points
    return replace(WEIGHTS, **changed)


def measure(_port: int) -> Sheet:
    """Every variant on the seeds for weights."""
    found: dict[str, list[Tally]] = {name: [] for name in variants()}
    for seed in SEEDS_FOR_WEIGHTS:
        played = replay(seed)
        for name, (weights, targets) in variants().items():
            found[name] += tally(played, by_need(targets, weights), targets).values()
    return sheet(found)


def sheet(found: Mapping[str, list[Tally]]) -> Sheet:
    """The variants side by side."""
    changed = [precision(tallies) for name, tallies in found.items() if name != "as they are"]
    return Sheet(
        title="Sensitivity of the ranking, on the seeds that weights were chosen by",
        figures=(
            Figure("precision@10 as it is", 100 * precision(found["as they are"]), "%"),
            Figure("the lowest of all variants", 100 * min(changed), "%"),
            Figure("the highest of all variants", 100 * max(changed), "%"),
        ),
        columns=("Weights", "Precision@10", "with a bot only", "Caught", "Lead, mean of all"),
        rows=[
            (
                name,
                f"{100 * precision(tallies):.1f} %",
                f"{100 * precision_with_bot(tallies):.1f} %",
                f"{100 * caught(tallies):.0f} %",
                f"{format_number(mean_lead(tallies))} min",
            )
            for name, tallies in found.items()
        ],
    )
