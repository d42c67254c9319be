"""Owners of pools are told 30, 7 and 1 days ahead, once each; where nobody reads it, their superior when one day is left."""

import threading
from datetime import time as wall

import pytest
from sqlalchemy import delete, func, select

from command.engine import readiness
from command.messages.models import Delivery, Purpose
from command.people.contacts import PersonQuiet
from command.people.models import PersonPost
from tests.readiness.conftest import OWNER, SUPERIOR, Keep
from tests.resources.test_life import API

pytestmark = pytest.mark.proves("R11", "D4")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_owners_are_told_once_at_30_7_and_1_days_and_the_superior_where_nothing_was_read(keep: Keep) -> None:
    keep.certified(31)
    keep.look()
    assert keep.texts(OWNER) == []
    told = []
    for day in range(30, -3, -1):
        keep.at(9, days=1)
        before = len(keep.texts(OWNER))
        keep.look()
        told += [day] * (len(keep.texts(OWNER)) - before)
        if day == 2:
            assert keep.texts(SUPERIOR) == []
    assert told == [30, 7, 1]
    (raised,) = keep.texts(SUPERIOR)
    assert "nobody has read the reminder" in raised and "work at height" in raised and "CREW-1" in raised
    assert [each["days"] for each in keep.reminders(OWNER)] == [30, 7, 1]
    assert [each["raised"] for each in keep.reminders(SUPERIOR)] == [True]


@ONE
def test_who_has_read_it_keeps_it_from_the_superior_and_what_is_renewed_is_told_no_more(keep: Keep) -> None:
    unit = keep.certified(30)
    other = keep.certified(30, "CREW-2")
    keep.look()
    first = next(each for each in keep.reminders(OWNER) if each["unit_id"] == unit)
    read = keep.ok(OWNER, f"{API}/reminders/{first['id']}/actions/read")["items"]
    assert [each["id"] for each in read] == [first["id"]]
    keep.no("eng", f"{API}/reminders/{first['id']}/actions/read")
    keep.renew(other, 400)
    keep.at(9, days=23)
    keep.look()
    keep.at(9, days=6)
    keep.look()
    assert len(keep.texts(OWNER)) == 3 and keep.texts(SUPERIOR) == []
    assert all(each["unit_id"] == unit for each in keep.reminders(OWNER) if each["days"] < 30)


@ONE
def test_of_what_comes_in_a_day_ahead_the_owner_has_four_hours_to_read(keep: Keep) -> None:
    keep.certified(1)
    keep.look()
    assert len(keep.texts(OWNER)) == 1 and keep.texts(SUPERIOR) == []
    keep.time.forward(hours=3, minutes=50)
    keep.look()
    assert keep.texts(SUPERIOR) == []
    keep.time.forward(minutes=15)
    keep.look()
    assert len(keep.texts(OWNER)) == 1 and len(keep.texts(SUPERIOR)) == 1


@pytest.mark.proves("I11")
def test_two_engines_at_once_send_one_text(keep: Keep) -> None:
    keep.certified(7)
    engines = [threading.Thread(target=readiness.run_once, args=(keep.installation,)) for _ in range(2)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    with keep.database.read() as session:
        sent = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.purpose == Purpose.DUTY))
    assert sent == 1


@ONE
def test_services_information_and_stock_taking_are_told_in_one_text(keep: Keep) -> None:
    (generator,) = keep.units(keep.receive(keep.near, "generator", "GEN-1"))
    keep.ok("dou", f"{API}/units/{generator}/actions/service", due_on=keep.ahead(37))
    keep.receive(keep.near, "contacts", "LIST-1")
    keep.ok("dou", f"{API}/pools/{keep.near}/actions/count_rule", days=7)
    keep.look()
    assert keep.texts(OWNER) == []
    keep.at(10, days=7)
    keep.look()
    (text,) = keep.texts(OWNER)
    assert "and 2 more" in text
    assert {each["subject"] for each in keep.reminders(OWNER)} == {"service", "information", "stock_taking"}


@ONE
def test_nothing_leaves_at_night_and_who_is_not_to_be_disturbed_sleeps_on(keep: Keep) -> None:
    keep.at(23)
    keep.certified(7)
    keep.look()
    assert keep.texts(OWNER) == []
    quiet = PersonQuiet(person_id=keep.people[OWNER], start=wall(7), end=wall(11))
    keep.do(lambda s: s.add(quiet))
    keep.at(9)
    keep.look()
    with keep.database.read() as session:
        due_at = session.scalars(select(Delivery.due_at).where(Delivery.purpose == Purpose.DUTY)).one()
    assert due_at.astimezone(keep.zone).hour == 11


@ONE
def test_a_partners_pool_is_kept_by_all_resource_managers_and_without_any_by_who_leads(keep: Keep) -> None:
    body = {"name_zh": "伙伴库", "name_en": "Partner", "area": "8001", "place": "2 Depot Road", "partner": "Neighbour"}
    pool = keep.ok("dou", f"{API}/pools", code="partner", **body)["id"]
    keep.ok("dou", f"{API}/pools/{pool}/actions/count_rule", days=1)
    keep.look()
    assert len(keep.texts(OWNER)) == 1 and "Partner" in keep.texts(OWNER)[0]
    keep.do(lambda s: s.execute(delete(PersonPost).where(PersonPost.post == "resource_manager")))
    keep.ok("dou", f"{API}/pools/{keep.far}/actions/count_rule", days=1)
    keep.look()
    assert "Yunzhan" in keep.texts(SUPERIOR)[0], "the commander of the nearest group"
