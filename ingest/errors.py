"""The errors of reading: each says what to do.

IngestError
├── ConfigurationError   stop, and tell the operator
├── TemporaryError       try again later
└── RecordError          set the record aside, count it, go on
"""

from __future__ import annotations


class IngestError(Exception):
    """Anything that goes wrong while reading a source."""


class ConfigurationError(IngestError):
    """The set-up is wrong; trying again changes nothing."""


class TemporaryError(IngestError):
    """The source is not available now; `retry_after_seconds` is its own wish, where it has one."""

    def __init__(self, reason: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class RecordError(IngestError):
    """A record cannot be read. The reason is for people and never quotes the record."""
