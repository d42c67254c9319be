"""What time brings: whoever sees to an item (else the incident's first-contact owner, else its commander) is reminded 7 days before its
day, on the day, and every week after. Who was told of what is in rows: whatever engine looks, each is told once. Exercises remind
nobody."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import entries as journal
from command.incidents import house
from command.incidents.models import Incident
from command.oncall.duties import telling
from command.people.models import Person
from command.settlement.entries import SettlementReminded
from command.settlement.models import SettlementItem, SettlementReminder, State

Due = tuple[SettlementItem, Incident, int, int]
"""An item, its incident, the horizon, and whom to tell."""

TEXTS = {
    "zh": "事件%(number)s的善后事项“%(title)s”应于%(day)s前了结%(late)s。",
    "en": "“%(title)s” of incident %(number)s is to be settled by %(day)s%(late)s.",
}
HIDDEN = {"zh": "一项善后事项应于%(day)s前了结%(late)s。", "en": "something is to be settled by %(day)s%(late)s."}
"""Of a restricted incident: a text message may be read by anybody."""
LATE = {"zh": "，已逾期%d天", "en": ", %d days late"}
ACT = {"zh": "处理", "en": "see to it"}


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    return bool(_due(session))


def remind(session: Session) -> int:
    """Tell whoever is to be told; return to how many people a text was queued."""
    return sum(_tell(session, *due) for due in _due(session))


def _due(session: Session) -> list[Due]:
    if not telling.by_day(session):
        return []
    today = house.today(session, clock.now(session))
    query = (
        select(SettlementItem, Incident)
        .join(Incident, Incident.id == SettlementItem.incident_id)
        .where(
            SettlementItem.state == State.OPEN,
            SettlementItem.exercise.is_(False),
            SettlementItem.due_on <= today + timedelta(days=telling.WEEK),
        )
        .order_by(SettlementItem.due_on, SettlementItem.id)
    )
    rows = session.execute(query).tuples().all()
    told = {
        (each.item_id, each.due_on, each.days, each.person_id)
        for each in session.scalars(
            select(SettlementReminder).where(SettlementReminder.item_id.in_([item.id for item, _ in rows]))
        )
    }
    found: list[Due] = []
    for item, incident in rows:
        at, person_id = (
            telling.horizon((item.due_on - today).days),
            item.owner_id or incident.owner_id or incident.commander_id,
        )
        if at is not None and person_id is not None and (item.id, item.due_on, at, person_id) not in told:
            found.append((item, incident, at, person_id))
    return found


def _tell(session: Session, item: SettlementItem, incident: Incident, at: int, person_id: int) -> bool:
    """Write that somebody is told, and tell them; where another engine has, nobody is told by this one."""
    now = clock.now(session)
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {
        "item_id": item.id,
        "due_on": item.due_on,
        "days": at,
        "person_id": person_id,
        "told_at": now,
        "reached": False,
    }
    made = insert(SettlementReminder).values(values).on_conflict_do_nothing().returning(SettlementReminder.id)
    row_id = session.scalar(made)
    if row_id is None:
        return False
    left = (item.due_on - house.today(session, now)).days
    texts = HIDDEN if incident.restricted else TEXTS
    titles = {"zh": item.title_zh, "en": item.title_en}
    said = {
        language: text
        % {
            "number": incident.number,
            "title": titles[language],
            "day": item.due_on.isoformat(),
            "late": LATE[language] % -left if left < 0 else "",
        }
        for language, text in texts.items()
    }
    ends = datetime.combine(item.due_on + timedelta(days=1), time(), telling.zone(session))
    begins = max(ends, now + timedelta(days=1))
    path = f"/incidents/{incident.number}/settlement"
    person = session.get_one(Person, person_id)
    reached = telling.tell(session, person, telling.Said(said, begins, ACT, path)) is not None
    session.get_one(SettlementReminder, row_id).reached = reached
    payload = SettlementReminded(item=item.code, person_id=person_id, days=at, reached=reached)
    journal.record(session, incident, payload)
    return reached
