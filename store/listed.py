"""A list as one parameter, handed over as JSON: the statement is the same however long the list, so it is compiled once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Never, assert_never
from typing import cast as typing_cast

import orjson
from sqlalchemy import Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB


def texts(name: str, dialect_name: str) -> Select[tuple[str]]:
    """The texts of the parameter `name`, as rows: what `is in` a list is asked of."""
    handed = bindparam(name, type_=Text)
    match dialect_name:
        case "sqlite":
            return select(func.json_each(handed).table_valued("value").c.value)
        case "postgresql":
            return select(func.jsonb_array_elements_text(cast(handed, JSONB)).table_valued("value").c.value)
        case _:
            assert_never(typing_cast(Never, dialect_name))


def spelled(values: Iterable[str]) -> str:
    """The parameter's value."""
    return orjson.dumps(list(values)).decode()
