"""From failed elements to the users affected, per service and area, each counted once (B1)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.network import impact, service
from command.network.census import census
from command.network.models import Area, CutOff, Element, Link, Service, Subscriber
from command.network.revision import changed

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CORE, RING, FAR, LEAF = 1, 2, 3, 4


@pytest.fixture
def network(database: Database) -> Database:
    """core – ring – far – leaf; ten people on far (both services), four on leaf (voice; one of them a hospital), in two counties."""
    database.write(_build)
    return database


def _build(session: Session) -> None:
    session.add(Area(id=1, code="80", level="province", name_zh="省", name_en="Province"))
    session.flush()
    for id_, code in ((2, "8001"), (3, "8002")):
        session.add(Area(id=id_, code=code, parent_id=1, level="prefecture", name_zh=code, name_en=code))
    session.add_all([Service(id=i + 10, code=c, bit=i, name_zh=c, name_en=c) for i, c in enumerate(("voice", "data"))])
    session.flush()
    for id_, area, core in ((CORE, 1, True), (RING, 2, False), (FAR, 2, False), (LEAF, 3, False)):
        session.add(Element(id=id_, name=f"E{id_}", kind="x", area_id=area, core=core, services=3))
    session.flush()
    session.add_all([Link(a_id=a, b_id=a + 1) for a in (CORE, RING, FAR)])
    for n in range(15):
        element, mask = (FAR, 3) if n < 10 else (LEAF, 1) if n < 14 else (CORE, 3)
        mark = "hospital" if n == 13 else ""
        person = Subscriber(number=b"x", number_index=bytes([n]), element_id=element, services=mask, critical=mark)
        session.add(person)
    changed(session)


def cut(database: Database, failed: set[int], incident: int = 7, at: datetime = AT) -> service.CutOffChange:
    return database.write(lambda session: service.set_cut_off(session, incident, failed, at, False))


@pytest.mark.proves("B1")
def test_failed_elements_cut_off_those_behind_them_and_their_subscribers_once(network: Database) -> None:
    assert cut(network, {RING}).added == (RING, FAR, LEAF)
    with network.read() as session:
        found = impact.affected(session, 7)
    assert (found.total, found.critical, dict(found.areas)) == (14, 1, {2: 10, 3: 4})
    assert {(hit.service_id, hit.area_id): (hit.users, hit.share) for hit in found.rows} == {
        (10, 2): (10, 1.0),
        (10, 3): (4, 1.0),
        (11, 2): (10, 1.0),
    }


def test_a_what_if_gives_the_same_figures_and_writes_nothing(network: Database) -> None:
    with network.read() as session:
        asked = impact.if_cut_off(session, service.cut_off(session, {RING}))
        assert session.scalars(select(CutOff.id)).all() == []
    cut(network, {RING})
    with network.read() as session:
        assert impact.affected(session, 7) == asked


def test_what_recovers_is_closed_and_what_stays_keeps_its_start(network: Database) -> None:
    cut(network, {RING})
    later = AT + timedelta(minutes=5)
    assert cut(network, {FAR}, at=later) == service.CutOffChange((), (RING,))
    with network.read() as session:
        rows = session.execute(select(CutOff.element_id, CutOff.failed, CutOff.from_at, CutOff.until_at)).tuples().all()
    assert sorted(rows) == [(RING, True, AT, later), (FAR, True, AT, None), (LEAF, False, AT, None)]


def test_an_element_that_fails_again_opens_a_row_of_its_own(network: Database) -> None:
    for failed in ({LEAF}, set(), {LEAF}):
        cut(network, failed)
    with network.read() as session:
        assert len(session.scalars(select(CutOff.id)).all()) == 2


def test_elements_that_no_record_knows_cut_off_nobody(network: Database) -> None:
    assert cut(network, {999}) == service.CutOffChange((), ())


def test_two_incidents_hold_the_same_element_each_by_itself(network: Database) -> None:
    cut(network, {LEAF}, incident=7)
    cut(network, {LEAF}, incident=8)
    cut(network, set(), incident=7)
    with network.read() as session:
        assert impact.affected(session, 7).total == 0
        assert impact.affected(session, 8).total == 4


def test_the_census_counts_an_area_with_all_below_it(network: Database) -> None:
    with network.read() as session:
        assert [service.subscribers_total(session, area) for area in (None, 1, 2, 3)] == [15, 15, 10, 4]
        assert census(session).users[2, 1] == 10


def test_once_warm_a_unit_of_work_measures_without_counting_all_subscribers(
    network: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_warm_until", {})
    network.write(changed)
    service.warm(network)
    asked: list[str] = []
    listen = partial(_note_statement, asked)
    event.listen(network.writer, "before_cursor_execute", listen)
    try:
        assert network.write(lambda session: service.subscribers_total(session, None)) == 15
        assert network.write(lambda session: service.cut_off(session, {LEAF}))
    finally:
        event.remove(network.writer, "before_cursor_execute", listen)
    assert not [statement for statement in asked if "subscriber" in statement or "link" in statement]


def _note_statement(asked: list[str], _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    asked.append(statement)
