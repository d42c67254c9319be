"""Recovery by a quiet period: only for momentary alarms, and only where the operator takes silence for recovery."""

from dataclasses import replace

import pytest

from command.alarms.models import AlarmEvent
from command.core.installation import Installation
from command.engine import quiet
from tests.alarms.conftest import Network
from tests.conftest import Time


def trusting(installation: Installation) -> Installation:
    """The same installation with an operator who takes silence for recovery, after 90 s."""
    rule = installation.settings.correlation.model_copy(update={"quiet_is_recovery": True, "quiet_seconds": 90.0})
    return replace(installation, settings=installation.settings.model_copy(update={"correlation": rule}))


def run(installation: Installation) -> None:
    while quiet.run_once(installation):
        pass


def blink(network: Network, *names: str, seconds: float = 0) -> None:
    network.receive(*(network.report(name, seconds, problem="Blink") for name in names))


def test_silence_is_not_recovery_unless_the_operator_says_so(network: Network, time: Time) -> None:
    blink(network, "W1", "W2")
    time.forward(hours=5)
    run(network.installation)
    (incident,) = network.incidents()
    assert network.failed(incident) == {"W1", "W2"}
    assert {alarm.state for alarm in network.alarms()} == {"raised"}


@pytest.mark.proves("B2")
def test_momentary_alarms_end_when_nothing_more_came_for_the_quiet_period(network: Network, time: Time) -> None:
    operator = trusting(network.installation)
    blink(network, "W1", "W2")
    time.forward(seconds=80)
    run(operator)
    assert network.failed(network.incidents()[0]) == {"W1", "W2"}
    time.forward(seconds=15)
    run(operator)
    (incident,) = network.incidents()
    assert network.failed(incident) == set()
    assert incident.quiet_at is not None
    assert {alarm.state for alarm in network.alarms()} == {"cleared"}


def test_an_alarm_that_comes_again_begins_its_quiet_period_anew(network: Network, time: Time) -> None:
    operator = trusting(network.installation)
    blink(network, "W1", "W2")
    time.forward(seconds=80)
    blink(network, "W1", seconds=80)
    time.forward(seconds=15)
    run(operator)
    assert network.failed(network.incidents()[0]) == {"W1"}


def test_a_source_whose_clock_is_slow_does_not_seem_quiet(network: Network) -> None:
    blink(network, "W1", "W2", seconds=-600)
    run(trusting(network.installation))
    assert network.failed(network.incidents()[0]) == {"W1", "W2"}


def test_alarms_that_clear_themselves_never_end_by_silence(network: Network, time: Time) -> None:
    network.receive(network.report("W1"), network.report("W2"))
    time.forward(hours=5)
    run(trusting(network.installation))
    assert network.failed(network.incidents()[0]) == {"W1", "W2"}


def test_a_raise_that_arrives_late_raises_a_quiet_alarm_again(network: Network, time: Time) -> None:
    operator = trusting(network.installation)
    blink(network, "W1", "W2")
    time.forward(seconds=100)
    run(operator)
    blink(network, "W1", seconds=95)
    assert network.failed(network.incidents()[0]) == {"W1"}
    blink(network, "W2", seconds=0)
    assert network.failed(network.incidents()[0]) == {"W1"}, "a re-delivery is no news"


def test_loose_alarms_end_too(network: Network, time: Time) -> None:
    blink(network, "W1")
    time.forward(seconds=100)
    run(trusting(network.installation))
    assert [alarm.state for alarm in network.alarms()] == ["cleared"]
    with network.installation.database.read() as session:
        assert [event.transition for event in session.query(AlarmEvent).order_by(AlarmEvent.id)] == ["raised", "quiet"]
