"""Overrides that nobody has looked at in time: those who may are told, once a week, in the operator's daytime."""

from collections import defaultdict
from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.authority import reviews
from command.authority.models import OverrideReview
from command.core import clock
from command.incidents import house, visibility
from command.incidents.models import Incident
from command.oncall.duties import telling
from command.people import authority_versions
from command.people.models import Person, PersonPost

AGAIN = timedelta(days=7)
OPEN, SHUT = time(8), time(20)
MOST = 3
"""People told of one override: those of the last post of the rule first, who are no commanders."""
TEXTS = {
    "zh": "有%(count)d项越权操作逾期未审查。",
    "en": "%(count)d overrides wait to be looked at, past their day.",
}
ACT = {"zh": "查看", "en": "look at them"}


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    return _open(session) and bool(reviews.overdue(session, AGAIN))


def remind(session: Session) -> int:
    """Tell those who may look at what is late; return to how many people a text was queued."""
    rows = reviews.overdue(session, AGAIN) if _open(session) else ()
    told: dict[int, int] = defaultdict(int)
    for row in rows:
        row.reminded_at = clock.now(session)
        for person in reviewers(session, row)[:MOST]:
            told[person.id] += 1
    ends = clock.now(session) + timedelta(days=1)
    for person_id, count in told.items():
        text = {language: words % {"count": count} for language, words in TEXTS.items()}
        said = telling.Said(text, ends, ACT, "/people/overrides")
        telling.tell(session, session.get_one(Person, person_id), said)
    return len(told)


def reviewers(session: Session, row: OverrideReview) -> list[Person]:
    """Who may look at an override: not who overrode, and of a restricted incident those alone who may know of it."""
    posts = authority_versions.current(session).row(reviews.ACT, 1, "country").alone
    found: dict[int, Person] = {}
    for post in reversed(posts):
        query = select(Person).join(PersonPost).where(PersonPost.post == post, Person.active).order_by(Person.id)
        found |= {each.id: each for each in session.scalars(query) if each.id != row.person_id}
    if row.incident_id is None:
        return list(found.values())
    incident = session.get_one(Incident, row.incident_id)
    return [each for each in found.values() if visibility.known_to(session, incident, each)]


def _open(session: Session) -> bool:
    return OPEN <= house.local(session, clock.now(session)).time() < SHUT
