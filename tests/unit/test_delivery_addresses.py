"""Where a webhook may lead: never into the own network unasked, and only to the address that was checked."""

from __future__ import annotations

import pytest

from live.delivery.addresses import AddressRefusedError, NotFoundError, checked_address

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "168.63.129.16"),  # noqa: S104 - refused, not listened to
    *("198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "fe80::1%eth0", "fd00:ec2::254", "::", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
]


def check(*addresses: str, allow_private: bool = False) -> str:
    return checked_address("hooks.example.com", 443, resolve=lambda _host, _port: addresses, allow_private=allow_private)


def test_public_address_is_let_through() -> None:
    assert check("93.184.216.34", "2606:2800:220:1::1") == "93.184.216.34"
    assert check("2606:2800:220:1::1") == "2606:2800:220:1::1"


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_one_private_address_among_public_ones_is_enough_to_refuse(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check("93.184.216.34", address)


def test_private_address_is_let_through_where_that_is_allowed() -> None:
    assert check("10.1.2.3", allow_private=True) == "10.1.2.3"
    assert check("::ffff:10.0.0.1", allow_private=True) == "10.0.0.1"


@pytest.mark.parametrize("address", ["224.0.0.1", "0.0.0.0", "::"])  # noqa: S104 - refused, not listened to
def test_address_of_nobody_is_refused_always(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check(address, allow_private=True)


def test_name_without_an_address_is_said_to_have_none() -> None:
    with pytest.raises(NotFoundError):
        check()
