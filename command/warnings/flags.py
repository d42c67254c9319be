"""What live warnings ask of other rooms: is there a change freeze, are drills suspended, who stands by, what is staged?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from command.network.models import Area
from command.warnings import covering
from command.warnings.colours import RANK, Colour, reaches
from command.warnings.models import State, Warning
from command.warnings.table import Event, table
from playbooks.schema import Kind
from playbooks.texts import Text

LOST = Event(
    name=Text(zh="其他", en="other"),
    words=(),
    kind=Kind.natural_disaster,
    advice=Text(zh="请留意后续信息。", en="Watch for further news."),
)


@dataclass(frozen=True, slots=True)
class Flags:
    """What warnings ask for at an instant. `change_freeze` and `drills_suspended` are codes of the warnings that do, the gravest first, and
    empty where none does. `reinforced_duty`: how many more stand by, by department; `staging`: pieces by resource. Of several warnings the
    greatest figure counts: the same people and pieces serve them all."""

    warnings: tuple[str, ...] = ()
    change_freeze: tuple[str, ...] = ()
    drills_suspended: tuple[str, ...] = ()
    reinforced_duty: Mapping[str, int] = field(default_factory=dict)
    staging: Mapping[str, int] = field(default_factory=dict)


def of(session: Session, area_codes: Collection[str], at: datetime, *, exercise: bool = False) -> Flags:
    """What the warnings that hold in some of these areas at an instant ask for; no areas: everywhere. Exercises ask nothing of real life,
    nor the other way round."""
    return asked(holding(session, area_codes, at, exercise=exercise))


def asked(rows: Sequence[Warning]) -> Flags:
    """What these warnings ask for together."""
    duty: dict[str, int] = {}
    staging: dict[str, int] = {}
    for row in rows:
        event = event_of(row)
        for found, more in ((duty, event.duty_at(row.colour)), (staging, event.staging_at(row.colour))):
            for name, count in more.items():
                found[name] = max(found.get(name, 0), count)
    return Flags(
        tuple(row.code for row in rows),
        tuple(row.code for row in rows if reaches(row.colour, event_of(row).change_freeze)),
        tuple(row.code for row in rows if reaches(row.colour, event_of(row).drills_suspended)),
        duty,
        staging,
    )


def event_of(row: Warning) -> Event:
    """What the table says of a warning's event; an event that the table lost since asks for nothing."""
    return of_event(row.event)


def of_event(code: str) -> Event:
    """What the table says of an event's code."""
    return table().events.get(code, LOST)


def holding(session: Session, area_codes: Collection[str], at: datetime, *, exercise: bool = False) -> list[Warning]:
    """The live warnings that hold at an instant and overlap some of the areas, the gravest first."""
    holds = (Warning.state == State.LIVE, Warning.from_at <= at, Warning.until_at > at, Warning.exercise.is_(exercise))
    rows = list(session.scalars(select(Warning).where(*holds).order_by(Warning.id)))
    if rows and area_codes:
        above = parents(session)
        rows = [row for row in rows if covering.overlap(above, row.areas, area_codes)]
    return sorted(rows, key=lambda row: (-RANK[Colour(row.colour)], row.until_at, row.id))


def parents(session: Session) -> covering.Parents:
    """The tree of areas by code."""
    above = aliased(Area)
    query = select(Area.code, above.code).outerjoin(above, above.id == Area.parent_id)
    return dict(session.execute(query).tuples().all())
