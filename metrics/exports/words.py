"""An export as the command line says it: what pages show, and what they run."""

from __future__ import annotations

from metrics.exports.rows import ROLLUPS, Wanted
from metrics.filter_options import words_of_filters
from metrics.windows import Grain


def words_of(wanted: Wanted) -> list[str]:
    """The words behind `python -m metrics export`, without the file's name."""
    words = [wanted.table, *words_of_filters(wanted.filters)]
    words += ["--bots-only"] * wanted.bots_only + ["--raw"] * wanted.raw
    words += [f"--metric={wanted.metric}"] * (wanted.metric is not None)
    return words + [f"--grain={wanted.grain.value}"] * (wanted.table == ROLLUPS and wanted.grain is not Grain.DAY)
