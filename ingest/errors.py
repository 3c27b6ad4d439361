"""The errors of reading: each says what to do.

IngestError
├── ConfigurationError   stop, and tell the operator
└── RecordError          set the record aside, count it, go on
"""

from __future__ import annotations


class IngestError(Exception):
    """Anything that goes wrong while reading a source."""


class ConfigurationError(IngestError):
    """The set-up is wrong; trying again changes nothing."""


class RecordError(IngestError):
    """A record cannot be read. The reason is for people and never quotes the record."""
