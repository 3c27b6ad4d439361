"""The errors of the store: each says what to do.

StoreError
├── StoreBusyError          try again later
└── StoreUnusableError      stop, and tell the operator
    └── NewerDatabaseError  the same: update the program
"""

from __future__ import annotations


class StoreError(Exception):
    """Anything that goes wrong with the database."""


class StoreBusyError(StoreError):
    """The database cannot take a write now (locked, or the disk is full). Trying again later may help."""


class StoreUnusableError(StoreError):
    """The database cannot be opened: the address, the folder, its rights, or the file is not ours."""


class NewerDatabaseError(StoreUnusableError):
    """The database was made by a later release than this one."""
