"""Taking a report away as PDF or DOCX: on record in the audit stream first, and every page says whose copy it is."""

import secrets
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.drills.evaluation import report, sections
from command.drills.evaluation.entries import ReportExported
from command.drills.models import Drill
from command.improvement import visible
from command.improvement.models import ImprovementAction, Source
from command.papers import docx_file, pdf
from command.papers.paper import Paper
from command.people.access import Principal
from command.people.entries import audit
from command.people.language import LOCALES
from command.people.models import Person

MARK = "演练 EXERCISE"
"""What stands across every page, in both languages whatever the language of the report."""


class Form(StrEnum):
    """What a copy may be."""

    PDF = "pdf"
    DOCX = "docx"


CONTENT_TYPES = {
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is on record and not yet written."""

    paper: Paper
    form: Form
    code: str

    @property
    def file_name(self) -> str:
        return f"tocsin-drill-{self.code}-{self.paper.language}.{self.form}"

    def written(self) -> bytes:
        """The file."""
        return pdf.written(self.paper) if self.form == Form.PDF else docx_file.written(self.paper)


def take(session: Session, code: str, who: Principal, form: Form, language: str, zone: tzinfo) -> Copy:
    """Put a copy on record and gather what it says. Raise NotFound or Conflict where there is no report yet."""
    drill = report.find(session, code, who)
    reference = secrets.token_hex(4)
    audit(session, ReportExported(person_id=who.person_id, code=drill.code, form=form, reference=reference))
    with force_locale(LOCALES[language]):
        found = paper(session, drill, who, language, zone, reference)
    return Copy(found, form, drill.code)


def paper(session: Session, drill: Drill, who: Principal, language: str, zone: tzinfo, reference: str) -> Paper:
    """The report as a paper, in the language in force; `reference` names the entry of the audit stream."""
    found = report.assemble(session, drill, who, language)
    at: datetime = clock.now(session)
    line = gettext(
        "Copy of %(who)s, %(at)s, reference %(reference)s",
        who=who.username,
        at=sections.moment(at, zone),
        reference=reference,
    )
    return Paper(
        title=str(gettext("Drill report %(code)s", code=drill.code)),
        subtitle=drill.name,
        mark=MARK,
        line=str(line),
        language=language,
        sections=sections.sections(found, actions(session, drill, who, language), language, zone),
    )


def actions(session: Session, drill: Drill, who: Principal, language: str) -> list[tuple[ImprovementAction, str]]:
    """The improvement actions that came of a drill, as far as a reader may know of them, with the names of their owners."""
    rows = session.execute(
        select(ImprovementAction, Person)
        .join(Person, Person.id == ImprovementAction.owner_id)
        .where(ImprovementAction.source == Source.DRILL, ImprovementAction.source_ref == drill.code)
        .where(visible.seen(session, who))
        .order_by(ImprovementAction.due_on, ImprovementAction.id)
    ).tuples()
    return [(action, names.of(owner, language)) for action, owner in rows]
