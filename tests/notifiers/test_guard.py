"""A drill cannot reach the public, and a live message cannot leave through a drill's gateway."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from notifiers.base import ExerciseRefused, Found, Gateway, LookUp, Message, Outcome, Unanswered, Verdict
from notifiers.chat import Chat
from notifiers.console import Console
from notifiers.exercise import NO_WAY, NOT_ALLOWED, Exercise, marked
from notifiers.smtp import Smtp, SmtpSettings
from notifiers.twilio_sms import CAPABILITIES, TwilioSettings, TwilioSms, TwilioTransport
from notifiers.twilio_voice import TwilioVoice
from tests.notifiers.conftest import PHONE, TEXT, House, message

BYSTANDER = "+8612099999999"


def drill_gateway(house: House) -> Exercise:
    transport = TwilioTransport(house.settings(status_callback=None))
    return Exercise({"sms": transport}, lambda number: number == PHONE, CAPABILITIES)


def use(gateway: Gateway, verb: str, *arguments: object) -> object:
    async def run() -> object:
        try:
            return await getattr(gateway, verb)(*arguments)
        finally:
            await gateway.aclose()

    return asyncio.run(run())


@pytest.mark.proves("B3", "I3")
@pytest.mark.parametrize("verb", ["send", "look_up"])
def test_a_live_gateway_makes_no_call_at_all_for_an_exercise(house: House, verb: str) -> None:
    rest = () if verb == "send" else (datetime.now(UTC),)
    with pytest.raises(ExerciseRefused, match="twilio refuses an exercise message"):
        use(TwilioSms(house.settings()), verb, message(exercise=True), *rest)
    assert house.stats()["accepted"] == 0
    assert house.texts() == []


@pytest.mark.proves("I3")
def test_the_console_refuses_an_exercise_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ExerciseRefused):
        use(Console(), "send", message(exercise=True))
    assert capsys.readouterr().out == ""


@pytest.mark.proves("B3", "I3")
def test_an_exercise_gateway_refuses_a_live_message(house: House) -> None:
    with pytest.raises(ExerciseRefused, match="exercise refuses a live message"):
        use(drill_gateway(house), "send", message())
    assert house.texts() == []


@pytest.mark.proves("B3")
def test_an_exercise_reaches_the_allow_list_with_its_mark_first(house: House) -> None:
    outcome = use(drill_gateway(house), "send", message(exercise=True))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [text["body"] for text in house.texts()] == [f"【演练】{TEXT}"]


@pytest.mark.proves("B3", "I3")
def test_an_exercise_to_anybody_else_is_rejected_without_a_call(house: House) -> None:
    outcome = use(drill_gateway(house), "send", message(exercise=True, to=BYSTANDER))
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, NOT_ALLOWED)
    assert house.stats()["accepted"] == 0


def test_a_doubtful_exercise_is_found_by_its_marked_text(house: House, long_ago: datetime) -> None:
    doubtful = message(exercise=True)
    sent = use(drill_gateway(house), "send", doubtful)
    found = use(drill_gateway(house), "look_up", doubtful, long_ago)
    assert isinstance(found, Found)
    assert found.provider_id == sent.provider_id


class Wire:
    """A wire that remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Message] = []

    async def submit(self, message: Message) -> Outcome:
        self.given.append(message)
        return Outcome(Verdict.ACCEPTED, provider_id="1")

    async def find(self, message: Message, since: datetime) -> LookUp:
        return Unanswered("nothing is kept")

    async def aclose(self) -> None:
        return None


@pytest.mark.proves("B3", "I3")
def test_what_is_no_sms_takes_its_own_wire_and_the_same_allow_list() -> None:
    sms, voice = Wire(), Wire()

    def sent(**given: Any) -> Any:
        drill = Exercise({"sms": sms, "voice": voice}, lambda address: address == PHONE, CAPABILITIES)
        return use(drill, "send", message(exercise=True, **given))

    assert sent(channel="voice").verdict is Verdict.ACCEPTED
    assert [each.text for each in voice.given] == [f"【演练】{TEXT}"] and sms.given == []
    assert sent(channel="voice", to=BYSTANDER).code == NOT_ALLOWED
    assert (sent(channel="email").verdict, sent(channel="email").code) == (Verdict.REJECTED, NO_WAY)
    assert len(voice.given) == 1 and sms.given == []


@pytest.mark.proves("B3", "I3")
def test_live_voice_mail_and_chat_refuse_an_exercise() -> None:
    settings = TwilioSettings(account_sid="AC1", auth_token="x", sender="+8610690000", base_url="http://127.0.0.1:9")
    for gateway in (
        TwilioVoice(settings, "http://127.0.0.1:9"),
        Smtp(SmtpSettings(host="127.0.0.1", sender="a@b.c")),
        Chat(),
    ):
        with pytest.raises(ExerciseRefused):
            use(gateway, "send", message(exercise=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("网络中断", "【演练】网络中断"),
        ("Core link down", "[DRILL] Core link down"),
        ("【演练】网络中断", "【演练】网络中断"),
        ("[DRILL] Core link down", "[DRILL] Core link down"),
    ],
)
def test_the_mark_is_set_once_in_the_language_of_the_text(text: str, expected: str) -> None:
    assert marked(text) == expected


@pytest.mark.proves("I10")
def test_the_console_prints_the_text_and_masks_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = use(Console(), "send", message())
    assert outcome.verdict is Verdict.ACCEPTED
    assert capsys.readouterr().out == f"SMS → 120****5678  {TEXT}\n"
