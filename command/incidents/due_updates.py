"""The update that is due is drafted by itself: the plan's text with what is known, a little before the promised time.

It waits for a person, who approves it or writes a better one: nothing here ever leaves by itself, whatever the plan pre-approves. One is
drafted for each promise. While it waits it stays true: if what is known changes, it is written anew; if somebody else told the news, or
service is back, it is taken back. Of restricted incidents nothing is drafted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import Invalid
from command.incidents import command_roles, house, notifying, plans, standing, telling
from command.incidents.models import Incident, Role
from command.messages import policy
from command.messages.models import Purpose
from command.notices import living, pacing
from command.notices import service as notices
from command.notices.entries import UpdateDrafted
from command.notices.models import Kind, Notice, NoticeState
from command.notices.pacing import Facts
from command.oncall.paging.sending import send
from command.people.models import Person

ACTOR = "system:notices"
TELLS = "customer_service_lead"
"""The duty of an emergency group that informs users; where a group has none, the commander is told."""
TEXTS = {
    "zh": "%(number)s：进展通知已拟好，承诺%(at)s前告知用户，请核对后审批。",
    "en": "%(number)s: the update promised by %(at)s is drafted. Read it and have it approved.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed: an update `promised` for a time, and the drafts in its place that are not true any more. `first`: nobody was told of a
    draft yet."""

    promised: datetime | None
    stale: tuple[Notice, ...]
    first: bool


def due(session: Session) -> list[str]:
    """The numbers of incidents of which an update is to be drafted, or a draft taken back: a look without the write lock."""
    waits = select(Notice.incident_id).where(*_OURS)
    found = session.scalars(
        select(Incident).where((Incident.state == "responding") | Incident.id.in_(waits)).order_by(Incident.id)
    )
    return [incident.number for incident in found if _owed(session, incident) is not None]


_OURS = (Notice.kind == Kind.UPDATE, Notice.state == NoticeState.SUBMITTED, Notice.created_by == ACTOR)


def draft(session: Session, number: str) -> Notice | None:
    """Draft the update that an incident owes and ask for its approval, and take back what is not true any more; None where nothing is
    owed, or the plan's text needs what nobody knows: then a person writes it."""
    incident = standing.lock(session, number)
    owed = _owed(session, incident)
    if owed is None:
        return None
    for notice in owed.stale:
        notices.withdraw(session, notice, ACTOR, "overtaken")
    if owed.promised is None:
        return None
    now = clock.now(session)
    try:
        made = notifying.draft(session, incident, Kind.UPDATE, ACTOR, said_at=max(owed.promised, now))
    except Invalid:
        return None
    notices.submit(session, made, ACTOR)
    told = _tell(session, incident, owed.promised) if owed.first else None
    said = UpdateDrafted(notice_id=made.id, promised_at=owed.promised, person_id=told)
    living.record(session, made, said)
    return made


def _owed(session: Session, incident: Incident) -> Due | None:
    ours = session.scalars(select(Notice).where(Notice.incident_id == incident.id, *_OURS).order_by(Notice.id)).all()
    last, promised = _promised(session, incident)
    if last is None or promised is None:
        return Due(None, tuple(ours), False) if ours else None
    stale = tuple(each for each in ours if each.id < last.id)
    newest = _newest(session, incident, last)
    if newest is None:
        return Due(promised, stale, True)
    if newest in ours and _changed(session, incident, newest):
        return Due(promised, (*stale, newest), False)
    return Due(None, stale, False) if stale else None


def _promised(session: Session, incident: Incident) -> tuple[Notice | None, datetime | None]:
    """The notice that promised news, and for when, once it is time to draft them; nothing where there is no promise."""
    ahead = policy.current(session).cadence.ahead
    if ahead is None or incident.state != "responding" or incident.restricted:
        return None, None
    last, plan = pacing.last_left(session, incident.id), plans.of(session, incident)
    tier = plan.tier(incident.tier) if plan else None
    promised = telling.promise(session, incident, tier) if tier else None
    if last is None or promised is None:
        return None, None
    begins = promised - min(ahead, (promised - pacing.said_at(last.created_at, last.facts)) / 2)
    return (last, promised) if begins <= clock.now(session) else (None, None)


def _newest(session: Session, incident: Incident, last: Notice) -> Notice | None:
    """The newest update written since a notice left, whatever became of it: who refused one, or is at another, knows of it."""
    query = select(Notice).where(
        Notice.incident_id == incident.id,
        Notice.kind == Kind.UPDATE,
        Notice.id > last.id,
        Notice.exercise == last.exercise,
    )
    return session.scalar(query.order_by(Notice.id.desc()).limit(1))


def _changed(session: Session, incident: Incident, notice: Notice) -> bool:
    if notice.facts is None:
        return False
    return bool(pacing.news(Facts.of(notice.facts), telling.facts(session, incident), policy.current(session).change))


def _tell(session: Session, incident: Incident, promised: datetime) -> int | None:
    """Tell whoever informs users that a draft waits; their id, None where nobody with a number holds the duty."""
    roles = {TELLS: 0, command_roles.COMMANDER: 1}
    query = (
        select(Role.role, Person)
        .join(Person, Person.id == Role.person_id)
        .where(Role.incident_id == incident.id, Role.until_at.is_(None), Role.role.in_(roles))
    )
    found = sorted(session.execute(query).tuples(), key=lambda each: roles[each[0]])
    person = next((each for _, each in found if each.active and each.number is not None), None)
    if person is None:
        return None
    words = TEXTS["zh" if person.language == "zh" else "en"]
    text = words % {"number": incident.number, "at": f"{house.local(session, promised):%H:%M}"}
    send(session, person, text, exercise=incident.exercise, purpose=Purpose.ANSWER)
    return person.id
