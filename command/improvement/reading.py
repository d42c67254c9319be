"""Actions as lists and figures ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.improvement import visible
from command.improvement.clauses import Clause
from command.improvement.models import (
    UNDONE,
    ImprovementAction,
    ImprovementEvidence,
    ImprovementFile,
    Source,
    State,
)
from command.incidents import house
from command.people.access import Principal


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which actions: of this owner (id), in this state, from this source (`drill:<code>` or only its kind), that change this playbook, only
    the late or the undone ones; `skip` passes over so many."""

    owner_id: int | None = None
    state: State | None = None
    source: str = ""
    playbook: str = ""
    late: bool = False
    undone: bool = False
    skip: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """How many actions are not done, how many of them are late or wait to be verified, and how many were verified or dropped."""

    open: int
    late: int
    to_verify: int
    verified: int
    dropped: int


def today(session: Session) -> date:
    """The operator's date."""
    return house.today(session, clock.now(session))


def late(on: date) -> ColumnElement[bool]:
    """The condition of what is not done though its day is past."""
    return and_(ImprovementAction.state.in_(UNDONE), ImprovementAction.due_on < on)


def actions(session: Session, wanted: Wanted, who: Principal) -> Sequence[ImprovementAction]:
    """What `who` may know of: the undone ones first, by the day they are due, so that the latest stand in front; then the others, the
    newest first."""
    undone = ImprovementAction.state.in_(UNDONE)
    query = select(ImprovementAction).where(visible.seen(session, who), *_conditions(session, wanted))
    order = (
        case((undone, 0), else_=1),
        case((undone, ImprovementAction.due_on)),
        case((undone, None), else_=ImprovementAction.changed_at).desc(),
        ImprovementAction.id,
    )
    return session.scalars(query.order_by(*order).offset(wanted.skip).limit(wanted.limit)).all()


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    kind, _, ref = wanted.source.partition(":")
    given = {
        ImprovementAction.owner_id: wanted.owner_id,
        ImprovementAction.state: wanted.state,
        ImprovementAction.source: kind or None,
        ImprovementAction.source_ref: ref or None,
        ImprovementAction.playbook: wanted.playbook or None,
    }
    found += [column == value for column, value in given.items() if value is not None]
    if wanted.late:
        found.append(late(today(session)))
    if wanted.undone:
        found.append(ImprovementAction.state.in_(UNDONE))
    return found


def figures(session: Session, who: Principal, source: Source | None = None) -> Figures:
    """Counts over the actions that `who` may know of, or those of one kind of source."""
    of = ImprovementAction.state
    on = today(session)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    query = select(
        count(of.in_(UNDONE)),
        count(late(on)),
        count(of == State.EVIDENCE_GIVEN),
        count(of == State.VERIFIED),
        count(of == State.DROPPED),
    ).where(visible.seen(session, who))
    if source is not None:
        query = query.where(ImprovementAction.source == source)
    return Figures(*map(int, session.execute(query).one()))


def changing(session: Session, playbook: str, who: Principal) -> Sequence[ImprovementAction]:
    """Actions under way that change a playbook, what is due first in front. Done ones are in the list."""
    query = select(ImprovementAction).where(
        ImprovementAction.playbook == playbook,
        ImprovementAction.state.in_(UNDONE),
        visible.seen(session, who),
    )
    return session.scalars(query.order_by(ImprovementAction.due_on, ImprovementAction.id)).all()


def evidence(session: Session, action: ImprovementAction) -> Sequence[ImprovementEvidence]:
    """All evidence of an action, the newest first."""
    query = select(ImprovementEvidence).where(ImprovementEvidence.action_id == action.id)
    return session.scalars(query.order_by(ImprovementEvidence.id.desc())).all()


def file_of(session: Session, action: ImprovementAction, evidence_id: int) -> tuple[ImprovementEvidence, bytes] | None:
    """A piece of evidence with the file that was attached; None where there is none."""
    row = session.get(ImprovementEvidence, evidence_id)
    if row is None or row.action_id != action.id or row.sha256 is None:
        return None
    return row, session.get_one(ImprovementFile, row.sha256).body


def clause_of(action: ImprovementAction) -> Clause | None:
    """The clause that an action changes."""
    if action.playbook is None or action.playbook_version is None:
        return None
    return Clause(action.playbook, action.playbook_version, action.playbook_place or "")
