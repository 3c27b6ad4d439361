"""What the address of a wallboard asks for: a screen on the wall has no controls, so its link says everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from metrics.channels import channel_label, channel_named
from pages.components.zone import zones

MAX_NAMES = 50
MAX_LENGTH = 160


class Query(Protocol):
    """The part after the question mark, as Streamlit has it."""

    def get_all(self, key: str) -> list[str]:
        """Every value of `key`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class WallLink:
    """One wallboard. Empty means all queues or channels, and the time zone of the screen."""

    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    channel_labels: tuple[str, ...] = ()
    zone: str = ""
    hides_names: bool = False
    remarks: tuple[str, ...] = ()  # what of the link is not understood, in sentences


def read_link(query: Query) -> WallLink:
    """`?queue=…&channel=…` (each may be repeated), `zone=Europe/Madrid`, `names=hidden`. What is wrong is left out, and said."""
    zone, names = _last(query.get_all("zone")), _last(query.get_all("names"))
    # A link of the Live page carries what people call a channel.
    channels = _several([channel_named(channel) for channel in query.get_all("channel")])
    remarks = []
    if zone and zone not in zones():
        remarks.append(f"The time zone “{zone[:MAX_LENGTH]}” in the address is not known: times are those of this screen.")
        zone = ""
    if names not in ("", "shown", "hidden"):
        remarks.append("In the address, “names” can be “shown” or “hidden”: names are hidden.")
    return WallLink(
        queues=_several(query.get_all("queue")),
        channels=channels,
        channel_labels=tuple(channel_label(channel) for channel in channels),
        zone=zone,
        hides_names=names not in ("", "shown"),
        remarks=tuple(remarks),
    )


def _several(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:MAX_LENGTH] for value in values if value))[:MAX_NAMES]


def _last(values: Sequence[str]) -> str:
    return values[-1] if values else ""
