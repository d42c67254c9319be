"""What an incident's page and its JSON show of sites, cables and crews."""

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock, names
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.people.access import Principal
from command.sites import cables, duty, figures, restoration, rules, safety, scope, views
from command.sites.duty import Crew
from command.sites.models import CableDamage, SafetyDecision
from command.sites.views import AheadOut, LineOut


class FiguresOut(BaseModel):
    """Counts of sites, lengths in km, and what is on its way or on scene."""

    sites_out: int
    sites_peak: int
    sites_restored: int
    without_mains: int
    on_generator: int
    cable_km_damaged: float
    cable_km_repaired: float
    people: int
    vehicles: int
    generators: int


class CableOut(BaseModel):
    """A damaged cable; with all its fibres spliced it is repaired."""

    id: int
    segment_from: str
    segment_to: str
    km: float
    break_km: float | None
    latitude: float | None
    longitude: float | None
    place: str
    fibres_total: int
    fibres_done: int
    crew: str
    eta_at: datetime | None
    found_at: datetime
    repaired_at: datetime | None
    version: int


class DecisionOut(BaseModel):
    """Whether crews may go. `scope` is where and who, empty for every crew everywhere; `run_out`: it is past `valid_until`."""

    id: int
    decision: str
    scope: str
    reason: str | None
    weather: str | None
    valid_until: datetime
    run_out: bool
    decided_by: PersonOut | None
    decided_at: datetime


class UnitOut(BaseModel):
    id: int
    serial: str


class CrewOut(BaseModel):
    """A crew that serves the incident, with its hours on duty of this stretch; `near` the limit or `over` it, and who is rested."""

    allocation: int
    unit: UnitOut
    resource: str
    state: str
    place: str
    hours: float
    near: bool
    over: bool
    relief: list[UnitOut]


class SafetyOut(BaseModel):
    """The decisions that stand, the newest first, and the crews, the longest on duty first."""

    decisions: list[DecisionOut]
    crews: list[CrewOut]
    limit_hours: float
    rest_hours: float


class IncidentSitesOut(BaseModel):
    """All of it for one incident."""

    figures: FiguresOut
    next_to_fall: AheadOut
    restoration: list[LineOut]
    cables: list[CableOut]
    safety: SafetyOut

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.next_to_fall.items or self.restoration or self.cables or self.safety.decisions)


def of(session: Session, incident: Incident, who: Principal, language: str) -> IncidentSitesOut:
    """What is known of an incident's sites, cables and crews now."""
    now = clock.now(session)
    concerned = scope.sites_of(session, incident)
    return IncidentSitesOut(
        figures=FiguresOut(**asdict(figures.of(session, incident))),
        next_to_fall=views.next_out(session, now, who, language, exercise=incident.exercise, site_ids=concerned),
        restoration=views.lines_out(session, restoration.lines(session, incident), who, language),
        cables=[cable_out(row) for row in cables.of(session, incident.id)],
        safety=safety_out(session, incident, language),
    )


def cable_out(row: CableDamage) -> CableOut:
    """A damaged cable."""
    return CableOut.model_validate(row, from_attributes=True)


def safety_out(session: Session, incident: Incident, language: str) -> SafetyOut:
    """Whether crews may go, and how long they have been on duty."""
    now, limits = clock.now(session), rules.crews()
    return SafetyOut(
        decisions=[decision_out(session, row, now, language) for row in safety.standing_decisions(session, incident)],
        crews=[_crew_out(crew, language) for crew in duty.crews(session, incident.id, now)],
        limit_hours=limits.limit_hours,
        rest_hours=limits.rest_hours,
    )


def decision_out(session: Session, row: SafetyDecision, now: datetime, language: str) -> DecisionOut:
    """A decision with its words."""
    return DecisionOut(
        id=row.id,
        decision="go" if row.go else "no_go",
        scope=safety.scope_words(session, row, language),
        reason=note_text(session, row.reason_note_id),
        weather=note_text(session, row.weather_note_id),
        valid_until=row.valid_until,
        run_out=row.valid_until <= now,
        decided_by=person(session, row.decided_by, language),
        decided_at=row.decided_at,
    )


def _crew_out(crew: Crew, language: str) -> CrewOut:
    return CrewOut(
        allocation=crew.allocation_id,
        unit=UnitOut(id=crew.unit.id, serial=crew.unit.serial),
        resource=names.of(crew.resource, language),
        state=crew.state,
        place=crew.place,
        hours=crew.hours,
        near=crew.near,
        over=crew.over,
        relief=[UnitOut(id=each.id, serial=each.serial) for each in crew.relief],
    )
