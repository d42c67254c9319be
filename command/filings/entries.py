"""What the journal keeps of reports to the regulator, on the incident's stream: keys and figures; words and references are notes."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class FilingDrafted(Payload, kind="filing.drafted"):
    """An edition was begun, filled from the incident; of a correction `reason` says why."""

    filing: str
    edition: int
    profile: str
    reason: NoteRef | None


class FilingWritten(Payload, kind="filing.written"):
    """A person changed `fields`; `version` is the draft's number since."""

    filing: str
    edition: int
    version: int
    fields: tuple[str, ...]
    count: int


class FilingRefreshed(Payload, kind="filing.refreshed"):
    """What the incident gives was taken anew; `fields` have another value now."""

    filing: str
    edition: int
    version: int
    fields: tuple[str, ...]
    count: int


class FilingSubmitted(Payload, kind="filing.submitted"):
    """The regulator has it since `at`. `digest` is the SHA-256 of the whole content, `changed` the fields in which it differs from the
    edition before, `reference` the regulator's number, as a note."""

    filing: str
    edition: int
    event: str
    at: datetime
    digest: str
    changed: tuple[str, ...]
    override: bool
    reference: NoteRef | None


class FilingVoid(Payload, kind="filing.void"):
    """The incident was cancelled or merged: drafts of these reports are void."""

    filings: tuple[str, ...]
