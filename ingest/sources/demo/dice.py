"""Seeded chance: the same words give the same throws, in every process."""

from __future__ import annotations

from random import Random


def dice(*names: str | int) -> Random:
    """A generator of its own for whatever `names` name."""
    return Random(":".join(map(str, names)))  # noqa: S311 - a play needs throws that repeat, and keeps no secrets
