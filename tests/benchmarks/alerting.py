"""Alerting: how soon after an event is accepted a webhook is told of it, while another target is gone and a third hangs."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.benchmarks.figures import Figure, Sheet, at_most, format_number, quantile
from tests.benchmarks.open_floor import OPEN_CONVERSATIONS, fill, said
from tests.benchmarks.server import FloorServer, free_port, post
from tests.receivers import HttpReceiver, http_receiver

EVENTS = 100
WARM_UP = 5
WORD = "ombudsman"
MOST_P95 = 1_000.0
PATIENCE_SECONDS = 20.0
HANGS_SECONDS = 8.0


def measure(port: int) -> Sheet:
    """One message after another that a rule about words finds."""
    with (
        tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name,
        http_receiver() as receiver,
        http_receiver() as slow,
    ):
        slow.before_answer = lambda: time.sleep(HANGS_SECONDS)
        server = FloorServer(Path(name), port=port)
        with _told(server, Path(name), receiver, slow), server:
            fill(server)
            return sheet(_watch(server, receiver))


@contextmanager
def _told(server: FloorServer, folder: Path, receiver: HttpReceiver, slow: HttpReceiver) -> Iterator[None]:
    """A rule that tells three targets: one that works, one that hangs, one that is gone."""
    addresses = {"works": receiver.url, "hangs": slow.url, "gone": f"http://127.0.0.1:{free_port()}/"}
    targets = "".join(
        f'[[alert_targets]]\nname = "{name}"\nkind = "webhook"\naddress = "{address}"\n'
        'secret = "a-long-random-word"\nallow_private = true\n'
        for name, address in addresses.items()
    )
    rule = f'[[alert_rules]]\nname = "Words"\nkind = "words"\nwords = ["{WORD}"]\ntargets = {list(addresses)}\n'
    (folder / "floorwalker.toml").write_text(targets + rule, encoding="utf-8")
    yield


def _watch(server: FloorServer, receiver: HttpReceiver) -> list[float]:
    """Milliseconds from accepted to received, event by event."""
    dice = random.Random("alerting")
    delays = []
    with httpx.Client(trust_env=False) as client:
        for number in range(WARM_UP + EVENTS):
            name = f"Caller {number:03}"
            post(client, server.url, [said(f"call-{number}", 1, f"I shall write to the {WORD}.", name=name)])
            accepted = time.perf_counter()
            receiver.wait_for(number + 1, seconds=PATIENCE_SECONDS)
            delays.append((time.perf_counter() - accepted) * 1000)
            time.sleep(dice.uniform(0.05, 0.25))
    return delays[WARM_UP:]


def sheet(delays: Sequence[float]) -> Sheet:
    """What was found."""
    figures = [
        Figure("event accepted → webhook received, median", statistics.median(delays), "ms"),
        Figure("event accepted → webhook received, p95", quantile(delays, 0.95), "ms", at_most(MOST_P95)),
        Figure(f"the same, worst of {format_number(len(delays))}", max(delays), "ms"),
    ]
    notes = (f"{OPEN_CONVERSATIONS} open conversations; the rule also tells a target that hangs and one that is gone.",)
    return Sheet("Alerting", figures, notes=notes)
