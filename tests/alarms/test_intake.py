"""Batches of alarms: told apart, put in order, kept when unknown, and turned into incidents."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from command.alarms.models import Alarm
from command.incidents import service as incidents
from tests.alarms.conftest import EAST, USERS, WEST, Network, officer


def test_two_interfaces_of_one_node_are_two_alarms_and_one_clear_never_clears_both(network: Network) -> None:
    network.receive(network.report("W1", object="eth0"), network.report("W1", object="eth1"))
    network.receive(network.clear("W1", 10, object="eth0"))
    assert {alarm.object: alarm.state for alarm in network.alarms()} == {"eth0": "cleared", "eth1": "raised"}


def test_the_same_problem_from_another_source_is_another_alarm(network: Network) -> None:
    network.receive(network.report("W1"), network.report("W1", source="probe"))
    network.receive(network.clear("W1", 10, source="probe"))
    assert {alarm.source: alarm.state for alarm in network.alarms()} == {"nms": "raised", "probe": "cleared"}


def test_redelivery_changes_nothing_but_when_it_was_last_heard_of(network: Network) -> None:
    first = network.receive(network.report("W1"))
    before = network.alarms()[0]
    again = network.receive(network.report("W1"))
    after = network.alarms()[0]
    assert (first.new, again.new, again.changed, again.unchanged) == (1, 0, 0, 1)
    assert after.received_at > before.received_at
    assert _without(before, "received_at") == _without(after, "received_at")


def test_an_unknown_element_is_kept_and_shown(network: Network) -> None:
    network.receive(network.report("Nowhere-7"), network.report("Nowhere-8"))
    assert [(alarm.element, alarm.element_id, alarm.state) for alarm in network.alarms()] == [
        ("Nowhere-7", None, "raised"),
        ("Nowhere-8", None, "raised"),
    ]
    assert not network.incidents()


def test_an_unknown_problem_affects_service_when_it_is_major_or_worse(network: Network) -> None:
    said = {"critical": True, "major": True, "minor": False, "warning": False, "indeterminate": False}
    network.receive(*(network.report("W1", problem=f"New-{name}", severity=name) for name in said))
    assert {alarm.severity: alarm.affecting for alarm in network.alarms()} == said


def test_below_the_threshold_alarms_stay_alarms(network: Network) -> None:
    receipt = network.receive(network.report("W1"), network.report("W1", object="eth1"), network.report("E1"))
    assert receipt.incidents == ()
    assert all(alarm.incident_id is None for alarm in network.alarms())


def test_a_storm_makes_one_incident_of_each_component_of_the_topology(network: Network) -> None:
    receipt = network.receive(*(network.report(name, n) for n, name in enumerate((*WEST, *EAST))))
    west, east = network.incidents()
    assert receipt.incidents == tuple(sorted((west.number, east.number)))
    assert network.failed(west) == set(WEST)
    assert network.failed(east) == set(EAST)
    assert west.users_now == east.users_now == 5 * USERS
    assert west.detected_at == network.at(0)


def test_an_incident_grows_with_the_batches_that_follow(network: Network) -> None:
    network.receive(network.report("W4"))
    network.receive(network.report("W5", 5))
    (incident,) = network.incidents()
    assert network.failed(incident) == {"W4", "W5"}
    network.receive(network.report("W1", 60))
    (incident,) = network.incidents()
    assert network.failed(incident) == {"W1", "W4", "W5"}
    assert incident.users_now == 5 * USERS, "all behind W1 are cut off too"


def test_loose_alarms_expire_from_the_window(network: Network) -> None:
    network.receive(network.report("W1", -400))
    network.receive(network.report("W2"))
    assert not network.incidents()


def test_a_minor_alarm_is_evidence_of_an_incident_and_no_failure(network: Network) -> None:
    network.receive(network.report("W1"), network.report("W2"), network.report("W2", problem="Noise", severity="minor"))
    (incident,) = network.incidents()
    assert {alarm.incident_id for alarm in network.alarms()} == {incident.id}
    network.receive(network.clear("W2", 10), network.clear("W1", 10))
    assert network.failed(incident) == set()


def test_an_incident_recovers_by_clears_element_by_element(network: Network) -> None:
    network.receive(*(network.report(name) for name in WEST))
    network.receive(network.clear("W5", 20), network.clear("W4", 20))
    (incident,) = network.incidents()
    assert network.failed(incident) == {"W1", "W2", "W3"}
    assert incident.quiet_at is None
    network.receive(*(network.clear(name, 40) for name in ("W1", "W2", "W3")))
    (incident,) = network.incidents()
    assert network.failed(incident) == set()
    assert incident.users_now == 0
    assert incident.quiet_at is not None


def test_an_element_stays_failed_while_one_of_its_alarms_stands(network: Network) -> None:
    network.receive(network.report("W1"), network.report("W1", object="eth1"), network.report("W2"))
    network.receive(network.clear("W1", 10))
    (incident,) = network.incidents()
    assert network.failed(incident) == {"W1", "W2"}


def test_what_fails_again_after_its_incident_was_restored_is_offered_again(
    network: Network, client: FlaskClient, token_of: Callable[..., str]
) -> None:
    network.receive(network.report("W1"), network.report("W2"))
    (first,) = network.incidents()
    network.receive(network.clear("W1", 10), network.clear("W2", 10))
    _restore(client, token_of("*"), first.number)
    network.receive(network.report("W1", 20), network.report("W2", 20))
    assert len(network.incidents()) == 2
    second = network.incidents()[1]
    assert {alarm.incident_id for alarm in network.alarms()} == {second.id}
    assert network.failed(second) == {"W1", "W2"}


def test_alarms_follow_an_incident_that_is_merged(
    network: Network, client: FlaskClient, token_of: Callable[..., str]
) -> None:
    network.receive(network.report("W1"), network.report("W2"), network.report("E1"), network.report("E2"))
    west, east = network.incidents()
    bearer = {"Authorization": f"Bearer {token_of('*')}"}
    body = {"into": west.number, "reason": "one power failure"}
    answer = client.post(f"/api/v1/incidents/{east.number}/actions/merge", json=body, headers=bearer)
    assert answer.status_code == 200, answer.text
    assert {alarm.incident_id for alarm in network.alarms()} == {west.id}
    network.receive(network.clear("E1", 10))
    assert network.failed(west) == {"W1", "W2", "E2"}


def test_a_report_by_hand_gathers_the_alarms_and_keeps_the_elements_a_person_named(network: Network) -> None:
    _report_by_hand(network, "W1", "W2")
    network.receive(network.report("W2", 5))
    (incident,) = network.incidents()
    assert network.alarms()[0].incident_id == incident.id
    assert network.failed(incident) == {"W1", "W2"}
    network.receive(network.clear("W2", 50))
    assert network.failed(incident) == {"W1"}


def test_exercise_alarms_stay_apart_from_real_ones(network: Network) -> None:
    network.receive(network.report("W1"))
    network.receive(network.report("W2"), exercise=True)
    assert not network.incidents()
    network.receive(network.report("W1"), exercise=True)
    (incident,) = network.incidents()
    assert incident.exercise
    assert [alarm.incident_id for alarm in network.alarms(Alarm.exercise.is_(False))] == [None]


def _without(alarm: Alarm, *names: str) -> dict[str, object]:
    return {column.name: getattr(alarm, column.name) for column in Alarm.__table__.c if column.name not in names}


def _restore(client: FlaskClient, token: str, number: str) -> None:
    for action, body in (("activate", {}), ("restore", {"evidence": "measured"})):
        bearer = {"Authorization": f"Bearer {token}"}
        answer = client.post(f"/api/v1/incidents/{number}/actions/{action}", json=body, headers=bearer)
        assert answer.status_code == 200 or action == "activate", answer.text


def _report_by_hand(network: Network, *elements: str) -> None:
    def work(session: Session) -> None:
        by = officer(session, network)
        incidents.report(session, incidents.Report(kind="network_fault", area="80", elements=elements), by)

    network.installation.database.write(work)
