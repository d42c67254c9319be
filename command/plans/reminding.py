"""What time brings: people hear that they have to read a plan, again every week until they confirm; the department that keeps a plan and
whoever approved it hear that it expires, 30, 7 and 1 days before and once it has. Who was told of what is in rows: whatever engine looks,
each is told once."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.incidents import house
from command.oncall.duties import telling
from command.oncall.duties.telling import Said
from command.people import authority_versions
from command.people.models import Person, PersonPost
from command.plans import entries, readers
from command.plans.models import PlanExpiry, PlanReader, PlanWork, State
from playbooks.schema import Playbook

HORIZONS = (-1, 1, 7, 30)
"""Days left when people are told; -1: it is past."""
MOST = 200
"""People told in one unit of work; the others in the next."""
READ = {
    "zh": "预案“%(title)s”第%(version)s版已发布，需您阅读并确认%(again)s。",
    "en": "version %(version)s of the plan “%(title)s” is published; you have to read and confirm it%(again)s.",
}
AGAIN = {"zh": "（再次提醒）", "en": " (a reminder)"}
DO_READ = {"zh": "阅读并确认", "en": "read and confirm it"}
ENDS = {
    "zh": "预案“%(title)s”第%(version)s版将于%(day)s到期（剩余%(days)s天），请修订。",
    "en": "version %(version)s of the plan “%(title)s” expires on %(day)s, in %(days)s days; please revise it.",
}
ENDED = {
    "zh": "预案“%(title)s”第%(version)s版已于%(day)s到期，请尽快修订。",
    "en": "version %(version)s of the plan “%(title)s” expired on %(day)s; please revise it.",
}
DO_REVISE = {"zh": "修订", "en": "revise it"}


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    if not telling.by_day(session):
        return False
    return any(any(readers.to_tell(session, work)) for work in readers.newest(session)) or bool(_expiring(session))


def remind(session: Session) -> int:
    """Tell whoever is to be told; return to how many people a text was queued."""
    if not telling.by_day(session):
        return 0
    told = sum(_send(session, work) for work in readers.newest(session))
    return told + sum(_warn(session, *due) for due in _expiring(session))


def _send(session: Session, work: PlanWork) -> int:
    """Tell who has to read a version, under its lock, so that two engines tell each once."""
    query = select(PlanWork).where(PlanWork.id == work.id).with_for_update().execution_options(populate_existing=True)
    work = session.scalars(query).one()
    fresh, again = readers.to_tell(session, work)
    if work.state != State.PUBLISHED or not (fresh or again):
        return 0
    now, reached = clock.now(session), 0
    for person in fresh[:MOST]:
        heard = _say_read(session, work, person, again=False)
        row = PlanReader(work_id=work.id, person_id=person.id, added_at=now, told_at=now, reached=heard)
        session.add(row)
        reached += heard
    left = max(MOST - len(fresh), 0)
    for person in again[:left]:
        row = session.get_one(PlanReader, (work.id, person.id))
        row.told_at, row.reminders = now, row.reminders + 1
        row.reached = _say_read(session, work, person, again=True)
        reached += row.reached
    told = min(len(fresh), MOST) + len(again[:left])
    entries.record(session, work, entries.Sent(people=told, reached=reached, reminded=len(again[:left])))
    return reached


def _say_read(session: Session, work: PlanWork, person: Person, *, again: bool) -> bool:
    text = {
        language: words
        % {
            "title": work.head["title"][language],
            "version": work.version,
            "again": AGAIN[language] if again else "",
        }
        for language, words in READ.items()
    }
    begins = clock.now(session) + timedelta(days=1)
    return telling.tell(session, person, Said(text, begins, DO_READ, f"/plans/{work.id}")) is not None


def _expiring(session: Session) -> list[tuple[Playbook, int, Person]]:
    """Whom to tell of the newest version of which plan, and at which horizon: the nearest that has come."""
    now = clock.now(session)
    today = house.today(session, now)
    found: list[tuple[Playbook, int, Person]] = []
    for plan in _newest(session):
        at = _horizon((plan.expires - today).days)
        if at is None:
            continue
        told = set(session.scalars(_told(plan, at)))
        found += [(plan, at, person) for person in responsible(session, plan) if person.id not in told]
    return found


def _newest(session: Session) -> list[Playbook]:
    """The newest version of every plan: an older one that is still in force would only stand in for it."""
    known = sorted((sheet.playbook for sheet in house.library(session).sheets), key=lambda plan: plan.version)
    return list({plan.code: plan for plan in known}.values())


def _horizon(left: int) -> int | None:
    return next((at for at in HORIZONS if left <= at), None)


def _told(plan: Playbook, at: int) -> Select[int]:
    return select(PlanExpiry.person_id).where(
        PlanExpiry.code == plan.code,
        PlanExpiry.version == plan.version,
        PlanExpiry.expires_on == plan.expires,
        PlanExpiry.days == at,
    )


def responsible(session: Session, plan: Playbook) -> Sequence[Person]:
    """Who is told that a plan expires: those of the department that keeps it who may write plans, and whoever approved it; where nobody
    here did, or they are gone, the holders of the approving post."""
    query = select(PlanWork.approved_by).where(PlanWork.code == plan.code, PlanWork.version == plan.version)
    approver = session.scalar(query.where(PlanWork.state == State.PUBLISHED))
    person = session.get(Person, approver) if approver else None
    keepers = session.scalars(select(Person).where(Person.active, Person.department == plan.owner))
    table = authority_versions.current(session)
    found = {each.id: each for each in keepers if table.may_ever("write_plan", {held.post for held in each.posts})}
    if person is not None and person.active:
        found[person.id] = person
    else:
        holders = select(PersonPost.person_id).where(PersonPost.post == plan.approved_by)
        found |= {
            each.id: each for each in session.scalars(select(Person).where(Person.active, Person.id.in_(holders)))
        }
    return [found[each] for each in sorted(found)]


def _warn(session: Session, plan: Playbook, at: int, person: Person) -> bool:
    """Write that somebody is told, and tell them; where another engine has, nobody is told by this one."""
    now = clock.now(session)
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {
        "code": plan.code,
        "version": plan.version,
        "expires_on": plan.expires,
        "days": at,
        "person_id": person.id,
        "told_at": now,
        "reached": False,
    }
    made = insert(PlanExpiry).values(values).on_conflict_do_nothing().returning(PlanExpiry.id)
    row_id = session.scalar(made)
    if row_id is None:
        return False
    left = (plan.expires - house.today(session, now)).days
    reached = telling.tell(session, person, _said(session, plan, left, now)) is not None
    session.get_one(PlanExpiry, row_id).reached = reached
    payload = entries.ExpiryTold(
        person_id=person.id, code=plan.code, version=plan.version, expires=plan.expires, days=at, reached=reached
    )
    journal.record(session, entries.stream(plan.code), payload)
    return reached


def _said(session: Session, plan: Playbook, left: int, now: datetime) -> Said:
    titles = {"zh": plan.title.zh, "en": plan.title.en}
    text = {
        language: words
        % {"title": titles[language], "version": plan.version, "day": plan.expires.isoformat(), "days": max(left, 0)}
        for language, words in (ENDED if left < 0 else ENDS).items()
    }
    ends = datetime.combine(plan.expires, time(), telling.zone(session))
    return Said(text, max(ends, now + timedelta(days=1)), DO_REVISE, f"/plans?kind={plan.kind}")
