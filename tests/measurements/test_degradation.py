"""A core that is degraded and cut off nowhere: from measurements to an incident, its share, its evidence, its reopening."""

from typing import Any

import pytest

from command.engine import measurements as cycle
from tests.measurements.conftest import Probe


def impact(probe: Probe, number: str) -> list[tuple[str, str, int, float]]:
    rows = probe.see(number)["impact"]
    return [(r["service"], r["kind"], r["users"], round(r["share"], 2)) for r in rows if r["until_at"] is None]


@pytest.mark.proves("R31")
def test_a_signalling_storm_is_proposed_taken_followed_and_restored_by_measurement(probe: Probe) -> None:
    probe.series()
    probe.measure(99, 12)
    assert probe.stands()["stands"] == "good"
    probe.measure(60, 4)
    assert probe.proposals() == [], "not bad for long enough yet"
    probe.measure(60, 2)
    (waiting,) = probe.proposals()
    assert (waiting["users"], waiting["share"]) == (12, 0.4), "30 subscribers of mobile data, 60 % of attaches succeed"
    number = probe.take()
    assert impact(probe, number) == [("mobile_data", "degradation", 12, 0.4)]
    assert probe.see(number)["affected"]["now"] == 12 and probe.proposals() == []
    probe.measure(30, 2)
    assert impact(probe, number)[0][2] == 21, "the share follows the value"
    refused = probe.refused("ada", number, "restore", evidence="it looks fine")
    assert refused["code"] == "measurement-bad" and "Attach success" in refused["detail"]
    probe.measure(97, 4)
    probe.time.forward(minutes=6)
    probe.measure(97, 5)
    assert probe.stands()["stands"] == "bad", "a gap is no evidence"
    probe.measure(97, 8)
    assert probe.stands()["stands"] == "good" and impact(probe, number) == []
    state = probe.see(number)["state"]
    if state == "reported":
        probe.act("dou", number, "assess")
    assert probe.act("ada", number, "restore")["state"] == "restored"
    line = next(each for each in probe.journal(number) if each["kind"] == "incident.restored")
    assert line["data"]["evidence"] == "measurement"
    assert {"measurement.tied", "measurement.recovered"} <= set(probe.kinds(number))


@pytest.mark.proves("R31")
def test_the_fault_that_returns_while_it_is_watched_reopens_the_incident(probe: Probe) -> None:
    probe.set(observation_factor=1)
    probe.series()
    probe.measure(20, 6)
    number = probe.take()
    probe.measure(99, 11)
    if probe.see(number)["state"] == "reported":
        probe.act("dou", number, "assess")
    probe.act("ada", number, "restore")
    assert probe.see(number)["observation"]["minutes_left"] > 0
    probe.measure(20, 6)
    again = probe.see(number)
    assert again["state"] == "responding" and again["affected"]["now"] == 24
    assert "observation.returned" in probe.kinds(number) and probe.proposals() == []


def test_by_setting_it_opens_an_incident_by_itself_and_not_again_what_a_person_cancelled(probe: Probe) -> None:
    settings = probe.installation.settings
    probe.set(measurements=settings.measurements.model_copy(update={"opens": "auto"}))
    probe.series()
    probe.measure(10, 6)
    (number,) = probe.stands()["incidents"]
    assert probe.see(number)["source"] == "measurements"
    probe.act("ada", number, "cancel", reason="planned work on the core")
    probe.measure(10, 2)
    assert probe.stands()["incidents"] == [] and len(probe.proposals()) == 1, "a person decides now"
    asked = probe.post("dou", "/api/v1/measurements/series/attach-mj/actions/decide", outcome="dismissed")
    assert (asked.status_code, asked.json["field"]) == (422, "reason")
    said: dict[str, Any] = {"outcome": "dismissed", "reason": "planned work"}
    assert probe.post("dou", "/api/v1/measurements/series/attach-mj/actions/decide", **said).status_code == 200
    probe.measure(10, 2)
    assert probe.proposals() == [], "what was dismissed is not proposed again while it stays bad"


def test_an_incident_of_the_same_service_and_area_takes_the_series_up(probe: Probe) -> None:
    probe.series()
    number = probe.responding()
    probe.measure(50, 6)
    assert probe.proposals() == [] and probe.stands()["incidents"] == [number]
    assert ("mobile_data", "degradation", 15, 0.5) in impact(probe, number)


def test_a_series_that_measures_wrongly_is_set_aside_with_a_reason(probe: Probe) -> None:
    probe.series()
    number = probe.responding()
    probe.measure(50, 6)
    assert probe.refused("dou", number, "restore", evidence="test calls")["code"] == "measurement-bad"
    assert probe.refused("dou", number, "set-measurement-aside", series="attach-mj", reason=" ")["field"] == "reason"
    probe.act("dou", number, "set-measurement-aside", series="attach-mj", reason="the probe is broken")
    assert probe.act("dou", number, "restore", evidence="test calls")["state"] == "restored"
    assert "measurement.set_aside" in probe.kinds(number)


def test_a_person_declares_a_share_of_a_service_in_an_area(probe: Probe) -> None:
    number = probe.report(kind="service_interruption")["number"]
    probe.act("dou", number, "impact", area="8001", services=["voice"], share=0.4, kind="degradation")
    assert impact(probe, number) == [("voice", "degradation", 14, 0.4)]
    both = probe.refused("dou", number, "impact", area="8001", share=0.4, users=3)
    assert (both["status"], both["field"]) == (422, "users")
    probe.act("dou", number, "impact", area="8001", services=["voice"], share=0, kind="degradation")
    assert impact(probe, number) == []


def test_raw_points_are_removed_when_they_are_old(probe: Probe) -> None:
    probe.series()
    probe.measure(99, 3)
    measurements = probe.installation.settings.measurements
    probe.time.forward(days=2)
    probe.measure(99, 3)
    assert not cycle.run_once(probe.installation)
    probe.set(measurements=measurements.model_copy(update={"keep_days": 1}))
    assert not cycle.run_once(probe.installation)
    kept = probe.get("ada", "/api/v1/measurements/series/attach-mj/points?hours=2000").json["items"]
    assert len(kept) == 4
