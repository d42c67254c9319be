"""Information security as pages and the API show it."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import concerned, visibility
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person, said
from command.people.access import Principal
from command.security import agreements, custody, evidence, flows, names, telling
from command.security.models import Confidentiality, CustodyLink, EvidenceItem, SecurityFlow
from command.security.rules import rules


class NamedOut(BaseModel):
    """Somebody who may know of the incident: owner, role, paged, group, lead, keeper, added or looked_in."""

    person: PersonOut
    why: str


class StepOut(BaseModel):
    code: str
    title: str
    department: str
    state: str
    due_at: datetime
    late: bool
    settled_at: datetime | None
    settled_by: PersonOut | None
    words: str | None


class LinkOut(BaseModel):
    """A link of a chain of custody; `to` is a person, `outside` whom it was given to under an agreement."""

    act: str
    at: datetime
    by: PersonOut | None
    to: PersonOut | None
    outside: str | None
    place: str
    ok: bool | None
    words: str | None


class EvidenceOut(BaseModel):
    """A piece of evidence with its chain of custody; `sha256` of the content in hex, `size` in bytes."""

    label: int
    form: str
    file_name: str
    sha256: str | None
    size: int | None
    description: str | None
    place: str
    taken_at: datetime
    taken_by: PersonOut | None
    state: str
    sealed: bool
    keeper: PersonOut | None
    to: PersonOut | None
    outside: str | None
    custody: list[LinkOut]
    possible: list[str]


class DecisionOut(BaseModel):
    """Whether those concerned are told."""

    tell: bool
    reason: str | None
    reconsider_on: date | None
    concerned: int
    decided_at: datetime
    decided_by: PersonOut | None
    notice: int | None


class SecurityOut(BaseModel):
    """What an incident holds of information security. `evidence` is null for whoever does not handle it and is not named."""

    number: str
    kind: str
    restricted: bool
    keeps_names: bool
    names: list[NamedOut]
    flow: str | None
    chosen_at: datetime | None
    steps: list[StepOut]
    concerned: int
    records_leaked: int
    evidence: list[EvidenceOut] | None
    decision: DecisionOut | None


class AgreementOut(BaseModel):
    """An agreement of confidentiality; `holds` today."""

    id: int
    party: str
    person: str
    signed_on: date
    valid_until: date
    sha256: str | None
    holds: bool
    ended_at: datetime | None


def whole(session: Session, incident: Incident, who: Principal, language: str) -> SecurityOut:
    """All of it, for somebody who may know of the incident."""
    flow = session.get(SecurityFlow, incident.id)
    listed = names.everybody(session, incident) if incident.restricted else []
    named = visibility.named(session, incident, who)
    return SecurityOut(
        number=incident.number,
        kind=incident.kind,
        restricted=incident.restricted,
        keeps_names=names.may_keep(session, incident, who),
        names=[NamedOut(person=_person(session, each.id, language), why=why) for each, why in listed],
        flow=flow.flow if flow else None,
        chosen_at=flow.chosen_at if flow else None,
        steps=steps(session, incident, language),
        concerned=concerned.count(session, incident),
        records_leaked=incident.records_leaked,
        evidence=items(session, incident, who, language) if named else None,
        decision=_decision(session, incident, language),
    )


def _person(session: Session, person_id: int, language: str) -> PersonOut:
    found = person(session, person_id, language)
    assert found is not None
    return found


def steps(session: Session, incident: Incident, language: str) -> list[StepOut]:
    """The steps of the flow, in the order in which they are due."""
    now, titles = clock.now(session), rules().steps
    return [
        StepOut(
            code=row.code,
            title=next((said(text, language) for code, text in titles.items() if code == row.code), row.code),
            department=row.department,
            state=row.state,
            due_at=row.due_at,
            late=(row.settled_at or now) > row.due_at and row.state != "skipped",
            settled_at=row.settled_at,
            settled_by=person(session, row.settled_by, language),
            words=note_text(session, row.note_id),
        )
        for row in flows.of(session, incident)
    ]


def items(session: Session, incident: Incident, who: Principal, language: str) -> list[EvidenceOut]:
    """The evidence of an incident, each with its chain of custody."""
    return [item(session, each, who, language) for each in evidence.of(session, incident)]


def item(session: Session, row: EvidenceItem, who: Principal, language: str) -> EvidenceOut:
    """One piece of evidence."""
    plain = ("label", "form", "file_name", "sha256", "size", "place", "taken_at", "state", "sealed")
    return EvidenceOut(
        **{name: getattr(row, name) for name in plain},
        description=note_text(session, row.description_note_id),
        taken_by=person(session, row.taken_by, language),
        keeper=person(session, row.keeper_id, language),
        to=person(session, row.to_id, language),
        outside=_outside(session, row.agreement_id),
        custody=[_link(session, each, language) for each in evidence.chain(session, row)],
        possible=list(custody.possible(row, who)),
    )


def _link(session: Session, row: CustodyLink, language: str) -> LinkOut:
    return LinkOut(
        act=row.act,
        at=row.at,
        by=person(session, row.by, language),
        to=person(session, row.to_id, language),
        outside=_outside(session, row.agreement_id),
        place=row.place,
        ok=row.ok,
        words=note_text(session, row.note_id),
    )


def _outside(session: Session, agreement_id: int | None) -> str | None:
    row = session.get(Confidentiality, agreement_id) if agreement_id is not None else None
    return f"{row.person} · {row.party}" if row else None


def _decision(session: Session, incident: Incident, language: str) -> DecisionOut | None:
    row = telling.newest(session, incident)
    if row is None:
        return None
    return DecisionOut(
        tell=row.tell,
        reason=note_text(session, row.reason_note_id),
        reconsider_on=row.reconsider_on,
        concerned=row.concerned,
        decided_at=row.decided_at,
        decided_by=person(session, row.decided_by, language),
        notice=row.notice_id,
    )


def agreement(session: Session, row: Confidentiality) -> AgreementOut:
    """An agreement of confidentiality."""
    plain = ("id", "party", "person", "signed_on", "valid_until", "sha256", "ended_at")
    return AgreementOut(**{name: getattr(row, name) for name in plain}, holds=agreements.holds(session, row))
