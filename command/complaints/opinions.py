"""What is said in public about an incident: where, how far it reaches, in what mood, who answers it, and that it was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints.entries import OpinionAnswered, OpinionKept
from command.complaints.models import SENTIMENTS, Opinion
from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person

FARTHEST = 2_000_000_000
"""More people than any post reaches."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody saw: `link` to it, `reach` in people, `sentiment`, `owner` (username) who answers, `note` what it says."""

    link: str
    reach: int
    sentiment: str
    owner: str
    note: str = ""


def keep(session: Session, incident: Incident, said: Said, by: Principal) -> Opinion:
    """Put something said in public on record. Raise Invalid naming the field."""
    owner = session.scalar(select(Person).where(Person.username == said.owner.strip(), Person.active))
    if owner is None:
        raise Invalid(
            N_("Nobody active has the username %(name)s."),
            field="owner",
            remedy=N_("Choose one of the list of people."),
            name=masked_words(said.owner[:64]),
        )
    if said.sentiment not in SENTIMENTS or not 0 <= said.reach <= FARTHEST:
        field = "reach" if said.sentiment in SENTIMENTS else "sentiment"
        raise Invalid(
            N_("This value is not allowed."), field=field, remedy=N_("Choose a mood, and a number of people from 0.")
        )
    cited = entries.note(session, said.note)
    made = Opinion(
        incident_id=incident.id,
        link=_link(said.link),
        reach=said.reach,
        sentiment=said.sentiment,
        note_id=cited.id if cited else None,
        owner_id=owner.id,
        seen_at=clock.now(session),
        seen_by=by.person_id,
        exercise=incident.exercise,
    )
    session.add(made)
    session.flush()
    kept = OpinionKept(
        opinion_id=made.id, reach=made.reach, sentiment=made.sentiment, owner_id=made.owner_id, note=cited
    )
    entries.record(session, incident, kept)
    return made


def _link(typed: str) -> str:
    link = typed.strip()
    try:
        parts = urlsplit(link)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and len(link) <= 500
    except ValueError:
        fits = False
    if not fits or masked_words(link) != link or any(ord(each) < 33 for each in link):
        raise Invalid(
            N_("This is no address of a page."),
            field="link",
            remedy=N_("Give it with https://, in 500 characters, without phone numbers."),
        )
    return link


def answered(session: Session, incident: Incident, opinion_id: int, words: str, by: Principal) -> Opinion:
    """Say that it was answered, and how. Raise NotFound, Conflict, Invalid."""
    found = session.get(Opinion, opinion_id)
    if found is None or found.incident_id != incident.id:
        raise NotFound(N_("There is no such entry."), remedy=N_("Look at the incident's list."))
    if found.answered_at is not None:
        raise Conflict(N_("This is answered already."), remedy=N_("Put what is new on record by itself."))
    cited = entries.note(session, words)
    if cited is None:
        raise Invalid(N_("This field is missing."), field="answer", remedy=N_("Say in a few words what was answered."))
    found.answered_at, found.answer_note_id = clock.now(session), cited.id
    answer = OpinionAnswered(opinion_id=found.id, person_id=by.person_id, note=cited)
    entries.record(session, incident, answer)
    return found


def of(session: Session, incident: Incident) -> Sequence[Opinion]:
    """What was said about an incident: what nobody has answered first, then the newest."""
    query = select(Opinion).where(Opinion.incident_id == incident.id)
    return session.scalars(query.order_by(Opinion.answered_at.is_not(None), Opinion.id.desc())).all()
