"""What an export will hold: its first rows, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.exports.columns import TABLES, Type
from pages.components.tables import figures, show_table, text


def preview_table(table: str, rows: Sequence[Sequence[str]]) -> None:
    """The first rows, as they stand in the file."""
    columns = {}
    for place, column in enumerate(TABLES[table]):
        draw = figures if column.type in (Type.INTEGER, Type.NUMBER) else text
        columns[column.name] = draw(column.name, [row[place] for row in rows], help=column.description)
    show_table("preview", columns, about=f"The first rows of {table}", height="content")


def dictionary_table(rows: Sequence[Mapping[str, str]]) -> None:
    """What its columns mean."""
    show_table(
        "dictionary",
        {
            "column": text("Column", [row["column"] for row in rows], width=170),
            "type": text("Type", [row["type"] for row in rows], width=70),
            "unit": text("Unit", [row["unit"] for row in rows], width=150),
            "description": text("What it says", [row["description"] for row in rows]),
        },
        about="The data dictionary of the chosen table",
        height="content",
    )
