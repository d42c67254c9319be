"""Reinforced duty: who is asked to stand by during a warning, who has said that they do, and how many are still wanted by department."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.oncall.duties import telling
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.warnings import entries
from command.warnings.flags import event_of
from command.warnings.models import State, Warning, WarningStandby

ACT = {"zh": "确认待命", "en": "confirm that you stand by"}


@dataclass(frozen=True, slots=True)
class Strength:
    """Of a department: how many more are wanted, who has confirmed, and who was asked and has not said yet."""

    department: str
    wanted: int
    confirmed: Sequence[Person]
    asked: Sequence[Person]

    @property
    def missing(self) -> int:
        """How many are wanted still."""
        return max(0, self.wanted - len(self.confirmed))


def strengths(session: Session, row: Warning) -> list[Strength]:
    """The departments that a warning reinforces, and those of which somebody stands by besides."""
    wanted = event_of(row).duty_at(row.colour)
    query = (
        select(WarningStandby, Person)
        .join(Person, Person.id == WarningStandby.person_id)
        .where(WarningStandby.warning_id == row.id)
        .order_by(Person.id)
    )
    rows = session.execute(query).tuples().all()
    return [
        Strength(
            each,
            wanted.get(each, 0),
            [person for mine, person in rows if mine.department == each and mine.confirmed_at is not None],
            [person for mine, person in rows if mine.department == each and mine.confirmed_at is None],
        )
        for each in DEPARTMENTS
        if each in wanted or any(mine.department == each for mine, _ in rows)
    ]


def ask(session: Session, row: Warning, username: str) -> WarningStandby:
    """Ask somebody to stand by; they are sent a text with the address where they confirm, unless the warning is an exercise. Raise Invalid
    for nobody, Conflict where they were asked."""
    _must_be_live(row)
    person = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
    if person is None or person.department is None:
        raise Invalid(
            N_("Nobody of a department has the username %(name)s."),
            field="person",
            remedy=N_("Choose somebody active who belongs to a department."),
            name=username[:64],
        )
    if session.get(WarningStandby, (row.id, person.id)) is not None:
        raise Conflict(N_("They were asked already, or stand by."), field="person", remedy=N_("Ask somebody else."))
    told = False if row.exercise else _tell(session, row, person)
    mine = _put(session, row, person)
    mine.asked_at = clock.now(session)
    session.flush()
    asked = entries.StandbyAsked(person_id=person.id, department=mine.department, told=told)
    entries.record(session, row, asked)
    return mine


def confirm(session: Session, row: Warning, person_id: int) -> None:
    """Say that one stands by; asked or not. Again changes nothing. Raise Invalid for somebody of no department."""
    _must_be_live(row)
    person = session.get_one(Person, person_id)
    if person.department is None:
        raise Invalid(
            N_("You belong to no department that could be reinforced."),
            field="person",
            remedy=N_("Whoever keeps the people can give you one."),
        )
    mine = session.get(WarningStandby, (row.id, person.id)) or _put(session, row, person)
    if mine.confirmed_at is not None:
        return
    mine.confirmed_at = clock.now(session)
    session.flush()
    entries.record(session, row, entries.StandbyConfirmed(person_id=person.id, department=mine.department))


def withdraw(session: Session, row: Warning, person_id: int) -> None:
    """Stand by no more, or not at all; raise Conflict where one did not and was not asked."""
    mine = session.get(WarningStandby, (row.id, person_id))
    if mine is None:
        raise Conflict(N_("You do not stand by for this warning."), remedy=N_("Nothing is left to do for it."))
    session.delete(mine)
    session.flush()
    entries.record(session, row, entries.StandbyWithdrawn(person_id=person_id, department=mine.department))


def _put(session: Session, row: Warning, person: Person) -> WarningStandby:
    made = WarningStandby(
        warning_id=row.id,
        person_id=person.id,
        department=person.department or "",
        exercise=row.exercise,
    )
    session.add(made)
    return made


def _must_be_live(row: Warning) -> None:
    if row.state != State.LIVE:
        raise Conflict(N_("This warning is over."), remedy=N_("Nobody has to stand by for it any more."))


def _tell(session: Session, row: Warning, person: Person) -> bool:
    text = {
        "zh": f"请您在预警期间待命：{row.headline_zh}，至{telling.moment(session, row.until_at)}。",
        "en": f"you are asked to stand by during a warning: {row.headline_en}, until {telling.moment(session, row.until_at)}.",
    }
    begins = clock.now(session) + timedelta(minutes=1)
    return telling.tell(session, person, telling.Said(text, begins, ACT, f"/warnings/{row.code}")) is not None
