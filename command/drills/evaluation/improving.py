"""An improvement action out of a drill: of an objective that was not met, of an observer's note, of what the hotwash said."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, Invalid
from command.drills.evaluation import observing, report, settling
from command.drills.evaluation.models import DrillRemark
from command.drills.models import HELD, Drill
from command.improvement import actions
from command.improvement.actions import Draft
from command.improvement.clauses import Clause
from command.improvement.models import ImprovementAction
from command.incidents import views
from command.people.access import Principal


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done by whom until when; `of` is objective:<id>, remark:<number>, or empty. `clause` as playbook@version or
    playbook@version#place, or empty."""

    title: str
    owner: str
    due_on: str
    of: str = ""
    clause: str = ""


def give(session: Session, code: str, who: Principal, wanted: Wanted) -> ImprovementAction:
    """Give an improvement action whose source is the drill. Raise Conflict before its end, Invalid naming the field, Denied."""
    drill = report.find(session, code, who)
    if drill.state not in HELD:
        raise Conflict(N_("This drill is not over."), remedy=N_("Make improvement actions of it at its end."))
    draft = Draft(
        title=wanted.title,
        owner=wanted.owner,
        due_on=_day(wanted.due_on),
        source=f"drill:{drill.code}",
        finding=finding(session, drill, wanted.of),
        clause=_clause(wanted.clause),
    )
    return actions.give(session, draft, who)


def finding(session: Session, drill: Drill, of: str) -> str:
    """What was found, in words: an objective with its rating, or what somebody noted. Raise Invalid for what the drill does not have."""
    kind, _, ref = of.partition(":")
    if not of:
        return ""
    if kind == "objective":
        objective = observing.objective_of(session, drill, ref)
        final = settling.standings(session, drill)[objective.id].final
        rated = f" [{final}]" if final else ""
        return f"{objective.text.zh}{rated} / {objective.text.en}{rated}"
    remark = session.get(DrillRemark, int(ref)) if kind == "remark" and ref.isdigit() and len(ref) < 18 else None
    text = views.note_text(session, remark.note_id) if remark and remark.drill_id == drill.id else None
    if text is None:
        raise Invalid(N_("The drill has no such note."), field="of", remedy=N_("Choose one of its report, or none."))
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(N_("This is not a day."), field="due_on", remedy=N_("Write it as 2026-12-31.")) from None


def _clause(text: str) -> Clause | None:
    if not text.strip():
        return None
    plan, _, place = text.strip().partition("#")
    code, _, version = plan.partition("@")
    if not code or not version.isdigit() or len(version) > 6:
        raise Invalid(
            N_("This names no clause of a playbook."),
            field="clause",
            remedy=N_("Write it as network_fault@3 or network_fault@3#tiers.2.tasks.isolate, or leave it empty."),
        )
    return Clause(code, int(version), place)
