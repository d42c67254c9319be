"""Two batches at once make one incident of one storm, and neither fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from command.incidents import service
from command.network.models import Element
from tests.alarms.conftest import EAST, WEST, Network


@pytest.mark.proves("R13")
def test_batches_at_once_make_one_incident_of_one_storm(network: Network) -> None:
    start = threading.Barrier(4)

    def send(n: int) -> None:
        start.wait(10)
        for name in WEST:
            network.receive(network.report(name, n, object=f"eth{n}"), network.report(name, n))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(send, n) for n in range(4)]:
            done.result(60)
    (incident,) = network.incidents()
    assert network.failed(incident) == set(WEST)
    alarms = network.alarms()
    assert len(alarms) == len(WEST) * 5
    assert {alarm.incident_id for alarm in alarms} == {incident.id}
    assert {alarm.count for alarm in alarms if not alarm.object} == {4}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_incident_that_somebody_opens_while_a_batch_looks_for_open_ones_does_not_refuse_the_batch(
    network: Network,
) -> None:
    network.receive(*(network.report(name) for name in EAST))  # alarms that belong to an incident
    once = iter((True,))

    def meanwhile(asked: ORMExecuteState) -> None:
        if asked.is_select and "cut_off.failed" in str(asked.statement) and next(once, False):
            network.installation.database.write(report)

    def report(session: Session) -> None:
        (failed,) = session.query(Element.id).where(Element.name == WEST[0]).one()
        service.open_for_elements(session, {failed}, network.at(), False, "alarms")

    event.listen(Session, "do_orm_execute", meanwhile)
    try:
        receipt = network.receive(*(network.report(name, 60) for name in WEST))
    finally:
        event.remove(Session, "do_orm_execute", meanwhile)
    assert next(once, False) is False, "somebody did"
    assert receipt.new == len(WEST)
    assert len(network.incidents()) == 2
