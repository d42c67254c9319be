"""A report as a file: PDF, DOCX, HTML, CSV and JSON, of what was kept, word for word. That a copy was taken is on record."""

import csv
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from command.core import clock
from command.core.columns import dump
from command.papers import docx_file, pdf
from command.papers.paper import Paper, Section
from command.people.access import Principal
from command.periodic import blocks, entries, page_file
from command.periodic.models import PeriodicReport
from command.periodic.speech import Speech, speech
from command.resources.export import harmless


class Form(StrEnum):
    """What a copy is written as."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


CONTENT_TYPES = {
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.HTML: "text/html; charset=utf-8",
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Document:
    """Content with what is told of it: `edition` and `made_at` are None for what was counted for the moment and is kept nowhere."""

    code: str
    content: Mapping[str, Any]
    sha256: str
    edition: int | None = None
    made_at: datetime | None = None
    line: str = ""

    @property
    def name(self) -> str:
        """What a file of it is called, without its ending."""
        edition = f"-{self.edition}" if self.edition is not None else ""
        return f"tocsin-{self.code}-{self.content['first']}-{self.content['last']}{edition}"


def of(row: PeriodicReport, line: str = "") -> Document:
    """An edition of the archive."""
    return Document(row.code, row.content, row.sha256, row.edition, row.made_at, line)


def take(session: Session, row: PeriodicReport, form: Form, language: str, who: Principal, zone: tzinfo) -> Document:
    """Put a copy on record, and say on it whose it is."""
    reference = secrets.token_hex(4)
    at = f"{clock.now(session).astimezone(zone):%Y-%m-%d %H:%M}"
    s = speech(language, ZoneInfo(row.zone))
    line = s.gettext("Copy of %(who)s, %(at)s, reference %(reference)s", who=who.username, at=at, reference=reference)
    copied = entries.Exported(person_id=who.person_id, form=form, language=language, reference=reference)
    entries.record(session, row, copied)
    return of(row, line)


def written(document: Document, form: Form, language: str) -> bytes:
    """The file. CSV and JSON hold the figures, whatever the language."""
    match form:
        case Form.CSV:
            return _csv(document)
        case Form.JSON:
            return _json(document)
        case Form.HTML:
            return page_file.written(paper(document, language), sections(document, language))
        case Form.DOCX:
            return docx_file.written(paper(document, language))
        case Form.PDF:
            return pdf.written(paper(document, language))


def sections(document: Document, language: str) -> list[Mapping[str, Any]]:
    """The sections as they were told, in a language."""
    found: list[Mapping[str, Any]] = document.content["sections"][language]
    return found


def paper(document: Document, language: str) -> Paper:
    """The report as a paper."""
    s = speech(language, ZoneInfo(document.content["zone"]))
    return Paper(
        title=title(document, s),
        subtitle=subtitle(document, s),
        mark=mark(document, s),
        line=document.line or s.gettext("SHA-256 of the content: %(sha256)s", sha256=document.sha256),
        language=language,
        sections=[
            Section(each["key"], each["title"], [blocks.on_paper(block) for block in each["blocks"]], each["none"])
            for each in sections(document, language)
        ],
    )


def title(document: Document, s: Speech) -> str:
    """The report's name and its days."""
    return f"{s.named(document.content['name'])} {document.content['first']} – {document.content['last']}"


def subtitle(document: Document, s: Speech) -> str:
    """The operator, the edition, when it was counted and the digest by which it is known."""
    content = document.content
    parts = [s.named(content["operator"])]
    if document.edition is not None:
        parts.append(s.gettext("edition %(edition)s", edition=document.edition))
    as_of = s.moment(content["as_of"])
    parts.append(s.gettext("counted at %(at)s, %(zone)s", at=as_of, zone=content["zone"]))
    parts.append(f"SHA-256 {document.sha256}")
    return " · ".join(parts)


def mark(document: Document, s: Speech) -> str:
    """What stands across a copy that nobody should take for the last word."""
    if document.edition is None:
        return s.gettext("NOT IN THE ARCHIVE")
    return "" if document.content["over"] else s.gettext("PERIOD NOT OVER")


def _csv(document: Document) -> bytes:
    """Every figure as a row, UTF-8 with a BOM."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(("section", "figure", "value"))
    for section, figures in document.content["figures"].items():
        for path, value in _leaves(figures):
            writer.writerow([section, harmless(path), harmless("" if value is None else str(value))])
    return ("\ufeff" + out.getvalue()).encode()


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure with its path: rates.response.now.good."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, each in inner:
            yield from _leaves(each, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _json(document: Document) -> bytes:
    """Canonical JSON: the SHA-256 of `content`, written the same way, is `sha256`."""
    made = document.made_at.isoformat() if document.made_at else None
    told = {"code": document.code, "edition": document.edition, "made_at": made, "sha256": document.sha256}
    return dump({**told, "content": document.content}).encode()
