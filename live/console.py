"""Where a supervisor can act on a conversation: the form of it in the console that runs it, by a template per source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class ConsoleLinks:
    """Templates with {conversation_id} and {source}; checked where settings are read. Without one there is no link."""

    template: str = ""
    by_source: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.template or self.by_source)

    def link(self, source: str, conversation_id: str) -> str:
        """The address for this conversation, "" where its source has none. What is put in is encoded whole."""
        template = self.by_source.get(source, self.template)
        encoded = {"conversation_id": _encoded(conversation_id), "source": _encoded(source)}
        return template.format_map(encoded) if template else ""


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")
