"""The errors of the store: each says what to do.

StoreError
├── StoreBusyError          try again later
└── StoreUnusableError      stop, and tell the operator
    ├── NoDatabaseError     the same: nothing has made it yet, or its name is another
    └── NewerDatabaseError  the same: update the program
"""

from __future__ import annotations


class StoreError(Exception):
    """Anything that goes wrong with the database."""


class StoreBusyError(StoreError):
    """The database cannot take a write now (locked, or the disk is full). Trying again later may help."""


class StoreUnusableError(StoreError):
    """The database cannot be opened: the address, the folder, its rights, or the file is not ours."""


class NoDatabaseError(StoreUnusableError):
    """There is no such file; asking does not make it."""


class NewerDatabaseError(StoreUnusableError):
    """The database was made by a later release than this one."""


def describe(error: BaseException) -> str:
    """Kind and place of an error of no kind of ours, for logs and operators: its message may quote what customers wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return f"{type(error).__name__} at {place}"
