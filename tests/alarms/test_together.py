"""Two batches at once make one incident of one storm, and neither fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.alarms.conftest import WEST, Network


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
