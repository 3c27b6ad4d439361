"""Which address a webhook may be sent to: looked up once, every answer checked, and then connected to that very one.

A name that is looked up again on connecting could answer differently the second time, and lead into the own network.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Resolve = Callable[[str, int], Sequence[str]]
# Where clouds tell a machine its own secrets, besides link-local addresses; carriers' own networks; IPv4 inside IPv6.
_NEVER_PUBLIC = [
    ip_network(net) for net in ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "168.63.129.16/32", "64:ff9b::/96", "2002::/16")
]


class NotFoundError(Exception):
    """The name has no address."""


class AddressRefusedError(Exception):
    """The name leads, at least in part, to where nothing is sent."""


def look_up(host: str, port: int) -> Sequence[str]:
    """Every address of a name. Raises NotFoundError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFoundError("the host name has no address") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_address(host: str, port: int, *, resolve: Resolve, allow_private: bool) -> str:
    """The address to connect to. Refused when any of the name's addresses is not public, unless that is allowed.

    Raises NotFoundError and AddressRefusedError.
    """
    addresses = [_parsed(address) for address in resolve(host, port)]
    if not addresses:
        raise NotFoundError("the host name has no address")
    for address in addresses:
        if address.is_multicast or address.is_unspecified:
            raise AddressRefusedError("the host name leads to an address nothing is sent to")
        if not allow_private and not _is_public(address):
            raise AddressRefusedError("the host name leads to a private address; allow_private = true would allow that")
    return str(addresses[0])


def _parsed(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.split("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not any(address.version == net.version and address in net for net in _NEVER_PUBLIC)
