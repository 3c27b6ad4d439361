"""Finding a rule's words in a message: whole words, capitals or not, phrases over any white space."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from metrics.alerts.rules import Rule, Speaker

# Who has not said it within so much has not said it.
MAX_SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class Message:
    """What was said in a conversation: by whom (a role's word) and when."""

    identity: int
    conversation_key: int
    at_ms: int
    role: str
    text: str


class WordSearch:
    """The words of one rule, ready to be looked for."""

    def __init__(self, rule: Rule) -> None:
        self._said_by = rule.said_by
        self._words = {_folded(word): word for word in rule.words}
        # The longest first: of "call the police" and "call" the phrase is what was said.
        parts = sorted((_pattern(word) for word in self._words), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")

    def found_in(self, message: Message) -> str | None:
        """The rule's word that stands first in the message, as the rule writes it."""
        if self._said_by is not Speaker.ANY and message.role != self._said_by:
            return None
        match = self._pattern.search(_folded(message.text[:MAX_SEARCHED]))
        return None if match is None else self._words[" ".join(match.group().split())]


def _folded(text: str) -> str:
    """The same words however they are written: case, composed letters, curly apostrophes, any white space."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return " ".join(plain.split())


def _pattern(word: str) -> str:
    return re.escape(word)
