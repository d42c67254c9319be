"""What time brings: whoever is late with a step of a complaint is told, their superior a while later. Who was told of what is in rows, so
that each is told once whatever engine looks; in a surge one text names the first and counts the others. Exercises tell nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from command.complaints import owners
from command.complaints import rules as table
from command.complaints.entries import LateTold, stream
from command.complaints.models import OPEN, Case, CaseStep
from command.core import clock, journal
from command.oncall.duties import telling
from command.people.models import Person

NAMED = 20
"""Case numbers that an entry names."""
PAGE = "/complaints?late=1"
TEXTS = {
    "zh": {False: "投诉%(case)s办理超时%(more)s。", True: "投诉%(case)s办理超时且无人处理%(more)s。"},
    "en": {False: "complaint %(case)s is late%(more)s.", True: "complaint %(case)s is late and nobody acts%(more)s."},
}
MORE = {"zh": "，另有%d件", "en": ", and %d more"}
ACT = {"zh": "查看", "en": "look at it"}
Whose = tuple[int | None, str | None]
"""What is late together: an owner's cases (their id, None), or what nobody has accepted of a department (None, its code)."""
Condition = ColumnElement[bool]


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    now = clock.now(session)
    return any(_whom(session, now, raised) for raised in (False, True))


def remind(session: Session) -> int:
    """Tell whoever is to be told; return to how many people a text was queued."""
    now, told = clock.now(session), 0
    for raised in (False, True):
        for whose, person in _whom(session, now, raised):
            if not _told_lately(session, person.id, now):
                told += _tell(session, person, whose, now, raised)
    return told


def _whom(session: Session, now: datetime, raised: bool) -> list[tuple[Whose, Person]]:
    """What is late and not told of, with who is to be told; nobody who was told a moment ago."""
    late = select(Case.owner_id, Case.department).join(CaseStep, CaseStep.case_id == Case.id)
    rows = session.execute(late.where(*_real(), *_due(now, raised)).distinct()).tuples()
    found: list[tuple[Whose, Person]] = []
    for whose in sorted({(owner, None if owner else department) for owner, department in rows}, key=str):
        step, case = session.execute(_first(whose, now, raised)).tuples().one()
        without = [each for each in (step.told_id, case.owner_id) if each is not None]
        person = owners.superior(session, case, now, without) if raised else owners.owner(session, case, now)
        if person is not None and not _told_lately(session, person.id, now):
            found.append((whose, person))
    return found


def _first(whose: Whose, now: datetime, raised: bool) -> Select[CaseStep, Case]:
    """The step that is late longest."""
    query = select(CaseStep, Case).join(Case, Case.id == CaseStep.case_id)
    return query.where(*_real(), *_mine(whose), *_due(now, raised)).order_by(CaseStep.due_at, CaseStep.id).limit(1)


def _real() -> Sequence[Condition]:
    return Case.state == OPEN, Case.exercise.is_(False)


def _mine(whose: Whose) -> Sequence[Condition]:
    owner, department = whose
    if owner is not None:
        return (Case.owner_id == owner,)
    return Case.owner_id.is_(None), Case.department == department


def _due(now: datetime, raised: bool) -> Sequence[Condition]:
    if not raised:
        return CaseStep.done_at.is_(None), CaseStep.due_at <= now, CaseStep.told_at.is_(None)
    patience = timedelta(minutes=table.current().late.raise_after)
    late = (CaseStep.due_at <= now - patience, CaseStep.told_at <= now - patience)
    return CaseStep.done_at.is_(None), *late, CaseStep.raised_at.is_(None)


def _told_lately(session: Session, person_id: int, now: datetime) -> bool:
    """In a surge something is late every minute: nobody is told more often than the operator says."""
    since = now - timedelta(minutes=table.current().late.again)
    mine = and_(CaseStep.told_id == person_id, or_(CaseStep.told_at > since, CaseStep.raised_at > since))
    return session.scalar(select(CaseStep.id).where(mine).limit(1)) is not None


def _tell(session: Session, person: Person, whose: Whose, now: datetime, raised: bool) -> bool:
    """Write that somebody is told of all of it, and tell them; where another engine has, nobody is told by this one."""
    late = select(Case.reference, func.min(CaseStep.due_at)).join(CaseStep, CaseStep.case_id == Case.id)
    mine = late.where(*_real(), *_mine(whose), *_due(now, raised)).group_by(Case.reference)
    named = [reference for reference, _ in session.execute(mine.order_by(func.min(CaseStep.due_at)).limit(NAMED))]
    count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    cases = select(Case.id).where(*_real(), *_mine(whose))
    told_of = update(CaseStep).where(CaseStep.case_id.in_(cases), *_due(now, raised))
    at = {"raised_at": now} if raised else {"told_at": now}
    result: Any = session.execute(told_of.values(told_id=person.id, **at).execution_options(synchronize_session=False))
    if not result.rowcount or not named:
        return False
    more = {language: words % (count - 1) if count > 1 else "" for language, words in MORE.items()}
    text = {language: words[raised] % {"case": named[0], "more": more[language]} for language, words in TEXTS.items()}
    reached = telling.tell(session, person, telling.Said(text, now, ACT, PAGE)) is not None
    told = LateTold(person_id=person.id, cases=tuple(named), count=count, raised=raised, reached=reached)
    journal.record(session, stream(session), told)
    session.flush()
    return reached
