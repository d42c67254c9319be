"""Those whom an incident concerns though nothing of theirs is cut off, through the life of the incident."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command.core.problems import Conflict
from command.incidents import concerned, service
from command.network.models import Concerned, Element, Subscriber
from tests.incidents.conftest import Desk


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The audience itself is tried on both databases in tests/notices."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def desk(installation: Any) -> Desk:
    return Desk(installation)


def on(desk: Desk, element: str) -> list[int]:
    with desk.database.read() as session:
        query = select(Subscriber.id).join(Element).where(Element.name == element)
        return sorted(session.scalars(query))


def add(desk: Desk, number: str, people: Any) -> int:
    def work(session: Any) -> int:
        return concerned.add(session, service.lock(session, number), people)

    added: int = desk.do(work, "system:test")
    return added


def now(desk: Desk, number: str) -> set[int]:
    with desk.database.read() as session:
        mine = (Concerned.incident_id == service.lock(session, number).id, Concerned.until_at.is_(None))
        return set(session.scalars(select(Concerned.subscriber_id).where(*mine)))


def surge(desk: Desk, area: str = "800101") -> str:
    number: str = desk.report(kind="complaint_surge", area=area, complaints=20)["number"]
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    return number


@pytest.mark.proves("R30", "B12")
def test_who_is_added_is_told_and_ends_and_begins_again_with_the_incident(desk: Desk) -> None:
    number, people = surge(desk), on(desk, "CELL-1")
    assert desk.notices(number) == []
    assert add(desk, number, people[:3]) == 3 and add(desk, number, [*people[:4], 10**9]) == 1
    kinds = desk.kinds(number)
    assert kinds.count("impact.concerned") == 2
    (first,) = [each for each in desk.notices(number) if each["kind"] == "first"]
    assert (first["state"], first["audience"]) == ("submitted", 4)
    desk.act("ada", number, "restore", evidence="it was put right")
    assert now(desk, number) == set()
    with pytest.raises(Conflict):
        add(desk, number, people)
    desk.act("ada", number, "reopen", reason="it is wrong again")
    assert now(desk, number) == set(people[:4])


@pytest.mark.proves("B12")
def test_a_merge_takes_those_concerned_along(desk: Desk) -> None:
    one, other = surge(desk), surge(desk, "800102")
    people = on(desk, "CELL-1")
    add(desk, one, people[:3])
    add(desk, other, select(Subscriber.id).where(Subscriber.id.in_(people[2:5])))
    desk.act("ada", one, "merge", into=other, reason="the same tariff")
    assert now(desk, one) == set() and now(desk, other) == set(people[:5])


def test_nobody_is_told_of_a_restricted_incident_by_itself(desk: Desk) -> None:
    number = desk.report(by="ada", kind="information_security")["number"]
    desk.act("ada", number, "assess")
    desk.act("ada", number, "activate")
    add(desk, number, on(desk, "CELL-1"))
    assert [each for each in desk.notices(number) if each["kind"] == "first"] == []
