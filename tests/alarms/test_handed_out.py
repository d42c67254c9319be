"""Alarms follow their elements when a big incident is handed out by area."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.alarms.conftest import Network


@pytest.mark.proves("R35")
def test_what_clears_and_fails_in_a_part_is_the_part_s(
    network: Network, client: FlaskClient, token_of: Callable[..., str]
) -> None:
    headers = {"Authorization": f"Bearer {token_of('*')}"}
    both = {"kind": "network_fault", "area": "8001", "elements": ["W1", "W2", "E1", "E2"]}
    assert client.post("/api/v1/incidents", json=both, headers=headers).status_code == 201
    network.receive(*(network.report(name) for name in both["elements"]))
    (big,) = network.incidents()
    assert {alarm.incident_id for alarm in network.alarms()} == {big.id}
    address = f"/api/v1/incidents/{big.number}/actions/child"
    answer = client.post(address, json={"areas": ["800102"], "reason": "the east"}, headers=headers)
    assert answer.status_code == 201, answer.text
    big, child = network.incidents()
    assert (network.failed(big), network.failed(child)) == ({"W1", "W2"}, {"E1", "E2"})
    assert (child.users_now, big.users_now) == (50, 100), "the big one counts its part, each person once"
    network.receive(network.clear("E1", 60), network.clear("E2", 60))
    big, child = network.incidents()
    assert (network.failed(big), network.failed(child)) == ({"W1", "W2"}, set())
    assert child.quiet_at is not None
    assert (big.quiet_at, big.users_now) == (None, 50)
    network.receive(network.report("E1", 120))
    big, child = network.incidents()
    assert (network.failed(big), network.failed(child)) == ({"W1", "W2"}, {"E1"})
