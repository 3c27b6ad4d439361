"""[[sources]]: where transcripts come from."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from settings.entries import Table, is_name, require_known, require_own_names, require_rules, tables
from settings.values import SourceSettings

SOURCE_KINDS = ("bot_framework", "copilot_studio", "azure_speech_batch", "azure_conversation", "omnichannel")


def read_sources(entries: Any, path: Path) -> tuple[SourceSettings, ...]:
    """The configured sources, each with a name of its own."""
    numbered = enumerate(tables("sources", entries, path), start=1)
    sources = tuple(_source(entry, f"sources[{number}]", path) for number, entry in numbered)
    require_own_names("sources", [source.name for source in sources], path)
    return sources


def _source(entry: Table, called: str, path: Path) -> SourceSettings:
    """A relative path starts at the file's own folder, and the name is the kind where none is given."""
    require_known(entry, called, path, [item.name for item in fields(SourceSettings)])
    rules = {
        "kind": (entry.get("kind") in SOURCE_KINDS, " or ".join(f'"{kind}"' for kind in SOURCE_KINDS)),
        "path": (isinstance(entry.get("path"), str) and entry["path"] != "", "the path of a file or folder"),
        "name": (is_name(entry.get("name", entry.get("kind"))), "letters, digits, -, _ and ."),
        "watch": (isinstance(entry.get("watch", True), bool), "true or false"),
    }
    require_rules(entry, called, path, rules)
    place = path.resolve().parent / Path(entry["path"]).expanduser()
    kind = str(entry["kind"])
    return SourceSettings(str(entry.get("name", kind)), kind, place, entry.get("watch", True))
