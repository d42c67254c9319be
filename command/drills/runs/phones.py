"""SMS of live drills to those who take part: through the exercise gateway alone, which sends to numbers on its allow-list only.

They are on it from the begin of a live drill until a while after its end, on the drill's own word. The other modes write to nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.drills.models import Drill
from command.drills.runs import taking_part
from command.drills.runs.models import DrillText
from command.messages import exercises, halts, outbox
from command.messages import service as messages
from command.messages.models import ExerciseAllowed, Lane, Purpose
from command.messages.models import State as Fate
from command.people.models import Person
from playbooks.scenario import Mode

MARGIN = timedelta(hours=2)
"""How long beyond its planned duration a live drill may go on before its numbers are allowed anew."""
LAST_WORDS = timedelta(minutes=15)
"""How long after its end they may be told that it is over."""
STOPPED = "drill_stopped"


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages, without the mark of an exercise."""

    zh: str
    en: str


MARK = {"zh": "【演练】", "en": "[DRILL] "}


def on_list(drill: Drill) -> str:
    """The word by which numbers are on the allow-list for a drill."""
    return f"drill:{drill.id}"


def allow(session: Session, drill: Drill) -> None:
    """Let a live drill reach those who take part, for as long as it may last."""
    if drill.mode != Mode.live:
        return
    until = clock.now(session) + timedelta(minutes=drill.duration_minutes) + MARGIN
    for person in taking_part.people(session, drill):
        if person.active and person.number_index is not None:
            exercises.allow_at_least(session, person.number_index, until, on_list(drill))


def end_allowing(session: Session, drill: Drill) -> None:
    """Take the numbers off the list again: at once, or where they are to be told of the end, soon. What others allowed stays."""
    until = clock.now(session) + LAST_WORDS
    mine = select(ExerciseAllowed).where(ExerciseAllowed.by == on_list(drill), ExerciseAllowed.until > until)
    for row in session.scalars(mine).all():
        row.until = until
    session.flush()


def say(
    session: Session, drill: Drill, people: Iterable[Person], text: Said, valid_until: datetime | None = None
) -> int:
    """Write to people in a live drill; return how many texts that is. Who has no number is left out; the screen has it anyway."""
    if drill.mode != Mode.live:
        return 0
    written = 0
    for person in people:
        if not person.active or person.number is None or person.number_index is None:
            continue
        language = "zh" if person.language == "zh" else "en"
        body = messages.put_body(session, MARK[language] + getattr(text, language), language)
        outgoing = messages.Outgoing(
            purpose=Purpose.DRILL,
            lane=Lane.CORRECTION,
            addressee=person.id,
            recipient=person.number_index,
            number=person.number,
            body_id=body,
            exercise=True,
            valid_until=valid_until,
        )
        delivery = messages.enqueue(session, outgoing)
        session.add(DrillText(delivery_id=delivery, drill_id=drill.id, exercise=True))
        written += 1
    session.flush()
    return written


def withdraw(session: Session, drill: Drill) -> int:
    """Take back what a drill wrote to those who take part and has not left yet; return how many."""
    mine = select(DrillText.delivery_id).where(DrillText.drill_id == drill.id)
    return halts.end(session, outbox.deliveries.c.id.in_(mine), Fate.WITHDRAWN, STOPPED)
