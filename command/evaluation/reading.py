"""A report as people read it: the whole of it in one value, and lists of reports. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.evaluation import facts, proposing, report, rules, signing, texts
from command.evaluation.facts import Facts
from command.evaluation.models import EvaluationProposal, EvaluationReport, EvaluationSignature, State
from command.evaluation.parts import Part
from command.evaluation.texts import Text
from command.improvement.models import ImprovementAction
from command.incidents.models import Incident
from command.people.authority import Post
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Acted:
    """An improvement action that came of the incident, the clause it changes, and whether it proposes a new text for it."""

    id: int
    title: str
    owner: str
    due_on: date
    state: str
    verified_at: datetime | None
    clause: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of a report. `missing` are message ids of what keeps it from being signed, `digest` is of what there is to sign, `changed` says
    that what was signed is not what stands now. `row` is null while nobody began it."""

    incident: Incident
    row: EvaluationReport | None
    state: State
    facts: Facts
    texts: Mapping[Part, Text]
    contributing: Sequence[str]
    actions: Sequence[Acted]
    posts: Sequence[Post]
    signatures: Sequence[EvaluationSignature]
    void: int
    people: Mapping[int, str]
    missing: Sequence[str]
    proposals: Sequence[EvaluationProposal]
    digest: str

    @property
    def changed(self) -> bool:
        return any(each.digest != self.digest for each in self.signatures)


def assemble(session: Session, incident: Incident, language: str, *, course: bool = True) -> Report:
    """A report as it stands, for somebody who may know of its incident."""
    row = report.of(session, incident)
    proposals = proposing.of(session, row) if row else []
    people = {each.id: names.of(each, language) for each in session.scalars(select(Person))}
    return Report(
        incident=incident,
        row=row,
        state=State(row.state) if row else State.DRAFT,
        facts=facts.gather(session, incident, language, course=course),
        texts=texts.standing(session, incident, row),
        contributing=row.contributing if row else [],
        actions=_actions(session, incident, proposals, people),
        posts=rules.table().of(incident.tier).posts,
        signatures=report.signatures(session, row) if row else [],
        void=report.void(session, row) if row else 0,
        people=people,
        missing=signing.missing(session, incident, row),
        proposals=proposals,
        digest=texts.digest(session, incident, row),
    )


def _actions(
    session: Session, incident: Incident, proposals: Sequence[EvaluationProposal], people: Mapping[int, str]
) -> list[Acted]:
    """Every action whose source is the incident, wherever it was given, the one due first first."""
    query = select(ImprovementAction).where(ImprovementAction.incident_id == incident.id)
    rows = session.scalars(query.order_by(ImprovementAction.due_on, ImprovementAction.id)).all()
    new = {each.action_id: each for each in proposals}
    return [
        Acted(
            id=row.id,
            title=row.title,
            owner=people.get(row.owner_id, ""),
            due_on=row.due_on,
            state=row.state,
            verified_at=row.verified_at,
            clause=_clause(row),
            proposed=f"→ {new[row.id].place}" if row.id in new else "",
        )
        for row in rows
    ]


def _clause(row: ImprovementAction) -> str:
    if row.playbook is None:
        return ""
    return f"{row.playbook} v{row.playbook_version}" + (f" {row.playbook_place}" if row.playbook_place else "")


def may_write(incident: Incident, found: Report) -> bool:
    """Whether a report can be written as it stands: its incident was restored, and it is not signed."""
    return report.evaluable(incident) and found.state != State.SIGNED
