"""Complaints counted into cells of a window, as rows have them: exercises never count."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.complaints.models import Case
from command.complaints.rules import SurgeRule
from command.complaints.surge import Cell
from command.core import clock
from command.incidents import places
from command.incidents.places import Tree

WEEK = timedelta(weeks=1)


def within(session: Session, begins: datetime, ends: datetime, tree: Tree) -> dict[Cell, int]:
    """Complaints that came in after `begins` and up to `ends`, by cell."""
    columns = (Case.kind, Case.area_id, Case.service_id, Case.tariff_plan)
    query = select(*columns, func.count()).where(
        Case.complaint,
        Case.exercise.is_(False),
        Case.opened_at > begins,
        Case.opened_at <= ends,
        Case.kind.is_not(None),
    )
    found: Counter[Cell] = Counter()
    for kind, area_id, service_id, plan, count in session.execute(query.group_by(*columns)).tuples():
        found[cell(tree, kind or "", area_id, service_id, plan)] += count
    return dict(found)


def cell(tree: Tree, kind: str, area_id: int | None, service_id: int | None, plan: str | None) -> Cell:
    """The cell of a complaint."""
    levels = {area.level: area.id for area in places.upward(tree, area_id)}
    return Cell(kind, levels.get("county"), levels.get("prefecture"), service_id, plan or "")


def of_case(tree: Tree, case: Case) -> Cell:
    """The cell of one case."""
    return cell(tree, case.kind or "", case.area_id, case.service_id, case.tariff_plan)


def now_and_before(session: Session, rule: SurgeRule, tree: Tree) -> tuple[dict[Cell, int], list[dict[Cell, int]]]:
    """The window that ends now, and the same window of earlier weeks, as many as there are records of."""
    now, window = clock.now(session), timedelta(minutes=rule.window)
    first = session.scalar(select(func.min(Case.opened_at)).where(Case.complaint, Case.exercise.is_(False)))
    weeks = [now - WEEK * back for back in range(1, rule.weeks + 1)]
    known = [end for end in weeks if first is not None and first <= end - window]
    return within(session, now - window, now, tree), [within(session, end - window, end, tree) for end in known]
