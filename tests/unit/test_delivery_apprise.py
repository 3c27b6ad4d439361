"""E-mail, Teams and Slack: what arrives there, and what is made of what apprise says."""

from __future__ import annotations

import email
import email.policy
import logging
import ssl
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import trustme

from live.delivery.apprise_target import AppriseTarget, NotAnAddressError, judge
from live.delivery.attempt import Result
from tests.receivers import MailServer, a_message, http_receiver, mail_server

HOSTILE = "<!channel> <https://e.example|x> [x](https://e.example) <at>everyone</at> *b*"


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """apprise pauses between messages to one place, for the sake of services that are not there in tests."""
    monkeypatch.setattr("apprise.plugins.base.NotifyBase.request_rate_per_sec", 0)


def mailbox(mails: MailServer, *, to: str = "lead@example.com") -> AppriseTarget:
    return AppriseTarget("email", f"mailto://127.0.0.1:{mails.port}?from=floor@example.com&to={to}")


def test_mail_arrives_as_plain_text_with_a_subject_and_a_link(mails: MailServer) -> None:
    outcome = mailbox(mails).send(a_message())

    assert outcome.result is Result.SENT
    mail = email.message_from_string(mails.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "Critical: Waiting too long – Ann"
    assert "lead@example.com" in mail["To"]
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert "Waits 5 min for an agent, target 1 min." in text
    assert "Open the conversation: https://floor.example.com/conversation?conversation=web-bot%3Ac+1" in text


def test_hostile_names_make_no_header_and_no_link_in_a_mail(mails: MailServer) -> None:
    hostile = "A\r\nBcc: all@example.com\r\n\r\nhttps://e.example/x"

    outcome = mailbox(mails).send(a_message(subject=hostile, reason=f"<b>{HOSTILE}</b>"))

    assert outcome.result is Result.SENT
    mail = email.message_from_string(mails.mails[0], policy=email.policy.default)
    assert mail["Bcc"] is None
    assert "A Bcc: all@example.com https[:]//e.example/x" in mail["Subject"]
    assert "://e.example" not in mail.get_content()


@pytest.mark.parametrize(
    ("refuse", "result", "said"),
    [
        ({"EHLO": "421 busy", "HELO": "421 busy"}, Result.TRY_AGAIN, "(421)"),
        ({"MAIL": "451 later"}, Result.TRY_AGAIN, "(451)"),
        ({"MAIL": "550 never"}, Result.FAILED, "refused the message (550)"),
        ({"DATA": "554 no"}, Result.FAILED, "(554)"),
    ],
)
def test_what_the_mail_server_says_decides(mails: MailServer, refuse: dict[str, str], result: Result, said: str) -> None:
    mails.refuse.update(refuse)

    outcome = mailbox(mails).send(a_message())

    assert outcome.result is result
    assert said in outcome.reason


def test_mail_that_may_have_arrived_is_unknown_and_not_tried_again(mails: MailServer) -> None:
    mails.hang_up_after_data = True

    assert mailbox(mails).send(a_message()).result is Result.UNKNOWN
    assert len(mails.mails) == 1


def test_mail_server_that_is_gone_is_tried_again() -> None:
    with mail_server() as running:
        target = mailbox(running)

    outcome = target.send(a_message())

    assert (outcome.result, outcome.reason) == (Result.TRY_AGAIN, "the mail server could not be reached")


@pytest.fixture
def of_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_teams_gets_a_card_in_which_hostile_text_is_text(of_server: ssl.SSLContext) -> None:
    with http_receiver(tls=of_server) as receiver:
        target = AppriseTarget("teams", f"workflows://127.0.0.1:{receiver.port}/flow/hush?verify=no")

        outcome = target.send(a_message(subject=HOSTILE, reason=HOSTILE))

        assert outcome.result is Result.SENT
        card = orjson.loads(receiver.requests[0].body)["attachments"][0]["content"]
        title, body = (block["text"] for block in card["body"])
        assert "entities" not in card["msteams"]
        assert not set(title) & set("<>[]*@")
        assert body.count("](") == 1
        assert "[Open the conversation](https://floor.example.com/conversation?conversation=web-bot%3Ac+1)" in body


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize(
    ("status", "result"), [(429, Result.TRY_AGAIN), (500, Result.TRY_AGAIN), (401, Result.FAILED), (302, Result.FAILED)]
)
def test_answer_of_teams_decides_and_redirects_are_not_followed(of_server: ssl.SSLContext, status: int, result: Result) -> None:
    with http_receiver(tls=of_server) as receiver:
        receiver.answers.append((status, {"Location": f"https://127.0.0.1:{receiver.port}/"}))

        outcome = AppriseTarget("teams", f"workflows://127.0.0.1:{receiver.port}/flow/sig?verify=no").send(a_message())

        assert outcome.result is result
        assert len(receiver.requests) == 1


def test_certificate_of_a_stranger_is_refused(of_server: ssl.SSLContext) -> None:
    with http_receiver(tls=of_server) as receiver:
        outcome = AppriseTarget("teams", f"workflows://127.0.0.1:{receiver.port}/flow/sig").send(a_message())

        assert outcome.result is Result.TRY_AGAIN
        assert receiver.requests == []


def test_slack_gets_plain_text_in_which_hostile_text_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[dict[str, Any]] = []

    class Taken:
        status_code, content, text = 200, b"ok", "ok"

    def request(_method: str, url: str, **options: Any) -> Taken:
        posted.append({"url": url} | options)
        return Taken()

    monkeypatch.setattr("apprise.plugins.slack.requests.request", request)
    target = AppriseTarget("slack", "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")

    outcome = target.send(a_message(subject=HOSTILE, reason=HOSTILE))

    assert outcome.result is Result.SENT
    assert posted[0]["url"].startswith("https://hooks.slack.com/services/")
    assert posted[0]["allow_redirects"] is False
    payload = orjson.loads(posted[0]["data"])
    (attachment,) = payload["attachments"]
    assert payload["mrkdwn"] is False
    assert not set(attachment["title"] + attachment["text"]) & set("<>[]*@")
    assert "Open the conversation: https://floor.example.com/conversation" in attachment["text"]


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (["Failed to send Workflows notification: Unauthorized, error=401."], Result.FAILED),
        (["Failed to send to Slack: error=200."], Result.FAILED),  # taken as a request, refused as a message
        (["A Connection error occurred", "Socket Exception: … NewConnectionError …: Connection refused"], Result.TRY_AGAIN),
        (["A Connection error occurred", "Socket Exception: … NameResolutionError …"], Result.TRY_AGAIN),
        (["A Connection error occurred", "Socket Exception: … Read timed out."], Result.UNKNOWN),
        (["A Connection error occurred", "Socket Exception: ('Connection aborted.', RemoteDisconnected())"], Result.UNKNOWN),
        (["Sent Email to a@example.com", 'Sending email to "b@example.com" failed.'], Result.UNKNOWN),
        (['Connection error while submitting email to "x"', "Socket Exception: (535, b'no')"], Result.FAILED),
        ([], Result.UNKNOWN),
    ],
)
def test_what_surely_did_not_arrive_is_told_apart_from_what_may_have(said: list[str], result: Result) -> None:
    assert judge(False, said).result is result


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        ("slack", "mailto://user:hush@example.com"),
        ("teams", "https://example.com/hush"),
        ("teams", "discord://hush/hush"),
        ("slack", "json://localhost/hush"),
        ("teams", "syslog://"),
        ("email", "mailto://"),
        ("teams", "workflows://example.com/flow/sig?template=/etc/passwd"),
        ("teams", "workflows://example.com/flow/sig?:token=x"),
    ],
)
def test_only_the_three_kinds_by_name_are_let_through_and_nothing_is_quoted(kind: str, address: str) -> None:
    with pytest.raises(NotAnAddressError) as caught:
        AppriseTarget(kind, address)

    assert "hush" not in str(caught.value)


def test_secrets_stand_in_no_log_and_no_reason(mails: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mails.refuse["AUTH"] = "535 no such hush"
    target = AppriseTarget("email", f"mailto://hush:hush@127.0.0.1:{mails.port}?from=floor@example.com&to=lead@example.com")

    outcome = target.send(a_message())

    assert outcome.result is not Result.SENT
    assert "hush" not in caplog.text + repr(outcome) + repr(target)
