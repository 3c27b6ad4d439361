"""Tokens of the stream: who holds one may see what it names, for as long as it says."""

from __future__ import annotations

import pytest
from itsdangerous import URLSafeSerializer

from live.tokens import Grant, TokenExpiredError, TokenRefusedError, issue_token, read_token

NOW = 1_800_000_000_000


def token(**changes: object) -> str:
    who = {"viewer": "guest:1", "name": "Ann", "role": "supervisor"}
    return issue_token(**({"secret": "s", "scope": "floor", "now_ms": NOW} | who | changes))


def test_token_carries_viewer_name_role_and_scope_until_it_expires() -> None:
    assert read_token("s", token(lifetime_ms=1000), scope="floor", now_ms=NOW + 999) == Grant(
        "guest:1", "Ann", "supervisor", "floor", NOW + 1000
    )


def test_token_is_expired_from_the_moment_it_names() -> None:
    with pytest.raises(TokenExpiredError):
        read_token("s", token(lifetime_ms=1000), scope="floor", now_ms=NOW + 1000)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        token(secret="another server"),
        token(scope="conversation"),
        token()[:-1],
        URLSafeSerializer("s", salt="floorwalker.live").dumps({"viewer": "ann"}),
        URLSafeSerializer("s", salt="something else").dumps(["guest:1", "Ann", "supervisor", "floor", NOW + 1000]),
    ],
)
def test_token_of_another_server_scope_or_purpose_is_refused(given: str) -> None:
    with pytest.raises(TokenRefusedError):
        read_token("s", given, scope="floor", now_ms=NOW)
