"""What the journal keeps of reports from the scene: ids and figures."""

from command.core.journal import Payload


class NoteAdded(Payload, kind="note.added"):
    page_id: int
    person_id: int
    note_id: int
    note_hash: str


class PhotoAdded(Payload, kind="photo.added"):
    """`sha256` is that of the file kept; `width` and `height` in pixels."""

    photo_id: int
    page_id: int
    person_id: int
    sha256: str
    bytes: int
    width: int
    height: int
    note_id: int | None
    note_hash: str | None
