"""E-mail, over real SMTP with TLS on loopback."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.base import ExerciseRefused, Outcome, Verdict
from notifiers.smtp import BadSettings, Smtp, SmtpSettings, compose, mailbox, message_id
from tests.notifiers.conftest import message
from tests.notifiers.mailserver import PASSWORD, USER, MailServer

SENDER = "tocsin@example.net"
TEXT = "呼叫：INC-1 网络故障，梅江区。\n打开 https://tocsin.example.net/p/1.x 应答"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    made = MailServer(tmp_path)
    yield made
    made.stop()


def send(server: MailServer, *messages: Any, **changes: Any) -> list[Outcome]:
    fields: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "sender": SENDER,
        "username": USER,
        "password": PASSWORD,
        "ca_file": server.ca,
        "timeout": 5,
    }

    async def run() -> list[Outcome]:
        gateway = Smtp(SmtpSettings(**(fields | changes)))
        try:
            return [await gateway.send(each) for each in messages]
        finally:
            await gateway.aclose()

    return asyncio.run(run())


def mail(number: int = 1, **changes: Any) -> Any:
    return message(number, **({"to": "li.hong@example.net", "text": TEXT} | changes))


def test_a_mail_the_server_took_is_final_and_bears_the_id_of_its_attempt(server: MailServer) -> None:
    (outcome,) = send(server, mail(7))
    assert outcome == Outcome(Verdict.ACCEPTED, provider_id=message_id(f"{7:032x}", SENDER), final=True)
    (taken,) = server.box.mails
    assert taken["Subject"] == "呼叫：INC-1 网络故障，梅江区。" and taken["To"] == "li.hong@example.net"
    assert taken["Message-ID"] == outcome.provider_id and taken.get_content().splitlines() == TEXT.splitlines()


def test_nothing_is_handed_to_a_server_whose_certificate_does_not_hold(server: MailServer) -> None:
    (outcome,) = send(server, mail(), ca_file=None)
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent") and server.box.mails == []


def test_a_wrong_password_stops_the_gateway(server: MailServer) -> None:
    (outcome,) = send(server, mail(), password="wrong")
    assert outcome.verdict == Verdict.STOP and outcome.code is None and server.box.mails == []


@pytest.mark.parametrize(
    ("refusals", "verdict"),
    [
        ({"RCPT": "550 no such mailbox"}, Verdict.REJECTED),
        ({"RCPT": "450 later"}, Verdict.RETRY),
        ({"DATA": "554 not wanted"}, Verdict.REJECTED),
        ({"DATA": "451 later"}, Verdict.RETRY),
        ({"DROP": ""}, Verdict.DOUBTFUL),
    ],
)
def test_what_a_server_says_decides_whether_it_may_be_tried_again(
    server: MailServer, refusals: dict[str, str], verdict: Verdict
) -> None:
    server.box.refusals = refusals
    (outcome,) = send(server, mail())
    assert outcome.verdict == verdict and "example.net" not in outcome.detail


def test_a_server_that_is_not_there_was_certainly_not_given_anything(server: MailServer) -> None:
    server.stop()
    (outcome,) = send(server, mail())
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")


@pytest.mark.proves("I3")
def test_an_exercise_is_refused(server: MailServer) -> None:
    with pytest.raises(ExerciseRefused):
        send(server, mail(exercise=True))


@given(st.text(min_size=1), st.sampled_from(["\r\nBcc: all@example.net", "\nSubject: other", "\r", "\x00", "\u2028x"]))
def test_no_text_can_write_a_header(text: str, tail: str) -> None:
    try:
        made = compose(mail(text=text + tail), SENDER)
    except ValueError:
        return
    heads = made.as_bytes().split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0] for line in heads.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert sorted(names) == sorted(set(names)) and b"Bcc" not in names


@pytest.mark.parametrize(
    "address", ["a@b.cn\r\nBcc: x@y.cn", "a@b.cn,c@d.cn", "Li <a@b.cn>", "a@b", "李@例子.cn", "", "@b.cn", "a b@c.cn"]
)
def test_an_address_that_is_not_one_plain_mailbox_gets_nothing(server: MailServer, address: str) -> None:
    assert not mailbox(address)
    (outcome,) = send(server, mail(to=address))
    assert outcome.verdict == Verdict.REJECTED and server.box.mails == []


def test_a_far_server_without_tls_is_refused_at_the_start() -> None:
    with pytest.raises(BadSettings, match="security"):
        SmtpSettings(host="mail.example.net", sender=SENDER, security="none")
