"""Complaints of the demo's made-up past: taken, enquired into, answered and followed up at the times they would have had. By the rooms' own
verbs, each complaint in one unit of work. Nobody left a number, so nobody is told anything."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import intake, steps
from command.complaints.intake import Complaint
from command.complaints.models import Case
from command.core import clock
from command.core.installation import Installation
from command.demo.shift import Shift
from command.demo.tales import Past
from command.network.models import Area
from command.people.access import Principal
from command.people.models import Person, PersonPost

SOURCE = "demo"
"""The source of complaints that were made up."""
KINDS = {
    "network": ("信号不好，视频卡顿", "bad signal, videos stall"),
    "service": ("宽带经常掉线", "the broadband drops again and again"),
    "billing": ("套餐扣费不明", "charges of the plan are not clear"),
    "attitude": ("客服答复慢", "the service was slow to answer"),
    "other": ("装机预约未到", "nobody came to the appointment"),
}
CHANNELS = ("phone", "app", "web", "counter", "social")
Bar = Callable[[int, int], None]
"""Called with how many are written and how many there will be."""


def load_complaints(installation: Installation, past: Past, done: Bar) -> int:
    """Write the complaints down; return how many. Where they were loaded before nothing happens."""
    database = installation.database
    with database.read() as session:
        if session.scalar(select(Case.id).where(Case.source == SOURCE).limit(1)) is not None:
            return 0
        agent = _agent(session)
        counties = session.scalars(select(Area.code).where(Area.level == "county").order_by(Area.code)).all()
        now = clock.now(session)
    if agent is None or not counties:
        return 0
    chance = random.Random(past.seed)
    begun = sorted(now - timedelta(days=chance.uniform(3, past.complaint_days)) for _ in range(past.complaints))
    for count, at in enumerate(begun, 1):
        given = _made_up(chance, chance.choice(counties), count)
        work = partial(_handled, installation=installation, given=given, at=at, by=agent, seed=past.seed + count)
        database.write(work, actor=agent.actor)
        done(count, len(begun))
    return len(begun)


def _agent(session: Session) -> Principal | None:
    person = session.scalar(
        select(Person)
        .join(PersonPost, PersonPost.person_id == Person.id)
        .where(PersonPost.post == "customer_service_agent")
        .order_by(Person.id)
        .limit(1)
    )
    if person is None:
        return None
    posts = frozenset(held.post for held in person.posts)
    return Principal(person.id, person.username, posts, person.area_code, person.language)


def _made_up(chance: random.Random, county: str, count: int) -> Complaint:
    kind = chance.choices(list(KINDS), (34, 27, 20, 9, 10))[0]
    zh, en = KINDS[kind]
    return Complaint(
        channel=chance.choice(CHANNELS),
        kind=kind,
        text=f"演示数据：{zh} / demo data, made up: {en}",
        severity=chance.choices((2, 3, 4), (1, 5, 4))[0],
        area=county,
        source=SOURCE,
        reference=str(count),
    )


def _handled(
    session: Session, installation: Installation, given: Complaint, at: datetime, by: Principal, seed: int
) -> None:
    """From the first word to the last."""
    chance = random.Random(seed)
    shift = Shift(session)
    shift.to(at, by.actor)
    (taken,) = intake.take_all(session, installation, [given], by)
    case = taken.case
    at += timedelta(minutes=min(chance.lognormvariate(2.0, 0.7), 50))
    shift.to(at, by.actor)
    steps.accept(session, case, by)
    shift.to(at + timedelta(minutes=chance.uniform(2, 20)), by.actor)
    steps.enquire(session, case, by, "已了解情况 / enquired into")
    at += timedelta(minutes=max(21, chance.lognormvariate(3.4, 0.45)))
    _answered(session, shift, case, by, at, satisfied=chance.random() > 0.06)
    shift.back()


def _answered(session: Session, shift: Shift, case: Case, by: Principal, at: datetime, *, satisfied: bool) -> None:
    """The answer and the customer's word on it; one who is not satisfied gets another answer."""
    shift.to(at, by.actor)
    steps.answer(session, case, by, "已处理 / dealt with")
    asked = at + timedelta(hours=14)
    shift.to(asked, by.actor)
    if satisfied:
        steps.follow_up(session, case, by, "yes")
        return
    steps.follow_up(session, case, by, "no", "尚未解决 / not solved yet")
    _answered(session, shift, case, by, asked + timedelta(hours=3), satisfied=True)
