"""Taking a report away as PDF or DOCX: on record in the audit stream first, and every page says whose copy it is."""

import secrets
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.evaluation import reading, report, sections, words
from command.evaluation.entries import Copied
from command.evaluation.models import State
from command.incidents.models import Incident
from command.papers import docx_file, pdf
from command.papers.paper import Paper
from command.people.access import Principal
from command.people.entries import audit
from command.people.language import LOCALES

RESTRICTED = "受限 RESTRICTED"
DRAFT = "草稿 DRAFT"
"""What stands across every page, in both languages whatever the language of the report; a signed one bears whose copy it is."""


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
    number: str

    @property
    def file_name(self) -> str:
        return f"tocsin-evaluation-{self.number}-{self.paper.language}.{self.form}"

    def written(self) -> bytes:
        """The file."""
        return pdf.written(self.paper) if self.form == Form.PDF else docx_file.written(self.paper)


def wanted(form: str, language: str) -> tuple[Form, str]:
    """A form and a language that there are; raise Invalid."""
    if form not in [each.value for each in Form]:
        raise Invalid(N_("There is no such form."), field="form", remedy=N_("Choose PDF or DOCX."))
    if language not in LOCALES:
        raise Invalid(N_("There is no such language."), field="language", remedy=N_("Choose zh or en."))
    return Form(form), language


def take(session: Session, number: str, who: Principal, form: Form, language: str, zone: tzinfo) -> Copy:
    """Put a copy on record and gather what it says. Raise NotFound, or Conflict where there is no report yet."""
    incident = report.find(session, number, who)
    if not report.readable(session, incident):
        raise report.nothing()
    reference = secrets.token_hex(4)
    audit(session, Copied(person_id=who.person_id, number=incident.number, form=form, reference=reference))
    with force_locale(LOCALES[language]):
        found = paper(session, incident, who, language, zone, reference)
    return Copy(found, form, incident.number)


def paper(session: Session, incident: Incident, who: Principal, language: str, zone: tzinfo, reference: str) -> Paper:
    """The report as a paper, in the language in force; `reference` names the entry of the audit stream."""
    found = reading.assemble(session, incident, language)
    line = gettext(
        "Copy of %(who)s, %(at)s, reference %(reference)s",
        who=who.username,
        at=words.moment(clock.now(session), zone),
        reference=reference,
    )
    marks = [RESTRICTED] if incident.restricted else []
    marks.append(DRAFT if found.state != State.SIGNED else f"{who.username} {reference}")
    return Paper(
        title=str(gettext("Evaluation report %(number)s", number=incident.number)),
        subtitle=f"{words.said(words.KINDS, incident.kind)} · {gettext(words.TIERS[incident.tier])}",
        mark=" · ".join(marks),
        line=str(line),
        language=language,
        sections=sections.sections(found, language, zone),
    )
