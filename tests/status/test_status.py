"""The public status page: what is confirmed, by prefecture; no drill, nothing restricted; it stands while the database is slow."""

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.status import board as boards
from command.status import picture, reading
from command.status.board import Board
from command.status.models import ServiceOut, StatusOut, TextOut
from command.status.picture import Line, Promise, Spot
from tests.incidents.conftest import Desk


class Public(Desk):
    """Incidents, and what the public sees of them at once."""

    def ask_public(self, address: str, **kwargs: Any) -> TestResponse:
        self.app.extensions.pop("tocsin.status", None)
        return self.client().get(address, **kwargs)

    def status(self) -> StatusOut:
        return StatusOut.model_validate_json(self.ask_public("/status.json").data)

    def both(self) -> str:
        return "".join(self.ask_public(each).text for each in ("/status?lang=zh", "/status?lang=en", "/status.json"))


@pytest.fixture
def public(installation: Installation) -> Public:
    return Public(installation)


def area(status: StatusOut, code: str) -> Any:
    return next(each for each in status.areas if each.code == code)


@pytest.mark.proves("R15")
def test_an_outage_shows_by_prefecture_with_service_since_and_advice(public: Public) -> None:
    assert public.status().status == "ok"
    public.responding()
    status = public.status()
    hit = area(status, "8001")
    assert status.status == hit.status == "outage" and area(status, "8002").status == "ok"
    assert [each.code for each in hit.services] == ["voice", "mobile_data"]
    assert hit.services[0].since and [part.en for part in hit.services[0].parts] == ["Meijiang"]
    assert hit.advice[0].en
    page = public.ask_public("/status?lang=en").text
    for said in ("Meichuan", "Mobile voice", "Interrupted", "Some customers in Meijiang", "not known yet", "10000"):
        assert said in page
    assert "梅川市" in public.ask_public("/status?lang=zh").text


def test_the_eta_and_the_promised_update_show_while_they_are_ahead(public: Public, time: Any) -> None:
    number = public.responding()
    public.act("dou", number, "eta", eta=(time.now() + timedelta(hours=2)).isoformat())
    assert area(public.status(), "8001").services[0].eta
    time.forward(hours=3)
    assert area(public.status(), "8001").services[0].eta is None


def test_what_nobody_has_assessed_is_not_shown(public: Public) -> None:
    number = public.report(elements=["CELL-1"])["number"]
    assert public.see(number)["state"] == "reported"
    assert public.status().status == "ok"
    public.act("dou", number, "assess")
    assert public.status().status == "outage"


def test_what_is_over_moves_to_the_history_for_thirty_days(public: Public, time: Any) -> None:
    number = public.responding()
    public.act("ada", number, "restore", evidence="test calls succeed")
    status = public.status()
    assert status.status == "ok" and [past.areas[0].en for past in status.history] == ["Meichuan"]
    time.forward(days=31)
    assert public.status().history == []


def test_what_was_no_incident_leaves_no_trace(public: Public) -> None:
    number = public.responding()
    public.act("ada", number, "cancel", reason="a mistake", override=True)
    status = public.status()
    assert status.status == "ok" and status.history == []


@pytest.mark.proves("B3", "I3")
def test_no_drill_ever_shows(public: Public) -> None:
    before = public.both()
    number = public.report("tra", elements=["AGG-1"], exercise=True)["number"]
    public.act("dou", number, "assess")
    public.act("dou", number, "activate")
    assert public.status().status == "ok"
    public.act("ada", number, "restore", evidence="checked")
    assert public.status().history == [] and number not in public.both()
    assert len(before) == len(public.both())


@pytest.mark.proves("R19")
def test_nothing_restricted_ever_shows_not_even_afterwards(public: Public) -> None:
    number = public.report("ada", elements=["AGG-1"], restricted=True, summary="a leak")["number"]
    public.act("ada", number, "assess")
    public.act("ada", number, "activate")
    assert public.status().status == "ok"
    public.act("ada", number, "restore", evidence="checked")
    assert public.status().history == []
    assert number not in public.both() and "leak" not in public.both()


@pytest.mark.proves("R27")
def test_no_name_no_number_of_users_no_cause_and_no_element_is_published(public: Public) -> None:
    number = public.responding(summary="an excavator cut the cable")
    said = public.both()
    for secret in (number, "CELL-1", "excavator", "Ada", '"users"', ">20<"):
        assert secret not in said
    assert re.search(r"\bdou\b", said) is None


def test_the_answer_is_the_same_for_everybody_and_may_be_shared(public: Public) -> None:
    public.responding()
    for address in ("/status?lang=en", "/status.json"):
        answer = public.ask_public(address)
        assert answer.headers["Cache-Control"].startswith("public, max-age=30")
        assert "Vary" not in answer.headers and "Set-Cookie" not in answer.headers
        assert len(answer.data) < 50_000 and "<script" not in answer.text
        again = public.client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304 and again.data == b""
    signed_in = public.ask("ada", "GET", "/status?lang=en").text
    assert "Ada" not in signed_in and "sign-out" not in signed_in


@pytest.mark.parametrize("lang", ["", "fr", "<script>", "zh'--"])
def test_an_unknown_language_is_the_operators(public: Public, lang: str) -> None:
    answer = public.ask_public("/status", query_string={"lang": lang})
    assert answer.status_code == 200 and '<html lang="zh-CN"' in answer.text and lang not in ("x",)


def test_many_visitors_are_one_reading(public: Public, monkeypatch: Any) -> None:
    read, count = reading.read, []

    def counted(*args: Any) -> StatusOut:
        count.append(1)
        return read(*args)

    monkeypatch.setattr(reading, "read", counted)
    public.app.extensions.pop("tocsin.status", None)
    client = public.client()
    assert {client.get("/status").status_code for _ in range(20)} == {200}
    assert len(count) == 1


def test_a_slow_database_leaves_the_last_good_page_with_its_time(installation: Installation, monkeypatch: Any) -> None:
    board, gate, read = Board(installation), threading.Event(), reading.read
    good = board.now()

    def slow(*args: Any) -> StatusOut:
        gate.wait(30)
        return read(*args)

    monkeypatch.setattr(reading, "read", slow)
    monkeypatch.setattr(boards, "FRESH", 0.0)
    monkeypatch.setattr(boards, "PATIENCE", 0.05)
    assert board.now() is good
    monkeypatch.setattr(boards, "STALE", 0.0)
    old = board.now()
    assert old.stale and old.status is good.status
    gate.set()


def test_a_broken_database_leaves_the_last_good_page_too(public: Public, monkeypatch: Any) -> None:
    public.ask_public("/status")

    def broken(*args: Any) -> StatusOut:
        raise RuntimeError("away")

    monkeypatch.setattr(reading, "read", broken)
    monkeypatch.setattr(boards, "FRESH", 0.0)
    monkeypatch.setattr(boards, "STALE", 0.0)
    answer = public.client().get("/status?lang=en")
    assert answer.status_code == 200 and "cannot be renewed" in answer.text
    first = public.ask_public("/status?lang=en")
    assert first.status_code == 503 and first.headers["Retry-After"] == "5"


AT = datetime(2026, 11, 26, 8, tzinfo=UTC)
SPOTS = {
    1: Spot(1, "80", None, "province", TextOut(zh="省", en="Province")),
    2: Spot(2, "8001", 1, "prefecture", TextOut(zh="市", en="City")),
    3: Spot(3, "800101", 2, "county", TextOut(zh="区", en="District")),
}
SERVICES = {"voice": TextOut(zh="语音", en="Voice"), "data": TextOut(zh="上网", en="Data")}


def test_the_picture_takes_the_worst_and_promises_only_what_holds_for_all() -> None:
    lines = [
        Line(1, 3, "voice", "degradation", AT, None),
        Line(2, 3, "voice", "outage", AT + timedelta(minutes=5), None),
    ]
    promises = {1: Promise(eta=AT + timedelta(hours=1)), 2: Promise()}
    (hit,) = picture.areas(SPOTS, lines, SERVICES, promises)
    assert hit.status == "outage" and hit.services[0].since == AT and hit.services[0].eta is None
    promises[2] = Promise(eta=AT + timedelta(hours=2))
    (hit,) = picture.areas(SPOTS, lines, SERVICES, promises)
    assert hit.services[0].eta == AT + timedelta(hours=2)


def test_an_area_wider_than_a_prefecture_stands_for_itself() -> None:
    found = picture.areas(SPOTS, [Line(1, 1, "data", "outage", AT, None)], SERVICES, {})
    assert [(each.code, each.status) for each in found] == [("80", "outage"), ("8001", "ok")]


def test_services_that_share_everything_are_one_line() -> None:
    one, two = (ServiceOut(code=code, name=name, status="outage", since=AT) for code, name in SERVICES.items())
    assert picture.alike([one, two.model_copy(update={"since": AT + timedelta(seconds=9)})]) == [
        [one, two.model_copy(update={"since": AT + timedelta(seconds=9)})]
    ]
    assert len(picture.alike([one, two.model_copy(update={"eta": AT})])) == 2


def test_the_json_is_the_documented_shape(public: Public) -> None:
    public.responding()
    found = json.loads(public.ask_public("/status.json").text)
    assert set(found) == {"as_of", "operator", "hotline", "status", "areas", "history", "reports", "warnings", "advice"}
