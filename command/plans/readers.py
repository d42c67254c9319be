"""Who has to know a published version (R34): resolved anew whenever somebody looks, so who joins later gets it too; each confirms once."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.network.models import Area
from command.oncall.phone_drill import groups
from command.people.access import Principal
from command.people.models import Person
from command.plans import entries
from command.plans.models import PlanReader, PlanWork, State

AREA = "area:"
AGAIN = timedelta(days=7)
"""After which somebody who has not confirmed is reminded."""


def named(session: Session, username: str) -> int:
    """The id of an active person; raise Invalid."""
    found = session.scalar(select(Person.id).where(Person.username == username.strip(), Person.active))
    if found is None:
        raise Invalid(
            N_("Nobody active has the username %(name)s."),
            field="team",
            remedy=N_("Choose one of the list of people."),
            name=username[:64],
        )
    return found


def kept(session: Session, targets: Sequence[str]) -> list[str]:
    """Targets as rows keep them, each once; besides those of phone drills `area:<code>`, everybody who works in it. Raise Invalid."""
    return list(dict.fromkeys(_kept(session, each.strip()) for each in targets if each.strip()))


def _kept(session: Session, target: str) -> str:
    if not target.startswith(AREA):
        return groups.kept(session, target)
    if session.scalar(select(Area.id).where(Area.code == target.removeprefix(AREA))) is None:
        raise Invalid(
            N_("There is no %(target)s."),
            field="targets",
            remedy=N_("Choose from the list: a schedule, a post, a group, a department, an area or a person."),
            target=target[:80],
        )
    return target


def area_name(session: Session, target: str, language: str) -> str:
    """What the area of a target is called."""
    area = session.scalar(select(Area).where(Area.code == target.removeprefix(AREA)))
    return names.of(area, language) if area else target


def people(session: Session, targets: Sequence[str]) -> list[Person]:
    """The active people behind kept targets, each once, by id."""
    found = {person.id: person for person in groups.people(session, [t for t in targets if not t.startswith(AREA)])}
    codes = {code for target in targets if target.startswith(AREA) for code in _below(session, target)}
    for person in session.scalars(select(Person).where(Person.active, Person.area_code.in_(codes))):
        found[person.id] = person
    return [found[each] for each in sorted(found)]


def _below(session: Session, target: str) -> set[str]:
    """The codes of an area and all below it."""
    rows = session.execute(select(Area.id, Area.parent_id, Area.code)).tuples().all()
    inside = {id for id, _, code in rows if code == target.removeprefix(AREA)}
    grown = 0
    while len(inside) > grown:
        grown = len(inside)
        inside |= {id for id, parent, _ in rows if parent in inside}
    return {code for id, _, code in rows if id in inside}


def of(session: Session, work_id: int) -> Sequence[PlanReader]:
    """Everybody who was told of a version: who has not confirmed first."""
    query = select(PlanReader).where(PlanReader.work_id == work_id)
    return session.scalars(query.order_by(PlanReader.read_at.is_not(None), PlanReader.person_id)).all()


def newest(session: Session) -> Sequence[PlanWork]:
    """The published versions that people have to know: of each plan the newest."""
    query = select(PlanWork).where(PlanWork.state == State.PUBLISHED).order_by(PlanWork.code, PlanWork.version.desc())
    found: dict[str, PlanWork] = {}
    for work in session.scalars(query):
        found.setdefault(work.code, work)
    return list(found.values())


def waiting_for(session: Session, person_id: int) -> list[PlanWork]:
    """The plans that somebody has not confirmed yet."""
    mine = select(PlanReader.work_id).where(PlanReader.person_id == person_id, PlanReader.read_at.is_(None))
    ids = set(session.scalars(mine))
    return [work for work in newest(session) if work.id in ids]


def to_tell(session: Session, work: PlanWork) -> tuple[list[Person], list[Person]]:
    """Whom to tell of a version now: who has not been told, and who was and has not confirmed for a week."""
    there = {row.person_id: row for row in of(session, work.id)}
    meant = people(session, work.targets)
    late = clock.now(session) - AGAIN
    again = [p for p in meant if (row := there.get(p.id)) and row.read_at is None and row.told_at <= late]
    return [person for person in meant if person.id not in there], again


def confirm(session: Session, work: PlanWork, by: Principal) -> PlanReader:
    """Somebody read a published (locked) version; a second time changes nothing. Raise Conflict, NotFound for who has not to know it."""
    if work.state != State.PUBLISHED:
        raise Conflict(
            N_("This version is not in use any more."), remedy=N_("Read the one that took its place, if there is one.")
        )
    row = session.get(PlanReader, (work.id, by.person_id), with_for_update=True, populate_existing=True)
    if row is None:
        if not _among(session, work, by.person_id):
            raise NotFound(
                N_("This plan is not on your list of reading."), remedy=N_("Read it; nothing has to be confirmed.")
            )
        now = clock.now(session)
        row = PlanReader(work_id=work.id, person_id=by.person_id, added_at=now, told_at=now, reached=True)
        session.add(row)
    if row.read_at is None:
        row.read_at = clock.now(session)
        session.flush()
        entries.record(session, work, entries.Read(person_id=by.person_id, digest=work.digest or ""))
    return row


def _among(session: Session, work: PlanWork, person_id: int) -> bool:
    return any(person.id == person_id for person in people(session, work.targets))


def unread(session: Session, works: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of each work how many have to read it, and how many have."""
    found: dict[int, tuple[int, int]] = {}
    for row in session.scalars(select(PlanReader).where(PlanReader.work_id.in_(works))):
        all_, read = found.get(row.work_id, (0, 0))
        found[row.work_id] = (all_ + 1, read + (row.read_at is not None))
    return found
