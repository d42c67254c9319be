"""The version for users: looked at before it is published, published by a person once the report is signed, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.names import Words
from command.core.problems import N_, Conflict, Invalid
from command.evaluation import entries, plain, report, rules, texts
from command.evaluation.models import EvaluationReport, State
from command.evaluation.parts import PUBLIC
from command.evaluation.plain import Found
from command.incidents import entries as journal
from command.incidents.models import Incident
from command.network.models import Area, CutOff, Element
from command.people.access import Principal
from command.people.models import Person

LISTED = timedelta(days=90)
MOST = 20
COMMON = 4
"""Elements whose names are shorter are not looked for: they may be words."""


@dataclass(frozen=True, slots=True)
class Public:
    """What users read: when it was, where, and the words in their language."""

    public_id: str
    began_at: datetime
    restored_at: datetime | None
    area: str
    text: str
    published_at: datetime | None


def findings(session: Session, incident: Incident, row: EvaluationReport | None) -> Mapping[str, Sequence[Found]]:
    """By language: what keeps the version for users from being published."""
    people = session.execute(select(Person.name_zh, Person.name_en)).tuples()
    called = {name for person in people for name in person if name}
    cut = select(CutOff.element_id).where(CutOff.incident_id == incident.id, CutOff.failed).limit(500)
    elements = {name for name in session.scalars(select(Element.name).where(Element.id.in_(cut))) if len(name) > COMMON}
    words = texts.standing(session, incident, row)
    terms = rules.table().internal_terms
    return {
        language: plain.findings(words[part].text, called, elements, terms.zh if language == "zh" else terms.en)
        for language, part in PUBLIC.items()
    }


def publish(session: Session, number: str, who: Principal) -> EvaluationReport:
    """Let users read the version for them. Raise Denied, Conflict unless the report is signed and its incident open to all, or Invalid
    naming what users should not read."""
    incident = report.locked(session, number, who, report.SIGN)
    row = report.of(session, incident)
    if row is None or row.state != State.SIGNED:
        raise Conflict(
            N_("Only a signed report has a version for users."), remedy=N_("Have it signed first."), code="not-signed"
        )
    if incident.restricted:
        raise Conflict(
            N_("Nothing of a restricted incident is published."),
            remedy=N_("Lift the restriction first, if it may be lifted."),
            code="restricted",
        )
    words = texts.standing(session, incident, row)
    for language, part in PUBLIC.items():
        if not words[part].text:
            raise Invalid(
                N_("The version for users is not written in both languages."),
                field=str(part),
                remedy=N_("Reopen the report and write it."),
            )
        found = findings(session, incident, row)[language]
        if found:
            raise Invalid(
                N_("Users should not read this: %(found)s."),
                field=str(part),
                remedy=N_("Reopen the report and say it in plain words."),
                found=Words(dict.fromkeys(each.words for each in found)),
            )
    if row.published_at is None:
        row.published_at, row.published_by = clock.now(session), who.person_id
        journal.record(session, incident, entries.Published(person_id=who.person_id, public_id=row.public_id))
    return row


def unpublish(session: Session, number: str, reason: str, who: Principal) -> EvaluationReport:
    """Users read it no more. Raise Denied, Conflict where they do not, or Invalid without a reason."""
    incident = report.locked(session, number, who, report.SIGN)
    row = report.of(session, incident)
    if row is None or row.published_at is None:
        raise Conflict(N_("Users do not read this report."), remedy=N_("Nothing is to be done."))
    cited = journal.note(session, reason)
    if cited is None:
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    report.hide(session, incident, row, "by_person", who.person_id, cited)
    return row


def shown(session: Session, incident: Incident, row: EvaluationReport | None, language: str) -> Public:
    """What users read, or would read."""
    text = texts.standing(session, incident, row)[PUBLIC[language]].text
    area = session.get(Area, incident.area_id) if incident.area_id else None
    return Public(
        public_id=row.public_id if row else "",
        began_at=incident.occurred_at or incident.detected_at,
        restored_at=incident.restored_at,
        area=names.of(area, language) if area else "",
        text=text,
        published_at=row.published_at if row else None,
    )


def read(session: Session, public_id: str, language: str) -> Public | None:
    """What users read at a public address; None for what is not published, or belongs to a restricted incident."""
    found = session.execute(_published().where(EvaluationReport.public_id == public_id)).tuples().first()
    return shown(session, found[1], found[0], language) if found else None


def _published() -> Any:
    return (
        select(EvaluationReport, Incident)
        .join(Incident, Incident.id == EvaluationReport.incident_id)
        .where(
            EvaluationReport.published_at.is_not(None),
            EvaluationReport.state == State.SIGNED,
            Incident.restricted.is_(False),
            Incident.exercise.is_(False),
        )
    )


def listed(session: Session) -> list[dict[str, Any]]:
    """For the status page: the fields of the reports of the last months, the newest first."""
    since = clock.now(session) - LISTED
    query = _published().where(EvaluationReport.published_at >= since)
    rows = session.execute(query.order_by(EvaluationReport.published_at.desc()).limit(MOST)).tuples()
    return [_fields(session, row, incident) for row, incident in rows]


def _fields(session: Session, row: EvaluationReport, incident: Incident) -> dict[str, Any]:
    area = session.get(Area, incident.area_id) if incident.area_id else None
    return {
        "id": row.public_id,
        "area": {"zh": names.of(area, "zh"), "en": names.of(area, "en")} if area else None,
        "from_at": incident.occurred_at or incident.detected_at,
        "until_at": incident.restored_at,
        "published_at": row.published_at,
    }
