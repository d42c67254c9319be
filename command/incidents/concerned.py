"""Those whom an incident concerns though nothing of theirs is cut off: users of a tariff plan, people whose data leaked. Notices reach
exactly them: the first notice, updates, and the all-clear once the incident is over (B12)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, literal, null, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.columns import Time
from command.core.problems import N_, Conflict
from command.incidents import entries, notifying
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Incident
from command.network import service as network
from command.network.models import Concerned, Subscriber


def add(session: Session, incident: Incident, people: Iterable[int] | Select[int], *, source: str = "list") -> int:
    """Say that a locked incident concerns these subscribers (ids, or a SELECT of them); return how many that adds. Ids of nobody are left
    out, those concerned already stay. While the incident is responded to they get the first notice, as its plan says, unless it is
    restricted. Raise Conflict once it is restored or over."""
    if incident.state not in BEFORE_RESTORATION:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Those concerned are named while an incident is handled; reopen it first."),
            state=incident.state,
        )
    added = _add(session, incident, people)
    if added:
        _record(session, incident, added, source)
        tell(session, incident)
    return added


def count(session: Session, incident: Incident) -> int:
    """How many the incident concerns now."""
    return session.scalar(select(func.count()).select_from(Concerned).where(*_open(incident))) or 0


def tell(session: Session, incident: Incident) -> None:
    """The audience lives with the incident: who is concerned since gets the first notice. Whether those whose data are concerned are told
    is a person's decision, on record (`command.security.telling`)."""
    if incident.restricted or incident.kind == "information_security" or incident.state != State.RESPONDING:
        return
    if notifying.has_first(session, incident):
        notifying.grow(session, incident)
    else:
        notifying.first(session, incident)


def end_all(session: Session, incident: Incident) -> None:
    """The incident is over: it concerns nobody any more."""
    _change(session, incident, until_at=clock.now(session))


def begin_again(session: Session, incident: Incident) -> None:
    """The incident was reopened: it concerns again those whom it concerned when it ended."""
    last = select(func.max(Concerned.until_at)).where(Concerned.incident_id == incident.id).scalar_subquery()
    result: Any = session.execute(
        update(Concerned)
        .where(Concerned.incident_id == incident.id, Concerned.until_at == last)
        .values(until_at=None)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount:
        _record(session, incident, result.rowcount, "reopened")


def pass_on(session: Session, child: Incident, into: Incident) -> None:
    """Two incidents go on as one: `into` concerns from now on whom `child` concerned, and owes them what they have yet to be told."""
    added = _add(session, into, select(Concerned.subscriber_id).where(*_open(child)))
    _change(session, child, until_at=clock.now(session), passed_to_id=into.id)
    if added:
        _record(session, into, added, "merged")


def _add(session: Session, incident: Incident, people: Iterable[int] | Select[int]) -> int:
    chosen = people if isinstance(people, Select) else network.ids(session, frozenset(people))
    now = literal(clock.now(session), Time())
    has_row = exists().where(Concerned.incident_id == incident.id, Concerned.subscriber_id == Subscriber.id)
    columns = (literal(incident.id), Subscriber.id, now, null(), null(), literal(incident.exercise))
    names = ["incident_id", "subscriber_id", "from_at", "until_at", "passed_to_id", "exercise"]
    made = insert(Concerned).from_select(names, select(*columns).where(Subscriber.id.in_(chosen), ~has_row))
    result: Any = session.execute(made)
    return int(result.rowcount)


def _open(incident: Incident) -> tuple[ColumnElement[bool], ...]:
    return Concerned.incident_id == incident.id, Concerned.until_at.is_(None)


def _change(session: Session, incident: Incident, **values: object) -> None:
    session.execute(
        update(Concerned).where(*_open(incident)).values(**values).execution_options(synchronize_session=False)
    )


def _record(session: Session, incident: Incident, added: int, source: str) -> None:
    session.flush()
    entry = entries.ConcernedAdded(added=added, total=count(session, incident), source=source)
    entries.record(session, incident, entry)
