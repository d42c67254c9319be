"""Rows of other rooms that belong to incidents which a reader may know of and the choices name, of whatever time."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.incidents import visibility
from command.incidents.models import Incident
from command.insights import population
from command.insights.filters import Filters
from command.people.access import Principal

Belongs = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]


def of_incidents(
    session: Session, wanted: Filters, who: Principal, left_out: ColumnElement[bool] | None = None
) -> Belongs:
    """The condition that a column holds the id of such an incident, without those that are `left_out`. Where nothing is chosen it names the
    few that are out, not the many that are in: rows of exercises have to be left out by their own mark."""
    out = false() if left_out is None else left_out
    if wanted.chosen:
        query = population.narrowed(session, select(Incident), wanted).where(Incident.exercise.is_(False), ~out)
        ids = visibility.only_visible(session, query, who).with_only_columns(Incident.id)
        return lambda column: column.in_(ids)
    known = visibility.only_visible(session, select(Incident).where(Incident.restricted), who)
    hidden = and_(Incident.restricted, Incident.id.not_in(known.with_only_columns(Incident.id)))
    ids = select(Incident.id).where(or_(hidden, out))
    return lambda column: column.not_in(ids)
