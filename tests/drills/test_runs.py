"""A drill from its begin to its end, as people and engines see it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms.models import Alarm
from command.core import clock
from command.core.problems import Conflict
from command.drills.models import Drill, State
from command.drills.runs import ending, injects, reporting, starting
from command.incidents.intake import Report
from tests.drills.scene import Stage, line, scenario


def test_it_begins_only_once_both_supervisors_agree(stage: Stage) -> None:
    code = stage.plan()
    stage.agree(code, "ada")
    with pytest.raises(Conflict, match="supervisors"):
        stage.run(code, lambda s, d: starting.begin(s, d))
    stage.agree(code, "dep")
    stage.run(code, lambda s, d: starting.begin(s, d))
    assert stage.drill(code).state == State.RUNNING
    assert [kind for kind, _ in stage.told(code)] == ["drill.acknowledged"] * 2 + ["drill.began"]


@pytest.mark.parametrize("passed", [12.0, 12.049, 12.07])
def test_what_a_controller_puts_in_at_once_is_due_at_once(stage: Stage, passed: float) -> None:
    code = stage.begun(scenario(line(30)))

    def put(session: Session, drill: Drill) -> bool:
        drill.elapsed_s, drill.ticking_from = passed, clock.now(session)
        extra = injects.Extra(to="desk", sender="Mayor", content="When is it back?")
        row = injects.add(session, drill, extra, stage.principal("tra"))
        return row in injects.due(session, drill)

    assert stage.run(code, put)


@pytest.mark.proves("R9")
def test_injects_come_when_they_are_due_and_what_players_do_answers_them(stage: Stage) -> None:
    code = stage.begun(
        scenario(
            line(1, proof={"event": "reported"}),
            line(2, after={"event": "assessed"}, wait_minutes=3.0, proof={"event": "activated"}),
            line(3, at_minutes=20.0, unless={"event": "activated"}),
            line(4, at_minutes=25.0),
        )
    )
    stage.engine()
    assert set(stage.states(code).values()) == {"pending"}
    stage.minutes(1)
    assert stage.states(code)[1] == "delivered"
    given = Report(kind="network_fault", area="800101", elements=("CELL-1",))
    number = stage.run(code, lambda s, d: reporting.report(s, d, stage.principal("dou"), given).number, "dou")
    assert number.startswith("D-")
    stage.engine()
    assert stage.states(code)[1] == "answered"
    stage.act("dou", number, "assess")
    stage.minutes(1)
    assert stage.states(code)[2] == "pending"
    stage.minutes(2.1)
    assert stage.states(code)[2] == "delivered"
    stage.act("dou", number, "activate")
    stage.engine()
    assert stage.states(code) == {1: "answered", 2: "answered", 3: "skipped", 4: "pending"}
    stage.minutes(60)
    assert stage.states(code)[4] == "skipped"
    assert stage.drill(code).state == State.ENDED
    assert stage.see(number)["state"] == "cancelled"
    answered = [data for _, data in stage.told(code, "inject_answered")]
    assert [(each["number"], each["proof"], each["incident"]) for each in answered] == [
        (1, "incident.reported", number),
        (2, "incident.activated", number),
    ]
    assert stage.told(code, "ended")[0][1] == {
        "second": pytest.approx(3846, abs=60),
        "answered": 2,
        "delivered": 2,
        "skipped": 2,
    }


ALARMS = [{"element": name, "problem": "link down", "severity": "critical"} for name in ("CELL-1", "CELL-2")]


@pytest.mark.proves("B3")
def test_a_stopped_drill_leaves_nothing_behind(stage: Stage) -> None:
    code = stage.begun(scenario(line(1, method="alarms", alarms=ALARMS), line(9)))
    stage.minutes(1)
    (incident,) = stage.incidents()
    assert stage.told(code, "incident_joined")[0][1]["by"] == "alarms"
    stage.run(code, lambda s, d: ending.stop(s, d, stage.principal("eng")), "eng")
    assert stage.drill(code).state == State.STOPPED
    assert stage.see(incident.number)["state"] == "cancelled"
    assert stage.states(code) == {1: "delivered", 9: "skipped"}
    with stage.database.read() as session:
        assert set(session.scalars(select(Alarm.state))) == {"cleared"}
    with pytest.raises(Conflict):
        stage.run(code, lambda s, d: ending.stop(s, d, None))


OPENING = {
    "summary": {"zh": "光缆中断", "en": "A cable is cut"},
    "users": 30,
    "elements": ["CELL-1", "MW-9999"],
    "services": ["voice", "no_such_service"],
    "latest_minutes": 10,
}


def test_a_report_that_nobody_makes_is_made_in_the_trainers_name(stage: Stage) -> None:
    code = stage.begun(scenario(line(1, proof={"event": "reported"}), opening=OPENING))
    stage.minutes(9)
    assert stage.incidents() == []
    stage.minutes(2)
    (incident,) = stage.incidents()
    assert incident.exercise and incident.owner_id == stage.people["tra"]
    assert stage.told(code, "incident_joined")[0][1]["by"] == "controller"
    stage.minutes(5)
    assert len(stage.incidents()) == 1


def test_players_know_of_a_restricted_incident_of_their_drill(stage: Stage) -> None:
    code = stage.begun(scenario(line(30), kind="information_security", subject="information_security"))
    body = {"kind": "information_security", "area": "800101", "records_leaked": 100}
    made = stage.verb("report", code, "dou", **body)
    assert made.status_code == 201, made.text
    number = made.json["number"]
    for who, status in (("eng", 200), ("dou", 200), ("aud", 404)):
        assert stage.get(who, f"/api/v1/incidents/{number}").status_code == status, who
        listed = [each["number"] for each in stage.get(who, "/api/v1/incidents").json["items"]]
        assert (number in listed) == (status == 200), who
    assert stage.verb("report", code, "kef", **body).status_code == 403, "who does not play reports nothing into it"
