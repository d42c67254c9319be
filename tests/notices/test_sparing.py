"""Numbers that take no SMS are left out of ordinary notices and counted as left out; what may save a life is sent to them all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from command.core import clock
from command.core.installation import Installation
from command.messages import bad, optouts
from command.messages.bad_models import BadNumber, Standing
from command.messages.bad_rules import WHY
from command.messages.models import TOLD, Delivery, LossTally, State, Tally
from command.messages.policy import Called
from command.network.models import Subscriber
from command.notices import audience, rounds, service, sparing
from command.notices.first_ways import SMS_ALONE, FirstWays
from command.notices.models import Kind, Notice
from tests.conftest import Time
from tests.notices.house import ANN, CLEAR, FIRST, MISSED, UPDATE, WRONG, House, about

MARKED = (2, 5, 8)
ALL = Called(None)


@pytest.fixture
def house(installation: Installation) -> House:
    """Twelve subscribers, three of whom have numbers that take no SMS."""
    made = House(installation)
    made.fail({1, 2, 3})
    made.database.write(lambda session: mark(session, *MARKED))
    return made


def mark(session, *people: int) -> None:  # type: ignore[no-untyped-def]
    now = clock.now(session)
    for person in session.scalars(select(Subscriber).where(Subscriber.id.in_(people))):
        row = {"recipient": person.number_index, "addressee": person.id, "last_at": now - timedelta(days=1)}
        session.add(BadNumber(**row, state=Standing.MARKED, reason="absent", marked_at=now))


def told(house: House, kind: Kind, tier: int = 3, *, event: str = "network_fault", by: str = ANN.actor) -> int:
    """A notice of a kind is drafted, submitted and listed; its id."""
    words = {Kind.FIRST: FIRST, Kind.UPDATE: UPDATE, Kind.ADVISORY: FIRST, Kind.ALL_CLEAR: CLEAR}[kind]

    def work(session) -> int:  # type: ignore[no-untyped-def]
        whose = about()
        whose = type(whose)(1, whose.number, tier, event, False, whose.area_level)
        notice = service.draft(
            session,
            whose,
            kind,
            words,
            MISSED if kind is Kind.ALL_CLEAR else None,
            validity_minutes=60,
            pre_approved_cap=1000,
            automatic=True,
            by=by,
            correction=WRONG if kind in (Kind.FIRST, Kind.UPDATE) else None,
            playbook="power/1",
        )
        return service.submit(session, notice, by).id

    made = house.database.write(work)
    house.fan_out()
    return made


def left_out(house: House, notice: int) -> set[int]:
    with house.database.read() as session:
        mine = (Delivery.notice_id == notice, Delivery.state == State.SUPPRESSED, Delivery.reason == WHY)
        return set(session.scalars(select(Delivery.addressee).where(*mine)))


def figures(house: House, notice: int) -> tuple[int, int, int]:
    """The audience, the rows there are, and those that the tallies count; the reason is counted too."""
    with house.database.read() as session:
        row = session.get_one(Notice, notice)
        made = session.scalar(select(func.count()).where(Delivery.notice_id == notice))
        counted = session.scalar(select(func.sum(Tally.count)).where(Tally.notice_id == notice))
        why = select(LossTally.count).where(LossTally.notice_id == notice, LossTally.why == WHY)
        assert (session.scalar(why) or 0) == len(left_out(house, notice))
        return row.audience, int(made or 0), int(counted or 0)


@pytest.mark.proves("B4", "R19")
@pytest.mark.parametrize(
    ("kind", "tier", "event", "spared"),
    [
        (Kind.FIRST, 3, "network_fault", True),
        (Kind.FIRST, 4, "network_fault", True),
        (Kind.FIRST, 1, "network_fault", False),
        (Kind.FIRST, 2, "network_fault", False),
        (Kind.FIRST, 4, "natural_disaster", False),
        (Kind.ADVISORY, 4, "network_fault", False),
    ],
)
def test_ordinary_notices_leave_marked_numbers_out_and_count_them(
    house: House, kind: Kind, tier: int, event: str, spared: bool
) -> None:
    notice = told(house, kind, tier, event=event)
    assert left_out(house, notice) == (set(MARKED) if spared else set())
    assert figures(house, notice) == (12, 12, 12), "told + not told + left out is the audience"
    with house.database.read() as session:
        row = session.get_one(Notice, notice)
        assert (row.leaves_bad, sum((row.left_out or {}).values())) == (spared, 3 if spared else 0)
        why = dict(session.execute(select(LossTally.why, LossTally.count).where(LossTally.notice_id == notice)).all())
        assert why == ({WHY: 3} if spared else {})


@pytest.mark.proves("I1", "I2", "I8")
def test_updates_and_the_all_clear_leave_out_whom_a_grave_first_notice_still_tried(house: House, time: Time) -> None:
    first = told(house, Kind.FIRST, 1)
    house.land(State.UNDELIVERED, notice=first)
    time.forward(minutes=31)
    update_ = told(house, Kind.UPDATE, 1)
    assert left_out(house, update_) == set(MARKED) and figures(house, update_) == (12, 12, 12)
    house.fail(set())
    clear = house.heal()
    house.fan_out()
    assert clear is not None and left_out(house, clear) == set(MARKED)
    with house.database.read() as session:
        went = select(Delivery.addressee).where(Delivery.notice_id == clear, Delivery.state == State.READY)
        people = set(session.scalars(select(Delivery.addressee).where(Delivery.state.in_(TOLD))))
        assert set(session.scalars(went)) | left_out(house, clear) == people
    house.land()
    assert house.heal() in (None, clear), "whoever was left out is owed nothing more"


def test_opted_out_and_marked_is_counted_once(house: House, time: Time) -> None:
    def leave(session) -> None:  # type: ignore[no-untyped-def]
        for person in session.scalars(select(Subscriber).where(Subscriber.id.in_((2, 3)))):
            optouts.opt_out(session, person.number_index, "reply")

    first = told(house, Kind.FIRST, 1)
    house.land(notice=first)
    house.database.write(leave)
    time.forward(minutes=31)
    notice = told(house, Kind.UPDATE, 1)
    assert figures(house, notice) == (12, 12, 12) and left_out(house, notice) == {5, 8}
    with house.database.read() as session:
        why = dict(session.execute(select(LossTally.why, LossTally.count).where(LossTally.notice_id == notice)).all())
    assert why == {"opted_out": 2, WHY: 2}


def test_suspected_and_cleared_numbers_are_told(house: House) -> None:
    def work(session) -> None:  # type: ignore[no-untyped-def]
        session.execute(
            update(BadNumber).where(BadNumber.addressee == 2).values(state=Standing.SUSPECTED, marked_at=None)
        )
        session.execute(update(BadNumber).where(BadNumber.addressee == 5).values(state=Standing.CLEARED))

    house.database.write(work)
    assert left_out(house, told(house, Kind.FIRST)) == {8}


def test_without_a_mark_nothing_is_asked_of_the_register(house: House) -> None:
    with house.database.read() as session:
        everyone = list(session.scalars(select(BadNumber.recipient)))
    house.database.write(lambda session: bad.forget(session, everyone))
    notice = told(house, Kind.FIRST)
    assert left_out(house, notice) == set() and figures(house, notice) == (12, 12, 12)


def test_whoever_is_called_or_has_the_app_is_told_so_all_the_same(house: House) -> None:
    def work(session) -> None:  # type: ignore[no-untyped-def]
        session.execute(update(Subscriber).where(Subscriber.id == 2).values(critical="hospital"))
        session.execute(update(Subscriber).where(Subscriber.id == 5).values(app=b"x", app_index=b"y"))

    house.database.write(work)
    for ways, expected in (
        (SMS_ALONE, {2, 5, 8}),
        (FirstWays(called=ALL), {5, 8}),
        (FirstWays(called=Called(frozenset({"bank"}))), {2, 5, 8}),
        (FirstWays(push=True), {2, 8}),
        (FirstWays(ALL, push=True), {8}),
    ):
        with house.database.read() as session:
            condition = sparing.marked(ways, lambda column: column < 9)
            assert set(session.scalars(select(audience.S.c.id).where(condition))) == expected


def test_a_round_that_grows_counts_those_it_leaves_out(house: House) -> None:
    house.fail({1})
    notice = told(house, Kind.FIRST)
    house.fail({1, 2, 3})
    house.database.write(lambda session: rounds.grow(session, about()))
    house.fan_out()
    assert left_out(house, notice) == set(MARKED) and figures(house, notice) == (12, 12, 12)
