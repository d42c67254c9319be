"""No whole phone number is in a log, a journal, an address, an export or a page (I10)."""

import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import select

from command.core.journal import Entry
from command.core.log import configure, masked_words
from command.network.models import Subscriber
from command.oncall.models import Page
from command.people.models import Person
from tests.hostile.conftest import built
from tests.incidents.conftest import Desk

pytestmark = pytest.mark.proves("I10")

WRITTEN = ("13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "+8613812345678", "138 1234 5678")
HREF = re.compile(r'(?:href|src|action|hx-[a-z]+)="([^"]*)"')


@pytest.fixture
def log_put_back() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    logging.basicConfig(level=logging.WARNING, force=True)


def numbers(desk: Desk) -> set[str]:
    """The national number of everybody, and those somebody typed."""
    with desk.database.read() as session:
        kept = [*session.scalars(select(Subscriber.number)), *session.scalars(select(Person.number))]
    return {desk.installation.keyring.decrypt(number).removeprefix("+86") for number in kept if number} | {
        "13812345678"
    }


def whole_in(shown: str, all_numbers: set[str]) -> set[str]:
    """The numbers in a text, whatever stands between their digits."""
    closed = re.sub(r"(?<=\d)[ -](?=\d)", "", shown)
    return {number for number in all_numbers if number in closed}


def a_night(desk: Desk) -> str:
    """Everything that handles numbers: pages, notices, an all-clear, and people who type numbers into every text."""
    typed = "call " + ", ".join(WRITTEN)
    texts = dict.fromkeys(("summary", "feedback", "measures"), typed)
    number: str = desk.report(elements=["CELL-1"], **texts)["number"]
    desk.act("dou", number, "assess", reason=typed)
    desk.act("dou", number, "activate", reason=typed)
    at = desk.see(number)["detected_at"]
    alarm = {"source": "nms", "element": "CELL-1", "problem": "down", "severity": "major", "raised_at": at}
    desk.post("ada", "/api/v1/alarms", alarms=[{**alarm, "text": typed}])
    desk.send()
    desk.post("ada", "/api/v1/people/1/actions/unmask", reason=f"to call {WRITTEN[0]}")
    room = f"/api/v1/incidents/{number}"
    assert desk.post("ada", f"{room}/comments", text=typed).status_code == 201
    assert desk.post("ada", f"{room}/objectives", text=typed).status_code == 201
    drafted = desk.post("ada", "/api/v1/notices", incident=number, kind="update", texts={"zh": typed, "en": typed})
    desk.post("ada", f"/api/v1/notices/{drafted.json['id']}/actions/submit")
    desk.act("ada", number, "transfer", to="ada", briefing=typed, override=True)
    desk.act("ada", number, "restore", evidence=typed)
    desk.send()
    return number


def test_whatever_a_night_leaves_behind_holds_no_whole_number(
    log_put_back: None, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("json", logging.DEBUG)
    number, known = a_night(desk), numbers(desk)
    assert len(known) > 60
    places = {}
    with desk.database.read() as session:
        places["journal"] = "".join(session.scalars(select(Entry.data)))
        page = session.scalars(select(Page.id)).first()
    values = {"number": number, "name": f"incident:{number}", "code": "technical", "action": "transfer"}
    for rule in desk.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "page_id" not in rule.arguments:
            address = built(rule, **values)
            places[address] = desk.get("ada", address).text
            places[f"addresses on {address}"] = "\n".join(HREF.findall(places[address]))
    out, err = capfd.readouterr()
    places |= {"printed": out, "logged": err}
    assert page is not None and "request" in err, "there were pages, and a log"
    assert {place: found for place, text in places.items() if (found := whole_in(text, known))} == {}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_somebody_wrote_is_masked_where_it_is_shown(written: str) -> None:
    shown = masked_words(f"现场 {written}，请联系{written}。")
    assert shown == "现场 138****5678，请联系138****5678。"


@pytest.mark.parametrize("kept", ["20261122000123", "2026-1122-001", "110.5 %", "1234567890", "99.120 12345"])
def test_other_figures_of_a_text_stay(kept: str) -> None:
    assert masked_words(kept) == kept
