"""Chats, over HTTP to a sink on loopback."""

import asyncio
from typing import Any

import pytest

from notifiers.base import ExerciseRefused, Outcome, Verdict
from notifiers.chat import Chat, chat_of
from tests.notifiers.conftest import message
from tests.notifiers.listener import Listener


def send(*messages: Any, schemes: tuple[str, ...] = ("json",)) -> list[Outcome]:
    async def run() -> list[Outcome]:
        gateway = Chat(schemes)
        try:
            return [await gateway.send(each) for each in messages]
        finally:
            await gateway.aclose()

    return asyncio.run(run())


def address(listener: Listener) -> str:
    return listener.url.replace("http://", "json://") + "/room?secret=abc"


def test_a_text_reaches_the_chat_and_that_is_all_that_will_be_known(listener: Listener) -> None:
    (outcome,) = send(message(3, to=address(listener), text="呼叫：INC-1"))
    assert outcome == Outcome(Verdict.ACCEPTED, provider_id=f"chat-{3:032x}", final=True)
    assert "INC-1" in str(listener.next().params)


def test_a_chat_that_does_not_take_it_leaves_doubt_and_no_address_in_the_words(listener: Listener) -> None:
    listener.close()
    (outcome,) = send(message(to=address(listener)))
    assert outcome.verdict == Verdict.DOUBTFUL and "secret" not in outcome.detail


def test_an_address_of_a_kind_nobody_allowed_is_never_called(listener: Listener) -> None:
    (outcome,) = send(message(to=address(listener)), schemes=("slack",))
    assert outcome.verdict == Verdict.REJECTED and listener.quiet


@pytest.mark.proves("I3")
def test_an_exercise_is_refused(listener: Listener) -> None:
    with pytest.raises(ExerciseRefused):
        send(message(to=address(listener), exercise=True))


def test_addresses_are_understood_as_the_chats_give_them() -> None:
    hook = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    robot = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc-4bc4-97a0-0ec2sifa5aaa"
    assert chat_of(hook) is not None and chat_of(robot) is not None
    assert chat_of("https://10.0.0.1/x") is None and chat_of("json://10.0.0.1/x") is None and chat_of("微信") is None
