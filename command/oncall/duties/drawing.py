"""A duty's holders as the pages draw them: a strip of turns over the days shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from command.oncall.duties.layers import Span
from command.people.models import Person

HUES = 6
"""How many ways the calendar tells people apart; the name stands beside each all the same."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A span of the calendar as the page draws it: where it begins and how wide it is, in percent of the time shown."""

    person: Person | None
    hue: int
    cover: bool
    start: datetime
    end: datetime
    left: float
    width: float


def people(session: Session, spans: Sequence[Span]) -> dict[int, Person]:
    """Those who hold spans, by id."""
    return {id: session.get_one(Person, id) for id in {span.member for span in spans} if id is not None}


def turns(spans: Sequence[Span], known: Mapping[int, Person], begin: datetime, end: datetime) -> list[Turn]:
    """Spans as turns; a person has the same hue in all of them."""
    hues = {id: place % HUES for place, id in enumerate(sorted(known))}
    made = []
    for span in spans:
        left = share(span.start, begin, end)
        held = span.member is not None
        made.append(
            Turn(
                person=known[span.member] if span.member is not None else None,
                hue=hues[span.member] if span.member is not None else 0,
                cover=held and span.layer is None,
                start=span.start,
                end=span.end,
                left=left,
                width=share(span.end, begin, end) - left,
            )
        )
    return made


def share(at: datetime, begin: datetime, end: datetime) -> float:
    """Where an instant lies in the time shown, in percent."""
    return round(100 * min(max((at - begin) / (end - begin), 0.0), 1.0), 3)
