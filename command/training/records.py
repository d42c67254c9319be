"""Records of training with their certificates: issued after a session, brought in from earlier, revoked with a reason."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents.entries import note
from command.people.models import Person
from command.training import entries, needs
from command.training.models import Source, TrainingPlace, TrainingRecord, TrainingSession
from command.training.rules import Need, Rules, Topic
from command.training.standing import Done, months_later


def asked(rules: Rules, person: Person, topic: Topic) -> Need:
    """What is asked of somebody in a topic, whether a post of theirs needs it or not."""
    return rules.needs({held.post for held in person.posts}).get(topic) or rules.usual(topic)


def share(row: TrainingSession) -> int:
    """The minutes of each topic of a session."""
    return row.minutes // len(row.topics)


def passed(rules: Rules, row: TrainingSession, person: Person, topic: Topic, score: int | None) -> Need | None:
    """What somebody who came still lacks for a certificate in a topic; None when they have it."""
    need = asked(rules, person, topic)
    day = row.starts_at.date()
    return None if Done(topic, day, day, share(row), score).enough(need) else need


def issue(session: Session, rules: Rules, row: TrainingSession, place: TrainingPlace, by: int) -> int:
    """Write a record with a certificate for each topic of a session that somebody has passed and has none of yet; return how many."""
    person = session.get_one(Person, place.person_id)
    its = select(TrainingRecord.topic).where(
        TrainingRecord.session_id == row.id,
        TrainingRecord.person_id == person.id,
        TrainingRecord.revoked_at.is_(None),
    )
    held = set(session.scalars(its))
    made = 0
    for topic in map(Topic, row.topics):
        if topic in held or passed(rules, row, person, topic, place.score) is not None:
            continue
        done_on = date.fromisoformat(row.starts[:10])
        until = months_later(done_on, asked(rules, person, topic).months)
        record = TrainingRecord(
            person_id=person.id,
            topic=topic,
            done_on=done_on,
            expires_on=until,
            minutes=share(row),
            score=place.score,
            source=Source.SESSION,
            session_id=row.id,
            issued_by=by,
            demo=row.demo,
        )
        keep(session, record)
        made += 1
    return made


def keep(session: Session, record: TrainingRecord) -> TrainingRecord:
    """Number and keep a new record."""
    record.issued_at = clock.now(session)
    session.add(record)
    session.flush()
    record.number = f"TC-{needs.today(session).year}-{record.id:06d}"
    said = entries.Issued(
        number=record.number,
        topic=record.topic,
        done_on=record.done_on,
        expires_on=record.expires_on,
        minutes=record.minutes,
        score=record.score,
        source=record.source,
        session_id=record.session_id,
    )
    entries.on_person(session, record.person_id, said)
    return record


def bring(session: Session, rules: Rules, record: TrainingRecord) -> bool:
    """Keep an earlier record unless the same one is there: of the person, topic and day. Raise Invalid for a day to come, or an end before
    it. Without an end it holds as long as the rules let it."""
    if record.done_on > needs.today(session):
        raise Invalid(N_("This day is still to come."), field="done_on", remedy=N_("Give the day of the training."))
    if record.expires_on is None:
        person = session.get_one(Person, record.person_id)
        record.expires_on = months_later(record.done_on, asked(rules, person, Topic(record.topic)).months)
    if record.expires_on < record.done_on:
        raise Invalid(N_("It ends before it began."), field="expires_on", remedy=N_("Give a later day, or none."))
    same = select(TrainingRecord.id).where(
        TrainingRecord.person_id == record.person_id,
        TrainingRecord.topic == record.topic,
        TrainingRecord.done_on == record.done_on,
        TrainingRecord.revoked_at.is_(None),
    )
    if session.scalar(same.limit(1)) is not None:
        return False
    keep(session, record)
    return True


def find(session: Session, number: str) -> TrainingRecord:
    """A record by the number of its certificate; raise NotFound."""
    row = session.scalar(select(TrainingRecord).where(TrainingRecord.number == number))
    if row is None:
        raise unknown()
    return row


def unknown() -> NotFound:
    """There is no such certificate, for whoever asks."""
    return NotFound(N_("There is no such certificate."), remedy=N_("Look at the records of the person."))


def revoke(session: Session, number: str, reason: str, by: int) -> TrainingRecord:
    """Take a certificate back: it counts no more and says so. Raise Invalid without a reason, Conflict when it was taken back before."""
    row = find(session, number)
    session.refresh(row, with_for_update=True)
    if row.revoked_at is not None:
        raise Conflict(N_("This certificate was revoked before."), remedy=N_("Nothing is left to do."))
    cited = note(session, reason)
    if cited is None:
        raise Invalid(N_("Say why it is revoked."), field="reason", remedy=N_("Its holder and auditors read it."))
    row.revoked_at, row.revoked_by, row.revoked_note_id = clock.now(session), by, cited.id
    entries.on_person(session, row.person_id, entries.Revoked(number=number, reason=cited))
    return row
