"""Short-lived signed tokens: the page, which knows who is asking, gives one to the browser; the stream's route checks it."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

LIFETIME_MS = 15 * 60 * 1000
# One signature for one purpose: a token of another part of the product is worth nothing here.
SALT = "floorwalker.live"


class TokenRefusedError(Exception):
    """The token is not ours, or not for this."""


class TokenExpiredError(Exception):
    """The token was good and is too old; the page can give a new one."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may see what, until when."""

    viewer: str  # the id; it stays on the server
    name: str  # what other viewers see; "" where nobody is to be seen watching
    role: str
    scope: str  # "floor": every open conversation
    expires_ms: int


def issue_token(
    secret: str, *, viewer: str, name: str = "", role: str, scope: str, now_ms: int, lifetime_ms: int = LIFETIME_MS
) -> str:
    """A token for `viewer`, good for `lifetime_ms` from now."""
    return _serializer(secret).dumps([viewer, name, role, scope, now_ms + lifetime_ms])


def read_token(secret: str, token: str, *, scope: str, now_ms: int) -> Grant:
    """The grant behind `token`. Raises TokenRefusedError or TokenExpiredError."""
    try:
        viewer, name, role, granted, expires_ms = _serializer(secret).loads(token)
    except (BadData, TypeError, ValueError):
        raise TokenRefusedError("not a token of this server") from None
    if granted != scope:
        raise TokenRefusedError("not a token for this")
    if now_ms >= expires_ms:
        raise TokenExpiredError("the token is too old")
    return Grant(viewer, name, role, granted, expires_ms)


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
