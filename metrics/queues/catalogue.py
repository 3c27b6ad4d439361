"""Metrics of queues, as data: counted from stays, not from conversations."""

from __future__ import annotations

from functools import partial

from metrics.metric import Better, Unit, count, duration, rate
from store.queues.reads import USUAL_SECONDS

QUEUE_REPORT = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, queues"
PER_STAY = "stay in a queue"

_count = partial(count, grain=PER_STAY, source=QUEUE_REPORT)
_rate = partial(rate, grain=PER_STAY, source=QUEUE_REPORT)
_duration = partial(duration, grain=PER_STAY, source=QUEUE_REPORT)

QUEUES = (
    _count(
        "offered",
        "Offered",
        "Stays in queues where people answer, of closed bot conversations; those that a bot took, which answers at once, "
        "are left out.",
        unit=Unit.STAYS,
    ),
    _count("accepted", "Accepted", "Of these stays the ones that an agent accepted.", unit=Unit.STAYS),
    _count(
        "abandoned_in_queue",
        "Abandoned in the queue",
        "Of these stays the ones in which the customer left, or fell silent until the time-out, before anybody accepted.",
        unit=Unit.STAYS,
        better=Better.LOWER,
    ),
    _rate(
        "service_level",
        "Service level",
        "Share of the accepted stays that were accepted within as many seconds as the routing configuration says for their queue "
        f"(service_level_seconds), {USUAL_SECONDS} where it says nothing.",
        "stays that an agent accepted within the queue's seconds",
        "stays that an agent accepted",
        Better.HIGHER,
    ),
    _rate(
        "queue_abandonment",
        "Queue abandonment",
        "Share of stays in which the customer left after entering and before acceptance; those that the system ended and "
        "those that moved on to another queue, as on overflow, are in neither part.",
        "stays in which the customer left before acceptance",
        "stays offered, without those that the system ended or that moved on",
        Better.LOWER,
    ),
    _duration(
        "speed_to_answer",
        "Speed to answer",
        "How long customers stayed in the queue before an agent accepted, over the accepted stays.",
        "time from entering the queue to the acceptance by an agent",
        "stays that an agent accepted",
    ),
)
