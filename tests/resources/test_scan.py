"""QR labels, and the page they open on a phone: out and in again in two taps each, and a unit that cannot be taken says why."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.resources import crew_answers, labels
from tests.conftest import Time
from tests.resources.test_life import API
from tests.resources.test_pages import House, Visitor, Whole

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MOST = 40_000
"""Bytes of the whole page: it loads nothing else."""


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).stocked(time)  # type: ignore[return-value]


def shown(visitor: Visitor, unit: int) -> str:
    text = visitor.see(f"/resources/units/{unit}/scan")
    assert len(text.encode()) < MOST and "/static/" not in text
    return text


def tap(visitor: Visitor, unit: int, do: str, **fields: object) -> TestResponse:
    """A button of the page as it is shown now."""
    page = f"/resources/units/{unit}/scan"
    assert f'name="do" value="{do}"' in visitor.see(page), f"there is no button {do}"
    return visitor.send(page, page, do=do, **fields)


@pytest.mark.proves("R11")
def test_a_label_checks_a_unit_out_for_a_request_and_in_again(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "generator", "GEN-1", "GEN-2")
    first, second = house.units(stock)
    request = house.approved(number, quantity=2)
    officer = house.sign_in("dou")
    assert number in shown(officer, first) and "CELL-1" in shown(officer, first)
    assert tap(officer, first, "take", request=request).status_code == 303
    assert house.read(f"units/{first}")["unit"]["card"] == "en_route"
    tap(officer, first, "check_in")
    tap(officer, first, "release")
    unsaid = tap(officer, first, "damaged")
    assert unsaid.status_code == 422 and "takes a reason" in unsaid.text
    assert tap(officer, first, "good").status_code == 303
    assert house.stock(stock)["available"] == 2
    tap(officer, second, "hold", request=request)
    assert tap(officer, second, "dispatch").status_code == 303
    tap(officer, second, "release")
    assert tap(officer, second, "damaged", note="the belt is torn").status_code == 303
    assert house.read(f"units/{second}")["unit"]["condition"] == "damaged"
    assert "is out of service" in shown(officer, second)


@pytest.mark.proves("R11")
def test_a_unit_that_cannot_be_taken_says_why_and_the_way_out(house: House, time: Time) -> None:
    stock = house.receive(house.near, "generator", "GEN-1")
    (unit,) = house.units(stock)
    officer, reader = house.sign_in("dou"), house.sign_in("kef")
    assert "No approved request lacks such a unit" in shown(officer, unit)
    request = house.approved(house.responding(), quantity=1)
    house.ok("dou", f"{API}/units/{unit}/actions/stow")
    assert "is in reserve" in shown(officer, unit)
    assert tap(officer, unit, "ready").status_code == 303
    day = (time.now() - timedelta(days=2)).date().isoformat()
    house.ok("dou", f"{API}/units/{unit}/actions/certify", name="load test", expires_on=day)
    text = shown(officer, unit)
    assert "load test" in text and "Renew the certificate" in text and 'value="take"' not in text
    page = f"/resources/units/{unit}/scan"
    refused = officer.send(page, "/resources/pools", do="take", request=request)
    assert refused.status_code == 409 and "load test" in refused.text
    assert officer.send(page, "/resources/pools", do="fly").status_code == 422
    assert 'name="do"' not in shown(reader, unit)
    assert reader.send(page, "/me", do="take", request=request).status_code == 403
    assert reader.client.get("/resources/units/999/scan").status_code == 404
    assert "单元页面" in reader.see(page, "zh")


@pytest.mark.proves("R11")
def test_a_sheet_of_labels_holds_the_address_of_each_unit_and_goes_on(house: House) -> None:
    serials = [f"GEN-{at}" for at in range(1, labels.SHEET + 2)]
    stock = house.receive(house.near, "generator", *serials)
    reader = house.sign_in("kef")
    page = reader.see("/resources/labels?pool=meichuan")
    assert page.count('class="qr"') == labels.SHEET and "GEN-1</b>" in page
    origin = house.installation.settings.origin
    drawn = labels.picture(f"{origin}/resources/units/{house.units(stock)[0]}/scan")
    assert drawn in page and "style=" not in drawn
    after = re.search(r"/resources/labels\?pool=meichuan&amp;after=(\d+)", page)
    assert after
    rest = reader.see(f"/resources/labels?pool=meichuan&after={after[1]}")
    assert rest.count('class="qr"') == 1 and "Next sheet" not in rest
    assert reader.client.get("/resources/labels?pool=nowhere").status_code == 404
    assert reader.client.get("/resources/labels?pool=meichuan&after=x").status_code == 422
    Whole().feed(rest)


@pytest.mark.proves("R11", "I10")
def test_whom_a_unit_is_called_by_is_set_on_its_page_and_never_shown_whole(house: House) -> None:
    (unit,) = house.units(house.receive(house.near, "crew", "Crew 3"))
    page, officer = f"/resources/units/{unit}", house.sign_in("dou")
    wrong = officer.send(f"{page}/contact", page, outside="Han Mei", number="12")
    assert wrong.status_code == 422 and "too few digits" in wrong.text and "Han Mei" in wrong.text
    kept = officer.send(f"{page}/contact", page, outside="Han Mei", number="120 5555 0001", language="zh")
    assert kept.status_code == 303
    text = officer.see(page)
    assert "+86 120****0001" in text and "55550001" not in text.replace(" ", "")
    assert officer.send(f"{page}/contact", page, drop="1").status_code == 303
    assert "a dispatch sends no SMS" in officer.see(page)


@pytest.mark.proves("R11")
def test_what_became_of_the_sms_and_the_crews_answer_stand_on_its_page_and_on_the_board(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "crew", "Crew 3")
    (unit,) = house.units(stock)
    request = house.approved(number, resource="crew", quantity=1)
    officer = house.sign_in("dou")
    held = house.ok("dou", f"{API}/requests/{request}/actions/fill", take=[{"stock": stock, "unit": unit}])["taken"][0]
    page = f"/resources/out/{held['id']}"
    assert "a dispatch sends no SMS" in officer.see(page)
    house.ok("dou", f"{API}/units/{unit}/actions/contact", outside="Han Mei", number="+86 120 5555 0001")
    officer.send(f"{page}/step", page, step="assign")
    officer.send(f"{page}/step", page, step="dispatch")
    assert "waits to be sent" in officer.see(page) and "no answer yet" in officer.see(page)

    def decline(session: Session) -> None:
        index = house.installation.keyring.index("+8612055550001")
        (call,) = crew_answers.newest(crew_answers.calls_to(session, index, (), False))
        assert crew_answers.take(session, call, "declined") == "declined"

    house.do(decline)
    for address in (page, "/resources", f"/resources/requests/{request}", f"/resources/units/{unit}/scan"):
        assert "The crew cannot come" in officer.see(address), address
    officer.send(f"{page}/step", page, step="release")
    assert "taken back" in officer.see(page) and "The crew cannot come" not in officer.see(page)
