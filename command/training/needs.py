"""People against what they need: one line a person, one cell a topic. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import telling
from command.people.models import Person
from command.training import credits
from command.training.models import TrainingRecord
from command.training.rules import Rules, Topic
from command.training.standing import LACKING, Done, Standing, Stands, standing


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody, and how they stand in each topic."""

    person: Person
    cells: Sequence[Standing]

    @property
    def worst(self) -> Stands:
        return min((cell.stands for cell in self.cells), key=list(Stands).index)

    @property
    def lacking(self) -> list[Standing]:
        return [cell for cell in self.cells if cell.stands in LACKING]

    def cell(self, topic: Topic) -> Standing:
        return next(cell for cell in self.cells if cell.topic == topic)


def today(session: Session) -> date:
    """The day on the operator's calendar."""
    return clock.now(session).astimezone(telling.zone(session)).date()


def lines(session: Session, rules: Rules, of: ColumnElement[bool]) -> list[Line]:
    """How the active people of a condition on Person stand, by area and id."""
    people = session.scalars(select(Person).where(Person.active, of).order_by(Person.area_code, Person.id)).all()
    done: dict[tuple[int, str], list[Done]] = defaultdict(list)
    for person_id, each in credits.all_counts(session, rules, of):
        done[person_id, each.topic].append(each)
    records = select(TrainingRecord).join(Person, Person.id == TrainingRecord.person_id)
    for row in session.scalars(records.where(TrainingRecord.revoked_at.is_(None), of)):
        done[row.person_id, row.topic].append(done_of(row))
    day, zone = today(session), telling.zone(session)
    return [_line(rules, person, done, day, zone) for person in people]


def _line(rules: Rules, person: Person, done: dict[tuple[int, str], list[Done]], day: date, zone: ZoneInfo) -> Line:
    needs = rules.needs({held.post for held in person.posts})
    joined = person.created_at.astimezone(zone).date()
    first_by = joined + timedelta(days=rules.new_people_days)
    return Line(
        person,
        [
            standing(
                topic,
                needs.get(topic),
                done.get((person.id, topic), ()),
                day,
                first_by=first_by,
                soon_days=rules.soon_days,
            )
            for topic in Topic
        ],
    )


def of_person(session: Session, rules: Rules, person: Person) -> Line:
    """How one person stands, whether they are active or not."""
    done: dict[tuple[int, str], list[Done]] = defaultdict(list)
    for each in credits.counts(session, rules, person):
        done[person.id, each.topic].append(each)
    mine = select(TrainingRecord).where(TrainingRecord.person_id == person.id, TrainingRecord.revoked_at.is_(None))
    for row in session.scalars(mine):
        done[person.id, row.topic].append(done_of(row))
    return _line(rules, person, done, today(session), telling.zone(session))


def done_of(row: TrainingRecord) -> Done:
    """A record as it counts."""
    return Done(Topic(row.topic), row.done_on, row.expires_on, row.minutes, row.score, row.number or "")
