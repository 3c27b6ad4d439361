"""How a webhook shows that it comes from here: HMAC-SHA256 over the time and the body, with the secret both sides know."""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP_HEADER = "Floorwalker-Timestamp"
SIGNATURE_HEADER = "Floorwalker-Signature"
KEY_HEADER = "Idempotency-Key"
VERSION = "v1"


def sign(secret: str, *, timestamp: int, body: bytes) -> str:
    """The signature of `body` sent at `timestamp` (seconds since the epoch), as it stands in its header."""
    signed = f"{timestamp}.".encode() + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
