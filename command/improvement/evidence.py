"""What shows that an action was done: words, and a link or a file of a harmless kind. Files are kept once, by their SHA-256."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.improvement.models import ImprovementAction, ImprovementEvidence, ImprovementFile
from command.incidents.entries import NoteRef, note
from command.people.access import Principal

MOST_BYTES = 5 * 1024 * 1024
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""By ending: the kinds of files taken as evidence, and as what they are handed back."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as somebody sent it."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words are needed; a link and a file may be added."""

    words: str
    link: str = ""
    file: Attached | None = None


def keep(
    session: Session, action: ImprovementAction, given: Evidence, who: Principal
) -> tuple[ImprovementEvidence, NoteRef | None]:
    """Keep evidence of an action; raise Invalid naming what cannot be used."""
    link, attached = _link(given.link.strip()), _checked(given.file) if given.file else None
    cited = note(session, masked_words(given.words.strip()))
    if cited is None:
        raise Invalid(
            N_("Evidence needs words."), field="words", remedy=N_("Say what was done and what shows that it works.")
        )
    row = ImprovementEvidence(
        action_id=action.id,
        note_id=cited.id,
        link=link,
        file_name=attached.name if attached else "",
        sha256=_filed(session, attached.body) if attached else None,
        by=who.person_id,
        at=clock.now(session),
    )
    session.add(row)
    session.flush()
    return row, cited


def _link(link: str) -> str:
    if not link:
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or len(link) > 500 or masked_words(link) != link:
        raise Invalid(
            N_("This is no address of a page."),
            field="link",
            remedy=N_("Write it as https://…, in 500 characters at most, without a phone number."),
        )
    return link


def _checked(sent: Attached) -> Attached:
    name = PurePath(sent.name.replace("\\", "/").replace("\0", "")).name
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        raise Invalid(
            N_("A file of this kind is not taken."),
            field="file",
            remedy=N_("Attach one of: %(kinds)s."),
            kinds=", ".join(TYPES),
        )
    if not sent.body or len(sent.body) > MOST_BYTES:
        raise Invalid(
            N_("The file is empty or larger than %(most)d MB."),
            field="file",
            remedy=N_("Attach a smaller one, or give a link to it."),
            most=MOST_BYTES // 1024 // 1024,
        )
    return Attached(masked_words(PurePath(name).stem[:80]) + suffix, sent.body)


def hashed(link: str) -> str | None:
    """The SHA-256 (hex) of a link's address, as the journal keeps it; None for no link."""
    return hashlib.sha256(link.encode()).hexdigest() if link else None


def _filed(session: Session, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    session.execute(insert(ImprovementFile).values(sha256=digest, body=body).on_conflict_do_nothing())
    return digest


def type_of(file_name: str) -> str:
    """As what a file is handed back."""
    return TYPES.get(PurePath(file_name).suffix.lower(), "application/octet-stream")


def plain_name(row: ImprovementEvidence) -> str:
    """A name for the download that every browser takes: the action, the evidence and the file's ending."""
    return f"improvement-{row.action_id}-{row.id}{PurePath(row.file_name).suffix.lower()}"
