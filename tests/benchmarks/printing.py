"""Sheets on the screen: drawn on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Sheet, format_number


def console() -> Console:
    """Where sheets are printed."""
    return Console(width=None if sys.stdout.isatty() else 120, markup=False, highlight=False)


def print_sheet(out: Console, sheet: Sheet) -> None:
    """The title, what was compared, the figures with their bounds, the notes."""
    out.print(f"\n{sheet.title}", style="bold")
    edges = box.SIMPLE_HEAD if out.is_terminal else box.ASCII2
    if sheet.rows:
        compared = Table(box=edges)
        for at, name in enumerate(sheet.columns):
            compared.add_column(name, justify="left" if at == 0 else "right")
        for row in sheet.rows:
            compared.add_row(*row)
        out.print(compared)
    found = Table("Figure", box=edges)
    for name in ("Value", "Bound"):
        found.add_column(name, justify="right")
    found.add_column("Verdict")
    for figure in sheet.figures:
        value = f"{format_number(figure.value)} {figure.unit}".rstrip()
        bound = "" if figure.bound is None else f"{figure.bound} {figure.unit}".rstrip()
        found.add_row(figure.name, value, bound, figure.verdict, style="bold red" if figure.is_missed else "")
    out.print(found)
    for note in sheet.notes:
        out.print(f"  {note}", style="dim")
