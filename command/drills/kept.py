"""What drills keep: the scenario each is held by, exercise time, the drill of an incident, and how they are found."""

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.drills.exercise_time import Ticking
from command.drills.models import Drill, DrillIncident, ScenarioVersion
from playbooks.scenario import Scenario, canonical, digest, from_canonical


def keep(session: Session, scenario: Scenario, made_by: int | None = None) -> ScenarioVersion:
    """Keep a version of a scenario, once: the row of the same content where there is one."""
    mark = digest(scenario)
    its = (ScenarioVersion.code == scenario.code, ScenarioVersion.version == scenario.version)
    row = session.scalar(select(ScenarioVersion).where(*its, ScenarioVersion.digest == mark))
    if row is None:
        row = ScenarioVersion(
            code=scenario.code,
            version=scenario.version,
            digest=mark,
            content=canonical(scenario),
            made_by=made_by,
            made_at=clock.now(session),
        )
        session.add(row)
        session.flush()
    return row


def scenario_of(session: Session, drill: Drill) -> Scenario:
    """The scenario a drill is held by, as it was when the drill was planned."""
    return read(session.get_one(ScenarioVersion, drill.scenario_id).content)


@lru_cache(maxsize=64)
def read(content: str) -> Scenario:
    """The scenario of the content that a version keeps."""
    return from_canonical(content)


def ticking(drill: Drill) -> Ticking:
    """The exercise time of a drill."""
    return Ticking(drill.elapsed_s, drill.ticking_from, drill.speed)


def find(session: Session, code: str, *, lock: bool = False) -> Drill:
    """A drill by its code, locked where asked for; raise NotFound."""
    query = select(Drill).where(Drill.code == code)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    drill = session.scalar(query)
    if drill is None:
        raise NotFound(N_("There is no such drill."), remedy=N_("Look it up in the list of drills."))
    return drill


def of_incident(session: Session, incident_id: int) -> Drill | None:
    """The drill an exercise incident belongs to, or None."""
    link = session.get(DrillIncident, incident_id)
    return session.get(Drill, link.drill_id) if link is not None else None
