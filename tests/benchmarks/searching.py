"""Searching: the first page of what words, phrases and combinations of them find, under each filter, in a kept history.

Words are chosen by how many conversations say them, from a sample, so the same questions are asked of any history. A first page
is everything that a page shows: 25 conversations, how many there are, and where each says it.
"""

from __future__ import annotations

import random
import re
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from metrics.counted import counted_by
from metrics.filters import Filters
from metrics.found import find_page
from metrics.indexing import catch_up
from metrics.snippets import snippets
from metrics.week import within_slot
from metrics.windows import DAY_MS, Window
from settings import Settings
from store.engine import Store, open_store
from store.history import bounds, page_of_closed
from store.selecting import Selection
from store.spoken import spoken_in
from tests.benchmarks import made_history
from tests.benchmarks.figures import Figure, Sheet, at_most, quantile
from tests.benchmarks.timing import Took, timed
from wiring import wire

SCALES = (1_000_000, 100_000)
SMALL = 3_000
ROWS = 25
ROUNDS = 2
SAMPLED = 60  # times 50 conversations
Said = list[list[str]]  # the words of each message


def measure(_port: int = 0) -> Sheet:
    """Ask the largest history that `make bench-data` has made, or a small one."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name:
        path = _history(Path(name))
        store = open_store(f"sqlite:///{path}")
        try:
            indexing: list[int] = []
            took = timed(lambda: indexing.append(catch_up(store)))
            return _sheet(store, path, indexing[0], took)
        finally:
            store.close()


def _history(folder: Path) -> Path:
    for scale in SCALES:
        if made_history.path_of(scale).exists():
            return made_history.path_of(scale)
    wired = wire(Settings(database_url=f"sqlite:///{folder}/small.db"))
    with wired.bulk_pipeline() as pipeline:
        for _ in made_history.make(wired, pipeline, SMALL):
            pass
    wired.store.close()
    return folder / "small.db"


def _sheet(store: Store, path: Path, indexed: int, indexing: Took) -> Sheet:
    questions, filters = _questions(store), dict(_filters(store))
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    cpu: list[float] = []
    for number in range(ROUNDS + 1):
        for kind, typed in questions.items():
            for name, chosen in filters.items():
                began, cpu_began = perf_counter(), process_time()
                _first_page(store, typed, chosen)
                if number:  # the first round reads the file into memory
                    took[kind, name].append(1000 * (perf_counter() - began))
                    cpu.append(1000 * (process_time() - cpu_began))
    every = [each for values in took.values() for each in values]
    figures = [
        Figure("first page, p95 of all", quantile(every, 0.95), "ms", at_most(200)),
        Figure("first page, median", statistics.median(every), "ms"),
        Figure("first page, p95 of the processor's time", quantile(cpu, 0.95), "ms"),
        Figure(
            "first page, slowest question under its slowest filter (median of rounds)",
            max(map(statistics.median, took.values())),
            "ms",
        ),
    ]
    if indexed:
        figures.append(Figure("indexing, of the processor's time", 1e6 * indexing.cpu_seconds / indexed, "µs per conversation"))
    rows = [(kind, typed, *_row(took, kind, filters)) for kind, typed in questions.items()]
    notes = [f"{path.name}, {path.stat().st_size / 1e9:.1f} GB; {len(filters)} filters: {', '.join(filters)}"]
    return Sheet("Searching", figures, ("Search", "Typed", "Median ms", "p95 ms", "Slowest under"), rows, notes)


def _row(took: Mapping[tuple[str, str], list[float]], kind: str, filters: Mapping[str, Selection]) -> tuple[str, str, str]:
    values = [each for name in filters for each in took[kind, name]]
    slowest = max(filters, key=lambda name: statistics.median(took[kind, name]))
    worst = statistics.median(took[kind, slowest])
    return f"{statistics.median(values):.1f}", f"{quantile(values, 0.95):.1f}", f"{slowest} ({worst:.0f} ms)"


def _first_page(store: Store, typed: str, chosen: Selection) -> None:
    searched = replace(chosen, search=Filters(search=typed).selection().search)
    with store.read() as connection:
        page = find_page(connection, searched, None, ROWS)
    snippets(store, page.rows, typed)


def _questions(store: Store) -> dict[str, str]:
    """By kind, what is typed."""
    said = _sample(store)
    words = Counter(word for messages in said for word in {word for message in messages for word in message})
    pairs = Counter(
        pair for messages in said for pair in {pair for message in messages for pair in zip(message, message[1:], strict=False)}
    )
    ranked = [word for word, _ in words.most_common() if len(word) >= 3]
    common, other = ranked[0], ranked[1]
    medium = _nearest(words, len(said) * 0.03, ranked)
    rare = _nearest(words, 1, ranked)
    beginnings = Counter(
        word[:3] for messages in said for word in {word for message in messages for word in message} if len(word) > 3
    )
    commonest_pair = pairs.most_common(1)[0][0]
    never = next((one, two) for one in ranked[:20] for two in ranked[:20] if (one, two) not in pairs)
    return {
        "commonest word": common,
        "word of 3 in 100": medium,
        "rare word": rare,
        "no such word": "xyzzyx",
        "two common words": f"{common} {other}",
        "common and medium": f"{common} {medium}",
        "medium and rare": f"{medium} {rare}",
        "one or the other": f"{medium} OR {rare}",
        "common but not medium": f"{common} NOT {medium}",
        "medium but not common": f"{medium} NOT {common}",
        "common phrase": f'"{" ".join(commonest_pair)}"',
        "phrase of common words that nobody says": f'"{" ".join(never)}"',
        "commonest beginning": f"{beginnings.most_common(1)[0][0]}*",
        "beginning of 4": f"{max((word for word in ranked if len(word) > 5), key=words.__getitem__)[:4]}*",
        "beginning of 5": f"{max((word for word in ranked if len(word) > 6), key=words.__getitem__)[:5]}*",
        "beginning of a number": f"{next((word for word in ranked[::-1] if word.isdigit()), '123')[:3]}*",
        "beginning and word": f"{beginnings.most_common(1)[0][0]}* {medium}",
    }


def _nearest(words: Mapping[str, int], wanted: float, ranked: Sequence[str]) -> str:
    return min(ranked, key=lambda word: abs(words[word] - wanted))


def _sample(store: Store) -> list[Said]:
    """What was said in some conversations from all of history."""
    with store.read() as connection:
        first, last = bounds(connection)
        assert first is not None and last is not None
        dice, rows = random.Random(1), {}
        for _ in range(SAMPLED):
            found = page_of_closed(connection, Selection(bots_only=False), (dice.randint(first, last), 0), 50)
            rows.update({row["conversation_key"]: row for row in found})
        return [
            [re.findall(r"[^\W_]+", item.text.lower()) for item in items]
            for items in spoken_in(connection, list(rows.values())).values()
        ]


def _filters(store: Store) -> Iterator[tuple[str, Selection]]:
    """By name, each filter that the product has, alone and some together; by what history holds least and most of."""
    with store.read() as connection:
        _, last = bounds(connection)
        rows = page_of_closed(connection, Selection(), None, 2_000)
    assert last is not None
    customer = next(row["customer_id"] for row in rows if row["customer_id"])
    words = {
        name: [word for word, _ in Counter(row[name] for row in rows).most_common()]
        for name in ("bot", "channel", "queue", "topic")
    }
    month = Window(last + 1 - 30 * DAY_MS, last + 1)
    plain = Filters(now_ms=last)
    yield "none", Selection()
    yield "people too", Selection(bots_only=False)
    yield "30 days", Filters(window=month).selection()
    yield "one day long ago", Filters(window=Window(last - 60 * DAY_MS, last - 59 * DAY_MS)).selection()
    yield "bot", Selection(bots=(words["bot"][-1],))
    yield "channel", Selection(channels=(words["channel"][-1],))
    yield "queue", Selection(queues=(words["queue"][-1],))
    yield "topic", Selection(topics=(words["topic"][-1],))
    yield "outcome", Selection(outcomes=("abandoned",))
    yield "reason", Selection(reasons=("customer_request",))
    yield "bot, channel and outcome", Selection(bots=(words["bot"][0],), channels=(words["channel"][0],), outcomes=("escalated",))
    yield "what cannot be", Selection(bots=(words["bot"][0],), channels=("no such channel",))
    for metric in ("suspect_resolutions", "never_accepted_rate", "csat_satisfied_rate", "repeat_contact_7"):
        yield metric, counted_by(metric).narrow(Selection(), now_ms=last)
    yield "very negative, by level", replace(plain, sentiments=("very negative",)).selection()
    yield "not understood", Selection(has_fallback=True)
    yield "customer", Selection(customers=(customer,))
    yield "part of a name", Selection(customers=("ann",))
    yield "within −0.35 and −0.33", Selection(ranges=(("sentiment_micro", -350_000, -330_000),))
    yield "very negative", Selection(ranges=(("sentiment_micro", None, -600_000),))
    yield "within 30 s", Selection(ranges=(("bot_ms", None, 30_001),))
    yield "hour of the week", within_slot(store, plain, (0, 3)).selection()
    yield "hour of the week, 30 days", within_slot(store, replace(plain, window=month), (0, 9)).selection()
