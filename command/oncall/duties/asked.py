"""What requests and answers about duties have in common: strict inputs, instants within reason, people."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.people.models import Person

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        raise ValueError(f"give a time between {FIRST:%Y} and {LAST:%Y}")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_within)]
Username = Annotated[str, Field(min_length=1, max_length=64)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NothingIn(Strict):
    pass


class PersonOut(BaseModel):
    id: int
    name_zh: str
    name_en: str


def person(session: Session, username: str, field: str = "person") -> Person:
    """The person of a username; raise NotFound naming the field."""
    found = session.scalar(select(Person).where(Person.username == username))
    if found is None:
        raise NotFound(
            N_("There is nobody called %(person)s."),
            field=field,
            remedy=N_("Use a username from the list of people."),
            person=username,
        )
    return found


def person_out(person: Person) -> PersonOut:
    """Somebody by name."""
    return PersonOut(id=person.id, name_zh=person.name_zh, name_en=person.name_en)
