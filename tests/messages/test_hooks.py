"""What comes back over HTTP: signed receipts and texts, forged ones, replays, answers and opt-outs."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import structlog
from sqlalchemy import func, select

from command.core import clock
from command.core.journal import Entry, Note
from command.core.log import configure
from command.messages import inbound
from command.messages.handlers import InboundMessage
from command.messages.models import Delivery, Inbound, OptOut, Purpose, ReceiptIn, State
from command.people.models import Person
from notifiers.simulator.signing import sign
from tests.messages.house import TOKEN, House, number


def post(house: House, path: str, form: dict[str, str], token: str = TOKEN) -> requests.Response:
    """Post a form as the provider does."""
    url = f"{house.installation.settings.origin}/hooks/twilio/{path}"
    return requests.post(url, data=form, headers={"X-Twilio-Signature": sign(url, form, token)}, timeout=30)


def receipt(attempt: str = "a" * 32, status: str = "delivered") -> tuple[str, dict[str, str]]:
    return f"twilio/status?attempt={attempt}", {"MessageSid": "SM1", "MessageStatus": status, "To": number(1)}


def stored(house: House) -> int:
    with house.database.read() as session:
        return session.scalar(select(func.count()).select_from(ReceiptIn)) or 0


def engineer(house: House, index: int = 1) -> None:
    """Somebody with a phone."""

    def work(session: object) -> None:
        session.add(  # type: ignore[attr-defined]
            Person(
                username=f"e{index}",
                name_zh="张三",
                name_en="Zhang San",
                language="zh",
                number=house.keyring.encrypt(number(index)),
                number_index=house.keyring.index(number(index)),
                created_at=clock.now(session),  # type: ignore[arg-type]
            )
        )

    house.database.write(work)


def test_a_signed_receipt_is_durable_when_it_is_answered(house: House) -> None:
    assert post(house, *receipt()).status_code == 204
    assert stored(house) == 1


@pytest.mark.parametrize(
    ("path", "form", "token", "status", "field"),
    [
        ("twilio/status?attempt=x", receipt()[1], "another-token", 403, "X-Twilio-Signature"),
        ("nobody/status", receipt()[1], TOKEN, 404, "gateway"),
        ("twilio/status", {"MessageStatus": "delivered"}, TOKEN, 422, "MessageSid"),
        ("twilio/status", {"MessageSid": "SM1", "MessageStatus": "eaten"}, TOKEN, 422, "MessageStatus"),
        ("twilio/inbound", {"MessageSid": "SM1", "From": number(1)}, TOKEN, 422, "To"),
        ("twilio/inbound", {"MessageSid": "SM1", "From": number(1), "To": "1"}, "forged", 403, "X-Twilio-Signature"),
    ],
)
def test_what_cannot_be_believed_or_read_is_refused_and_changes_nothing(
    house: House, path: str, form: dict[str, str], token: str, status: int, field: str
) -> None:
    answer = post(house, path, form, token)
    assert answer.status_code == status and answer.json()["field"] == field
    assert stored(house) == 0


def test_the_same_receipt_again_changes_nothing(house: House) -> None:
    house.enqueue(1)
    house.send()
    house.settle_down()
    before = house.row(1)
    attempt = before.attempt or ""
    for status in ("sent", "delivered", "delivered", "queued"):
        assert post(house, *receipt(attempt, status)).status_code == 204
    house.apply()
    after = house.row(1)
    assert (after.state, after.fence, after.settled_at) == (State.DELIVERED, before.fence, before.settled_at)


def test_receipts_sent_at_once_share_commits(house: House) -> None:
    house.enqueue(200)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 200} and house.stats()["callbacks_failed"] == 0


def answering(house: House, text: str | None, *, exercise: bool = False) -> list[InboundMessage]:
    heard: list[InboundMessage] = []

    def reply(session: object, message: InboundMessage) -> str | None:
        heard.append(message)
        return text if message.exercise == exercise else None

    house.handlers.replies.append(reply)
    return heard


@pytest.mark.proves("R8")
def test_a_reply_is_handled_and_answered_in_the_persons_language(house: House) -> None:
    engineer(house)
    heard = answering(house, "收到，谢谢。")
    assert house.reply(1, "收到 1234")["delivered"]
    house.send()
    assert [message.text for message in heard] == ["收到 1234"] and heard[0].person_id == 1
    assert house.messages(1)[0]["body"] == "收到，谢谢。"
    assert house.row(1).purpose == Purpose.ANSWER


def test_a_reply_delivered_twice_is_handled_once(house: House) -> None:
    engineer(house)
    heard = answering(house, "ok")
    form = {"MessageSid": "SM77", "From": number(1), "To": "10690000", "Body": "ACK"}
    assert [post(house, "twilio/inbound", form).status_code for _ in range(2)] == [204, 204]
    assert len(heard) == 1 and sum(house.states().values()) == 1
    with house.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 1


def test_a_stranger_gets_no_answer(house: House) -> None:
    answering(house, "ok")
    house.reply(5, "hello")
    assert not house.states()
    with house.database.read() as session:
        assert session.scalar(select(Inbound.handled)) == inbound.UNKNOWN_SENDER


def test_five_answers_in_a_quarter_of_an_hour_and_no_more(house: House) -> None:
    engineer(house)
    answering(house, "ok")
    for _ in range(7):
        house.reply(1, "ACK")
    assert house.states() == {State.READY: 5}
    house.database.write(lambda session: clock.move(session, timedelta(minutes=16), allowed=True))
    house.reply(1, "ACK")
    assert house.states() == {State.READY: 6}


@pytest.mark.parametrize("word", ["STOP", " td ", "退订", "ＴＤ", "stop."])
def test_a_word_opts_out_and_another_back_in(house: House, word: str) -> None:
    house.reply(3, word)
    with house.database.read() as session:
        assert session.get(OptOut, house.keyring.index(number(3))) is not None
    house.reply(3, "start")
    with house.database.read() as session:
        assert session.get(OptOut, house.keyring.index(number(3))) is None


@pytest.mark.proves("I3")
def test_an_answer_to_a_drill_leaves_by_the_exercise_gateway(house: House) -> None:
    engineer(house)
    house.allow(1)
    heard = answering(house, "演练应答已收到", exercise=True)
    house.reply(1, "ACK")
    house.send()
    assert [message.exercise for message in heard] == [False, True], "live first, then the exercise it can belong to"
    assert house.row(1).exercise and house.row(1).gateway == "exercise"


def test_a_handler_that_fails_loses_nothing(house: House) -> None:
    engineer(house)

    def broken(session: object, message: InboundMessage) -> str | None:
        raise RuntimeError("no")

    house.handlers.replies.append(broken)
    assert not house.reply(1, "ACK")["delivered"], "the provider is told and calls again"
    house.handlers.replies.clear()
    answering(house, "ok")
    house.reply(1, "ACK")
    assert house.states() == {State.READY: 1}


@pytest.fixture
def logging_as_run(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The log as an engine writes it, put back afterwards."""
    configure("json", logging.DEBUG)
    yield
    structlog.reset_defaults()
    logging.basicConfig(level=logging.WARNING, force=True)


@pytest.mark.proves("I10")
def test_no_number_is_logged_or_journaled(
    logging_as_run: None, house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    engineer(house)
    answering(house, "ok")
    house.fault("code:21606", times=6)
    house.fault("503", 0.3)
    house.enqueue(40)
    house.page(1)
    house.reply(1, "ACK")
    house.reply(2, "hello")
    house.send()
    house.sweep()
    house.settle_down()
    out, err = capfd.readouterr()
    with house.database.read() as session:
        journal = "".join(session.scalars(select(Entry.data)))
        columns = select(Delivery.reason, Delivery.code, Delivery.provider_id)
        rows = "".join(str(tuple(row)) for row in session.execute(columns))
    assert "message in" in err
    for text in (out, err, journal, rows):
        assert "12000000" not in text
