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


def describe(error: BaseException) -> str:
    """Kind and place of an error of no kind of ours, for logs and operators: its message may quote what customers wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return f"{type(error).__name__} at {place}"
