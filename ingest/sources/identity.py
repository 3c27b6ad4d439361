"""What makes an activity the same activity, and which of two versions of it stands."""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import Protocol

_VERSION = Struct(">BBQI")
_STAMP_BIAS = 1 << 40  # keeps a sub-second stamp positive and its bytes in order


class Hash(Protocol):
    """As much of a hashlib object as is used here."""

    def copy(self) -> Hash: ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


def seed(source: str, conversation_id: str) -> Hash:
    """The beginning of every identity in one conversation: hashed once, copied for each activity."""
    head = blake2b(digest_size=8)
    for part in (source, conversation_id):
        body = part.encode("utf-8", errors="replace")
        head.update(len(body).to_bytes(4, "big") + body)
    return head


def identify(conversation: Hash, activity_id: str, content: bytes) -> int:
    """Signed 64 bits of (source, conversation, activity id), or of the content, its time and sender included, without an id."""
    whole = conversation.copy()
    whole.update(b"i" + activity_id.encode("utf-8", errors="replace") if activity_id else b"c" + content)
    return int.from_bytes(whole.digest(), "big", signed=True)


def fingerprint(content: bytes) -> bytes:
    """Eight bytes that tell contents apart."""
    return blake2b(content, digest_size=8).digest()


def version_of(content: bytes, *, rank: int, stamp: tuple[int, int] | None, later_wins: bool) -> bytes:
    """Bytes of which the greater wins, whichever came first.

    An edit wins over the message, a removal over both, a known time over none, of two edits the later; then the longer content,
    and in the end the hash, so that there is always an answer.
    """
    at = stamp[0] * 10_000 + stamp[1] + _STAMP_BIAS if stamp and later_wins else 0
    return _VERSION.pack(rank, stamp is not None, at, len(content)) + fingerprint(content)
