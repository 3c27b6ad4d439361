"""What licences entitle to: bot sessions a month, pooled for the tenant, nothing carried over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from store.engine import Store
from store.routing.configurations import newest_configuration
from store.routing.records import Licences

PER_LICENCE, PER_PACK = 50, 100
# From these shares of it on people are warned.
AT_RISK, USED_UP = 0.8, 1.0


@dataclass(frozen=True, slots=True)
class Entitlement:
    """All holdings, in the order of their months, what each licence and pack gives, and whose months are meant."""

    holdings: Sequence[Licences] = ()
    per_licence: int = PER_LICENCE
    per_pack: int = PER_PACK
    zone: str = "UTC"

    def holding(self, month: str) -> Licences | None:
        """What is held in a month; None before the first holding."""
        held = [holding for holding in self.holdings if holding.from_month <= month]
        return max(held, key=lambda holding: holding.from_month, default=None)

    def sessions(self, month: str) -> int | None:
        """How many bot sessions a month holds; None where nothing says."""
        held = self.holding(month)
        return None if held is None else held.licences * self.per_licence + held.packs * self.per_pack


def configured_licences(store: Store) -> Sequence[Licences]:
    """What the configuration in force says is held; nothing where there is none."""
    with store.read() as connection:
        configuration = newest_configuration(connection)
    return () if configuration is None else configuration.licences
