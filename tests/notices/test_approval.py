"""A mass notice needs two people or a pre-approved playbook, a typed count, and has its correction ready (B10, I9)."""

import pytest
from sqlalchemy import select

from command.core.journal import Entry
from command.core.problems import Conflict, Denied, Invalid
from command.engine import fan_out
from command.notices import approval, service
from command.notices.models import Basis, Kind, Notice, NoticeState, Wave
from tests.notices.house import ANN, BEN, FIRST, WRONG, House, Person, about


def approve(house: House, notice: int, by: Person, count: int, reason: str | None = None) -> None:
    house.database.write(
        lambda session: service.approve(session, session.get_one(Notice, notice), by, count, reason), actor=by.actor
    )


@pytest.mark.parametrize(
    ("automatic", "users", "cap", "expected"),
    [
        (True, 10, 10, approval.Automatic()),
        (True, 11, 10, approval.NeedsPerson(approval.Why.OVER_CAP)),
        (False, 1, 10, approval.NeedsPerson(approval.Why.NOT_PRE_APPROVED)),
    ],
)
def test_within_the_cap_is_at_or_under_it(automatic: bool, users: int, cap: int, expected: object) -> None:
    assert approval.needed(automatic, users, cap) == expected


@pytest.mark.proves("B10", "I9")
def test_over_the_cap_nothing_leaves_until_a_second_person_types_the_count(house: House) -> None:
    house.fail([1, 2])
    notice = house.first(cap=7)
    house.fan_out()
    assert house.notice(notice).state == NoticeState.SUBMITTED and house.people(notice) == set()
    with pytest.raises(Denied, match="alone"):
        approve(house, notice, ANN, 8)
    with pytest.raises(Invalid, match="count: The audience is 8, not 7"):
        approve(house, notice, BEN, 7)
    with pytest.raises(Denied, match="machine"):
        approve(house, notice, Person("source:zabbix"), 8)
    approve(house, notice, BEN, 8)
    house.fan_out()
    assert house.people(notice) == house.on(1, 2)


@pytest.mark.proves("I9")
def test_an_override_is_logged_with_its_reason(house: House) -> None:
    house.fail([1, 2])
    notice = house.first(cap=0)
    approve(house, notice, ANN, 8, "03:00, nobody else answers")
    house.fan_out()
    assert house.people(notice) == house.on(1, 2) and house.notice(notice).override
    with house.database.read() as session:
        kinds = set(session.scalars(select(Entry.kind).where(Entry.stream_id.startswith("audit:"))))
    assert "notice.approval_overridden" in kinds


@pytest.mark.proves("B10")
def test_a_first_notice_without_its_correction_cannot_be_submitted(house: House) -> None:
    def work(session):  # type: ignore[no-untyped-def]
        notice = service.draft(session, about(), Kind.FIRST, FIRST, validity_minutes=60, by=ANN.actor)
        service.submit(session, notice, ANN.actor)

    with pytest.raises(Conflict, match="correction"):
        house.database.write(work)


@pytest.mark.proves("I9", "B12")
def test_an_audience_that_grows_over_the_cap_waits_for_a_person(house: House) -> None:
    house.fail([1])
    notice = house.first(cap=5)
    house.fan_out()
    assert house.people(notice) == house.on(1)
    house.fail([1, 2])
    house.grow()
    house.fan_out()
    assert house.people(notice) == house.on(1) and house.notice(notice).audience == 8
    approve(house, notice, BEN, 8)
    house.fan_out()
    assert house.people(notice) == house.on(1, 2)


@pytest.mark.proves("I9")
@pytest.mark.parametrize("state", list(NoticeState))
def test_whatever_the_caller_does_the_fan_out_stops_at_the_cap(house: House, state: NoticeState) -> None:
    """A wave put in behind the verbs' back, over an audience that grew unseen, inserts no more than was pre-approved."""
    house.fail([1])
    notice = house.first(cap=5)
    house.fail([1, 2, 3])

    def work(session):  # type: ignore[no-untyped-def]
        session.get_one(Notice, notice).state = state
        session.add(Wave(notice_id=notice, basis=Basis.AFFECTED, cursor=[], created_at=service.clock.now(session)))

    house.database.write(work)
    house.fan_out()
    assert len(house.people(notice)) <= 5


def test_a_restricted_incident_sends_nothing_automatically(house: House) -> None:
    house.fail([1])

    def work(session):  # type: ignore[no-untyped-def]
        notice = service.draft(
            session, about(restricted=True), Kind.FIRST, FIRST, validity_minutes=60, pre_approved_cap=999,
            automatic=True, by=ANN.actor, correction=WRONG,
        )  # fmt: skip
        return service.submit(session, notice, ANN.actor).id

    notice = house.database.write(work)
    house.fan_out()
    assert house.people(notice) == set() and house.notice(notice).state == NoticeState.SUBMITTED


def test_a_withdrawn_notice_stops_at_once_and_says_why(house: House) -> None:
    house.fail([1, 2])
    notice = house.first()
    fan_out.run_once(house.installation)
    queued = house.database.write(
        lambda session: service.withdraw(session, session.get_one(Notice, notice), BEN.actor, "wrong text")
    )
    assert queued == 8
    house.fail([1, 2, 3])
    assert house.grow() is None, "automation does not start again what a person stopped"


def test_a_rejected_notice_needs_a_reason_and_never_leaves(house: House) -> None:
    house.fail([1])
    notice = house.first(cap=0)
    with pytest.raises(Invalid, match="reason"):
        house.database.write(lambda s: service.reject(s, s.get_one(Notice, notice), BEN.actor, " "))
    house.database.write(lambda s: service.reject(s, s.get_one(Notice, notice), BEN.actor, "not confirmed"))
    house.fan_out()
    assert house.people(notice) == set()


def test_a_basis_that_is_not_the_kinds_own_is_refused_with_a_remedy(house: House) -> None:
    with pytest.raises(Invalid, match=r"basis: .*Leave the basis out"):
        house.database.write(
            lambda s: service.draft(s, about(), "first", FIRST, basis="told", validity_minutes=1, by=ANN.actor)
        )
    with pytest.raises(Invalid, match="kind: fist is no kind of notice"):
        house.database.write(lambda s: service.draft(s, about(), "fist", FIRST, validity_minutes=1, by=ANN.actor))
