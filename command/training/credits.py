"""Drills that count as training: computed from who took which part in drills that were held, never copied. Reads only."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from command.core import clock
from command.drills.models import AHEAD, HELD, Drill, DrillParticipant
from command.oncall.duties import telling
from command.people.models import Person
from command.training.rules import DrillCredit, Rules, Topic
from command.training.standing import Done, months_later


def counts(session: Session, rules: Rules, person: Person) -> list[Done]:
    """What somebody's drills count for, the latest first."""
    found = [done for _, done in all_counts(session, rules, Person.id == person.id)]
    return sorted(found, key=lambda done: (done.on, done.topic), reverse=True)


def all_counts(session: Session, rules: Rules, of: ColumnElement[bool] | None = None) -> Iterator[tuple[int, Done]]:
    """What drills count for, by person id; `of` a condition on Person."""
    if not rules.drills:
        return
    longest = max(each.months for each in rules.drills)
    since = clock.now(session) - timedelta(days=31 * longest)
    query = (
        select(DrillParticipant.person_id, DrillParticipant.part, Drill)
        .join(Drill, Drill.id == DrillParticipant.drill_id)
        .join(Person, Person.id == DrillParticipant.person_id)
        .where(Drill.state.in_(list(HELD)), Drill.began_at.is_not(None), Drill.began_at > since)
        .where(true() if of is None else of)
    )
    zone = telling.zone(session)
    for person_id, part, drill in session.execute(query).tuples():
        if whole(drill, rules.least_share):
            for topic, months in credited(rules, drill.subject, part):
                on = _day(drill, zone)
                yield person_id, Done(topic, on, months_later(on, months), drill=drill.code)


def whole(drill: Drill, least_share: float) -> bool:
    """Whether enough of a drill was played: all of one that ended, a share of the time planned of one that was stopped (it has a
    reason)."""
    return drill.reason is None or drill.elapsed_s >= least_share * drill.duration_minutes * 60


def credited(rules: Rules, subject: str, part: str) -> Iterator[tuple[Topic, int]]:
    """The topics a part in a drill counts for, each with its months."""
    for each in rules.drills:
        if _counts(each, subject, part):
            yield from ((topic, each.months) for topic in each.topics)


def _counts(credit: DrillCredit, subject: str, part: str) -> bool:
    return credit.subject == subject and part in credit.parts


def _day(drill: Drill, zone: ZoneInfo) -> date:
    at = drill.ended_at or drill.began_at or drill.due_at
    return at.astimezone(zone).date()


def ahead(session: Session, rules: Rules, person_id: int) -> list[tuple[Drill, list[Topic]]]:
    """Announced drills to come in which somebody takes part, and what each will count for; the earliest first."""
    query = (
        select(Drill, DrillParticipant.part)
        .join(DrillParticipant, DrillParticipant.drill_id == Drill.id)
        .where(DrillParticipant.person_id == person_id, Drill.state.in_(list(AHEAD)), Drill.announced_at.is_not(None))
        .order_by(Drill.due_at, Drill.id)
    )
    found: dict[int, tuple[Drill, list[Topic]]] = {}
    for drill, part in session.execute(query).tuples():
        topics = found.setdefault(drill.id, (drill, []))[1]
        topics += [topic for topic, _ in credited(rules, drill.subject, part) if topic not in topics]
    return [each for each in found.values() if each[1]]
