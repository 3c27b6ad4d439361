"""Every figure about routing as data, as metrics/catalogue.py has those of conversations.

Tooltips of the Routing page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from functools import partial

from metrics.metric import Better, Metric, count, rate

OWN = "Floorwalker"
GRAIN = "the moment at which a human was asked for"

_count = partial(count, grain=GRAIN, source=OWN)
_rate = partial(rate, grain=GRAIN, source=OWN)

ROUTING_CATALOGUE: tuple[Metric, ...] = (
    _count(
        "escalations_routed",
        "Escalations",
        "Conversations in which a human was asked for in the period, those still open among them and tests not: by the earliest "
        "request, whenever the conversation ends.",
        "conversations with a request for a human in the period",
    ),
    _rate(
        "landed_as_ruled",
        "Landed as ruled",
        "Of the escalations whose queue is known and named by a rule or a fallback, those that went to it; by the "
        "configuration in force at their moment.",
        "escalations that went to the queue that their rules name",
        "escalations that went there or elsewhere",
        Better.HIGHER,
    ),
    _count(
        "landed_elsewhere",
        "Landed elsewhere",
        "Escalations whose queue differs from the one that their rules name, by the configuration in force at their moment; "
        "where that one may overflow, also from those that are taken then.",
        "escalations that went to another queue than their rules name",
    ),
    _count(
        "routing_not_judged",
        "Cannot be judged",
        "Escalations of which the source does not say which queue they went to, or for which nothing configured names one; and "
        "those that went where the rules send them while a queue overflows, as whether it did is not known.",
        "escalations without a queue, without a rule, a fallback or a workstream that names one, or to a queue taken on overflow",
    ),
)
