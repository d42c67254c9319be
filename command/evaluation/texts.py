"""The parts in words: what stands, what stood before, and writing one without losing what somebody else wrote meanwhile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.evaluation import entries, parts, report
from command.evaluation.models import EvaluationReport, EvaluationText
from command.evaluation.parts import Given, Part
from command.improvement.models import ImprovementAction
from command.improvement.models import State as ActionState
from command.incidents import causing, house
from command.incidents import entries as journal
from command.incidents.causing import Cause
from command.incidents.models import Incident
from command.incidents.views import note_text
from command.people.access import Principal

BEGINS: Mapping[Part, str] = {
    Part.SUMMARY: "summary_note_id",
    Part.CAUSE: "cause_note_id",
    Part.EFFECT: "effect_note_id",
    Part.IMPROVEMENT: "improvement_note_id",
}
"""The note of the incident that a part begins with: what was reported, and what the review wrote."""


@dataclass(frozen=True, slots=True)
class Text:
    """A part as it stands. `version` 0 was written by nobody here: it is what the incident says."""

    part: Part
    text: str
    version: int = 0
    person_id: int | None = None
    at: datetime | None = None


class ChangedSince(Conflict):
    """Somebody wrote the same part meanwhile; `theirs` is what stands now."""

    code = "changed-since"

    def __init__(self, theirs: Text, username: str) -> None:
        super().__init__(
            N_("%(who)s wrote this part since you opened it. It says now (version %(version)d): %(theirs)s"),
            field="text",
            remedy=N_("Join both, and save it over version %(version)d."),
            code=type(self).code,
            who=username,
            version=theirs.version,
            theirs=theirs.text,
        )
        self.theirs = theirs


def standing(session: Session, incident: Incident, row: EvaluationReport | None) -> dict[Part, Text]:
    """Every part as it stands."""
    found = {part: Text(part, _begun_with(session, incident, part)) for part in Part}
    if row is not None:
        newest = (
            select(EvaluationText.part, func.max(EvaluationText.version).label("version"))
            .where(EvaluationText.report_id == row.id)
            .group_by(EvaluationText.part)
            .subquery()
        )
        rows = session.scalars(
            select(EvaluationText)
            .join(newest, (newest.c.part == EvaluationText.part) & (newest.c.version == EvaluationText.version))
            .where(EvaluationText.report_id == row.id)
        )
        found |= {Part(each.part): _read(session, each) for each in rows}
    return found


def _begun_with(session: Session, incident: Incident, part: Part) -> str:
    column = BEGINS.get(part)
    return (note_text(session, getattr(incident, column)) or "") if column else ""


def _read(session: Session, row: EvaluationText) -> Text:
    return Text(Part(row.part), note_text(session, row.note_id) or "", row.version, row.person_id, row.at)


def history(session: Session, incident: Incident, row: EvaluationReport | None, part: Part) -> Sequence[Text]:
    """A part from what it began with to what stands now."""
    found = [Text(part, _begun_with(session, incident, part))]
    if row is not None:
        query = select(EvaluationText).where(EvaluationText.report_id == row.id, EvaluationText.part == part)
        found += [_read(session, each) for each in session.scalars(query.order_by(EvaluationText.version))]
    return found


def write(session: Session, number: str, part: Part, text: str, version: int, who: Principal) -> Text:
    """Write a part over the `version` one has read. Raise Denied, Invalid, ChangedSince, or Conflict once the report is signed.

    What was signed of it so far is void; a text that stands already changes nothing."""
    incident, row = report.to_change(session, number, who)
    now = standing(session, incident, row)[part]
    kept = parts.cleaned(part, text)
    if version != now.version:
        raise ChangedSince(now, _author(session, now))
    if kept == now.text:
        return now
    report.changed(session, incident, row, who)
    cited = journal.note(session, kept)
    fresh = EvaluationText(
        report_id=row.id,
        part=part,
        version=now.version + 1,
        note_id=cited.id if cited else None,
        person_id=who.person_id,
        at=clock.now(session),
    )
    session.add(fresh)
    session.flush()
    told = entries.Written(part=part, version=fresh.version, person_id=who.person_id, note=cited)
    journal.record(session, incident, told)
    return Text(part, kept, fresh.version, fresh.person_id, fresh.at)


def _author(session: Session, text: Text) -> str:
    from_whom = report.username(session, text.person_id)
    return from_whom or "—"


def give_causes(session: Session, number: str, given: Cause, contributing: Sequence[str], who: Principal) -> None:
    """Name the root cause (the incident's) and the causes that contributed. Raise Denied, Invalid, or Conflict once it is signed."""
    incident, row = report.to_change(session, number, who)
    known = house.causes().causes
    strange = next((code for code in contributing if code not in known), None)
    if strange is not None:
        raise Invalid(
            N_("There is no cause %(code)s."),
            field="contributing",
            remedy=N_("Choose one of the list."),
            code=strange[:40],
        )
    causing.give(session, incident, given, who)
    causes = [code for code in known if code in contributing and code != incident.cause]
    if causes != row.contributing:
        report.changed(session, incident, row, who)
        told = entries.ContributingGiven(
            causes=tuple(causes), earlier_causes=tuple(row.contributing), person_id=who.person_id
        )
        row.contributing = causes
        journal.record(session, incident, told)


def actions(session: Session, incident: Incident) -> int:
    """How many improvement actions came of an incident and were not dropped."""
    query = select(func.count()).where(
        ImprovementAction.incident_id == incident.id, ImprovementAction.state != ActionState.DROPPED
    )
    return session.scalar(query) or 0


def given(session: Session, incident: Incident, row: EvaluationReport | None) -> Given:
    """What the report has, as far as signing asks."""
    texts = {part: each.text for part, each in standing(session, incident, row).items()}
    return Given(texts, incident.root_cause is not None, actions(session, incident))


def digest(session: Session, incident: Incident, row: EvaluationReport | None) -> str:
    """SHA-256 (hex) of what people sign: every part in words, the causes, the tier."""
    told = {
        "incident": incident.number,
        "tier": incident.tier,
        "root_cause": incident.root_cause,
        "cause": incident.cause,
        "third_party": incident.third_party,
        "contributing": row.contributing if row else [],
        "parts": {str(part): each.text for part, each in standing(session, incident, row).items()},
    }
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
