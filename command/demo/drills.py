"""Drills of the demo operator, from config/demo/drills.yaml: some that are planned for the next hours, and series."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.drills.models import Drill, DrillProgramme
from command.drills.programme import laying, planning, programmes
from command.incidents import house
from command.people.models import Person
from playbooks import source
from playbooks.scenario import Mode
from playbooks.texts import Line, Record, Slug


class _Planned(Record):
    name: Line
    scenario: Slug
    mode: Mode
    area: Line
    supervisors: tuple[str, str]
    parts: Mapping[str, tuple[str, ...]]


class OneDrill(_Planned):
    """A drill so many hours after the demo was loaded, at the full hour."""

    hours_ahead: Annotated[int, Field(ge=1, le=720)]


class OneSeries(_Planned):
    """A series that begins so many days after the demo was loaded, at a time of the operator's wall clock."""

    days_ahead: Annotated[int, Field(ge=1, le=365)]
    at: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    rule: str


class DemoDrills(Record):
    """The whole of config/demo/drills.yaml."""

    trainer: str
    drills: tuple[OneDrill, ...]
    series: tuple[OneSeries, ...]


def load(session: Session, file: Path) -> None:
    """Plan them in their trainer's name, once."""
    if session.scalar(select(Drill.id).limit(1)) or session.scalar(select(DrillProgramme.id).limit(1)):
        return
    given = source.load(file, DemoDrills)
    trainer = session.scalars(select(Person.id).where(Person.username == given.trainer)).one()
    zone = house.settings(session).tz
    here = clock.now(session).astimezone(zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    for drill in given.drills:
        due_at = here + timedelta(hours=drill.hours_ahead)
        draft = planning.Draft(due_at=due_at, zone=zone.key, **drill.model_dump(exclude={"hours_ahead"}))
        laying.lay(session, planning.prepared(session, draft, trainer))
    for series in given.series:
        day = here.date() + timedelta(days=series.days_ahead)
        starts = datetime.fromisoformat(f"{day.isoformat()}T{series.at}")
        kept = series.model_dump(exclude={"days_ahead", "at"})
        programmes.write(session, programmes.SeriesDraft(starts=starts, zone=zone.key, **kept), trainer)
