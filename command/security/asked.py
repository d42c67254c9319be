"""What the addresses of restricted incidents and of information security take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from command.resources.asked import Maybe, Name, Strict, Words
from command.security.agreements import Signed
from command.security.rules import FlowName
from command.security.telling import Choice

Label = Annotated[int, Field(ge=1, le=2**31)]


class NameIn(Strict):
    """`person` is a username."""

    person: Name
    reason: Words = ""


class RestrictionIn(Strict):
    """Restricted to those named, or open to everybody who may read, and why."""

    restricted: bool
    reason: Words = ""


class LookInIn(Strict):
    """The number of a restricted incident, or none for all that are being handled; the reason stays on record."""

    number: Maybe = ""
    reason: Words = ""


class FlowIn(Strict):
    """As what the incident is handled; `override` acts on one's own word, on record."""

    flow: FlowName
    override: bool = False


class StepIn(Strict):
    """How a step stands now; skipping one, or opening it again, needs the reason in `words`."""

    state: Literal["open", "done", "skipped"]
    words: Words = ""


class EvidenceIn(Strict):
    """Evidence taken into custody: over the API media elsewhere, with the SHA-256 taken of them; a file is brought in on the page."""

    description: Words = ""
    place: Maybe = ""
    sha256: Maybe = ""
    taken_at: AwareDatetime | None = None


class CustodyIn(Strict):
    """What is said beside an act: `person` (a username) gets it, `agreement` is the id under which it is given out, `sha256` was taken of
    media that are checked."""

    words: Words = ""
    place: Maybe = ""
    person: Maybe = ""
    agreement: Annotated[int, Field(ge=1, le=2**62)] | None = None
    sha256: Maybe = ""


class ConcernedIn(Strict):
    """A CSV as text: the first line says number or record, then one a line."""

    list: Annotated[str, Field(min_length=1)]


class TellingIn(Strict):
    """Whether those concerned are told and why; where not, the day on which it is looked at again."""

    tell: bool
    reason: Words = ""
    reconsider_on: date | None = None
    override: bool = False

    def choice(self) -> Choice:
        """As the verb takes it."""
        return Choice(self.tell, self.reason, self.reconsider_on, self.override)


class AgreementIn(Strict):
    """An agreement of confidentiality that somebody outside signed."""

    party: Maybe = ""
    person: Maybe = ""
    signed_on: date
    valid_until: date
    sha256: Maybe = ""

    def signed(self) -> Signed:
        """As the verb takes it."""
        return Signed(self.party, self.person, self.signed_on, self.valid_until, self.sha256)
