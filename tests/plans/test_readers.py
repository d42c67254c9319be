"""A plan reaches those who need it: told, reminded, confirmed; and nobody is surprised by its last day (R34)."""

from datetime import date, timedelta

import pytest

from command.people.models import Person, PersonPost
from tests.plans.conftest import API, ONE, House

pytestmark = pytest.mark.proves("R34")


def reading(house: House, work: int) -> dict[str, tuple[bool, int]]:
    items = house.get("ada", f"{API}/{work}/readers").json["items"]  # type: ignore[index]
    return {each["person"]["username"]: (each["read_at"] is not None, each["reminders"]) for each in items}


def told(house: House, username: str) -> list[str]:
    return house.texts(username, "you have to read")


def test_those_who_need_it_are_told_once_confirm_and_are_reminded_weekly_until_they_do(house: House) -> None:
    work = house.published(targets=["post:customer_service_agent", "area:800101", "person:sec"])
    house.engines()
    assert reading(house, work) == {"kef": (False, 0), "cou": (False, 0), "sec": (False, 0)}
    assert len(told(house, "kef")) == 1 and f"/plans/{work}" in told(house, "kef")[0] and told(house, "ops") == []
    mine = house.get("kef", f"{API}/to-read").json["items"]  # type: ignore[index]
    assert [each["id"] for each in mine] == [work]
    house.step("kef", work, "confirm")
    house.step("kef", work, "confirm")
    assert house.no("ops", work, "confirm")["status"] == 404
    assert house.get("kef", f"{API}/to-read").json["items"] == []  # type: ignore[index]
    house.at(9, days=3)
    house.engines()
    house.at(9, days=5)
    house.engines()
    assert reading(house, work) == {"cou": (False, 1), "sec": (False, 1), "kef": (True, 0)}
    assert (len(told(house, "kef")), len(told(house, "cou"))) == (1, 2) and "a reminder" in told(house, "cou")[1]
    kinds = [line["kind"] for line in house.plan(work)["history"]]
    assert kinds.count("plan.read") == 1 and kinds.count("plan.sent") == 2


@ONE
def test_whoever_joins_later_gets_it_too_and_a_new_version_takes_the_place_of_the_old(house: House) -> None:
    work = house.published(targets=["post:customer_service_agent"])
    house.engines()
    house.do(lambda s: s.add(PersonPost(person_id=house.people["sec"], post="customer_service_agent")))
    house.engines()
    assert set(reading(house, work)) == {"kef", "sec"} and len(told(house, "sec")) == 1
    newer = house.begun(version=2)["id"]
    assert house.plan(newer)["targets"] == [{"target": "post:customer_service_agent", "name": "customer-service agent"}]
    house.step("eng", newer, "submit")
    house.step("ada", newer, "approve")
    house.step("eng", newer, "publish")
    house.at(9, days=10)
    house.engines()
    assert "version 3" in told(house, "kef")[-1] and len(told(house, "kef")) == 2, "nobody is reminded of the old one"
    page = house.sign_in("kef")
    assert "You have to read" in page.see("/plans")
    assert page.send(f"/plans/{newer}/confirm", f"/plans/{newer}").status_code == 303
    assert "You have to read" not in page.see("/plans")


@ONE
def test_nobody_is_woken_for_reading_and_leavers_are_left_alone(house: House) -> None:
    work = house.published(targets=["post:customer_service_agent", "person:sec"])
    house.do(lambda s: setattr(s.get_one(Person, house.people["sec"]), "active", False))
    house.at(23)
    house.engines()
    assert reading(house, work) == {}
    house.at(9)
    house.engines()
    assert set(reading(house, work)) == {"kef"}


def test_a_plan_that_expires_is_announced_30_7_and_1_days_before_and_once_it_has(house: House) -> None:
    last = house.today() + timedelta(days=40)
    work = house.begun()
    house.changed(work["id"], head={**work["head"], "expires": last.isoformat()})
    house.step("eng", work["id"], "submit")
    house.step("ada", work["id"], "approve")
    house.step("eng", work["id"], "publish")
    days, heard = [], {"eng": 0, "ada": 0}
    for left in range(40, -4, -1):
        house.engines()
        for who, before in heard.items():
            now = len(house.texts(who, "expire"))
            days += [(who, left)] * (now - before)
            heard[who] = now
        house.at(9, days=1)
    assert sorted(days) == sorted((who, left) for who in heard for left in (30, 7, 1, -1))
    assert "please revise it" in house.texts("ada", "expire")[-1]
    assert date.fromisoformat(house.plan(work["id"])["expires"]) == last
