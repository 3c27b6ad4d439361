"""What is typed into a search, read: words, "phrases", beginnings*, AND, OR, NOT and parentheses; and where a text says it.

Whatever is typed either means something or is answered with what is wrong and what to do. Nothing of it is ever syntax of the
database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.search.marks import Span, marked
from store.search.tables import SHORTEST_PREFIX
from store.search.words import plain_text

LONGEST = 300
MOST_TERMS = 32
DEEPEST = 20
_PIECE = re.compile(r'"([^"]*)(")?(\*?)|([()])|([^\s()"]+)')
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")


class SearchError(ValueError):
    """A search that means nothing; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow one another; of the last one only the beginning, where `is_prefix`."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these, and none of `without`."""

    parts: tuple[Query, ...]
    without: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these."""

    parts: tuple[Query, ...]


Query = Term | All | Any


def read_query(text: str) -> Query | None:
    """What is meant; None where nothing is. Raises SearchError."""
    if len(text) > LONGEST:
        raise SearchError(f"The search is longer than {LONGEST} characters. Leave some of it out.")
    pieces = list(_pieces(text))
    if not pieces:
        return None
    if sum(isinstance(piece, Term) for piece in pieces) > MOST_TERMS:
        raise SearchError(f"These are more than {MOST_TERMS} words. Leave some out, or look for a phrase in quotation marks.")
    reader = _Reader(pieces)
    query = reader.either(0)
    if reader.here == ")":
        raise SearchError("A closing parenthesis has no opening one. Take it away, or put ( before what it closes.")
    return query


def match_for(text: str) -> str:
    """What is typed as the index reads it; "" where nothing is typed. Raises SearchError."""
    query = read_query(text)
    return "" if query is None else as_match(query)


def as_match(query: Query) -> str:
    """A query as SQLite's full-text index reads it, every word of it quoted."""
    match query:
        case Term(words, is_prefix):
            return f'"{" ".join(plain_text(" ".join(words)).split())}"' + (" *" if is_prefix else "")
        case Any(parts):
            return "(" + " OR ".join(map(as_match, parts)) + ")"
        case All(parts, without):
            found = "(" + " AND ".join(map(as_match, parts)) + ")"
            return f"({found} NOT ({' OR '.join(map(as_match, without))}))" if without else found


def highlight(texts: Sequence[str], query: str) -> list[list[Span]]:
    """Where each text says any of what is looked for: half-open places, in order, none within another. Raises SearchError.

    Many texts at once are much quicker than one by one.
    """
    read = read_query(query)
    if read is None:
        return [[] for _ in texts]
    return marked(texts, as_match(Any(tuple(_wanted(read)))))


def _wanted(query: Query) -> Iterator[Term]:
    match query:
        case Term():
            yield query
        case All(parts) | Any(parts):
            for part in parts:
                yield from _wanted(part)


def _pieces(text: str) -> Iterator[Term | str]:
    """Terms, the operators AND, OR and NOT, and parentheses."""
    for piece in _PIECE.finditer(text):
        phrase, closed, star, bracket, word = piece.groups()
        if bracket:
            yield bracket
        elif word is None:
            if closed is None:
                raise SearchError("A quotation mark is not closed. Put another one behind the phrase.")
            yield _term(phrase, is_prefix=bool(star))
        elif word in ("AND", "OR", "NOT"):
            yield word
        else:
            if word.startswith("-") and len(word) > 1:
                yield "NOT"
                word = word[1:]
            yield _term(word.removesuffix("*"), is_prefix=word.endswith("*"))


def _term(text: str, *, is_prefix: bool) -> Term:
    if "*" in text:
        raise SearchError("* stands for the rest of a word, and so only at its end. Take the others away.")
    words = tuple(_WORD.findall(text))
    if not words:
        typed = f"{text}*" if is_prefix else text
        raise SearchError(f"“{typed}” has no letter or digit in it, and only these are looked for. Take it away, or add a word.")
    if plain_text(words[-1]) != words[-1]:
        is_prefix = False  # every part of such a word is found as it is
    if is_prefix and len(words[-1]) < SHORTEST_PREFIX:
        raise SearchError(f"“{words[-1]}*” would find too much. Write {SHORTEST_PREFIX} letters or more before *.")
    return Term(words, is_prefix)


class _Reader:
    """Goes through the pieces once: OR binds least, then AND, which may be left out."""

    def __init__(self, pieces: Sequence[Term | str]) -> None:
        self._pieces, self._at = pieces, 0

    @property
    def here(self) -> Term | str | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def either(self, depth: int) -> Query:
        parts = [self.every(depth)]
        while self.here == "OR":
            self._at += 1
            parts.append(self.every(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def every(self, depth: int) -> Query:
        parts: list[Query] = []
        without: list[Query] = []
        while self.here not in (None, "OR", ")"):
            if self.here == "AND":
                if not parts and not without:
                    raise SearchError("AND stands between two words. Put a word before it, or write it in small letters.")
                self._at += 1
            is_unwanted = self.here == "NOT"
            self._at += is_unwanted
            (without if is_unwanted else parts).append(self._one(depth))
        if not parts:
            said = "NOT leaves things out of what is found" if without else "OR stands between two words, and () around some"
            raise SearchError(f"{said}. Say also what to look for.")
        return parts[0] if len(parts) == 1 and not without else All(tuple(parts), tuple(without))

    def _one(self, depth: int) -> Query:
        piece = self.here
        self._at += 1
        if isinstance(piece, Term):
            return piece
        if piece != "(":
            raise SearchError(
                f"{piece or 'The last word'} has nothing to look for behind it. Add a word, or take the operator away."
            )
        if depth >= DEEPEST:
            raise SearchError("There are too many parentheses within each other. Take some away.")
        found = self.either(depth + 1)
        if self.here != ")":
            raise SearchError("A parenthesis is not closed. Put ) behind what belongs together.")
        self._at += 1
        return found
