"""A report as PDF and DOCX, in both languages: as it stands, or as it was submitted, with its digest at the foot of every page."""

from datetime import datetime, tzinfo

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from command.core import clock
from command.filings import views
from command.filings.models import SENT
from command.filings.shapes import FilingOut
from command.filings.words import shown
from command.incidents.models import Incident
from command.papers import docx_file, pdf
from command.papers.paper import Pairs, Paper, Section
from command.people.access import Principal
from command.people.language import LOCALES

EXERCISE = "演练 EXERCISE"
DRAFT = "草稿 DRAFT"
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
NOTHING = "—"


def paper(
    session: Session,
    incident: Incident,
    report_id: str,
    who: Principal,
    language: str,
    zone: tzinfo,
    edition: int | None,
) -> Paper:
    """A report as a paper. Raise NotFound."""
    found = views.filing_out(session, incident, report_id, language, zone, edition)
    with force_locale(LOCALES[language]):
        fields = [(field.title, field.value or NOTHING) for field in found.fields]
        sections = [
            Section("fields", str(gettext("Report")), [Pairs(fields)]),
            Section("record", str(gettext("On record")), [Pairs(_record(found, language, zone))]),
        ]
        at = shown(clock.now(session).isoformat(), "eta", language, zone)
        digest = f"SHA-256 {found.digest[:16]}…" if found.digest else ""
        line = gettext("Copy of %(who)s, %(at)s", who=who.username, at=at)
        return Paper(
            title=f"{found.title} · {found.incident}",
            subtitle=str(gettext("To: %(authority)s", authority=found.authority)),
            mark=EXERCISE if found.exercise else DRAFT if found.state not in SENT else "",
            line=" · ".join(part for part in (str(line), digest) if part),
            language=language,
            sections=sections,
        )


def _record(found: FilingOut, language: str, zone: tzinfo) -> list[tuple[str, str]]:
    def moment(at: datetime | None) -> str:
        return shown(at.isoformat(), "eta", language, zone) if at else NOTHING

    rows = [
        (gettext("Edition"), str(found.edition)),
        (gettext("Figures as of"), moment(found.as_of)),
        (gettext("Due"), moment(found.due_at)),
        (gettext("Submitted"), moment(found.submitted_at)),
        (gettext("Number given by the regulator"), found.reference or NOTHING),
    ]
    if found.digest:
        rows.append((gettext("SHA-256 of the content"), found.digest))
    if found.reason:
        rows.append((gettext("Why it was corrected"), found.reason))
    if found.changed:
        rows.append((gettext("Changed from the edition before"), "; ".join(found.changed)))
    if found.sound is False:
        rows.append((gettext("Integrity"), gettext("This content does not agree with its digest in the journal.")))
    return [(str(title), str(value)) for title, value in rows]


def written(made: Paper, form: str) -> bytes:
    """The file."""
    return pdf.written(made) if form == "pdf" else docx_file.written(made)
