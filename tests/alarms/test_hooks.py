"""Alertmanager's webhook: groups as it sends them, repeated as it repeats them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.alarms.conftest import Network

URL = "/hooks/alertmanager"


@pytest.fixture
def hook(client: FlaskClient, token_of: Callable[..., str]) -> Callable[..., Any]:
    token = token_of("alarms.write", source="prometheus")

    def send(*alerts: dict[str, Any], **changes: Any) -> Any:
        return client.post(URL, json=group(*alerts, **changes), headers={"Authorization": f"Bearer {token}"})

    return send


def group(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A payload as Alertmanager 0.28 sends it."""
    return {
        "receiver": "tocsin",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {"alertname": "Down"},
        "commonLabels": {"alertname": "Down"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "version": "4",
        "groupKey": '{}:{alertname="Down"}',
        "truncatedAlerts": 0,
        **changes,
    }


def alert(
    network: Network, element: str, *, since: float = 0, ended: float | None = None, **labels: str
) -> dict[str, Any]:
    return {
        "status": "firing" if ended is None else "resolved",
        "labels": {"alertname": "Down", "element": element, "severity": "critical", "team": "transport", **labels},
        "annotations": {"summary": f"{element} does not answer"},
        "startsAt": network.at(since).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z" if ended is None else network.at(ended).isoformat(),
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
        "fingerprint": "5cf84a5e2f0a4f1d",
    }


@pytest.mark.proves("R13")
def test_firing_alerts_become_an_incident_and_resolved_ones_end_it(network: Network, hook: Callable[..., Any]) -> None:
    fired = hook(alert(network, "W1"), alert(network, "W2"))
    (incident,) = network.incidents()
    assert fired.json["incidents"] == [incident.number]
    assert network.failed(incident) == {"W1", "W2"}
    hook(alert(network, "W1", ended=60), alert(network, "W2", ended=60), status="resolved")
    assert network.failed(incident) == set()
    assert network.incidents()[0].quiet_at is not None


def test_a_group_delivered_again_changes_nothing(network: Network, hook: Callable[..., Any]) -> None:
    alerts = alert(network, "W1"), alert(network, "W2", ended=5)
    hook(*alerts)
    again = hook(*alerts).json
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert [alarm.count for alarm in network.alarms()] == [1, 1]


def test_labels_name_the_alarm(network: Network, hook: Callable[..., Any]) -> None:
    hook(alert(network, "W1", object="eth0"), alert(network, "W1", instance="10.0.0.1:9100", severity="info"))
    assert [(alarm.source, alarm.object, alarm.problem, alarm.severity, alarm.text) for alarm in network.alarms()] == [
        ("prometheus", "eth0", "Down", "critical", "W1 does not answer"),
        ("prometheus", "10.0.0.1:9100", "Down", "warning", "W1 does not answer"),
    ]


def test_a_warning_that_ends_does_not_clear_the_critical_alert_of_the_same_problem(
    network: Network, hook: Callable[..., Any]
) -> None:
    hook(alert(network, "W1"), alert(network, "W1", severity="warning", ended=30))
    assert [alarm.state for alarm in network.alarms()] == ["raised"]


def test_an_alert_that_has_fired_for_weeks_is_taken(network: Network, hook: Callable[..., Any]) -> None:
    assert hook(alert(network, "W1", since=-40 * 86_400)).status_code == 200
    assert network.alarms()[0].state == "raised"


@pytest.mark.parametrize(
    ("case", "changes", "field"),
    [
        ("no element", {"labels": {"alertname": "Down"}}, "alerts.1.labels.element"),
        ("no alert name", {"labels": {"element": "W2"}}, "alerts.1.labels.alertname"),
        ("no such status", {"status": "smouldering"}, "alerts.1.status"),
        ("labels that are a list", {"labels": []}, "alerts.1.labels"),
        ("a start in the future", {"startsAt": "2199-01-01T00:00:00Z"}, "alerts.1.startsAt"),
        ("no start", {"startsAt": None}, "alerts.1.startsAt"),
    ],
)
def test_a_bad_alert_is_named_and_nothing_of_its_group_is_used(
    network: Network, hook: Callable[..., Any], case: str, changes: dict[str, Any], field: str
) -> None:
    refused = hook(alert(network, "W1"), {**alert(network, "W2"), **changes})
    assert refused.status_code == 422, case
    assert refused.json["errors"][0]["field"] == field
    assert refused.json["errors"][0]["remedy"]
    assert not network.alarms()


def test_another_version_of_the_payload_is_refused(hook: Callable[..., Any], network: Network) -> None:
    assert hook(alert(network, "W1"), version="5").json["field"] == "version"


def test_the_hook_needs_a_token(client: FlaskClient, network: Network) -> None:
    assert client.post(URL, json=group(alert(network, "W1"))).status_code == 401
    assert not network.alarms()
