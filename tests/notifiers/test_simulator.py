"""The fake is held against Twilio's own clients, sync and async, and against its own promises."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from notifiers.base import Verdict
from notifiers.simulator import Settings, Simulator
from notifiers.simulator.web.words import WORDS
from tests.notifiers.conftest import ACCOUNT, PHONE, SENDER, TEXT, TOKEN, House, message

CALLERS: list[socket.socket] = []


class RedirectedSync(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's stock client with another host."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._url), *rest, **named)


class RedirectedAsync(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's stock async client with another host."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        return await super().request(method, url.replace("https://api.twilio.com", self._url), *rest, **named)


@pytest.fixture
def client(house: House) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=RedirectedSync(house.url))


def test_create_answers_as_twilio_documents(client: Client) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    created = client.messages.create(to=PHONE, from_=SENDER, body=TEXT * 3)
    assert created.sid.startswith("SM") and len(created.sid) == 34
    assert (created.status, created.direction, created.num_segments) == ("queued", "outbound-api", "2")
    assert (created.to, created.from_, created.body) == (PHONE, SENDER, TEXT * 3)
    assert (created.account_sid, created.api_version, created.error_code) == (ACCOUNT, "2010-04-01", None)
    assert before <= created.date_created <= datetime.now(UTC)
    assert created.date_sent is None


def test_a_message_sent_through_a_service_has_no_segments_yet(client: Client) -> None:
    created = client.messages.create(to=PHONE, messaging_service_sid="MG" + "1" * 32, body=TEXT)
    assert (created.status, created.num_segments, created.from_) == ("accepted", "0", None)


def test_fetch_shows_how_the_message_went(client: Client) -> None:
    created = client.messages.create(to=PHONE, from_=SENDER, body=TEXT)
    fetched = client.messages(created.sid).fetch()
    assert (fetched.status, fetched.body, fetched.uri) == ("delivered", TEXT, created.uri)
    assert fetched.date_sent is not None


def test_list_pages_through_everything_newest_first(client: Client) -> None:
    sids = [client.messages.create(to=PHONE, from_=SENDER, body=f"第{number}条").sid for number in range(7)]
    client.messages.create(to="+8612000000000", from_=SENDER, body="another phone")
    listed = [found.sid for found in client.messages.stream(to=PHONE, page_size=3)]
    assert listed == sids[::-1]


def test_list_filters_by_sender_and_day(client: Client) -> None:
    sent = client.messages.create(to=PHONE, from_=SENDER, body=TEXT)
    day = datetime.now(UTC)
    assert [found.sid for found in client.messages.list(from_=SENDER, date_sent=day)] == [sent.sid]
    assert [found.sid for found in client.messages.list(date_sent_after=datetime(2020, 1, 1))] == [sent.sid]
    assert client.messages.list(from_="+15005550006") == []
    assert client.messages.list(date_sent_before=datetime(2020, 1, 1)) == []


def test_replies_are_listed_under_the_number_they_were_written_to(client: Client, house: House) -> None:
    client.messages.create(to=PHONE, from_=SENDER, body=TEXT)
    house.call("POST", f"/api/phones/{PHONE}/reply", {"body": "ACK"})
    (reply,) = client.messages.list(to=SENDER)
    assert (reply.direction, reply.from_, reply.body, reply.status) == ("inbound", PHONE, "ACK", "received")


def test_the_stock_async_client_is_served_too(house: House) -> None:
    async def run() -> tuple[Any, Any, list[Any]]:
        http = RedirectedAsync(house.url)
        client = Client(ACCOUNT, TOKEN, http_client=http)
        created = await client.messages.create_async(to=PHONE, from_=SENDER, body=TEXT)
        fetched = await client.messages(created.sid).fetch_async()
        listed = await client.messages.list_async(to=PHONE)
        await http.close()
        return created, fetched, listed

    created, fetched, listed = asyncio.run(run())
    assert created.sid == fetched.sid == listed[0].sid


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "", "from_": SENDER, "body": TEXT}, 21604),
        ({"to": "12345", "from_": SENDER, "body": TEXT}, 21211),
        ({"to": PHONE, "body": TEXT}, 21603),
        ({"to": PHONE, "from_": SENDER, "body": ""}, 21602),
        ({"to": PHONE, "from_": SENDER, "body": "x" * 1601}, 21617),
        ({"to": PHONE, "from_": SENDER, "body": TEXT, "status_callback": "nowhere"}, 21609),
        ({"to": PHONE, "from_": SENDER, "body": TEXT, "validity_period": 36_001}, 20001),
    ],
)
def test_create_refuses_what_twilio_refuses(client: Client, house: House, fields: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**fields)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert house.stats()["messages"] == 0


def test_an_unknown_message_is_not_found(client: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages("SM" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


@pytest.mark.parametrize(("account", "token"), [(ACCOUNT, "wrong"), ("AC-of-nobody", TOKEN)])
def test_only_the_token_opens_an_account(house: House, account: str, token: str) -> None:
    client = Client(account, token, http_client=RedirectedSync(house.url))
    with pytest.raises(TwilioRestException) as refused:
        client.messages("SM" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)


def struck_by(house: House, rate: float, sends: int) -> list[bool]:
    house.call("DELETE", "/api/faults")
    house.fault("code:21614", rate)
    outcomes = house.send(*(message(number) for number in range(sends)), status_callback=None)
    return [outcome.verdict is Verdict.REJECTED for outcome in outcomes]


def test_the_same_seed_strikes_the_same_calls(house: House) -> None:
    first, again = (struck_by(house, 0.3, 60) for _ in range(2))
    assert first == again
    assert 5 < sum(first) < 30
    with Simulator(Settings(TOKEN, seed=8)) as other:
        assert struck_by(House(other.url, house.listener), 0.3, 60) != first


def test_a_fault_of_another_kind_does_not_move_the_dice(house: House) -> None:
    alone = struck_by(house, 0.3, 40)
    house.call("DELETE", "/api/faults")
    house.fault("latency", 0.5, ms=0)
    house.fault("code:21614", 0.3)
    outcomes = house.send(*(message(number) for number in range(40)), status_callback=None)
    assert [outcome.verdict is Verdict.REJECTED for outcome in outcomes] == alone


def test_a_fault_ends_after_its_times_and_shows_how_often_it_struck(house: House) -> None:
    house.fault("500", times=2)
    verdicts = [outcome.verdict for outcome in house.send(*(message(number) for number in range(3)))]
    assert verdicts == [Verdict.DOUBTFUL, Verdict.DOUBTFUL, Verdict.ACCEPTED]
    assert house.call("GET", "/api/faults")[1]["items"] == [{"kind": "500", "rate": 1.0, "times": 2, "struck": 2}]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, "body"),
        (b"\xff\xfe", 400, "body"),
        ([], 400, "body"),
        ({"rate": 1}, 422, "kind"),
        ({"kind": "meteor", "rate": 1}, 422, "kind"),
        ({"kind": "code:12", "rate": 1}, 422, "kind"),
        ({"kind": 500, "rate": 1}, 422, "kind"),
        ({"kind": "500"}, 422, "rate"),
        ({"kind": "500", "rate": 1.5}, 422, "rate"),
        ({"kind": "500", "rate": True}, 422, "rate"),
        ({"kind": "500", "rate": 1, "times": 0}, 422, "times"),
        ({"kind": "latency", "rate": 1}, 422, "ms"),
        ({"kind": "500", "rate": 1, "ms": 5}, 422, "ms"),
        ({"kind": "500", "rate": 1, "colour": "red"}, 422, "colour"),
    ],
)
def test_a_bad_fault_is_refused_with_field_and_remedy(house: House, body: object, status: int, field: str) -> None:
    answered, problem = house.call("POST", "/api/faults", body)
    assert (answered, problem["status"], problem["errors"][0]["field"]) == (status, status, field)
    assert problem["errors"][0]["remedy"]
    assert house.call("GET", "/api/faults")[1]["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/phones/phone/messages", None, 422),
        ("GET", "/api/phones?limit=0", None, 422),
        ("GET", "/api/phones?limit=x", None, 422),
        ("POST", f"/api/phones/{PHONE}/reply", {"body": ""}, 422),
        ("POST", f"/api/phones/{PHONE}/reply", {"body": "hello"}, 409),
        ("GET", "/api/nothing", None, 404),
        ("PUT", "/api/faults", {}, 405),
        ("POST", "/api/faults", b"x" * 70_000, 413),
    ],
)
def test_a_bad_call_gets_a_problem_document(house: House, method: str, path: str, body: object, status: int) -> None:
    answered, problem = house.call(method, path, body)
    assert (answered, problem["status"]) == (status, status)


@pytest.mark.proves("I10")
def test_phones_are_listed_latest_first_with_masked_numbers(house: House) -> None:
    numbers = ["+8612000000001", "+8612000000002", "+8612000000001"]
    house.send(*(message(index, to=number) for index, number in enumerate(numbers)), status_callback=None)
    listed = house.call("GET", "/api/phones")[1]
    assert [phone["masked"] for phone in listed["items"]] == ["120****0001", "120****0002"]
    assert (listed["total"], listed["items"][0]["count"]) == (2, 2)
    found = house.call("GET", "/api/phones?q=0000002")[1]["items"]
    assert [phone["masked"] for phone in found] == ["120****0002"]


def test_the_oldest_messages_are_forgotten_first(house: House) -> None:
    with Simulator(Settings(TOKEN, keep=3)) as simulator:
        small = House(simulator.url, house.listener)
        small.send(*(message(number, to=f"+861200000000{number}") for number in range(5)), status_callback=None)
        assert [small.texts(f"+861200000000{number}") != [] for number in range(5)] == [False, False, True, True, True]
        assert (small.stats()["messages"], small.stats()["phones"], small.stats()["accepted"]) == (3, 3, 5)


def test_reset_forgets_messages_faults_and_figures(house: House) -> None:
    house.fault("latency", ms=0)
    house.send(message(), status_callback=None)
    assert house.call("POST", "/api/reset")[0] == 204
    assert house.texts() == []
    assert house.call("GET", "/api/faults")[1]["items"] == []
    assert house.stats()["accepted"] == 0


def test_a_message_that_waits_longer_than_it_is_valid_expires(house: House) -> None:
    with Simulator(Settings(TOKEN, receipt_delay=1.1)) as slow:
        House(slow.url, house.listener).send(message(valid_for=1))
        expired = house.listener.next()
    assert (expired.params["MessageStatus"], expired.params["ErrorCode"]) == ("failed", "30036")


@pytest.mark.parametrize(
    ("path", "accepts", "lang"),
    [("/", "", "zh-Hans-CN"), ("/", "en-GB,en;q=0.9", "en"), ("/", "fr,zh;q=0.5", "zh-Hans-CN"),
     ("/?lang=en", "zh-CN", "en"), ("/?lang=xx", "", "zh-Hans-CN")],
)  # fmt: skip
def test_the_page_speaks_the_readers_language_and_says_what_it_is(
    house: House, path: str, accepts: str, lang: str
) -> None:
    request = urllib.request.Request(house.url + path, headers={"Accept-Language": accepts})
    with urllib.request.urlopen(request) as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert f'<html lang="{lang}">' in page
    assert WORDS[lang[:2]]["notice"] in page
    assert "http" not in page, "nothing comes from another host"
    assert "default-src 'none'" in policy


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_cleanly_while_callers_are_held(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "notifiers.simulator", "--port", "0", "--callback-token", TOKEN]
    command.append("--until-input-ends")
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    with process:
        url = process.stdout.readline().split()[-1]
        house = House.__new__(House)
        house.url = url
        assert house.call("GET", "/healthz") == (200, {"status": "ok", "simulator": True})
        house.fault("timeout_before")
        assert held(url) == b""
        os.kill(process.pid, number)
        _, complaints = process.communicate(timeout=20)
        CALLERS.pop().close()
    assert (process.returncode, complaints) == (0, "")


def test_the_process_ends_with_a_parent_that_was_killed() -> None:
    starts = (
        "import time; from tests.messages.house import SimulatorProcess; "
        "print(SimulatorProcess('http://127.0.0.1:9').url, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent:
        host, port = parent.stdout.readline().strip().removeprefix("http://").split(":")
        socket.create_connection((host, int(port)), timeout=5).close()
        parent.kill()
    for _ in range(200):
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except ConnectionError:
            return
        time.sleep(0.05)
    pytest.fail("the simulator outlives the test run")


def held(url: str) -> bytes:
    """What a caller hears within 0.2 s of a create; the connection is left open behind it."""
    host, port = url.removeprefix("http://").split(":")
    form = urlencode({"To": PHONE, "From": SENDER, "Body": "held"}).encode()
    head = (
        f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1\r\nHost: simulator\r\n"
        f"Authorization: Basic {b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}\r\n"
        f"Content-Length: {len(form)}\r\n\r\n"
    )
    caller = socket.create_connection((host, int(port)), timeout=0.2)
    CALLERS.append(caller)
    caller.sendall(head.encode() + form)
    try:
        return caller.recv(1)
    except TimeoutError:
        return b""


def test_a_taken_port_is_named_with_its_remedy(house: House) -> None:
    port = house.url.rpartition(":")[2]
    command = [sys.executable, "-m", "notifiers.simulator", "--port", port, "--callback-token", TOKEN]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1
    assert "--port" in ended.stderr and "choose another" in ended.stderr


def test_page_addresses_lead_to_their_neighbours(client: Client) -> None:
    for number in range(5):
        client.messages.create(to=PHONE, from_=SENDER, body=f"{number}")
    pages = [client.messages.page(to=PHONE, page_size=2)]
    while (following := pages[-1].next_page()) is not None:
        pages.append(following)
    assert [len(list(page)) for page in pages] == [2, 2, 1]
    assert all(later.previous_page_url is not None for _, later in pairwise(pages))
