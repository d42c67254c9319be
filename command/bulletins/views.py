"""Bulletins as JSON and pages show them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.bulletins import due, figures, pdf, reading, sending, upward
from command.bulletins.models import Bulletin, BulletinCopy, State, UpwardReport
from command.core.installation import Installation
from command.core.log import masked_words
from command.incidents import house
from command.incidents.models import Incident


class FigureOut(BaseModel):
    name: str
    words: str
    value: int | float


class CopyOut(BaseModel):
    """What a recipient got. `address` is masked."""

    recipient: str
    sort: str
    name: str
    language: str
    sees: str
    address: str | None
    state: str
    reason: str | None
    sent_at: datetime | None
    received_at: datetime | None
    received_via: str | None


class BulletinOut(BaseModel):
    """A bulletin. `drafted` are the texts as the journal gave them, `texts` as they are sent; figures are of `as_of`. `corrects` is the
    number of the bulletin of this incident that it corrects; `answers` are the regulator's events it brings about once it was sent."""

    id: int
    incident: str
    number: int
    kind: str
    state: str
    tier: int
    exercise: bool
    corrects: int | None
    recipients: list[str]
    answers: list[str]
    figures: list[FigureOut]
    as_of: datetime
    drafted: dict[str, str]
    texts: dict[str, str]
    due_at: datetime | None
    next_at: datetime | None
    drafted_by: str
    drafted_at: datetime
    edited_by: str | None
    edited_at: datetime | None
    submitted_by: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    automatic: bool
    override: bool
    copies: list[CopyOut]


class BulletinsOut(BaseModel):
    items: list[BulletinOut]
    next: int | None


class DueOut(BaseModel):
    """The next bulletin that is due, and the one being written for it, if any."""

    kind: str
    due_at: datetime
    bulletin: int | None
    lacking: list[str]


class UpwardOut(BaseModel):
    """A time limit that was reported upward."""

    clock: str
    name: str
    due_at: datetime
    why: str
    expected_at: datetime | None
    used_percent: int
    told: int
    at: datetime
    bulletin: int
    acknowledged_by: int | None
    acknowledged_at: datetime | None


class OfIncidentOut(BaseModel):
    items: list[BulletinOut]
    next_due: DueOut | None
    upward: list[UpwardOut]


class PartnerOut(BaseModel):
    """A bulletin as one recipient may see it."""

    id: int
    number: int
    kind: str
    incident: str
    language: str
    text: str
    figures: list[FigureOut]
    as_of: datetime
    corrects: int | None
    approved_at: datetime
    received_at: datetime | None


class PartnersOut(BaseModel):
    items: list[PartnerOut]
    next: int | None


_PLAIN = set(BulletinOut.model_fields) - {"incident", "corrects", "figures", "drafted", "texts", "copies"}


def out(session: Session, installation: Installation, row: Bulletin, language: str) -> BulletinOut:
    """A bulletin with its copies; phone numbers that somebody typed into its texts are masked."""
    return BulletinOut(
        incident=row.incident_number,
        corrects=number_of(session, row.corrects_id),
        figures=figures_out(row.figures, language),
        drafted={name: masked_words(text) for name, text in row.drafted.items()},
        texts={name: masked_words(text) for name, text in row.texts.items()},
        copies=[copy_out(installation, copy, language) for copy in reading.copies(session, row)],
        **{name: getattr(row, name) for name in _PLAIN},
    )


def number_of(session: Session, bulletin_id: int | None) -> int | None:
    """The number of the bulletin that is corrected."""
    found = session.get(Bulletin, bulletin_id) if bulletin_id else None
    return found.number if found else None


def figures_out(given: dict[str, int | float], language: str, only: Sequence[str] | None = None) -> list[FigureOut]:
    order = [name for name in (*figures.WORDS, *sorted(given)) if name in given]
    names = [name for name in dict.fromkeys(order) if only is None or name in only]
    return [FigureOut(name=name, words=figures.words(name, language), value=given[name]) for name in names]


def copy_out(installation: Installation, copy: BulletinCopy, language: str) -> CopyOut:
    address = sending.masked(installation.keyring.decrypt(copy.address)) if copy.address else None
    return CopyOut(
        recipient=copy.code,
        sort=copy.sort,
        name=copy.name_zh if language == "zh" else copy.name_en,
        language=copy.language,
        sees=copy.sees,
        address=address,
        state=copy.state,
        reason=copy.reason,
        sent_at=copy.sent_at,
        received_at=copy.received_at,
        received_via=copy.received_via,
    )


def due_out(session: Session, incident: Incident, upcoming: due.Due | None) -> DueOut | None:
    if upcoming is None:
        return None
    row = reading.open_one(session, incident, upcoming.kind)
    return DueOut(
        kind=upcoming.kind,
        due_at=upcoming.at,
        bulletin=row.id if row else None,
        lacking=reading.lacking(session, incident, reading.sorts(session, incident, upcoming.kind)),
    )


def upward_out(row: UpwardReport, language: str) -> UpwardOut:
    return UpwardOut(
        clock=row.clock,
        name=upward.clock_name(row.clock, language),
        due_at=row.due_at,
        why=row.why,
        expected_at=row.expected_at,
        used_percent=row.used,
        told=len(row.told),
        at=row.at,
        bulletin=row.bulletin_id,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
    )


def partner_out(session: Session, row: Bulletin, copy: BulletinCopy) -> PartnerOut:
    """A bulletin as the recipient of a copy may see it."""
    assert row.approved_at is not None
    return PartnerOut(
        id=copy.id,
        number=row.number,
        kind=row.kind,
        incident=row.incident_number,
        language=copy.language,
        text=masked_words(sending.text_of(row, copy)),
        figures=figures_out(row.figures, copy.language, None if copy.sees == "full" else figures.SHORT),
        as_of=row.as_of,
        corrects=number_of(session, row.corrects_id),
        approved_at=row.approved_at,
        received_at=copy.received_at,
    )


_FACTS = {
    "zh": ("编号", "数据时间", "签发时间", "说明", "签发前为草稿", "草稿", "演练"),
    "en": ("Number", "Figures as of", "Approved", "Remark", "a draft until it is approved", "DRAFT", "EXERCISE"),
}


def pdf_of(session: Session, row: Bulletin, language: str, sees: str) -> bytes:
    """A bulletin as PDF; what was not approved says that it is a draft, what is an exercise that it is one."""
    words = _FACTS[language]
    facts = [
        (words[0], f"{row.incident_number} / {row.number}"),
        (words[1], _moment(session, row.as_of)),
        (words[2], _moment(session, row.approved_at)) if row.approved_at else (words[3], words[4]),
    ]
    mark = words[6] if row.exercise else "" if row.state == State.APPROVED else words[5]
    text = masked_words(row.texts[language if sees == "full" else f"short_{language}"])
    return pdf.written(text, language, facts, f"{row.incident_number} / {row.number}", mark)


def _moment(session: Session, at: datetime) -> str:
    return f"{house.local(session, at):%Y-%m-%d %H:%M %Z}"
