"""E-mail, Teams and Slack, by the apprise library: three of its services by name; its hundred others are not even loaded.

apprise answers yes or no and tells its log why. What it logs is overheard here, by the thread that sends, and goes nowhere
else: it holds addresses with their secrets in them.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from live.delivery.attempt import Attempt, Result, failed, of_status, sent, try_again, unknown
from live.delivery.harmless import without_links, without_markup
from live.delivery.message import Message

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

SCHEMES = {"email": ("mailto", "mailtos"), "teams": ("workflow", "workflows"), "slack": ("slack",)}
# Options of an address that would read files, or do to the message what we have done already.
_NOT_OURS = frozenset({"template", "attach", "format", "overflow", "redirect", "retry", "image", "footer", "emojis", "interpret"})
_NEVER_LEFT = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ConnectionRefused|Connection refused|SSLError|CERTIFICATE"
)


class NotAnAddressError(Exception):
    """An address that its kind of target cannot use. The message does not quote it."""


class AppriseTarget:
    """One mailbox or channel. A message that may have arrived is not sent a second time."""

    is_idempotent = False
    longest_seconds = 180.0  # a mail server may take its time at each of several steps

    def __init__(self, kind: str, address: str) -> None:
        self._kind = kind
        self._service = _service(kind, address)

    def send(self, message: Message) -> Attempt:
        """Send one message."""
        clean = without_links if self._kind == "email" else without_markup
        with _overhear() as said:
            try:
                title, body = message.title(clean), "\n\n".join([*message.lines(clean), *self._link(message)])
                was_taken = self._service.notify(body=body, title=title, body_format=self._service.notify_format)
            except Exception:  # whatever a library does with a message it must not end the worker
                return unknown("the message could not be handed over")
        return judge(was_taken, said)

    def _link(self, message: Message) -> list[str]:
        if not message.link:
            return []
        what = "Open the conversation" if message.conversation else "Open the alerts"
        return [f"[{what}]({message.link})" if self._kind == "teams" else f"{what}: {message.link}"]


def judge(was_taken: bool, said: list[str]) -> Attempt:
    """From apprise's yes or no, and what it logged, to what is known."""
    if was_taken:
        return sent()
    text = "\n".join(said)
    if "Sent Email to" in text:
        return unknown("went to some of the recipients; others were refused")
    if status := re.search(r"error=(\d{3})\b", text):
        outcome = of_status(int(status[1]))
        return failed("refused the message") if outcome.result is Result.SENT else outcome
    if code := re.search(r"Socket Exception: \((\d{3}),", text):
        return _of_smtp(int(code[1]))
    if "Connection error while submitting" in text:
        return try_again("the mail server could not be reached")
    if _NEVER_LEFT.search(text):
        return try_again("could not be connected to")
    return unknown("the connection broke off; the message may have arrived")


def _of_smtp(code: int) -> Attempt:
    if code in (530, 534, 535):
        return failed(f"the mail server refused the sign-in ({code})")
    return (
        failed(f"the mail server refused the message ({code})")
        if code >= 500
        else try_again(f"the mail server asked to wait ({code})")
    )


@cache
def _services() -> Mapping[str, type[NotifyBase]]:
    """apprise's part for each kind. Imported when first wanted: what it builds on opens a socket to see what there is."""
    from apprise.plugins.email import NotifyEmail  # noqa: PLC0415
    from apprise.plugins.slack import NotifySlack  # noqa: PLC0415
    from apprise.plugins.workflows import NotifyWorkflows  # noqa: PLC0415

    return {"email": NotifyEmail, "teams": NotifyWorkflows, "slack": NotifySlack}


def _service(kind: str, address: str) -> NotifyBase:
    """apprise's part for this address. Raises NotAnAddressError."""
    service = _services()[kind]
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise NotAnAddressError(f"is not an address of kind {kind}") from error
    options = parse_qsl(parts.query, keep_blank_values=True)
    for name, _ in options:
        if name.lower() in _NOT_OURS or not name[:1].isalnum():
            raise NotAnAddressError(f"has an option that cannot be used here: {name}")
    own = [("redirect", "no"), ("image", "no"), ("footer", "no"), ("format", "markdown" if kind == "teams" else "text")]
    full = urlunsplit(parts._replace(query=urlencode([*options, *own])))
    with _overhear():
        try:
            found = service.parse_url(full) if parts.scheme in SCHEMES[kind] else service.parse_native_url(full)
            made = service(**found) if found else None
        except (TypeError, ValueError) as error:
            raise NotAnAddressError(f"is not an address of kind {kind}") from error
    if made is None or not getattr(made, "targets", True):  # a mailbox without anybody to write to
        raise NotAnAddressError(f"is not an address of kind {kind}")
    return made


_heard = threading.local()


class _Ear(logging.Handler):
    """Keeps what is logged by a thread that is sending; drops the rest."""

    def emit(self, record: logging.LogRecord) -> None:
        said: list[str] | None = getattr(_heard, "said", None)
        if said is not None and len(said) < 100:
            said.append(record.getMessage()[:1000])


_EAR = _Ear()


@contextmanager
def _overhear() -> Iterator[list[str]]:
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    if _EAR not in logger.handlers:
        logger.addHandler(_EAR)
    said: list[str] = []
    _heard.said = said
    try:
        yield said
    finally:
        _heard.said = None
