"""Whole numbers within what an activity's detail says, asked of the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from store.tables import activity


class _DetailNumber(FunctionElement[int]):
    """One number of the detail; NULL where it has none. `name` is one of ours: it stands in the statement as it is."""

    type = BigInteger()
    inherit_cache = False

    def __init__(self, name: str) -> None:
        self.key_of_detail = name
        super().__init__(activity.c.detail)


@compiles(_DetailNumber, "sqlite")
def _of_sqlite(element: _DetailNumber, compiler: Any, **options: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)}, '$.{element.key_of_detail}')"


@compiles(_DetailNumber, "postgresql")
def _of_postgresql(element: _DetailNumber, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CAST(CAST({column} AS JSON) ->> '{element.key_of_detail}' AS BIGINT)"


def offset_ms() -> ColumnElement[int]:
    """Where in its call something was spoken."""
    return _DetailNumber("offset_ms")


def spoken_ms() -> ColumnElement[int]:
    """For how long."""
    return _DetailNumber("spoken_ms")
