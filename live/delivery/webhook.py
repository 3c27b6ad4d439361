"""Webhooks: a signed JSON body posted to one address, which has been looked up and checked before."""

from __future__ import annotations

import asyncio
import email.utils
import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import certifi
import httpx
import orjson

from live.delivery.addresses import AddressRefusedError, NotFoundError, Resolve, checked_address, look_up
from live.delivery.attempt import Attempt, failed, of_status, try_again
from live.delivery.message import Message, wire_time
from live.delivery.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

VERSION = 1
CONNECT_SECONDS = 4.0
LOOK_UP_SECONDS = 30.0  # what a name server may take
ALL_SECONDS = 10.0  # from connecting to the answer's headers, however slowly they trickle


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those this machine trusts (SSL_CERT_FILE adds to them), and the usual authorities."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address that takes messages. Sending again is harmless: each message carries a key of its own."""

    address: str = field(repr=False)
    secret: str = field(repr=False)
    now_ms: Callable[[], int] = field(repr=False)
    allow_private: bool = False
    resolve: Resolve = field(default=look_up, repr=False)
    all_seconds: float = ALL_SECONDS
    trust: Callable[[], ssl.SSLContext] = field(default=trusted, repr=False)

    @property
    def is_idempotent(self) -> bool:
        """Whether a message that may have arrived can be sent again."""
        return True

    @property
    def longest_seconds(self) -> float:
        """Sending surely takes no longer."""
        return self.all_seconds + LOOK_UP_SECONDS

    def send(self, message: Message) -> Attempt:
        """Post one message. The answer's status decides; its body is not read."""
        url = httpx.URL(self.address)
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
            place = checked_address(url.host, port, resolve=self.resolve, allow_private=self.allow_private)
            return asyncio.run(self._post(url, place, body_of(message), message.key))
        except NotFoundError as error:
            return try_again(str(error))
        except AddressRefusedError as error:
            return failed(str(error))
        except (TimeoutError, httpx.TimeoutException):
            return try_again(f"did not answer within {self.all_seconds:g} s")
        except httpx.HTTPError as error:
            return try_again(_why(error))

    async def _post(self, url: httpx.URL, place: str, body: bytes, key: str) -> Attempt:
        timestamp = self.now_ms() // 1000
        headers = {
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "Floorwalker",
            KEY_HEADER: key,
            TIMESTAMP_HEADER: str(timestamp),
            SIGNATURE_HEADER: sign(self.secret, timestamp=timestamp, body=body),
        }
        # To the address that was checked; the certificate must be that of the name.
        extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
        limits = httpx.Timeout(self.all_seconds, connect=min(CONNECT_SECONDS, self.all_seconds))
        # No proxy of the environment: behind one, the address that was checked would not be the one that is connected to.
        client = httpx.AsyncClient(timeout=limits, trust_env=False, verify=self.trust())
        async with asyncio.timeout(self.all_seconds), client:
            request = client.build_request(
                "POST", url.copy_with(host=place, userinfo=b""), content=body, headers=headers, extensions=extensions
            )
            answer = await client.send(request, stream=True, auth=_auth(url), follow_redirects=False)
            await answer.aclose()
        return of_status(answer.status_code, retry_after_seconds=self._retry_after(answer.headers.get("Retry-After")))

    def _retry_after(self, header: str | None) -> float | None:
        """Seconds to wait, of a header that names them or a date."""
        if header is None:
            return None
        try:
            seconds = float(header)
        except ValueError:
            try:
                seconds = email.utils.parsedate_to_datetime(header).timestamp() - self.now_ms() / 1000
            except (ValueError, OverflowError):
                return None
        return max(0.0, seconds) if math.isfinite(seconds) else None


def body_of(message: Message) -> bytes:
    """The body, version 1: docs/alerts.md describes it. Text stands in it as it is; to show it is the receiver's business."""
    return orjson.dumps(
        {
            "version": VERSION,
            "id": message.key,
            "event": message.event,
            "state": message.state,
            "band": message.band,
            "severity": message.severity,
            "rule": _fit(message.rule),
            "subject": _fit(message.subject),
            "reason": _fit(message.reason),
            "since": wire_time(message.since_ms),
            "at": wire_time(message.at_ms),
            "conversation": _fit(message.conversation) or None,
            "link": message.link or None,
        }
    )


def _fit(text: str) -> str:
    return text[:1000].encode("utf-8", "replace").decode()


def _auth(url: httpx.URL) -> httpx.BasicAuth | None:
    return httpx.BasicAuth(url.username, url.password) if url.username else None


def _why(error: httpx.HTTPError) -> str:
    match error:
        case httpx.ConnectError() if "CERTIFICATE" in str(error).upper():
            return "its certificate could not be trusted"
        case httpx.ConnectError():
            return "could not be connected to"
        case _:
            return "broke the connection off"
