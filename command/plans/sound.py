"""Whether a work is a plan that would run here: its form, and the names of this house that it calls. Reads only."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents import house
from command.messages import policy
from command.notices.plan_checks import measures
from command.oncall.models import Schedule
from command.people.posts import DEPARTMENTS, POSTS
from command.plans import drafting
from command.plans.drafting import Draft
from command.plans.models import PlanWork
from playbooks.checks import Known, check
from playbooks.faults import Fault, SourceError
from playbooks.findings import Level
from playbooks.loader import Library, Sheet
from playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something to mend: `line` counts from 1 in the YAML, 0 is the form. `error` keeps it from being submitted."""

    error: bool
    line: int
    field: str
    message: str
    remedy: str


def next_version(session: Session, code: str) -> int:
    """The version that a plan published now would be: one more than any that was ever in the library."""
    library = house.library(session)
    known = (sheet.playbook for sheet in (*library.sheets, *library.retired))
    return max((plan.version for plan in known if plan.code == code), default=0) + 1


def draft(session: Session, row: PlanWork) -> Draft:
    """A work as the plan it would become."""
    return Draft(row.code, row.kind, row.version or next_version(session, row.code), row.head, row.body)


def plan(session: Session, row: PlanWork) -> Playbook:
    """The plan that a work is; raise Invalid where it has faults."""
    return sheet(draft(session, row)).playbook


def sheet(given: Draft) -> Sheet:
    """The plan that a draft is; raise Invalid naming its first faults."""
    try:
        return drafting.sheet(given)
    except SourceError as error:
        raise _refusal([_wrong(fault) for fault in error.faults]) from None


def examine(session: Session, given: Draft) -> tuple[Sheet | None, list[Wrong]]:
    """The plan that a draft is, or None, and everything that is wrong with it, errors first, in the order of the lines."""
    try:
        found = drafting.sheet(given)
    except SourceError as error:
        return None, [_wrong(fault) for fault in error.faults]
    today = house.today(session, clock.now(session))
    return found, sorted(_findings(session, found, today), key=lambda wrong: (not wrong.error, wrong.line))


def _findings(session: Session, sheet: Sheet, today: date) -> list[Wrong]:
    known = Known(
        departments=frozenset(DEPARTMENTS),
        posts=frozenset(POSTS),
        schedules=frozenset(session.scalars(select(Schedule.code))),
    )
    found = check(Library((sheet,)), on=today, known=known, measures=measures(policy.current(session)))
    return [
        Wrong(each.level == Level.error, each.line, each.place, each.message, each.remedy)
        for each in found
        if each.place != "approved_by" or each.level == Level.error
    ]


def require(session: Session, row: PlanWork) -> Sheet:
    """The plan that a work is; raise Invalid while anything keeps it from running here."""
    found, wrong = examine(session, draft(session, row))
    errors = [each for each in wrong if each.error]
    if found is None or errors:
        raise _refusal(errors)
    return found


def _wrong(fault: Fault) -> Wrong:
    return Wrong(True, fault.line, fault.field, fault.message, fault.remedy)


def _refusal(errors: list[Wrong]) -> Invalid:
    first = errors[0]
    return Invalid(
        N_("This is no plan yet. Faults: %(count)d, the first at %(place)s."),
        field="body" if first.line else first.field.split(".")[0].split("[")[0],
        remedy=N_("Open the step Measures: it names every fault with its line and what to do."),
        count=len(errors),
        place=f"{first.field}:{first.line}" if first.line else first.field,
    )
