"""Incidents that belong to a drill: exercise incidents of its area that are reported, or opened by its alarms, while it goes on."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock
from command.drills import entries, kept
from command.drills.models import GOING_ON, Drill, DrillIncident, DrillParticipant, Part
from command.incidents import places
from command.incidents.models import PERSON, Incident
from command.incidents.places import Tree
from command.oncall.paging.players import Players
from playbooks.scenario import Mode

_NOW_FOR = "drills.now_for"
"""In `session.info`: the id of the drill on whose behalf a unit of work acts, and who does: player, alarms or controller."""


@contextmanager
def on_behalf(session: Session, drill: Drill, by: str) -> Iterator[None]:
    """Incidents that are opened inside belong to a drill; `by` is player, alarms or controller."""
    before, session.info[_NOW_FOR] = session.info.get(_NOW_FOR), (drill.id, by)
    try:
        yield
    finally:
        session.info[_NOW_FOR] = before


def overlaps(areas: Tree, one: int | None, other: int | None) -> bool:
    """Whether one of two areas contains the other, or they are the same. An area that is not known overlaps with all."""
    if one is None or other is None:
        return True
    return any(area.id == other for area in places.upward(areas, one)) or any(
        area.id == one for area in places.upward(areas, other)
    )


def going_on_in(session: Session, area_id: int | None) -> Sequence[Drill]:
    """The drills that go on in an area, in one that contains it, or in a part of it."""
    areas = places.tree(session)
    found = session.scalars(select(Drill).where(Drill.state.in_(GOING_ON)).order_by(Drill.id)).all()
    return [drill for drill in found if overlaps(areas, drill.area_id, area_id)]


def incidents(session: Session, drill: Drill) -> list[Incident]:
    """The incidents of a drill, the first first."""
    link = DrillIncident.incident_id == Incident.id
    query = select(Incident).join(DrillIncident, link).where(DrillIncident.drill_id == drill.id)
    return list(session.scalars(query.order_by(Incident.id)))


def on_report(session: Session, incident: Incident) -> None:
    """An exercise incident that is new belongs to the drill on whose behalf it was opened, else to the one that goes on where it is. The
    drill's row is not locked: whoever reports does not wait for the engine."""
    if not incident.exercise or session.get(DrillIncident, incident.id) is not None:
        return
    mine = session.info.get(_NOW_FOR)
    drill = session.get(Drill, mine[0]) if mine else next(iter(going_on_in(session, incident.area_id)), None)
    if drill is None or drill.state not in GOING_ON:
        return
    session.add(DrillIncident(incident_id=incident.id, drill_id=drill.id, exercise=True))
    session.flush()
    by = mine[1] if mine else "player" if incident.source == PERSON else "alarms"
    second = round(kept.ticking(drill).at(clock.now(session)), 1)
    entries.record(session, drill, entries.IncidentJoined(number=incident.number, by=by, second=second))


def known_to(person_id: int) -> Select[int]:
    """The ids of the incidents of drills in which somebody takes part: a restricted one is no secret to its players."""
    link = DrillParticipant.drill_id == DrillIncident.drill_id
    mine = select(DrillIncident.incident_id).join(DrillParticipant, link)
    return mine.where(DrillParticipant.person_id == person_id)


def recall_minutes(session: Session, incident_ids: Collection[int]) -> dict[int, int]:
    """How soon what incidents of drills have is back, by incident."""
    query = select(DrillIncident.incident_id, Drill.recall_minutes).join(Drill, Drill.id == DrillIncident.drill_id)
    return dict(session.execute(query.where(DrillIncident.incident_id.in_(incident_ids))).tuples().all())


def players(session: Session, incident_id: int) -> Players | None:
    """Who may be paged for an incident of a drill: its players, by phone in a live one."""
    drill = kept.of_incident(session, incident_id)
    if drill is None:
        return None
    mine = select(DrillParticipant.person_id).where(
        DrillParticipant.drill_id == drill.id, DrillParticipant.part == Part.PLAYER
    )
    return Players(frozenset(session.scalars(mine)), phones=drill.mode == Mode.live)
