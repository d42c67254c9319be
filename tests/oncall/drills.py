"""Phone drills on the stage of the scenarios: planned, held by an engine that keeps nothing between two rounds, answered by phone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from command.core import clock
from command.core import journal as kept
from command.engine import phone_drill
from command.incidents.models import GradeChange, Incident
from command.messages.models import Delivery, Purpose
from command.oncall.phone_drill import plans, runs
from command.oncall.phone_drill.drill_models import By, PhoneDrill, PhoneDrillCall, PhoneDrillRun, PhoneDrillWay
from command.oncall.phone_drill.plans import Draft
from command.people.access import Principal
from command.people.models import Person
from tests.builders import application
from tests.oncall.scene import Scene

ZONE = "Asia/Shanghai"
PLANNER = "li.hong"
GROUP = ("person:qin.yang", "person:you.na", "person:chen.bo")


def principal(scene: Scene, username: str = PLANNER) -> Principal:
    def work(session: Any) -> Principal:
        person = session.get_one(Person, scene.ids[username])
        posts = frozenset(each.post for each in person.posts)
        return Principal(person.id, username, posts, person.area_code, "zh")

    return scene.ask(work)


def within(scene: Scene, work: Any) -> Any:
    """Do as somebody who asks over HTTP: the authority table is at hand."""
    with application(scene.installation).app_context():
        return scene.write(work)


def in_minutes(scene: Scene, minutes: float) -> datetime:
    """A time ahead on the wall clock of ZONE."""
    at = scene.ask(clock.now) + timedelta(minutes=minutes)
    return at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None, second=0, microsecond=0)


def plan(
    scene: Scene, *targets: str, who: str = PLANNER, minutes: float = 2, ways: str = "record", **given: Any
) -> int:
    """A plan of a drill; its id."""
    fields = {
        "by": By(ways),
        "name": "月度点名",
        "targets": targets or GROUP,
        "starts": in_minutes(scene, minutes),
        "zone": ZONE,
        **given,
    }
    return int(within(scene, lambda s: plans.plan(s, Draft(**fields), principal(scene, who)).id))


def later(scene: Scene, **span: float) -> None:
    scene.write(lambda s: clock.move(s, timedelta(**span), allowed=True))


def engine(scene: Scene) -> None:
    while phone_drill.run_once(scene.installation):
        pass


def held(scene: Scene, *targets: str, **given: Any) -> int:
    """A drill that was planned and has begun; the id of its run."""
    plan(scene, *targets, **given)
    later(scene, minutes=2)
    engine(scene)
    return latest(scene).id


def latest(scene: Scene) -> PhoneDrillRun:
    query = select(PhoneDrillRun).order_by(PhoneDrillRun.id.desc())
    found = scene.ask(lambda s: s.scalars(query).first())
    assert found is not None
    return found


def run_of(scene: Scene, run_id: int) -> PhoneDrillRun:
    return scene.ask(lambda s: s.get_one(PhoneDrillRun, run_id))


def drill_of(scene: Scene, drill_id: int) -> PhoneDrill:
    return scene.ask(lambda s: s.get_one(PhoneDrill, drill_id))


def call(scene: Scene, username: str) -> PhoneDrillCall:
    """The last call to a person."""
    mine = select(PhoneDrillCall).where(PhoneDrillCall.person_id == scene.ids[username])
    found = scene.ask(lambda s: s.scalars(mine.order_by(PhoneDrillCall.id.desc())).first())
    assert found is not None
    return found


def messages(scene: Scene) -> list[Delivery]:
    """Every message of drills."""
    query = select(Delivery).where(Delivery.purpose == Purpose.DRILL).order_by(Delivery.id)
    return scene.ask(lambda s: list(s.scalars(query)))


def ways(scene: Scene, username: str) -> list[PhoneDrillWay]:
    mine = select(PhoneDrillWay).where(PhoneDrillWay.call_id == call(scene, username).id)
    return scene.ask(lambda s: list(s.scalars(mine.order_by(PhoneDrillWay.position))))


def incident(scene: Scene, tier: int, exercise: bool = False, state: str = "responding") -> int:
    """An incident that was graded so just now; its id."""

    def work(session: Any) -> int:
        now = clock.now(session)
        grades = {"tier": tier, "current_tier": tier, "projected_tier": tier, "rules": [], "exercise": exercise}
        made = Incident(
            number=f"INC-9{tier}",
            kind="network_fault",
            state=state,
            source="person",
            detected_at=now,
            reported_at=now,
            **grades,
        )
        session.add(made)
        session.flush()
        session.add(GradeChange(incident_id=made.id, at=now, by="system", **grades))
        return made.id

    return int(scene.write(work))


def regrade(scene: Scene, incident_id: int, tier: int) -> None:
    def work(session: Any) -> None:
        made = session.get_one(Incident, incident_id)
        made.tier = tier
        grades = {"tier": tier, "current_tier": tier, "projected_tier": tier, "rules": []}
        session.add(
            GradeChange(incident_id=made.id, at=clock.now(session), by="system", exercise=made.exercise, **grades)
        )

    scene.write(work)


def stop(scene: Scene, run_id: int, by: str = PLANNER) -> None:
    within(scene, lambda s: runs.stop(s, run_id, principal(scene, by)))


def resume(scene: Scene, run_id: int) -> None:
    within(scene, lambda s: runs.resume(s, run_id, principal(scene)))


def journal(scene: Scene, kind: str, drill_id: int = 1) -> list[dict[str, Any]]:
    """The payloads of one kind of entry on a drill's stream."""
    return scene.ask(
        lambda s: [orjson.loads(e.data) for e in kept.entries(s, f"phone_drill:{drill_id}") if e.kind == kind]
    )
