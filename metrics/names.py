"""Names from outside, as they may stand within words of ours."""

from __future__ import annotations

# Embeddings, overrides and isolates of the bidirectional algorithm. What a name opens and does not close goes on behind it, even
# out of the element that is to hold it. Letters that are written from the right need none of them.
_DIRECTIONS = {code: None for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def undirected(name: str) -> str:
    """A name without marks that turn the direction of writing."""
    return name.translate(_DIRECTIONS)
