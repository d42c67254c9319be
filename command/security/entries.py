"""What the journal keeps of restricted incidents and of information security, on the incident's own stream: ids and figures; words are
notes, numbers of subscribers never appear."""

from datetime import date, datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class PersonNamed(Payload, kind="restricted.named"):
    """Somebody may know of the incident; `why` as in `incidents.models.Named`."""

    person_id: int
    why: str
    reason: NoteRef | None


class PersonUnnamed(Payload, kind="restricted.unnamed"):
    person_id: int
    reason: NoteRef | None


class LookedIn(Payload, kind="restricted.looked_in"):
    """Somebody who was not named looked in on their own word; the named are told, and it is reviewed."""

    person_id: int
    reason: NoteRef | None


class Marked(Payload, kind="restricted.marked"):
    """The incident is restricted from now on. Until then everybody who may read could see it; `told` people had a notice of it and
    `cases` complaints belonged to it."""

    person_id: int
    told: int
    cases: int
    reason: NoteRef | None


class Lifted(Payload, kind="restricted.lifted"):
    """Everybody who may read sees the incident from now on."""

    person_id: int
    reason: NoteRef | None


class FlowChosen(Payload, kind="security.flow"):
    """The incident is handled as a leak, tampering, an attack or an intrusion; so many steps and containment tasks were given."""

    flow: str
    person_id: int
    steps: int
    given: int


class StepSettled(Payload, kind="security.step"):
    """A step became `state`: done, skipped or open again."""

    step: str
    state: str
    late: bool
    note: NoteRef | None


class EvidenceTaken(Payload, kind="security.evidence"):
    """Evidence was taken into custody by `person_id`: a file, or media described here; `sha256` in hex."""

    evidence_id: int
    person_id: int
    form: str
    sha256: str | None
    size: int | None
    description: NoteRef | None


class CustodyChanged(Payload, kind="security.custody"):
    """A link of the chain of custody: `act` is one of `security.models.ACTS`. `ok` is what a check found."""

    evidence_id: int
    act: str
    person_id: int
    to_person_id: int | None
    agreement_id: int | None
    ok: bool | None
    note: NoteRef | None


class ListTaken(Payload, kind="security.sheet"):
    """Somebody took the list of evidence away."""

    person_id: int
    form: str
    items: int


class ConcernedImported(Payload, kind="security.concerned"):
    """The list of those concerned was brought in: how many were added, and how many rows could not be used."""

    person_id: int
    added: int
    refused: int
    total: int


class TellingDecided(Payload, kind="security.telling"):
    """Whether those concerned are told; where not, the day on which it is looked at again."""

    person_id: int
    telling: str
    concerned: int
    reconsider_on: date | None
    reason: NoteRef | None


class AgreementKept(Payload, kind="confidentiality.kept"):
    """Somebody outside signed that they keep what they learn to themselves (R37)."""

    agreement_id: int
    person_id: int
    signed_on: date
    valid_until: date
    sha256: str | None


class AgreementEnded(Payload, kind="confidentiality.ended"):
    agreement_id: int
    person_id: int
    at: datetime
