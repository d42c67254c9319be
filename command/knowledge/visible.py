"""Who may know of a solved problem: of a restricted one only those who may know of its incident."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.incidents import visibility
from command.incidents.models import Incident
from command.knowledge.models import SolvedProblem
from command.people.access import Principal


def seen(session: Session, who: Principal | None) -> ColumnElement[bool]:
    """The condition on solved problems that `who` may know of; None is whoever reads a journal: the restricted ones are out."""
    open_to_all = SolvedProblem.restricted.is_(False)
    if who is None:
        return open_to_all
    query = select(Incident).where(Incident.restricted)
    known = visibility.only_visible(session, query, who).with_only_columns(Incident.id)
    return or_(open_to_all, SolvedProblem.incident_id.in_(known))


def find(session: Session, problem_id: int, who: Principal, *, locked: bool = False) -> SolvedProblem:
    """A solved problem that `who` may know of; raise NotFound."""
    query = select(SolvedProblem).where(SolvedProblem.id == problem_id, seen(session, who))
    if locked:
        query = query.with_for_update(of=SolvedProblem).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such solved problem."), remedy=N_("Search the list of solved problems for it."))
    return found
