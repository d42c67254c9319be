"""Copies of an assessment: CSV, which an import reads again, and PDF. That one was taken is on record."""

import csv
import secrets
from datetime import tzinfo
from enum import StrEnum
from io import StringIO

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from command.capability import entries, reading, views, words
from command.capability.models import State
from command.capability.views import FigureOut, ItemOut, WholeOut
from command.core import clock
from command.papers import pdf
from command.papers.paper import Pairs, Paper, Section, Table
from command.people.access import Principal
from command.people.language import LOCALES
from command.resources.export import harmless

COLUMNS = ("domain", "item", "title", "weight", "level", "applies", "words", "links", "figures", "action")


class Form(StrEnum):
    """What a copy is written as."""

    CSV = "csv"
    PDF = "pdf"


def take(session: Session, assessment_id: int, form: Form, who: Principal, language: str, zone: tzinfo) -> bytes:
    """Put a copy on record and write it, in `language`. Raise NotFound."""
    row = reading.find(session, assessment_id)
    reference = secrets.token_hex(4)
    with force_locale(LOCALES[language]):
        found = views.whole(session, row, language)
        at = f"{clock.now(session).astimezone(zone):%Y-%m-%d %H:%M}"
        line = gettext("Copy of %(who)s, %(at)s, reference %(reference)s", who=who.username, at=at, reference=reference)
        made = table(found) if form == Form.CSV else pdf.written(paper(found, str(line), language))
    entries.record(session, row, entries.Exported(person_id=who.person_id, form=form, reference=reference))
    return made


def table(found: WholeOut) -> bytes:
    """Every item as a row of CSV, UTF-8 with a BOM."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in found.items:
        cells = (
            item.domain,
            item.code,
            item.title,
            str(item.weight),
            "" if item.level is None else str(item.level),
            "yes" if item.applies else "no",
            item.words or "",
            ";".join(each.link for each in item.records),
            "; ".join(f"{each.name} {counted(each)}" for each in item.figures),
            f"action:{item.action.id}" if item.action else "",
        )
        writer.writerow([harmless(cell) for cell in cells])
    return ("\ufeff" + out.getvalue()).encode()


def counted(figure: FigureOut) -> str:
    """A figure in short: 9 / 10 (90.0 %), or a plain count."""
    if figure.of is None:
        return str(figure.good)
    return f"{figure.good} / {figure.of}" + (f" ({figure.share} %)" if figure.share is not None else "")


def paper(found: WholeOut, line: str, language: str) -> Paper:
    """The assessment as a paper, in the language in force."""
    draft = found.state != State.FINISHED
    sections = [Section("summary", gettext("Summary"), [_summary(found), _domains(found)])]
    for domain in found.domains:
        rows = [_row(item) for item in found.items if item.domain == domain.code]
        head = [gettext(text) for text in (_ITEM, _LEVEL, _EVIDENCE)]
        sections.append(Section(domain.code, domain.title, [Table(head, rows, (3, 3, 4))]))
    return Paper(
        title=gettext("Assessment of emergency capability"),
        subtitle=found.name,
        mark=gettext("DRAFT") if draft else "",
        line=line,
        language=language,
        sections=sections,
    )


_ITEM, _LEVEL, _EVIDENCE = words.COLUMNS


def _summary(found: WholeOut) -> Pairs:
    return Pairs(
        [
            (gettext("Kind of assessment"), gettext(words.SORTS[found.sort])),
            (gettext("Assessed by"), found.assessor),
            (gettext("Period"), f"{found.first_on} – {found.last_on}"),
            (gettext("State"), gettext(words.STATES[found.state])),
            (gettext("Score of 100"), _score(found.score)),
            (gettext("Score before"), _score(found.before_score)),
            (gettext("SHA-256 of the file"), found.sha256 or "—"),
        ]
    )


def _score(score: float | None) -> str:
    return "—" if score is None else f"{score:.1f}"


def _domains(found: WholeOut) -> Table:
    head = [gettext(text) for text in words.DOMAIN_COLUMNS]
    rows = [(each.title, str(each.weight), _score(each.score), _score(each.before)) for each in found.domains]
    return Table(head, rows, (5, 1, 2, 2), figures=(1, 2, 3))


def _row(item: ItemOut) -> tuple[str, str, str]:
    if not item.applies:
        level = gettext(words.NOT_APPLIED)
    elif item.level is None:
        level = gettext(words.NOT_RATED)
    else:
        level = f"{item.level} · {item.levels[item.level]}"
    evidence = [item.words or "", *(each.title for each in item.records)]
    evidence += [f"{each.name}: {counted(each)}" for each in item.figures]
    return item.title, level, " · ".join(filter(None, evidence))
