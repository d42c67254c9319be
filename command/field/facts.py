"""What a person paged needs to know at a glance: what, where, since when, how many, who commands, and what their department is to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import names
from command.field.models import FieldNote, Photo
from command.incidents import house, task_safety, tasks
from command.incidents.activation import KIND_WORDS
from command.incidents.models import Incident, Task
from command.incidents.visibility import visible
from command.network.models import Area, CutOff, Element
from command.oncall.models import Page
from command.people.access import Principal
from command.people.models import Person

MOST_ELEMENTS = 10


@dataclass(frozen=True, slots=True)
class Risky:
    """A risky task of their department that is not finished; `secured` once its backup and way back are confirmed or waived."""

    code: str
    title: str
    secured: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """An incident as the person paged reads it, in their language. `elements` are the first that failed, by name, of `failed` in all."""

    kind: str
    state: str
    area: str
    elements: Sequence[str]
    failed: int
    since: datetime
    restored_at: datetime | None
    users: int
    commander: str
    department: str
    tasks: Sequence[tuple[str, datetime, str]]
    """Title, due, state (open or waiting) of their department's unfinished tasks, the one due first first."""
    risky: Sequence[Risky]
    frozen: Sequence[str]
    """Why nothing risky should be changed now, where there is a change freeze."""


def of(session: Session, page: Page, person: Person, language: str) -> Facts | None:
    """The facts behind a page; None where the incident is not there, or where a restricted one is none of this person's business: they
    were called, and the page's own text says what they may know."""
    incident = session.get(Incident, page.incident_id)
    if incident is None or not visible(session, incident, as_principal(person)):
        return None
    area = session.get(Area, incident.area_id) if incident.area_id else None
    commander = session.get(Person, incident.commander_id) if incident.commander_id else None
    failed, elements = _failed(session, incident)
    return Facts(
        kind=KIND_WORDS[incident.kind][0 if language == "zh" else 1],
        state=incident.state,
        area=names.of(area, language) if area else "",
        elements=elements,
        failed=failed,
        since=incident.occurred_at or incident.detected_at,
        restored_at=incident.restored_at,
        users=incident.users_now,
        commander=names.of(commander, language) if commander else "",
        department=_department(person, language),
        tasks=[(_title(task, language), task.due_at, task.state) for task in _theirs(session, incident, person)],
        risky=[
            Risky(task.code, _title(task, language), task_safety.of(session, task.id) is not None)
            for task in _theirs(session, incident, person)
            if task.risky
        ],
        frozen=[each.zh if language == "zh" else each.en for each in task_safety.frozen(session, incident)],
    )


def as_principal(person: Person) -> Principal:
    """A person as verbs and visibility know them, without a session of their own."""
    posts = frozenset(held.post for held in person.posts)
    return Principal(person.id, person.username, posts, person.area_code, person.language)


def _failed(session: Session, incident: Incident) -> tuple[int, Sequence[str]]:
    """How many elements have failed, and the names of the first; those that failed while it lasted, once it is over."""
    open_now = CutOff.until_at.is_(None) if incident.restored_at is None else CutOff.id > 0
    mine = (CutOff.incident_id == incident.id) & CutOff.failed & open_now
    count = session.scalar(select(func.count(CutOff.element_id.distinct())).where(mine)) or 0
    found = select(Element.name).where(Element.id.in_(select(CutOff.element_id).where(mine)))
    return count, session.scalars(found.order_by(Element.name).limit(MOST_ELEMENTS)).all()


def _theirs(session: Session, incident: Incident, person: Person) -> list[Task]:
    mine = [task for task in tasks.of(session, incident) if task.department == person.department]
    return [task for task in mine if task.state not in tasks.FINISHED]


def _title(task: Task, language: str) -> str:
    return task.title_zh if language == "zh" else task.title_en


def _department(person: Person, language: str) -> str:
    known = house.structure().departments
    return next((str(getattr(d.name, language)) for d in known if str(d.code) == person.department), "")


@dataclass(frozen=True, slots=True)
class Reported:
    """How much a person has reported on a page, and when last."""

    notes: int
    photos: int
    last: datetime | None


def reported(session: Session, page: Page) -> Reported:
    """What has been added to a page so far."""
    counts = [
        session.execute(select(func.count(), func.max(kind.added_at)).where(kind.page_id == page.id)).one()
        for kind in (FieldNote, Photo)
    ]
    (notes, noted), (photos, shot) = counts
    return Reported(notes, photos, max((at for at in (noted, shot) if at), default=None))
