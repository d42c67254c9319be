"""What a person paged adds from the scene: a note, a photo. Both need their page's incident; sent twice they are kept once."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Invalid, NotFound
from command.field import entries
from command.field.models import FieldNote, Photo
from command.field.pictures import Picture
from command.incidents.models import Incident
from command.oncall.entries import Via
from command.oncall.models import Page
from command.oncall.paging import quiet

LONGEST_NOTE = 2000
"""Characters."""
MOST_PHOTOS = 40
MOST_NOTES = 200
"""Of one page: enough for a long night, not for filling a disk."""


def add_note(session: Session, page: Page, text: str, key: str, via: Via = "link") -> FieldNote | None:
    """Keep a note on a page. `key` is the form's: the same one again is the note that is there. Raise Invalid for an empty or too long
    note, or too many."""
    known = session.scalar(select(FieldNote).where(FieldNote.page_id == page.id, FieldNote.key == key))
    if known is not None:
        return known
    incident = _incident(session, page)
    said = checked(text)
    if not said:
        raise Invalid(
            N_("There is neither a note nor a photo."), field="note", remedy=N_("Write something, or add a photo.")
        )
    _room_for(session, page, FieldNote, MOST_NOTES)
    note_id, digest = journal.add_note(session, said, session.info["actor"])
    made = FieldNote(
        incident_id=incident.id,
        page_id=page.id,
        person_id=page.person_id,
        note_id=note_id,
        key=key,
        added_at=clock.now(session),
        exercise=page.exercise,
    )
    session.add(made)
    session.flush()
    quiet.sign(session, page.id, page.person_id, via)
    told = entries.NoteAdded(page_id=page.id, person_id=page.person_id, note_id=note_id, note_hash=digest)
    journal.record(session, f"incident:{incident.number}", told, exercise=page.exercise)
    return made


def add_photo(session: Session, page: Page, picture: Picture, digest: str, text: str = "", via: Via = "link") -> Photo:
    """Put a kept photo (store.keep) on a page, with what was written beside it. The same photo again is the one that is there. Raise
    Invalid for a text too long, or too many photos."""
    known = session.scalar(select(Photo).where(Photo.page_id == page.id, Photo.sha256 == digest))
    if known is not None:
        return known
    incident = _incident(session, page)
    said = checked(text)
    _room_for(session, page, Photo, MOST_PHOTOS)
    note_id, note_hash = journal.add_note(session, said, session.info["actor"]) if said else (None, None)
    made = Photo(
        incident_id=incident.id,
        page_id=page.id,
        person_id=page.person_id,
        note_id=note_id,
        sha256=digest,
        bytes=len(picture.full),
        width=picture.width,
        height=picture.height,
        added_at=clock.now(session),
        exercise=page.exercise,
    )
    session.add(made)
    session.flush()
    quiet.sign(session, page.id, page.person_id, via)
    told = entries.PhotoAdded(
        photo_id=made.id,
        page_id=page.id,
        person_id=page.person_id,
        sha256=digest,
        bytes=made.bytes,
        width=made.width,
        height=made.height,
        note_id=note_id,
        note_hash=note_hash,
    )
    journal.record(session, f"incident:{incident.number}", told, exercise=page.exercise)
    return made


def _incident(session: Session, page: Page) -> Incident:
    found = session.get(Incident, page.incident_id)
    if found is None:
        raise NotFound(N_("The incident of this page is not there any more."), remedy=N_("Call the command centre."))
    return found


def checked(text: str) -> str:
    """The text without space around it; raise Invalid (field `note`) where it is longer than LONGEST_NOTE."""
    said = text.strip()
    if len(said) > LONGEST_NOTE:
        raise Invalid(
            N_("The note is longer than %(limit)d characters."),
            field="note",
            remedy=N_("Send it in two parts."),
            limit=LONGEST_NOTE,
        )
    return said


def _room_for(session: Session, page: Page, kind: type[FieldNote] | type[Photo], most: int) -> None:
    count = session.scalar(select(func.count()).select_from(kind).where(kind.page_id == page.id)) or 0
    if count >= most:
        raise Invalid(
            N_("This page has %(count)d of these already; it takes no more."),
            field="note",
            remedy=N_("Call the command centre."),
            count=count,
        )
