"""What the addresses of improvement actions take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.improvement.actions import TITLE, Draft
from command.improvement.clauses import Clause
from command.improvement.models import State
from command.improvement.reading import Wanted
from command.people.access import Principal
from command.people.models import Person
from command.resources.asked import Maybe, Name, Strict, Words

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE)]
Version = Annotated[int, Field(ge=1, le=100_000)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class ListIn(Strict):
    """`mine=1`: one's own; `owner` a username; `source` a kind (drill, incident, risk, hand) or one of them (`drill:<code>`); `playbook` a
    code; `late=1` only what is late, `undone=1` only what is not done. The late ones come first; read on with `after`, how many to
    pass over."""

    mine: Literal["0", "1"] = "0"
    state: State | None = None
    owner: Maybe = ""
    source: Maybe = ""
    playbook: Maybe = ""
    late: Literal["0", "1"] = "0"
    undone: Literal["0", "1"] = "0"
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class ActionIn(Strict):
    """An action to give to `owner` (a username). `source` is incident:<number>, drill:<code> or risk:<code>, empty by hand; `playbook`,
    `playbook_version` and `playbook_place` (such as tiers.2.tasks.isolate) name the clause it changes."""

    title: Title
    owner: Name
    due_on: date
    starts_on: date | None = None
    source: Maybe = ""
    words: Words = ""
    finding: Words = ""
    cause: Words = ""
    playbook: Maybe = ""
    playbook_version: Version | None = None
    playbook_place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class EvidenceIn(Strict):
    """What was done and what shows that it works; a file is attached on the page."""

    words: Words
    link: Link = ""


class SaidIn(Strict):
    """What one says with it."""

    words: Words = ""


class ReasonIn(Strict):
    reason: Words


class ReopenIn(ReasonIn):
    due_on: date


class MoveIn(ReasonIn):
    """To another `owner` (a username), another day, or both."""

    owner: Maybe = ""
    due_on: date | None = None


def draft(asked: ActionIn) -> Draft:
    """The action that was asked for."""
    clause = None
    if asked.playbook:
        clause = Clause(asked.playbook, asked.playbook_version or 1, asked.playbook_place)
    plain = asked.model_dump(include={"title", "owner", "due_on", "starts_on", "source", "words", "finding", "cause"})
    return Draft(**plain, clause=clause)


def wanted(session: Session, asked: ListIn, who: Principal, *, limit: int) -> Wanted:
    """The same with ids; an owner nobody knows has no actions."""
    owner_id = who.person_id if asked.mine == "1" else None
    if asked.owner and owner_id is None:
        owner_id = session.scalar(select(Person.id).where(Person.username == asked.owner)) or 0
    return Wanted(
        owner_id=owner_id,
        state=asked.state,
        source=asked.source,
        playbook=asked.playbook,
        late=asked.late == "1",
        undone=asked.undone == "1",
        skip=asked.after,
        limit=limit,
    )
