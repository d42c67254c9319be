"""After a repair the fault is watched for a set time; what returns reopens the incident by itself, and the review waits (R31)."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from command.core import clock
from command.core.paths import CONFIG
from command.incidents.observing_rules import WatchTable
from playbooks.source import SourceError, load, load_text
from tests.conftest import Time
from tests.incidents.conftest import Desk


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database: what locks and counts is looked at in tests/measurements on both."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def watched(desk: Desk) -> str:
    """An incident of CELL-1 and CELL-2 that was restored a moment ago and is under observation."""
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"observation_factor": 1})
    alarm(desk, "CELL-1", "CELL-2")
    (incident,) = desk.get("ada", "/api/v1/incidents").json["items"]
    number: str = incident["number"]
    alarm(desk, "CELL-1", "CELL-2", severity="cleared")
    if desk.see(number)["state"] == "reported":
        desk.act("dou", number, "assess")
    if desk.see(number)["commander"] is None:
        desk.act("dou", number, "activate")
    desk.act("ada", number, "restore", evidence="test calls")
    return number


def alarm(desk: Desk, *elements: str, severity: str = "critical") -> list[str]:
    """What the network says now of some elements; the incidents it touches."""
    with desk.database.read() as session:
        at = clock.instant(session)
    sent = [
        {"source": "nms", "element": name, "problem": "LINK-DOWN", "severity": severity, "raised_at": at.isoformat()}
        for name in elements
    ]
    answer = desk.post("dou", "/api/v1/alarms", alarms=sent)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json["incidents"]
    return found


def cell(desk: Desk, number: str) -> Any:
    return desk.get("ada", f"/board/state/incident:{number}?lang=en").json["cards"]["head"]


@pytest.mark.proves("R31")
def test_the_review_waits_until_the_repair_has_been_watched_and_the_board_counts_down(
    desk: Desk, watched: str, time: Time
) -> None:
    refused = desk.refused("dou", watched, "review", cause="power")
    assert refused["code"] == "watch-over"
    left = desk.see(watched)["observation"]["minutes_left"]
    assert left > 20 and "Under observation" in cell(desk, watched)
    assert "Under observation" in desk.get("ada", "/board?lang=en").text
    time.forward(minutes=left + 1)
    desk.tick()
    desk.tick()
    assert desk.kinds(watched).count("observation.held") == 1
    assert "Under observation" not in cell(desk, watched)
    assert desk.act("dou", watched, "review", cause="power")["state"] == "reviewing"


@pytest.mark.proves("R31")
def test_alarms_of_the_same_elements_reopen_it_by_itself(desk: Desk, watched: str, time: Time) -> None:
    time.forward(minutes=10)
    assert alarm(desk, "CELL-1") == [], "one of two elements may flap"
    assert desk.see(watched)["state"] == "restored"
    assert alarm(desk, "CELL-2") == [watched]
    again = desk.see(watched)
    assert (again["state"], again["affected"]["now"], again["observation"]) == ("responding", 30, None)
    (line,) = [each for each in desk.journal(watched) if each["kind"] == "observation.returned"]
    assert line["data"]["sign"] == "alarms" and line["data"]["names"] == ["CELL-1", "CELL-2"]
    assert len(desk.get("ada", "/api/v1/incidents").json["items"]) == 1, "no second incident of one fault"


def test_after_the_time_the_same_alarms_are_a_new_incident(desk: Desk, watched: str, time: Time) -> None:
    time.forward(minutes=desk.see(watched)["observation"]["minutes_left"] + 1)
    assert watched not in alarm(desk, "CELL-1", "CELL-2")
    assert desk.see(watched)["state"] == "restored"


def test_it_is_extended_or_ended_with_a_reason_and_nobody_else_may(desk: Desk, watched: str) -> None:
    before = desk.see(watched)["observation"]["minutes_left"]
    assert desk.refused("dou", watched, "observation", minutes=600)["field"] == "reason"
    assert desk.refused("aud", watched, "observation", minutes=0, reason="enough")["status"] == 403
    assert desk.refused("dou", watched, "observation", minutes=-1, reason="x")["field"] == "minutes"
    longer = desk.act("dou", watched, "observation", minutes=600, reason="a provisional splice")
    assert longer["observation"]["minutes_left"] > before
    form = desk.get("dou", f"/incidents/{watched}/do/watch?lang=en").text
    assert "reopened by itself" in form
    done = desk.ask("dou", "POST", f"/incidents/{watched}/do/watch", data={"minutes": "0", "reason": "replaced"})
    assert done.status_code == 303, done.text
    assert desk.see(watched)["observation"] is None
    assert desk.refused("dou", watched, "observation", minutes=5, reason="again")["status"] == 409
    assert {"observation.changed", "observation.ended"} <= set(desk.kinds(watched))
    assert desk.act("dou", watched, "review", cause="power")["state"] == "reviewing"


def test_a_person_who_reopens_it_ends_the_observation(desk: Desk, watched: str) -> None:
    desk.act("dou", watched, "reopen", reason="a customer calls")
    assert desk.see(watched)["observation"] is None
    desk.act("ada", watched, "restore", evidence="test calls")
    assert desk.see(watched)["observation"] is not None, "each repair is watched anew"


def test_what_shows_that_service_is_back_differs_by_kind(desk: Desk) -> None:
    number = desk.report(kind="information_security", elements=["CELL-1"], by="ada")["number"]
    desk.act("ada", number, "assess")
    desk.act("ada", number, "activate")
    desk.fail(number)
    assert desk.see(number)["quiet_at"] is not None
    assert desk.refused("ada", number, "restore")["code"] == "restoration-shown", "alarms tell nothing of a leak"
    assert desk.act("ada", number, "restore", evidence="contained")["state"] == "restored"


def test_the_table_has_every_kind_and_a_person_counts_in_each() -> None:
    table = load(CONFIG / "observation.yaml", WatchTable)
    assert table.minutes("network_fault", 1, exercise=False) == 240  # type: ignore[arg-type]
    assert table.minutes("network_fault", 1, exercise=True) == 5  # type: ignore[arg-type]
    text = (CONFIG / "observation.yaml").read_text("utf-8")
    with pytest.raises(SourceError, match="no row for complaint_surge"):
        load_text(text.partition("  complaint_surge:")[0], "observation.yaml", WatchTable)
    with pytest.raises(SourceError, match="person's word does not count"):
        load_text(text.replace("[rate, person]", "[rate]"), "observation.yaml", WatchTable)
