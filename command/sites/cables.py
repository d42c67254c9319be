"""Damaged cables of an incident: where they broke, and how many fibres are spliced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries as incident_entries
from command.incidents import standing, visibility
from command.incidents.guards import LIVE
from command.incidents.models import Incident
from command.people.access import Principal
from command.resources import finding
from command.sites.entries import CableDamaged, CableRepaired, CableSpliced
from command.sites.models import CableDamage


@dataclass(frozen=True, slots=True)
class Found:
    """A damaged cable as somebody found it: the segment from–to, the length that is damaged (km), where it broke, and its fibres."""

    segment_from: str
    segment_to: str
    fibres_total: int
    km: float = 0.0
    break_km: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    place: str = ""
    crew: str = ""
    eta_at: datetime | None = None


def of(session: Session, incident_id: int) -> Sequence[CableDamage]:
    """The damaged cables of an incident, those not repaired first."""
    query = select(CableDamage).where(CableDamage.incident_id == incident_id)
    return session.scalars(query.order_by(CableDamage.repaired_at.is_not(None), CableDamage.id)).all()


def damaged(session: Session, number: str, found: Found, by: Principal) -> CableDamage:
    """Put a damaged cable on an incident's record. Raise NotFound, Invalid or Conflict."""
    incident = _open(session, number, by)
    now = clock.now(session)
    segment = finding.words(found.segment_from, "segment_from"), finding.words(found.segment_to, "segment_to")
    _breaks_somewhere(found)
    made = CableDamage(
        incident_id=incident.id,
        exercise=incident.exercise,
        segment_from=segment[0],
        segment_to=segment[1],
        km=found.km,
        break_km=found.break_km,
        latitude=found.latitude,
        longitude=found.longitude,
        place=masked_words(found.place.strip()),
        fibres_total=found.fibres_total,
        crew=masked_words(found.crew.strip()),
        eta_at=finding.not_past(found.eta_at, now, "eta_at") if found.eta_at else None,
        found_at=now,
    )
    session.add(made)
    session.flush()
    where = incident_entries.note(session, " ".join(filter(None, (f"{segment[0]} – {segment[1]}", made.place))))
    assert where is not None  # a segment has two ends
    said = CableDamaged(cable=made.id, km=made.km, fibres_total=made.fibres_total, where=where)
    incident_entries.record(session, incident, said)
    return made


def _breaks_somewhere(found: Found) -> None:
    if (found.latitude is None) != (found.longitude is None):
        lacking = "latitude" if found.latitude is None else "longitude"
        raise Invalid(N_("Half of the coordinates is missing."), field=lacking, remedy=N_("Write both or neither."))
    if found.break_km is None and found.latitude is None and not found.place.strip():
        raise Invalid(
            N_("It is not said where the cable broke."),
            field="place",
            remedy=N_("Give the kilometre, the coordinates, or words such as the bridge it lies on."),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far splicing is, who does it, and when it is expected to be done. `version`: the one that was looked at."""

    fibres_done: int
    version: int
    crew: str = ""
    eta_at: datetime | None = None
    words: str = ""


def spliced(session: Session, number: str, cable_id: int, progress: Progress, by: Principal) -> CableDamage:
    """Say how many fibres are spliced; with all of them it is repaired. Raise NotFound, Invalid, or Conflict where somebody else said more
    meanwhile."""
    incident = _open(session, number, by)
    cable = session.get(CableDamage, cable_id, with_for_update=True, populate_existing=True)
    if cable is None or cable.incident_id != incident.id:
        raise NotFound(
            N_("There is no cable %(cable)d in this incident."),
            remedy=N_("Look at the incident's list of cables."),
            cable=cable_id,
        )
    if progress.version != cable.version:
        raise Conflict(
            N_("Somebody has reported on this cable since you looked at it: %(done)d of %(total)d are spliced."),
            field="fibres_done",
            remedy=N_("Look at what they wrote, and enter yours again."),
            done=cable.fibres_done,
            total=cable.fibres_total,
        )
    if not 0 <= progress.fibres_done <= cable.fibres_total:
        raise Invalid(
            N_("This cable has %(total)d fibres."),
            field="fibres_done",
            remedy=N_("Write how many of them are spliced."),
            total=cable.fibres_total,
        )
    _progress(session, incident, cable, progress)
    return cable


def _progress(session: Session, incident: Incident, cable: CableDamage, progress: Progress) -> None:
    now = clock.now(session)
    whole = progress.fibres_done == cable.fibres_total
    cable.fibres_done = progress.fibres_done
    cable.crew = masked_words(progress.crew.strip()) or cable.crew
    if progress.eta_at is not None:
        cable.eta_at = finding.not_past(progress.eta_at, now, "eta_at")
    cable.repaired_at = now if whole else None
    cable.version += 1
    words = incident_entries.note(session, masked_words(progress.words))
    if whole:
        done = CableRepaired(cable=cable.id, km=cable.km, fibres_total=cable.fibres_total, words=words)
        incident_entries.record(session, incident, done)
        return
    said = CableSpliced(
        cable=cable.id,
        fibres_done=cable.fibres_done,
        fibres_total=cable.fibres_total,
        eta_at=cable.eta_at,
        words=words,
    )
    incident_entries.record(session, incident, said)


def _open(session: Session, number: str, by: Principal) -> Incident:
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    if incident.state not in LIVE:
        raise Conflict(
            N_("This incident is over; its record stands."),
            field="incident",
            remedy=N_("Reopen the incident where the emergency goes on."),
        )
    return incident
