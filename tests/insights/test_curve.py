"""The affected-users curve: by hand, edge cases first."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from command.boards.projection import Seen
from command.core.columns import dump
from command.insights import curve
from command.insights.curve import Step

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)


def changed(minute: int, users: int) -> Seen:
    return Seen(
        minute + 1, BEGIN + timedelta(minutes=minute), "system:quiet", curve.CHANGED, dump({"users_now": users})
    )


def test_an_incident_without_impact_has_no_curve() -> None:
    other = Seen(1, BEGIN, "person:1", "incident.reported", "{}")
    assert curve.steps([other]) == ()
    assert curve.user_minutes((), BEGIN) == 0


def test_steps_keep_only_what_changes() -> None:
    found = curve.steps([changed(0, 100), changed(5, 100), changed(10, 300), changed(30, 0)])
    assert [(step.at - BEGIN, step.users) for step in found] == [
        (timedelta(0), 100),
        (timedelta(minutes=10), 300),
        (timedelta(minutes=30), 0),
    ]


@pytest.mark.parametrize(("until", "minutes"), [(10, 1000), (30, 7000), (90, 7000)])
def test_user_minutes_are_the_area_under_the_curve(until: int, minutes: float) -> None:
    found = curve.steps([changed(0, 100), changed(10, 300), changed(30, 0)])
    assert curve.user_minutes(found, BEGIN + timedelta(minutes=until)) == minutes


@pytest.mark.proves("D7", "D9")
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_figure_is_plotlys_and_reads_back_the_steps(theme: str) -> None:
    steps = [Step(BEGIN, 100), Step(BEGIN + timedelta(minutes=10), 0)]
    figure = curve.figure(steps, BEGIN + timedelta(minutes=20), ("Time", "Affected users"), theme)
    (trace,) = figure["data"]
    assert (trace["type"], trace["line"]["shape"], trace["y"]) == ("scatter", "hv", [100, 0, 0])
    assert orjson.dumps(figure)
