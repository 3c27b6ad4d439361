"""Metrics of queues, as data: counted from stays, not from conversations."""

from __future__ import annotations

from metrics.metric import Better, Metric, MetricKind, Unit
from store.queues.reads import USUAL_SECONDS

QUEUE_REPORT = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, queues"
PER_STAY = "stay in a queue"


def _stays(key: str, label: str, definition: str, better: Better) -> Metric:
    return Metric(key, label, definition, MetricKind.COUNT, label.lower(), "", Unit.STAYS, PER_STAY, better, 0, QUEUE_REPORT)


def _stay_rate(key: str, label: str, definition: str, numerator: str, denominator: str, better: Better) -> Metric:
    return Metric(
        key, label, definition, MetricKind.RATIO, numerator, denominator, Unit.SHARE, PER_STAY, better, None, QUEUE_REPORT
    )  # fmt: skip


QUEUES = (
    _stays(
        "offered",
        "Offered",
        "Stays in queues where people answer, of closed bot conversations; those that a bot took, which answers at once, "
        "are left out.",
        Better.NEITHER,
    ),
    _stays("accepted", "Accepted", "Of these stays the ones that an agent accepted.", Better.NEITHER),
    _stays(
        "abandoned_in_queue",
        "Abandoned in the queue",
        "Of these stays the ones in which the customer left, or fell silent until the time-out, before anybody accepted.",
        Better.LOWER,
    ),
    _stay_rate(
        "service_level",
        "Service level",
        "Share of the accepted stays that were accepted within as many seconds as the routing configuration says for their queue "
        f"(service_level_seconds), {USUAL_SECONDS} where it says nothing.",
        "stays that an agent accepted within the queue's seconds",
        "stays that an agent accepted",
        Better.HIGHER,
    ),
    _stay_rate(
        "queue_abandonment",
        "Queue abandonment",
        "Share of stays in which the customer left after entering and before acceptance; those that the system ended and "
        "those that moved on to another queue, as on overflow, are in neither part.",
        "stays in which the customer left before acceptance",
        "stays offered, without those that the system ended or that moved on",
        Better.LOWER,
    ),
    Metric(
        key="speed_to_answer",
        label="Speed to answer",
        definition="How long customers stayed in the queue before an agent accepted, over the accepted stays.",
        kind=MetricKind.DURATION,
        numerator="time from entering the queue to the acceptance by an agent",
        denominator="stays that an agent accepted",
        unit=Unit.SECONDS,
        grain=PER_STAY,
        better=Better.LOWER,
        empty=None,
        source=QUEUE_REPORT,
    ),
)
