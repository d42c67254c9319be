"""What the journal keeps of risks, on the stream `risk:<code>` of each: ids and figures; words are notes."""

from datetime import date

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef
from command.risks.models import Risk


class Added(Payload, kind="risk.added"):
    risk_id: int
    event_kind: str
    likelihood: int
    impact: int
    owner_id: int


class Changed(Payload, kind="risk.changed"):
    """Which fields say something else now."""

    fields: list[str]
    version: int


class Assessed(Payload, kind="risk.assessed"):
    """Another likelihood or impact, with or without measures."""

    likelihood: int
    impact: int
    residual_likelihood: int
    residual_impact: int
    likelihood_before: int
    impact_before: int


class Reviewed(Payload, kind="risk.reviewed"):
    words: NoteRef | None


class Drilled(Payload, kind="risk.drilled"):
    """`drill` is the drill's code, where it was one of the system."""

    on: date
    drill: str


class SignThere(Payload, kind="risk.sign_there"):
    """Its early-warning sign was seen; `told`: its owner was sent a text."""

    words: NoteRef | None
    told: bool


class SignGone(Payload, kind="risk.sign_gone"):
    words: NoteRef | None


class Warned(Payload, kind="risk.warned"):
    """A warning was raised from it; `warning` is its code."""

    warning: str


class Turned(Payload, kind="risk.turned"):
    """Another state; `incident_id` is the incident that came of it."""

    before: str
    state: str
    incident_id: int | None
    reason: NoteRef | None


def stream(code: str) -> str:
    """The stream of a risk."""
    return f"risk:{code}"


def record(session: Session, risk: Risk, payload: Payload) -> None:
    """Write what happens with a risk to its stream."""
    journal.record(session, stream(risk.code), payload)
