"""Who gets a report: named by whoever manages them, given up by oneself at any time."""

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.people import authority_versions
from command.people.access import Principal, may
from command.people.entries import audit
from command.people.models import Person
from command.periodic import entries, reading
from command.periodic.models import PeriodicCopy, PeriodicReport, PeriodicSubscription
from command.periodic.table import table

ACT = "manage_reports"


def subscribe(session: Session, code: str, username: str, language: str, by: Principal) -> PeriodicSubscription:
    """Let somebody get a report in a language from now on; again changes the language. Raise Invalid."""
    kind = table().named(code)
    person = _person(session, username)
    mine = {"code": kind.code, "person_id": person.id}
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {**mine, "language": language, "since": clock.now(session), "by": by.person_id}
    new = session.execute(insert(PeriodicSubscription).values(values).on_conflict_do_nothing().returning(text("1")))
    is_new = new.first() is not None
    row = session.get_one(PeriodicSubscription, (kind.code, person.id), with_for_update=True)
    if is_new or row.language != language:
        row.language = language
        audit(session, entries.Subscribed(**mine, language=language))
    return row


def _person(session: Session, username: str) -> Person:
    person = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
    if person is None:
        raise Invalid(
            N_("Nobody active has the username %(name)s."),
            field="username",
            remedy=N_("Choose one of the list of people."),
            name=username[:64],
        )
    posts = frozenset(held.post for held in person.posts)
    if not authority_versions.current(session).may_ever("read", posts):
        raise Invalid(
            N_("%(name)s holds no post that may read reports."),
            field="username",
            remedy=N_("Choose somebody who may read."),
            name=person.username,
        )
    return person


def unsubscribe(session: Session, code: str, username: str, by: Principal) -> None:
    """Let somebody get a report no more: oneself, or anybody for whoever manages them. Raise Denied, Conflict."""
    if username.strip() != by.username and not may(by, ACT):
        raise Denied(
            N_("Others are taken off the list by whoever manages reports."),
            remedy=N_("You can take yourself off the list."),
        )
    person = session.scalar(select(Person).where(Person.username == username.strip()))
    row = session.get(PeriodicSubscription, (code, person.id), with_for_update=True) if person else None
    if row is None or person is None:
        raise Conflict(
            N_("%(name)s does not get this report."),
            field="username",
            remedy=N_("Look at the list of who gets which report."),
            name=username[:64],
        )
    session.delete(row)
    session.flush()
    audit(session, entries.Unsubscribed(code=code, person_id=person.id))


def confirm(session: Session, report_id: int, by: Principal) -> None:
    """Somebody who got an edition has read it; a second time changes nothing. Raise NotFound, Conflict."""
    row = reading.find(session, report_id)
    copy = session.get(PeriodicCopy, (row.id, by.person_id), with_for_update=True)
    if copy is None:
        raise Conflict(
            N_("This edition was not sent to you."), remedy=N_("Only who gets the report confirms having read it.")
        )
    if copy.read_at is None:
        copy.read_at = clock.now(session)
        entries.record(session, row, entries.Read(person_id=by.person_id))


def unread(session: Session, person_id: int) -> list[PeriodicReport]:
    """Editions that somebody got and has not confirmed, the newest first."""
    query = select(PeriodicReport).join(PeriodicCopy, PeriodicCopy.report_id == PeriodicReport.id)
    mine = (PeriodicCopy.person_id == person_id, PeriodicCopy.read_at.is_(None))
    return list(session.scalars(query.where(*mine).order_by(PeriodicReport.id.desc()).limit(20)))
