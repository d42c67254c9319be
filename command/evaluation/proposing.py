"""What an evaluation changes of a playbook: a new text for one of its clauses, kept with the action that calls for it. Once the report is
signed it goes into a draft of the plan's next version, which shows what differs and waits for the usual approval."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.evaluation import entries, report, rewording
from command.evaluation.models import EvaluationProposal, EvaluationReport, State
from command.evaluation.rewording import New, Unfit
from command.improvement import actions
from command.improvement.models import ImprovementAction
from command.improvement.models import State as ActionState
from command.incidents import entries as journal
from command.incidents import house, plans
from command.incidents.models import Incident
from command.people.access import Principal, must
from command.plans import service as drafts
from command.plans import sound
from command.plans.service import Changes
from playbooks.schema import Kind, Playbook

LONGEST = 2000


def of(session: Session, row: EvaluationReport) -> Sequence[EvaluationProposal]:
    """The new texts of a report, in their order."""
    query = select(EvaluationProposal).where(EvaluationProposal.report_id == row.id)
    return session.scalars(query.order_by(EvaluationProposal.id)).all()


def give(session: Session, number: str, draft: actions.Draft, new: New | None, who: Principal) -> ImprovementAction:
    """Give an improvement action that the evaluation of an incident calls for; with the new text of its clause, if there is one. Raise
    Denied, Conflict once the report is signed, or Invalid naming the field."""
    incident, row = report.to_change(session, number, who)
    if new is not None and draft.clause is None:
        raise Invalid(
            N_("A new text needs the clause that it replaces."),
            field="clause",
            remedy=N_("Choose the clause, or leave the new text empty."),
        )
    action = actions.give(session, draft, who)
    report.changed(session, incident, row, who)
    if new is not None and draft.clause is not None:
        plan = house.library(session).get(draft.clause.code, draft.clause.version)
        checked = _checked(plan, new)
        session.add(
            EvaluationProposal(
                report_id=row.id,
                action_id=action.id,
                playbook=draft.clause.code,
                version=draft.clause.version,
                place=checked.place,
                zh=checked.zh,
                en=checked.en,
                person_id=who.person_id,
                made_at=clock.now(session),
            )
        )
        session.flush()
    return action


def _checked(plan: Playbook, new: New) -> New:
    """A new text at the place of a text; raise Invalid where the plan would not take it."""
    for field, said in (("new_zh", new.zh), ("new_en", new.en)):
        if not said.strip() or len(said) > LONGEST:
            raise Invalid(
                N_("A new text is given in both languages, %(most)d characters at most."),
                field=field,
                remedy=N_("Write it in Chinese and in English, as the plan has it."),
                most=LONGEST,
            )
    places = list(rewording.texts(plan, new.place))
    if len(places) != 1:
        raise Invalid(
            N_("This clause holds no text of its own, or several."),
            field="place",
            remedy=N_("Name the text to replace, such as tiers.2.tasks.isolate.detail."),
        )
    found = New(places[0], new.zh.strip(), new.en.strip())
    try:
        rewording.reworded(plan, found)
    except Unfit:
        raise Invalid(
            N_("The plan would not take this text."),
            field="new_zh",
            remedy=N_(
                "Write Chinese in the first field and English in the second, with the placeholders of the text as it is."
            ),
        ) from None
    return found


def propose(session: Session, incident: Incident, row: EvaluationReport, who: Principal) -> None:
    """Put every new text that is not in a draft yet into one, plan by plan; what cannot be yet waits, and says why. Texts whose action was
    dropped stay out."""
    waiting = [each for each in of(session, row) if each.work_id is None and not _dropped(session, each)]
    for playbook, group in groupby(sorted(waiting, key=lambda each: each.playbook), key=lambda each: each.playbook):
        found = list(group)
        why = _into_draft(session, incident, playbook, found, who)
        for each in found:
            each.waits = why
        if why:
            journal.record(session, incident, entries.ProposalWaits(playbook=playbook, why=why))


def _dropped(session: Session, each: EvaluationProposal) -> bool:
    return session.get_one(ImprovementAction, each.action_id).state == ActionState.DROPPED


def again(session: Session, number: str, who: Principal) -> EvaluationReport:
    """Try once more what waits. Raise Denied, or Conflict where the report is not signed."""
    incident = report.locked(session, number, who, report.SIGN)
    must(who, drafts.WRITE)
    row = report.of(session, incident)
    if row is None or row.state != State.SIGNED:
        raise Conflict(
            N_("This report is not signed."), remedy=N_("Its new texts are proposed with the last signature.")
        )
    propose(session, incident, row, who)
    return row


def _into_draft(
    session: Session, incident: Incident, playbook: str, found: Sequence[EvaluationProposal], who: Principal
) -> str:
    """Put new texts into a draft of the plan's next version; why not, where that cannot be: nothing of it is kept then."""
    try:
        with session.begin_nested():
            _draft(session, incident, playbook, found, who)
    except Denied:
        return "not_allowed"
    except Conflict:
        return "plan_busy"
    except Unfit:
        return "clause_gone"
    except Invalid:
        return "text_unfit"
    return ""


def _draft(
    session: Session, incident: Incident, playbook: str, found: Sequence[EvaluationProposal], who: Principal
) -> None:
    base = _in_force(session, playbook)
    work = drafts.begin(session, Kind(base.kind), base.version, who)
    draft = sound.draft(session, work)
    for each in found:
        draft = rewording.draft(draft, New(each.place, each.zh, each.en))
    why = _assessment(incident, found)
    changes = Changes(
        head=dict(draft.head), body=draft.body, assessment="\n".join(filter(None, (work.assessment, why)))
    )
    drafts.change(session, work.id, work.edition, changes, who)
    now = clock.now(session)
    for each in found:
        each.work_id, each.taken_at = work.id, now
    told = entries.Proposed(
        work=work.id, playbook=playbook, actions=tuple(each.action_id for each in found), person_id=who.person_id
    )
    journal.record(session, incident, told)


def _in_force(session: Session, playbook: str) -> Playbook:
    """The version of a plan that new incidents follow; raise Unfit where there is none any more."""
    now = clock.now(session)
    for kind in Kind:
        plan = plans.current(session, kind, now)
        if plan is not None and plan.code == playbook:
            return plan
    raise Unfit


def _assessment(incident: Incident, found: Sequence[EvaluationProposal]) -> str:
    """Why the plan changes, for whoever reviews the draft; a restricted incident is not named."""
    named = ", ".join(f"#{each.action_id}" for each in found)
    about = "" if incident.restricted else f" {incident.number}"
    return f"评估报告{about}，整改项{named} / Evaluation report{about}, improvement actions {named}"
