"""Time stamps as sources write them."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.errors import RecordError
from ingest.sources.times import read_stamp

AT_MS = 1571898868139  # 2019-10-24T06:34:28.139Z
WHOLE = AT_MS - 139


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-10-24T06:34:28.139Z", (AT_MS, 0)),
        ("2019-10-24T06:34:28.1397264Z", (AT_MS, 7264)),
        ("2019-10-24T06:34:28.139726499Z", (AT_MS, 7264)),
        ("2019-10-24T06:34:28.13Z", (WHOLE + 130, 0)),
        ("2019-10-24T06:34:28Z", (WHOLE, 0)),
        ("2019-10-24T06:34:28", (WHOLE, 0)),
        ("2019-10-24 06:34:28.139", (AT_MS, 0)),
        ("2019-10-24T14:34:28.139+08:00", (AT_MS, 0)),
        ("2019-10-24T02:34:28.139-0400", (AT_MS, 0)),
        ("2019-10-24T12:04:28.139+05:30", (AT_MS, 0)),
        ("2019-10-24", (WHOLE - 23_668_000, 0)),
        (1571898868, (WHOLE, 0)),
        (1571898868.139, (AT_MS, 0)),
        (AT_MS, (AT_MS, 0)),
        (str(AT_MS), (AT_MS, 0)),
        (AT_MS * 1000, (AT_MS, 0)),
        ("2019-10-24 06:34:28.139 UTC", (AT_MS, 0)),
        (f"/Date({AT_MS})/", (AT_MS, 0)),
        ("Thu, 24 Oct 2019 06:34:28 GMT", (WHOLE, 0)),
    ],
)
def test_known_spellings(value: Any, expected: tuple[int, int]) -> None:
    assert read_stamp(value) == expected


@pytest.mark.parametrize(
    "value",
    [None, "", "yesterday", "2019-13-01T00:00:00.000Z", "2019-02-30T00:00:00Z", "2019-10-24T06:34:6 .000Z",
     "2019-10-24T06:34:61.000Z", "2019-10-24T06:34:٢٨.١٣٩Z", "0001-01-01T00:00:00", True, 0, [], {}, "2019-10-24T06:34:28+99:99",
     "10/24/2019 06:34:28", "24 Oct 2019 06:34:28"],
)  # fmt: skip
def test_what_is_no_time_gives_none(value: Any) -> None:
    assert read_stamp(value) is None


@pytest.mark.parametrize(
    "value",
    ["1969-12-31T23:59:59.999Z", "2200-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "0000-01-01T00:00:00Z", -5, 10**18, 1e300],
)
def test_times_that_no_conversation_has_are_refused(value: Any) -> None:
    with pytest.raises(RecordError, match="outside 1970"):
        read_stamp(value)
