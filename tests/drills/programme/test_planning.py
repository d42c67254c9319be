"""Planning one drill: what it becomes, and what is refused with the way out."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from command.core import clock
from command.core.problems import Denied, Invalid
from command.drills import kept
from command.drills.models import DrillInject, DrillParticipant
from command.drills.programme import planning
from command.incidents.models import Incident, Role
from command.messages.models import Delivery
from command.people.models import Person
from tests.drills.programme.stage import PARTS, Stage, scenario

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.proves("R9")
def test_a_planned_drill_has_its_people_its_injects_and_two_supervisors_who_are_told(stage: Stage) -> None:
    made = stage.plan()
    with stage.database.read() as session:
        cast = session.execute(
            select(Person.username, DrillParticipant.part, DrillParticipant.role)
            .join(Person, Person.id == DrillParticipant.person_id)
            .where(DrillParticipant.drill_id == made.id)
        ).all()
        injects = session.execute(select(DrillInject.number, DrillInject.at_s).order_by(DrillInject.number)).all()
        sent = session.scalars(select(Delivery)).all()
    assert made.code == f"DR-{made.local_date:%Y-%m%d}-01" and made.stop_word == "STOPDRILL/演练终止"
    assert {tuple(row) for row in cast} == {
        ("ada", "supervisor", ""),
        ("dep", "supervisor", ""),
        ("dou", "player", "lead"),
        ("kef", "controller", ""),
        *((name, "player", "engineer") for name in ("eng", "ops", "sec")),
    }
    assert [tuple(row) for row in injects] == [(1, 0.0), (2, 1230.0), (3, None)]
    assert [kind for kind, _ in stage.journal(f"drill:{made.id}")] == ["drill.planned", "drill.announced"]
    assert "[DRILL] You supervise" in stage.texts("ada")[0] and not stage.texts("dou")
    assert sent and all(row.exercise for row in sent)


def test_players_of_a_live_drill_are_told_once_its_window_is_open(stage: Stage) -> None:
    stage.plan(mode="live")
    assert stage.texts("dou")[0].startswith("[DRILL] Announced: 季度演练")
    stage.plan(mode="live", area="8002", due_at=stage.draft().due_at + timedelta(days=20))
    assert len(stage.texts("dou")) == 1


@pytest.mark.proves("R9")
@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"name": "打 13800138000"}, "name", "phone number"),
        ({"scenario": "none"}, "scenario", "no scenario"),
        ({"mode": "dance"}, "mode", "cannot be held in this mode"),
        ({"area": "9"}, "area", "no area"),
        ({"zone": "Mars/Base"}, "zone", "no time zone"),
        ({"due_at": datetime(2001, 1, 1)}, "due_at", "past"),
        ({"supervisors": ("ada", "ada")}, "supervisors", "two different people"),
        ({"supervisors": ("ada", "tra")}, "supervisors", "cannot supervise"),
        ({"supervisors": ("ada", "nobody")}, "supervisors", "no active person nobody"),
        ({"parts": {"lead": ["person:dou"]}}, "parts.engineer", "Nobody plays engineer"),
        ({"parts": {**PARTS, "cook": ["person:dou"]}}, "parts.cook", "no role cook"),
        ({"parts": {**PARTS, "lead": ["group:none"]}}, "parts.lead", "no group:none"),
        ({"departments": ("security",)}, "departments", "does not train security"),
        ({"duration_minutes": 10}, "duration_minutes", "last inject is due after 20.5"),
        ({"window_days": 91}, "window_days", "from 0 to 90"),
        ({"grace_minutes": -1}, "grace_minutes", "from 0 to 1440"),
    ],
)
def test_what_cannot_be_held_is_refused_at_its_field(
    stage: Stage, given: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        stage.plan(**given)
    assert caught.value.field == field and said in str(caught.value) and caught.value.remedy
    assert not stage.drills()


def test_a_live_drill_wants_a_number_of_every_player(stage: Stage) -> None:
    def forget(session: Any) -> None:
        row = session.get_one(Person, stage.people["eng"])
        row.number = row.number_index = None

    stage.do(forget)
    with pytest.raises(Invalid, match="No verified number: eng") as caught:
        stage.plan(mode="live")
    assert caught.value.field == "parts.engineer"
    stage.plan(mode="tabletop")


def test_two_drills_are_never_planned_on_one_ground_at_once(stage: Stage) -> None:
    stage.plan(area="80", announced=False)
    with pytest.raises(Invalid, match="in this area at the same time"):
        stage.plan(area="800101", due_at=stage.draft().due_at + timedelta(minutes=59))
    stage.plan(area="800101", due_at=stage.draft().due_at + timedelta(minutes=61))


def test_who_is_busy_or_lacks_the_post_is_told_of_beforehand(stage: Stage) -> None:
    def emergency(session: Any) -> None:
        now = clock.now(session)
        grades = {"tier": 1, "current_tier": 1, "projected_tier": 1, "rules": []}
        seen = {"detected_at": now, "reported_at": now}
        made = Incident(number="INC-1", kind="network_fault", state="responding", source="person", **grades, **seen)
        session.add(made)
        session.flush()
        session.add(Role(incident_id=made.id, role="commander", person_id=stage.people["ops"], from_at=now))

    stage.do(emergency)
    draft = stage.draft(parts={**PARTS, "lead": ["person:kef"]})
    found = stage.do(lambda s: planning.warnings(s, planning.prepared(s, draft, stage.people["tra"])))
    assert [(each.field, str(each.values["people"])) for each in found] == [("parts.lead", "kef"), ("parts", "ops")]


def test_only_those_who_run_drills_plan_them(stage: Stage) -> None:
    with pytest.raises(Denied):
        stage.plan(by="kef")


def test_a_scenario_written_later_changes_nothing_of_what_is_planned(stage: Stage) -> None:
    first = stage.plan()
    stage.do(lambda s: kept.keep(s, scenario(version=2)))
    second = stage.plan(area="8002")
    assert first.scenario_id != second.scenario_id
