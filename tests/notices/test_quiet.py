"""Quiet hours go by the clock on the wall of whoever is told, through every change of the clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from command.messages.models import Delivery
from command.messages.policy import Quiet
from command.network.models import Area, Element, Subscriber
from command.notices import quiet, rounds, service
from command.notices.models import Kind
from tests.conftest import Time
from tests.notices.house import ANN, FIRST, WRONG, House, about

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MINUTE = timedelta(minutes=1)
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda at: f"{at:%H:%M}")


def hours(begins: str, ends: str) -> Quiet:
    return Quiet.model_validate(
        {"from": begins, "until": ends, "tiers": (1, 2), "emergency_numbers": True, "source": "ours"}
    )


rules = st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: hours(*pair))


@given(moments, zones, rules)
def test_what_is_held_leaves_within_a_day_when_the_hours_are_over(at: datetime, zone: ZoneInfo, rule: Quiet) -> None:
    due = quiet.release(at, zone, rule)
    if due is None:
        return
    assert at < due <= at + timedelta(hours=25)
    assert (
        due.astimezone(zone).time() >= rule.ends or due.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset()
    )


@given(moments, zones, rules)
def test_nobody_is_told_in_quiet_hours(at: datetime, zone: ZoneInfo, rule: Quiet) -> None:
    there = at.astimezone(zone).time()
    inside = (
        (rule.begins <= there or there < rule.ends) if rule.begins > rule.ends else rule.begins <= there < rule.ends
    )
    assert (quiet.release(at, zone, rule) is not None) is inside


@given(moments, zones)
def test_what_waits_longer_never_leaves_earlier(at: datetime, zone: ZoneInfo) -> None:
    rule = hours("22:00", "07:00")
    first, later = quiet.release(at, zone, rule), quiet.release(at + MINUTE, zone, rule)
    assert first is None or later is None or first <= later


@pytest.mark.parametrize(
    ("at", "zone", "until", "due"),
    [
        ("2026-03-29T00:30:00+00:00", "Europe/Berlin", "02:30", "2026-03-29T01:30:00+00:00"),  # 02:30 is leapt over
        ("2026-10-24T23:30:00+00:00", "Europe/Berlin", "02:30", "2026-10-25T01:30:00+00:00"),  # 02:30 comes twice
        ("2026-11-27T15:00:00+00:00", "Asia/Shanghai", "07:00", "2026-11-27T23:00:00+00:00"),
        ("2026-11-27T17:00:00+00:00", "Asia/Urumqi", "07:00", "2026-11-28T01:00:00+00:00"),
    ],
)
def test_the_morning_after_a_night_with_a_change_of_clocks(at: str, zone: str, until: str, due: str) -> None:
    found = quiet.release(datetime.fromisoformat(at), ZoneInfo(zone), hours("22:00", until))
    assert found == datetime.fromisoformat(due)


# --- on a database


def abroad(house: House, zone: str = "Europe/Berlin", element: int = 2) -> None:
    """An element stands in an area with another zone."""

    def work(session: Any) -> None:
        session.add(Area(id=2, code="81", level="province", name_zh="外省", name_en="Abroad", zone=zone))
        session.flush()
        session.execute(update(Element).where(Element.id == element).values(area_id=2))

    house.database.write(work)
    house.database.info["settings"] = house.installation.settings.model_copy(update={"quiet_hours": True})


def told(house: House) -> int:
    """A first notice that keeps quiet hours; its id."""

    def work(session: Any) -> int:
        notice = service.draft(
            session, about(), Kind.FIRST, FIRST, validity_minutes=60, pre_approved_cap=99, automatic=True,
            by=ANN.actor, correction=WRONG, keeps_quiet=True,
        )  # fmt: skip
        return service.submit(session, notice, ANN.actor).id

    return house.database.write(work)


def dues(house: House, notice: int) -> dict[int, tuple[datetime, datetime | None]]:
    """When the messages to an element's subscribers are due, and until when they are valid."""
    with house.database.read() as session:
        query = select(Subscriber.element_id, Delivery.due_at, Delivery.valid_until).join(
            Subscriber, Subscriber.id == Delivery.addressee
        )
        rows = session.execute(query.where(Delivery.notice_id == notice).distinct()).tuples().all()
    found = {element: (due, valid) for element, due, valid in rows}
    assert len(found) == len(rows), "all of an element live by one clock"
    return found


def night_in(time: Time, zone: str, hour: int = 23) -> datetime:
    """Move the clock to the next such hour somewhere."""
    there = time.now().astimezone(ZoneInfo(zone))
    wanted = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    wanted += timedelta(days=1) if wanted <= there else timedelta(0)
    time.forward(seconds=(wanted - there).total_seconds())
    return wanted


@pytest.mark.proves("B12")
def test_one_notice_leaves_by_day_and_waits_by_night(house: House, time: Time) -> None:
    abroad(house)
    at = night_in(time, "Asia/Shanghai")  # it is afternoon in Berlin
    house.fail([1, 2])
    notice = told(house)
    house.fan_out()
    found = dues(house, notice)
    assert found[1][0] == (at + timedelta(hours=8)).astimezone(UTC)
    assert found[1][1] == found[1][0] + timedelta(minutes=60)
    assert found[2][0] <= time.now()
    assert house.notice(notice).release_at == found[1][0]


def test_a_notice_approved_in_the_evening_and_listed_at_night_waits_too(house: House, time: Time) -> None:
    abroad(house)
    night_in(time, "Asia/Shanghai", 21)
    house.fail([1])
    notice = told(house)
    assert house.notice(notice).release_at is None
    time.forward(hours=2)
    house.fan_out()
    assert dues(house, notice)[1][0] > time.now() + timedelta(hours=7)


def test_a_rise_lets_everybody_be_told_at_once_wherever_they_are(house: House, time: Time) -> None:
    abroad(house)
    night_in(time, "Asia/Shanghai")
    house.fail([1, 2])
    notice = told(house)
    house.fan_out()
    house.database.write(lambda session: rounds.release(session, about()))
    house.fan_out()
    assert all(due <= time.now() for due, _ in dues(house, notice).values())
    house.fail([1, 2, 3])
    house.grow()
    house.fan_out()
    assert all(due <= time.now() for due, _ in dues(house, notice).values())


@pytest.mark.proves("B2", "I8")
def test_those_whose_service_returned_first_are_dropped_and_hear_no_all_clear(house: House, time: Time) -> None:
    abroad(house)
    night_in(time, "Asia/Shanghai")
    house.fail([1, 2])
    notice = told(house)
    house.fan_out()
    abroad_people = house.on(2)

    def send(session: Any) -> None:
        rows = session.execute(
            select(Delivery.id, Delivery.notice_id, Delivery.state).where(Delivery.addressee.in_(abroad_people))
        )
        for row in rows.all():
            House._move(session, row, "submitted")

    house.database.write(send)
    house.fail([])
    clear = house.heal(missed=False)
    house.fan_out()
    assert house.people(notice, "withdrawn") == house.on(1)  # type: ignore[arg-type]
    assert house.people(clear or 0) == abroad_people
    assert house.tally_is_true()
