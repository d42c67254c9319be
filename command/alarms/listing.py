"""Alarms to read: filtered, newest first, without the numbers of incidents that the reader may not know of."""

from dataclasses import asdict, dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from command.alarms.dedupe import State
from command.alarms.intake import Receipt
from command.alarms.models import Alarm, ProblemKind
from command.alarms.reports import Severity
from command.core.log import masked_words
from command.incidents import visibility
from command.incidents.models import Incident
from command.people.access import Principal

T = TypeVarTuple("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alarms, at most `limit` of those older than id `after` (0: from the newest). `words` stand in the element's name, the
    problem's, or its name in either language."""

    state: str | None = None
    source: str | None = None
    element: str | None = None
    problem: str | None = None
    severity: str | None = None
    incident: str | None = None
    words: str = ""
    loose: bool = False
    unknown: bool = False
    attached: bool = False
    after: int = 0
    limit: int = 100


def told(receipt: Receipt) -> dict[str, Any]:
    """What became of a batch, as JSON."""
    return asdict(receipt)


def listed(
    session: Session, wanted: Wanted, who: Principal, *, exercise: bool = False
) -> tuple[list[dict[str, Any]], int | None]:
    """The alarms of `wanted`, without those of restricted incidents that `who` may not know of; and where the list goes on."""
    columns = select(Alarm, Incident, ProblemKind).where(*_conditions(wanted))
    query = _seen(session, columns, who, exercise).order_by(Alarm.id.desc()).limit(wanted.limit)
    found = session.execute(query).tuples().all()
    return [_shown(*row) for row in found], found[-1][0].id if len(found) == wanted.limit else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How many alarms stand raised, and how many of them have no incident, are on unknown elements, are critical."""

    raised: int
    loose: int
    unknown: int
    critical: int


def standing(session: Session, who: Principal) -> Standing:
    """The alarms that stand now, as far as `who` may know of them."""
    counts = select(
        func.count(),
        func.count().filter(Alarm.incident_id.is_(None)),
        func.count().filter(Alarm.element_id.is_(None)),
        func.count().filter(Alarm.severity == Severity.CRITICAL),
    )
    raised = counts.select_from(Alarm).where(Alarm.state == State.RAISED)
    return Standing(*session.execute(_seen(session, raised, who, exercise=False)).one())


def _seen(session: Session, query: Select[*T], who: Principal, exercise: bool) -> Select[*T]:
    """The query over alarms, with their incidents and kinds, less those of restricted incidents that `who` may not know of."""
    named = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    open_to_all = Incident.id.is_(None) | Incident.restricted.is_(False)
    return (
        query.outerjoin(Incident, Incident.id == Alarm.incident_id)
        .outerjoin(ProblemKind, ProblemKind.problem == Alarm.problem)
        .where(Alarm.exercise == exercise, open_to_all | Incident.id.in_(named))
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    exact = {Alarm.state: wanted.state, Alarm.source: wanted.source, Alarm.element: wanted.element}
    exact |= {Alarm.problem: wanted.problem, Alarm.severity: wanted.severity, Incident.number: wanted.incident}
    found: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value is not None]
    searched = (Alarm.element, Alarm.problem, ProblemKind.name_zh, ProblemKind.name_en)
    found += [or_(*(column.icontains(word, autoescape=True) for column in searched)) for word in wanted.words.split()]
    if wanted.loose:
        found += [Alarm.incident_id.is_(None), Alarm.state == State.RAISED]
    if wanted.attached:
        found.append(Alarm.incident_id.is_not(None))
    if wanted.unknown:
        found.append(Alarm.element_id.is_(None))
    if wanted.after:
        found.append(Alarm.id < wanted.after)
    return found


def _shown(alarm: Alarm, incident: Incident | None, kind: ProblemKind | None) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "source": alarm.source,
        "element": alarm.element,
        "known": alarm.element_id is not None,
        "object": alarm.object,
        "problem": alarm.problem,
        "severity": alarm.severity,
        "state": alarm.state,
        "affecting": alarm.affecting,
        "momentary": alarm.momentary,
        "raised_at": alarm.raised_at,
        "last_at": alarm.last_at,
        "cleared_at": alarm.cleared_at if alarm.state == State.CLEARED else None,
        "received_at": alarm.received_at,
        "count": alarm.count,
        "text": masked_words(alarm.text),
        "incident": incident.number if incident else None,
        "kind": kind,
    }
