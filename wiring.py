"""What the composition roots share: from settings to a store, its rules and its pipeline."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from ingest.helper import Helper
from ingest.pipeline import Pipeline
from ingest.preparing import prepare_anywhere
from metrics.alerts.checking import RuleError, rule_from
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.bands import DEFAULT_LIMITS, Bands, limits_from
from metrics.bot_sessions.entitlement import Entitlement, configured_licences
from metrics.derive import Deriver
from metrics.hours import Hours, minute_of
from metrics.metric_targets import MetricTarget, TargetError, target_from
from metrics.need import Targets
from metrics.printing import note
from metrics.rules import Rules
from metrics.sentiment import Scorer, TextBlobEngine
from metrics.settle import settle
from metrics.silence import Silence
from settings import ConfigurationError, Settings
from store.engine import Memory, Store, open_store, sqlite_path
from store.errors import NoDatabaseError
from store.reads import has_data
from store.routing.records import Licences


@dataclass(frozen=True, slots=True)
class Wired:
    """One database with what reads and writes it. A pipeline belongs to one thread."""

    settings: Settings
    store: Store
    rules: Rules
    deriver: Deriver
    now_ms: Callable[[], int]
    is_demo: bool

    def another_pipeline(self) -> Pipeline:
        """A pipeline for one thread."""
        scorer = Scorer(self.deriver.scorer.engine, default_language=self.rules.default_language)
        return Pipeline(self.store, Deriver(self.rules, scorer), now_ms=self.now_ms, is_simulated=self.is_demo)

    @contextmanager
    def bulk_pipeline(self) -> Iterator[Pipeline]:
        """A pipeline for much at once: the collector does not look at it again and again."""
        # Everything read is let go a moment later, and none of it is cyclic.
        gc.freeze()
        thresholds = gc.get_threshold()
        gc.set_threshold(50_000, 20, 50)
        try:
            yield self.another_pipeline()
        finally:
            gc.set_threshold(*thresholds)

    @contextmanager
    def helper(self, processes: int | None = None) -> Iterator[Helper | None]:
        """A second process for a load, where there is a processor for it or two `processes` are asked for; else none."""
        if processes == 1 or (processes is None and not Helper.is_worthwhile()):
            yield None
            return
        helper = Helper(partial(prepare_anywhere, self.deriver, self.now_ms))
        try:
            yield helper
        finally:
            helper.close()


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


def targets_from(settings: Settings) -> Targets:
    """What is promised to those who wait, and which sentiment counts as low."""
    return Targets(
        wait_seconds=settings.wait_target_seconds,
        wait_seconds_by_queue=settings.wait_target_seconds_by_queue,
        sentiment_threshold_micro=round(settings.sentiment_threshold * 1_000_000),
        sentiment_threshold_micro_by_queue={
            queue: round(threshold * 1_000_000) for queue, threshold in settings.sentiment_threshold_by_queue.items()
        },
    )


def bands_from(settings: Settings) -> Bands:
    """The limits of live figures."""
    by_queue = {queue: limits_from(pairs) for queue, pairs in settings.bands_by_queue.items()}
    return Bands({**DEFAULT_LIMITS, **limits_from(settings.bands)}, by_queue)


def promises_from(settings: Settings) -> Promises:
    """The levels of alert rules that name none of their own."""
    return Promises(targets_from(settings), bands_from(settings), silence_from(settings))


def silence_from(settings: Settings) -> Silence:
    """The silence that is expected of sources, and when they are at work."""
    seconds = {source: minutes * 60 for source, minutes in settings.expected_silence_minutes_by_source.items()}
    hours = {
        source: Hours(week.days, minute_of(week.begins), minute_of(week.ends), week.zone)
        for source, week in settings.hours_by_source.items()
    }
    return Silence(settings.expected_silence_minutes * 60, seconds, hours)


def entitlement_from(settings: Settings, store: Store) -> Entitlement:
    """What licences entitle to, in months of the operator's zone: those of the settings, else of the configuration in force."""
    named = tuple(Licences(held.from_month, held.licences, held.packs) for held in settings.bot_session_entitlements)
    return Entitlement(
        named or configured_licences(store),
        per_licence=settings.bot_sessions_per_licence,
        per_pack=settings.bot_sessions_per_pack,
        zone=settings.time_zone,
    )


def metric_targets_from(settings: Settings) -> list[MetricTarget]:
    """What figures should be, as the settings say. Raises ConfigurationError for a target that cannot be."""
    found = []
    for number, given in enumerate(settings.metric_targets, start=1):
        try:
            found.append(target_from(given.metric, given.level, given.of, bot=given.bot, queue=given.queue, is_fixed=True))
        except TargetError as error:
            raise ConfigurationError(f"metric_targets[{number}].{error.field} {error.remedy}") from error
    return found


def rulebook_from(settings: Settings) -> RuleBook:
    """The alert rules of the settings beside those built in. Raises ConfigurationError for one that cannot be."""
    rules, known_targets = [], frozenset(target.name for target in settings.alert_targets)
    for number, given in enumerate(settings.alert_rules, start=1):
        try:
            rules.append(rule_from(given.fields, rule_id=f"file:{given.name}", known_targets=known_targets))
        except RuleError as error:
            raise ConfigurationError(f"alert_rules[{number}].{error.field} (rule {given.name!r}) {error.remedy}") from error
    return RuleBook(rules, promises=promises_from(settings), known_targets=known_targets)


def wire(
    settings: Settings, *, demo: bool = False, now_ms: Callable[[], int] = system_now_ms, memory: Memory = Memory.STEADY
) -> Wired:
    """Open the database that is wanted and put its reader and writer together."""
    rules = rules_from(settings)
    store = open_store(settings.demo_database_url if demo else settings.database_url, memory=memory)
    deriver = Deriver(rules, Scorer(TextBlobEngine(), default_language=rules.default_language))
    return Wired(settings, store, rules, deriver, now_ms, demo)


def demo_wanted(settings: Settings) -> bool:
    """Whether to show the simulated floor. Looks into the real database, and does not make one."""
    return settings.demo_wanted(real_data_exists=real_data_exists(settings))


def real_data_exists(settings: Settings) -> bool:
    """Whether anything has come into the real database, which is not made by asking."""
    if _missing(settings) is not None:
        return False
    store = open_store(settings.database_url)
    try:
        with store.read() as connection:
            return has_data(connection)
    finally:
        store.close()


def is_simulated(settings: Settings, url: str) -> bool:
    """Whether an address is that of the simulated floor's database."""
    path, simulated = sqlite_path(url), sqlite_path(settings.demo_database_url)
    if path is None or simulated is None:
        return url == settings.demo_database_url
    return path.resolve() == simulated.resolve()


def settings_for(settings: Settings, database: str | None) -> Settings:
    """The settings with the database that is meant: an address or an SQLite file, instead of the configured one."""
    if database is None:
        return settings
    return replace(settings, database_url=database if "://" in database else f"sqlite:///{database}")


def settings_of_present(settings: Settings, database: str | None) -> Settings:
    """The same of a database that is there. Raises NoDatabaseError: asking must not make one under a name mistyped."""
    settings = settings_for(settings, database)
    path = _missing(settings)
    if path is not None:
        remedy = "load something (python -m ingest load PATH…), or name another by --db"
        raise NoDatabaseError(f"there is no database at {path}; {remedy}")
    return settings


@contextmanager
def open_settled(
    settings: Settings, database: str | None, *, memory: Memory = Memory.STEADY, or_empty: bool = False
) -> Iterator[Wired]:
    """The database that is meant, with everything due by now settled. One that does not exist is not made: where `or_empty`, an
    empty one stands for it.

    `database` is an address or an SQLite file, instead of the configured one.
    """
    with tempfile.TemporaryDirectory(prefix="floorwalker-") as folder:
        if or_empty and (path := _missing(settings_for(settings, database))) is not None:
            note(f"There is no database at {path}, so nothing is counted.")
            settings = replace(settings, database_url=f"sqlite:///{folder}/empty.db")
        else:
            settings = settings_of_present(settings, database)
        now_ms = system_now_ms()  # one moment for the whole command: nothing falls due between settling and counting
        wired = wire(settings, now_ms=lambda: now_ms, memory=memory)
        try:
            settle(wired.store, wired.deriver, now_ms=now_ms)
            yield wired
        finally:
            wired.store.close()


def _missing(settings: Settings) -> Path | None:
    """The file of the configured database, where it is not there."""
    path = sqlite_path(settings.database_url)
    return path if path is not None and not path.exists() else None
