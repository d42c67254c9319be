"""What the dashboards read, on both databases: the same incidents as the overview counts, exact to the millisecond."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from command.core import clock
from command.core.installation import Installation
from command.incidents.models import Incident
from command.insights import cases, filters, weak_points
from command.network.models import Area, Element, Service
from command.people.access import Principal
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.insights import history


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def read(desk: Desk, what: Any, **more: Any) -> Any:
    who = Principal(desk.people["ada"], "ada", frozenset({"commander"}), "80", "en")
    with desk.database.read() as session:
        now = clock.now(session)
        wanted = filters.read({}, now.date() + timedelta(days=1))
        return what(session, wanted, desk.installation.settings.tz, who, **(more or {"now": now}))


@pytest.mark.proves("R23")
def test_spans_are_exact_on_both_databases(desk: Desk, time: Time) -> None:
    def work(session: Any) -> None:
        areas = list(session.scalars(select(Area.id).where(Area.level == "county")))
        history.fill(session, 40, time.now(), 20, areas, list(session.scalars(select(Service.id))))
        at = session.scalars(select(Incident.reported_at).where(Incident.id == history.FIRST)).one()
        begun, over = at + timedelta(minutes=30), at + timedelta(minutes=60)
        session.execute(
            update(Incident).where(Incident.id == history.FIRST).values(responding_at=begun, restored_at=over)
        )

    desk.do(work)
    with desk.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(Incident))}
    now = time.now()
    found = read(desk, cases.cases, now=now, targets=True)
    assert [one.id for one in found] == [row.id for row in sorted(rows.values(), key=lambda row: row.reported_at)]
    first = next(one for one in found if one.id == history.FIRST)
    assert (first.handling, first.restoring) == (1800.0, 3600.0), "no fraction is lost or won"
    for one in found:
        row = rows[one.id]
        assert one.handling == pytest.approx((row.restored_at - row.responding_at).total_seconds(), abs=0.002)
        assert one.reported == pytest.approx(row.reported_at.timestamp(), abs=0.002)
        assert one.target == pytest.approx(
            row.reported_at.timestamp() + history.RESTORE_HOURS[row.tier] * 3600, abs=0.002
        )
        assert one.user_minutes == row.user_minutes


@pytest.mark.proves("R23")
def test_elements_of_merged_incidents_fail_in_the_one_that_goes_on(desk: Desk, time: Time) -> None:
    kept, child = desk.responding(elements=["CELL-1"]), desk.responding(elements=["CELL-2"])
    desk.report("tra", elements=["CELL-4"], exercise=True)
    false_alarm = desk.report(elements=["CELL-3"])["number"]
    desk.act("ada", false_alarm, "cancel", reason="a test call")
    time.forward(minutes=10)
    desk.act("ada", child, "merge", into=kept, reason="the same fibre")
    time.forward(minutes=10)
    found = read(desk, cases.cases)
    assert [one.number for one in found] == [kept]
    assert found[0].user_minutes == pytest.approx(30 * 20, abs=5), "open ones go on up to now"
    failures = read(desk, cases.failures, since=timedelta(days=90))
    with desk.database.read() as session:
        names = dict(session.execute(select(Element.id, Element.name)).tuples().all())
        parts = cases.parts(session, failures)
        there = cases.population(session)
    assert sorted((one.incident, names[one.element]) for one in failures) == [
        (found[0].id, "CELL-1"),
        (found[0].id, "CELL-2"),
    ]
    assert {part.name: part.kind for part in parts.values()} == {"CELL-1": "access", "CELL-2": "access"}
    assert there["element_kind"]["access"] == 7
    assert sum(one.failures for one in weak_points.repeated(failures, {found[0].id}).values()) == 2
