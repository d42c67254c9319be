"""What time brings: owners of pools are reminded 30, 7 and 1 days ahead, once each, and their superior where nothing was read at 1.

Who was told of what is in rows: whatever engine looks, and however often one was started anew, each is told once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.people.entries import audit
from command.people.models import Person
from command.readiness import due, owners, telling
from command.readiness.due import HORIZONS, Thing, horizons
from command.readiness.entries import Reminded
from command.readiness.models import ResourceReminder
from command.resources import finding

BEHIND = 7
"""Days after which nobody is reminded any more of what is over: the page of readiness shows it."""
OPEN, SHUT = time(8), time(20)
"""The operator's wall clock between which reminders leave."""
GRACE = timedelta(hours=4)
"""Owners have as long to read the first reminder before their superior is told: of what was entered a day ahead nobody knew before."""
Key = tuple[str, int, date]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of one thing so far: horizons its owners were told at and when first (None: not yet), whether their superior was, and
    whether an owner has read any of it."""

    horizons: frozenset[int]
    first_at: datetime | None
    raised: bool
    read: bool


NOTHING = Told(frozenset(), None, raised=False, read=False)


def horizon(days: int, span: int | None = None) -> int | None:
    """The nearest horizon that has come when so many days are left of `span`; None: it is too early, or too late."""
    if days < -BEHIND:
        return None
    return next((each for each in horizons(span) if days <= each), None)


def to_owner(thing: Thing, told: Told) -> bool:
    """Whether owners are to be told now. What comes in late is told at the nearest horizon only."""
    at = horizon(thing.days, thing.span)
    return at is not None and at not in told.horizons


def to_superior(thing: Thing, told: Told, now: datetime) -> bool:
    """Whether the superior is to be told now: a day is left, and no owner has read anything of it who had GRACE to do so."""
    if horizon(thing.days, thing.span) != HORIZONS[0] or told.raised or told.read:
        return False
    return told.first_at is not None and now - told.first_at >= GRACE


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    if not _open(session):
        return False
    found = due.things(session)
    told, now = _told(session, found), clock.now(session)
    both = ((each, told.get(each.key, NOTHING)) for each in found)
    return any(to_owner(each, so_far) or to_superior(each, so_far, now) for each, so_far in both)


def remind(session: Session) -> int:
    """Tell whoever is to be told; return to how many people a text was queued. One text a person, whatever it is about."""
    if not _open(session):
        return 0
    found = due.things(session)
    told, now = _told(session, found), clock.now(session)
    heard: dict[tuple[bool, int], list[tuple[Thing, int]]] = {}
    who = _People(session)
    for thing in found:
        so_far = told.get(thing.key, NOTHING)
        if to_owner(thing, so_far):
            _keep(session, heard, thing, who.owners(thing), raised=False)
        if to_superior(thing, so_far, now):
            _keep(session, heard, thing, who.superiors(thing), raised=True)
    return sum(_tell(session, person_id, raised, items) for (raised, person_id), items in heard.items())


class _People:
    """Owners and superiors of pools, each looked up once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[int, list[Person]] = {}
        self.above: dict[int, list[Person]] = {}

    def owners(self, thing: Thing) -> list[Person]:
        if thing.pool.id not in self.known:
            self.known[thing.pool.id] = owners.owners(self.session, thing.pool)
        return self.known[thing.pool.id]

    def superiors(self, thing: Thing) -> list[Person]:
        if thing.pool.id not in self.above:
            without = [person.id for person in self.owners(thing)]
            self.above[thing.pool.id] = owners.superiors(self.session, thing.pool, without)
        return self.above[thing.pool.id]


def _open(session: Session) -> bool:
    at = clock.now(session).astimezone(finding.zone(session)).time()
    return OPEN <= at < SHUT


def _told(session: Session, found: Sequence[Thing]) -> dict[Key, Told]:
    """What was told so far, of what somebody may be reminded of."""
    if not found:
        return {}
    since = finding.today(session) - timedelta(days=BEHIND)
    rows = session.scalars(select(ResourceReminder).where(ResourceReminder.due_on >= since))
    by_key: dict[Key, list[ResourceReminder]] = {}
    for row in rows:
        by_key.setdefault((row.subject, row.ref_id, row.due_on), []).append(row)
    return {key: _summed(its) for key, its in by_key.items()}


def _summed(rows: Iterable[ResourceReminder]) -> Told:
    its = list(rows)
    own = [row for row in its if not row.raised]
    first = min((row.told_at for row in own), default=None)
    raised, read = len(own) < len(its), any(row.read_at for row in own)
    return Told(frozenset(row.days for row in own), first, raised, read)


def _keep(
    session: Session,
    heard: dict[tuple[bool, int], list[tuple[Thing, int]]],
    thing: Thing,
    people: Iterable[Person],
    *,
    raised: bool,
) -> None:
    """Write that these people are told of a thing; where another engine has, nobody is told by this one."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    at = horizon(thing.days, thing.span)
    for person in people:
        values = {
            "subject": str(thing.subject),
            "ref_id": thing.ref_id,
            "pool_id": thing.pool.id,
            "unit_id": thing.unit.id if thing.unit else None,
            "name": thing.name,
            "due_on": thing.due_on,
            "days": at,
            "person_id": person.id,
            "raised": raised,
            "told_at": clock.now(session),
            "reached": False,
        }
        made = insert(ResourceReminder).values(values).on_conflict_do_nothing().returning(ResourceReminder.id)
        row_id = session.scalar(made)
        if row_id is not None:
            heard.setdefault((raised, person.id), []).append((thing, row_id))


def _tell(session: Session, person_id: int, raised: bool, items: Sequence[tuple[Thing, int]]) -> bool:
    person = session.get_one(Person, person_id)
    reached = telling.tell(session, person, [thing for thing, _ in items], raised=raised)
    ids = [row_id for _, row_id in items]
    if reached:
        for row in session.scalars(select(ResourceReminder).where(ResourceReminder.id.in_(ids))):
            row.reached = True
    audit(session, Reminded(person_id=person_id, reminder_ids=ids, raised=raised, reached=reached))
    return reached
