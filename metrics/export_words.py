"""An export as the command line says it: what pages show, and what they run."""

from __future__ import annotations

from metrics.export_cells import iso_time
from metrics.exports import ROLLUPS, Wanted
from metrics.windows import Grain

# What each filter of several choices is called there.
OPTIONS = {
    "bots": "--bot",
    "channels": "--channel",
    "queues": "--queue",
    "topics": "--topic",
    "workstreams": "--workstream",
    "outcomes": "--outcome",
}


def words_of(wanted: Wanted) -> list[str]:
    """The words behind `python -m metrics export`, without the file's name."""
    filters, words = wanted.filters, [wanted.table]
    for option, at_ms in (("--from", filters.window.start_ms), ("--to", filters.window.end_ms)):
        if at_ms is not None:
            words.append(f"{option}={iso_time(at_ms)}")
    words.append(f"--tz={filters.tz}")
    # Joined by "=", so that a name that begins with a dash is no option.
    words += [f"{option}={value}" for name, option in OPTIONS.items() for value in getattr(filters, name)]
    words += [f"--search={filters.search}"] * bool(filters.search)
    words += ["--include-tests"] * filters.include_tests + ["--bots-only"] * wanted.bots_only + ["--raw"] * wanted.raw
    words += [f"--metric={wanted.metric}"] * (wanted.metric is not None)
    return words + [f"--grain={wanted.grain.value}"] * (wanted.table == ROLLUPS and wanted.grain is not Grain.DAY)
