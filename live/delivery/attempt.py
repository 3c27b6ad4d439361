"""What became of one attempt to tell somebody outside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """Four ends of an attempt; only one of them is tried again."""

    SENT = "sent"
    TRY_AGAIN = "try_again"  # it surely did not arrive, and later may help
    FAILED = "failed"  # it surely did not arrive, and trying again would not help
    UNKNOWN = "unknown"  # it may have arrived


@dataclass(frozen=True, slots=True)
class Attempt:
    """`reason` is for people: our own words, never an address, a secret or what the other side wrote."""

    result: Result
    reason: str = ""
    retry_after_seconds: float | None = None  # the other side asked for this much patience


def sent() -> Attempt:
    """It was taken."""
    return Attempt(Result.SENT)


def try_again(reason: str, *, retry_after_seconds: float | None = None) -> Attempt:
    """It was not taken this time."""
    return Attempt(Result.TRY_AGAIN, reason, retry_after_seconds)


def failed(reason: str) -> Attempt:
    """It will never be taken as it is."""
    return Attempt(Result.FAILED, reason)


def unknown(reason: str) -> Attempt:
    """Nobody can say whether it was taken."""
    return Attempt(Result.UNKNOWN, reason)


def of_status(status: int, *, retry_after_seconds: float | None = None) -> Attempt:
    """What an HTTP status says about a message that was posted."""
    if 200 <= status < 300:
        return sent()
    if 300 <= status < 400:
        return failed(f"answered with a redirect ({status}); redirects are not followed, so give the final address")
    if status == 429:
        return try_again("asked to be sent less (429)", retry_after_seconds=retry_after_seconds)
    if status in (408, 425) or status >= 500:
        return try_again(f"answered with an error ({status})", retry_after_seconds=retry_after_seconds)
    return failed(f"refused the message ({status})")
