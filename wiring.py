"""What the three composition roots share: from settings to a store, its rules and its pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from ingest.pipeline import Pipeline
from metrics.derive import Deriver
from metrics.rules import Rules
from metrics.sentiment import Engine, Scorer, TextBlobEngine
from settings import Settings
from store.engine import Store, open_store, sqlite_path
from store.reads import has_data


@dataclass(frozen=True, slots=True)
class Wired:
    """One database with what reads and writes it. A pipeline belongs to one thread at a time; `another_pipeline` makes more."""

    settings: Settings
    store: Store
    rules: Rules
    deriver: Deriver
    pipeline: Pipeline
    now_ms: Callable[[], int]
    is_demo: bool

    def another_pipeline(self) -> Pipeline:
        """A pipeline for another thread."""
        return _pipeline(self.store, self.rules, self.deriver.scorer.engine, self.now_ms)


def _pipeline(store: Store, rules: Rules, engine: Engine, now_ms: Callable[[], int]) -> Pipeline:
    deriver = Deriver(rules, Scorer(engine, default_language=rules.default_language))
    return Pipeline(store, deriver, now_ms=now_ms, simulated=frozenset({"demo"}))


def system_now_ms() -> int:
    """Milliseconds since the epoch, by this machine's clock."""
    return time.time_ns() // 1_000_000


def rules_from(settings: Settings) -> Rules:
    """The rules of the definitions as these settings adjust them."""
    return Rules(
        idle_seconds=round(settings.idle_minutes * 60),
        idle_seconds_by_channel=MappingProxyType(
            {channel: round(minutes * 60) for channel, minutes in settings.idle_minutes_by_channel.items()}
        ),
        persistent_channels=frozenset(settings.persistent_channels),
        bot_aliases=settings.bot_aliases,
        default_language=settings.default_language,
    )


def wire(settings: Settings, *, demo: bool = False, now_ms: Callable[[], int] = system_now_ms) -> Wired:
    """Open the database that is wanted and put its reader and writer together."""
    rules = rules_from(settings)
    store = open_store(settings.demo_database_url if demo else settings.database_url)
    engine = TextBlobEngine()
    deriver = Deriver(rules, Scorer(engine, default_language=rules.default_language))
    return Wired(settings, store, rules, deriver, _pipeline(store, rules, engine, now_ms), now_ms, demo)


def demo_wanted(settings: Settings) -> bool:
    """Whether to show the simulated floor. Looks into the real database, and does not make one."""
    return settings.demo_wanted(real_data_exists=_real_data_exists(settings.database_url))


def _real_data_exists(url: str) -> bool:
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return False
    store = open_store(url)
    try:
        with store.read() as connection:
            return has_data(connection)
    finally:
        store.close()
