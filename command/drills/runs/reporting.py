"""Players report the incident of their drill; where none does in time, a report in the trainer's name stands in for theirs."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.core import clock
from command.drills import kept
from command.drills.models import Drill, DrillIncident, Part
from command.drills.runs import injects, joining, taking_part
from command.incidents import intake
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.network.models import Area, Element, Service
from command.people.access import Principal
from command.people.identity import described
from command.people.models import Person


def report(session: Session, drill: Drill, who: Principal, given: Report) -> Incident:
    """A player of a drill that goes on reports its incident, as an exercise, by whatever posts they hold; so may who runs it. The drill is
    locked first: one that is being stopped gets no further incident. Raise Denied, Invalid or Conflict."""
    drill = taking_part.locked(session, drill.id)
    plays = any(row.part == Part.PLAYER for row in taking_part.rows_of(session, drill, who.person_id))
    if not plays:
        taking_part.must_run(session, drill, who)
    injects.goes_on(drill)
    with joining.on_behalf(session, drill, "player" if plays else "controller"):
        return intake.report(session, replace(given, exercise=True), who, vouched=True)


def prefilled(session: Session, drill: Drill) -> Report:
    """What the scenario's opening says the incident is; of a scenario that opens with alarms, its kind and area alone. Elements and
    services that this network does not have are left out: a scenario may come from elsewhere."""
    scenario = kept.scenario_of(session, drill)
    area = session.get_one(Area, drill.area_id).code
    opening = scenario.opening
    if opening is None:
        return Report(kind=str(scenario.kind), area=area, exercise=True)
    return Report(
        kind=str(scenario.kind),
        area=area,
        summary=f"{opening.summary.zh} / {opening.summary.en}",
        elements=tuple(_known(session, Element.name, opening.elements)),
        users=opening.users or None,
        services=tuple(_known(session, Service.code, opening.services)),
        records_leaked=opening.records_leaked,
        complaints=opening.complaints,
        exercise=True,
    )


def _known(session: Session, column: InstrumentedAttribute[str], named: Sequence[str]) -> list[str]:
    """Of some names those that there are, in their order."""
    there = set(session.scalars(select(column).where(column.in_(named))))
    return [name for name in named if name in there]


def is_missing(session: Session, drill: Drill) -> bool:
    """Whether nobody has reported the incident of a drill by the latest minute."""
    opening = kept.scenario_of(session, drill).opening
    if opening is None or kept.ticking(drill).at(clock.now(session)) < opening.latest_minutes * 60:
        return False
    return session.scalar(select(DrillIncident.incident_id).where(DrillIncident.drill_id == drill.id).limit(1)) is None


def stand_in(session: Session, drill: Drill) -> bool:
    """Report the incident of a locked drill that runs in its trainer's name, where it is missing; whether it was reported now."""
    if not is_missing(session, drill):
        return False
    trainer = described(session.get_one(Person, drill.trainer_id))
    with joining.on_behalf(session, drill, "controller"):
        intake.report(session, prefilled(session, drill), trainer, vouched=True)
    return True
