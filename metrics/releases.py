"""A bot's releases: what of it was in use when, as routing configurations and annotations tell. Transcripts do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from metrics.figures import Totals
from metrics.filters import Filters
from metrics.report import count_in
from store.annotations import annotations_in
from store.engine import Connection, Store
from store.routing.configurations import InForce, configurations

EVER_MS = 2**53  # either way: no conversation ends beyond
BEFORE = "Before"


@dataclass(frozen=True, slots=True)
class Release:
    """One stretch of time of one bot: from its beginning (None: always before) until the next begins."""

    bot: str
    name: str  # "version 2.4", or what an annotation says; two of one bot may be called the same
    from_ms: int | None
    until_ms: int | None

    @property
    def span(self) -> tuple[int, int]:
        """Half-open."""
        return (
            -EVER_MS if self.from_ms is None else self.from_ms,
            EVER_MS if self.until_ms is None else self.until_ms,
        )


def releases_of(connection: Connection, bots: Sequence[str]) -> dict[str, list[Release]]:
    """Of each bot that has more than one its releases, in order of time."""
    kept = configurations(connection)
    noted: dict[str, list[tuple[int, str]]] = {}
    for row in annotations_in(connection):
        noted.setdefault(row["bot"], []).append((row["at_ms"], row["text"]))
    found = {bot: list(_stretches(bot, [*_versions(kept, bot), *noted.get(bot, ())])) for bot in bots if bot}
    return {bot: stretches for bot, stretches in found.items() if len(stretches) > 1}


def by_release(store: Store, filters: Filters, bots: Sequence[str], wanted: Sequence[str]) -> Mapping[Release, Totals]:
    """Totals of every release that has closed conversations in the cut, as far as these metrics need them."""
    with store.read() as connection:
        found = {
            release: count_in(connection, within_release(filters, release), wanted=wanted)[()]
            for releases in releases_of(connection, bots).values()
            for release in releases
        }
    return {release: totals for release, totals in found.items() if totals.closed}


def within_release(filters: Filters, release: Release) -> Filters:
    """The same cut, of one release."""
    return replace(filters, bots=(release.bot,), spans=(release.span,))


def _versions(kept: Sequence[InForce], bot: str) -> Iterator[tuple[int, str]]:
    """When a bot's version changed, and to which. Before the first configuration that is known, the first counts as in force."""
    before: str | None = None
    for number, each in enumerate(kept):
        version = next((known.version for known in each.configuration.bots if known.name == bot), "")
        if version and version != before:
            yield (-EVER_MS if number == 0 else each.from_ms), f"version {version}"
        before = version or before


def _stretches(bot: str, begins: Sequence[tuple[int, str]]) -> Iterator[Release]:
    ordered = sorted(begins)
    if ordered and ordered[0][0] > -EVER_MS:
        ordered = [(-EVER_MS, BEFORE), *ordered]
    for place, (at_ms, name) in enumerate(ordered):
        until_ms = ordered[place + 1][0] if place + 1 < len(ordered) else None
        yield Release(bot, name, None if at_ms == -EVER_MS else at_ms, until_ms)
