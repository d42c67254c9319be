"""Reports as pages and programs look for them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from command.core.problems import N_, NotFound
from command.messages.models import Delivery
from command.people.models import Person
from command.periodic.making import digest
from command.periodic.models import PeriodicCopy, PeriodicReport, PeriodicSubscription

Got = tuple[PeriodicCopy, Person, str | None]
"""A copy, whose it is, and the state of its mail."""


def listed(session: Session, code: str = "", before: int | None = None, limit: int = 50) -> Sequence[PeriodicReport]:
    """The archive, the newest edition first; those with an id below `before`."""
    query = select(PeriodicReport).order_by(PeriodicReport.id.desc()).limit(limit)
    if code:
        query = query.where(PeriodicReport.code == code)
    if before is not None:
        query = query.where(PeriodicReport.id < before)
    return session.scalars(query).all()


def codes(session: Session) -> Sequence[str]:
    """Every report that was ever made."""
    return session.scalars(select(PeriodicReport.code).distinct().order_by(PeriodicReport.code)).all()


def find(session: Session, report_id: int) -> PeriodicReport:
    """An edition with its content; raise NotFound."""
    query = select(PeriodicReport).where(PeriodicReport.id == report_id).options(undefer(PeriodicReport.content))
    found = session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such report."), remedy=N_("Look it up in the archive of reports."))
    return found


def editions(session: Session, row: PeriodicReport) -> Sequence[PeriodicReport]:
    """All editions of the same days, the first one first."""
    mine = (PeriodicReport.code == row.code, PeriodicReport.first_on == row.first_on)
    query = select(PeriodicReport).where(*mine, PeriodicReport.last_on == row.last_on)
    return session.scalars(query.order_by(PeriodicReport.edition)).all()


def replaced(session: Session, rows: Sequence[PeriodicReport]) -> Mapping[int, int]:
    """Which editions another one has replaced, and by which."""
    ids = [row.id for row in rows]
    query = select(PeriodicReport.replaces_id, PeriodicReport.id).where(PeriodicReport.replaces_id.in_(ids))
    return {before: after for before, after in session.execute(query).tuples() if before is not None}


def copies(session: Session, report_id: int) -> list[Got]:
    """Who got an edition, by name."""
    query = (
        select(PeriodicCopy, Person, Delivery.state)
        .join(Person, Person.id == PeriodicCopy.person_id)
        .outerjoin(Delivery, Delivery.id == PeriodicCopy.delivery_id)
        .where(PeriodicCopy.report_id == report_id)
        .order_by(Person.username)
    )
    return [(copy, person, state) for copy, person, state in session.execute(query).tuples()]


def subscriptions(session: Session, code: str = "") -> list[tuple[PeriodicSubscription, Person]]:
    """Who gets which report, by report and username."""
    query = select(PeriodicSubscription, Person).join(Person, Person.id == PeriodicSubscription.person_id)
    if code:
        query = query.where(PeriodicSubscription.code == code)
    rows = session.execute(query.order_by(PeriodicSubscription.code, Person.username)).tuples()
    return [(subscription, person) for subscription, person in rows]


def intact(row: PeriodicReport) -> bool:
    """Whether the content is the one whose digest the journal has."""
    return digest(row.content) == row.sha256
