"""The carrier's app as a gateway: every exchange is real, against the simulated backend; verdicts, signatures and receipts besides."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers import push
from notifiers.base import BadWebhook, ExerciseRefused, Found, LookUp, Message, NotFound, Outcome, Unanswered, Verdict
from notifiers.push import BadSettings, Push, PushSettings, classified, parse_receipt, sign, valid
from notifiers.simulator import Settings, Simulator
from notifiers.twilio_http import Timeouts

SECRET = "a-shared-secret-of-the-tests"
MESSAGE = Message(
    attempt="a" * 32,
    to="user-7f",
    text="【示例通信】网络已恢复。",
    exercise=False,
    channel="push",
    valid_for=3600,
    title="网络恢复通知",
    language="zh",
    kind="all_clear",
    about="2026-1127-001",
)


class Backend:
    """A simulated backend, and a gateway set up for it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, message: Message = MESSAGE, **changes: Any) -> Outcome:
        made: Outcome = self._use(lambda gateway: gateway.send(message), **changes)
        return made

    def look_up(self, message: Message = MESSAGE, **changes: Any) -> LookUp:
        made: LookUp = self._use(lambda gateway: gateway.look_up(message, datetime.now(UTC)), **changes)
        return made

    def _use(self, verb: Callable[[Push], Awaitable[Any]], **changes: Any) -> Any:
        fields = {"base_url": f"{self.url}/app", "secret": SECRET, "timeouts": Timeouts(connect=5, read=0.3)}

        async def work() -> Any:
            gateway = Push(PushSettings(**(fields | changes)))
            try:
                return await verb(gateway)
            finally:
                await gateway.aclose()
                await gateway.aclose()

        return asyncio.run(work())

    def fault(self, kind: str, **more: Any) -> None:
        body = json.dumps({"kind": kind, "rate": 1, **more}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/faults", body, method="POST")).close()

    def pushes(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/api/pushes") as answer:
            found: list[dict[str, Any]] = json.load(answer)["items"]
            return found


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(Settings(SECRET)) as simulator:
        yield simulator


@pytest.fixture
def backend(running: Simulator) -> Backend:
    urllib.request.urlopen(urllib.request.Request(f"{running.url}/api/reset", b"", method="POST")).close()
    return Backend(running.url)


def test_the_backend_takes_a_message_with_everything_the_app_shows(backend: Backend) -> None:
    before = int(time.time())
    assert backend.send().verdict == Verdict.ACCEPTED
    (taken,) = backend.pushes()
    shown = {
        "user": "user-7f",
        "title": "网络恢复通知",
        "language": "zh",
        "kind": "all_clear",
        "incident": "2026-1127-001",
    }
    assert shown.items() <= taken.items() and taken["text"] == MESSAGE.text and taken["id"] == MESSAGE.attempt
    assert before + 3600 <= taken["valid_until"] <= time.time() + 3600
    assert before + 120 <= taken["deliver_before"] <= time.time() + 120, "afterwards another road is taken"


@pytest.mark.proves("B11", "I2")
def test_the_same_attempt_is_pushed_once(backend: Backend) -> None:
    assert [backend.send().verdict for _ in range(3)] == [Verdict.ACCEPTED] * 3
    assert len(backend.pushes()) == 1


@pytest.mark.parametrize(
    ("kind", "verdict", "taken"),
    [
        ("push:429", Verdict.RETRY, 0),
        ("push:500", Verdict.DOUBTFUL, 0),
        ("push:503", Verdict.DOUBTFUL, 0),
        ("push:reset_before", Verdict.DOUBTFUL, 0),
        ("push:reset_after", Verdict.DOUBTFUL, 1),
        ("push:timeout_before", Verdict.DOUBTFUL, 0),
        ("push:timeout_after", Verdict.DOUBTFUL, 1),
        ("push:no_device", Verdict.REJECTED, 0),
    ],
)
@pytest.mark.proves("B11")
def test_what_is_doubtful_is_asked_about(backend: Backend, kind: str, verdict: Verdict, taken: int) -> None:
    backend.fault(kind, times=1)
    outcome = backend.send()
    assert outcome.verdict == verdict
    assert (outcome.retry_after is not None) == (kind == "push:429")
    found = backend.look_up()
    assert isinstance(found, Found) if taken else isinstance(found, NotFound)
    assert len(backend.pushes()) == taken


def test_a_backend_that_is_not_there_was_certainly_not_asked(backend: Backend) -> None:
    outcome = backend.send(base_url="http://127.0.0.1:9/app")
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")
    assert isinstance(backend.look_up(base_url="http://127.0.0.1:9/app"), Unanswered)


def test_a_wrong_secret_stops_the_gateway_and_says_nothing_of_a_message(backend: Backend) -> None:
    outcome = backend.send(secret="another-secret-of-the-tests")
    assert (outcome.verdict, outcome.code) == (Verdict.STOP, None)
    assert isinstance(backend.look_up(secret="another-secret-of-the-tests"), Unanswered)


def test_an_address_that_is_somebody_elses_404_is_no_proof(backend: Backend) -> None:
    assert isinstance(backend.look_up(base_url=f"{backend.url}/nothing"), Unanswered)


@pytest.mark.proves("I3")
def test_the_app_never_sees_an_exercise(backend: Backend) -> None:
    with pytest.raises(ExerciseRefused):
        backend.send(Message(attempt="b" * 32, to="user-7f", text="[DRILL] x", exercise=True, channel="push"))
    assert backend.pushes() == []


@pytest.mark.parametrize(
    ("base_url", "secret", "named"),
    [
        ("http://app.example.net/x", SECRET, "base_url"),
        ("", SECRET, "base_url"),
        ("https://app.example.net/x?key=1", SECRET, "base_url"),
        ("https://app.example.net/x", "short", "auth_token"),
    ],
)
def test_settings_that_cannot_work_name_themselves(base_url: str, secret: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        PushSettings(base_url, secret)
    assert SECRET not in repr(PushSettings("https://app.example.net/x", SECRET))


@given(st.integers(100, 599), st.one_of(st.none(), st.floats(0, 600)))
def test_only_what_certainly_was_not_taken_is_tried_again(status: int, retry_after: float | None) -> None:
    verdict = classified(status, {}, "a", retry_after).verdict
    assert (verdict == Verdict.RETRY) == (status == 429)
    assert (verdict == Verdict.ACCEPTED) == (200 <= status < 300 or status == 409)
    assert verdict != Verdict.REJECTED or 400 <= status < 500


@given(st.binary(max_size=200), st.integers(0, 2**33), st.integers(-400, 400))
def test_a_signature_holds_for_its_body_its_secret_and_five_minutes(body: bytes, at: int, late: int) -> None:
    headers = {push.TIMESTAMP: str(at), push.SIGNATURE: sign(SECRET, str(at), body)}
    assert valid(SECRET, headers, body, at + late) == (abs(late) <= push.FRESH)
    assert not valid(SECRET, headers, body + b"x", at)
    assert not valid(SECRET + "x", headers, body, at)
    assert not valid(SECRET, headers | {push.TIMESTAMP: str(at + 1)}, body, at)


@pytest.mark.parametrize("headers", [{}, {push.TIMESTAMP: "now"}, {push.TIMESTAMP: "１２"}, {push.TIMESTAMP: "9" * 40}])
def test_headers_of_nonsense_are_no_signature(headers: dict[str, str]) -> None:
    assert not valid(SECRET, headers | {push.SIGNATURE: "v1=é"}, b"")


@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
            lambda x: json.dumps(x).encode()
        ),
    )
)
def test_a_receipt_is_read_or_refused_with_the_member_at_fault(body: bytes) -> None:
    try:
        parse_receipt(body)
    except BadWebhook as refused:
        assert str(refused).partition(":")[0] in ("body", "id", "status", "code")


def test_a_receipt_gives_back_our_attempt() -> None:
    told = parse_receipt(b'{"id": "abc", "message": "PM1", "status": "undelivered", "code": "not_seen"}')
    assert (told.attempt, told.provider_id, told.status, told.code) == ("abc", "PM1", "undelivered", "not_seen")
