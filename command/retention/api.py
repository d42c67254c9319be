"""Retention over JSON: certificates of what was removed, and holds of records."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from command.incidents.api import Name, Strict, Words
from command.people.access import access, here, principal, unit
from command.retention import holding, views
from command.retention.rules import rule

api = APIBlueprint("retention_api", __name__, url_prefix="/api/v1/retention", tag="Retention")


class AskedIn(Strict):
    """Certificates of notices with a lower id than `before`."""

    before: Annotated[int, Field(ge=1, le=2**62)] | None = None


class CertificateOut(BaseModel):
    """What was removed of one notice; `done_at` null: it goes on, `left` messages are to go. `digest`: SHA-256 chained over the rows."""

    notice_id: int
    incident: str
    rows: int
    left: int
    days: int
    digest: str
    begun_at: datetime
    done_at: datetime | None


class HoldOut(BaseModel):
    """An incident whose records are held."""

    number: str
    reason: str
    at: datetime


class RetentionOut(BaseModel):
    """Days by which messages are removed (`tiers`: I to IV), what is held, and up to 50 certificates."""

    tiers: list[int]
    warnings: int
    exercises: int
    holds: list[HoldOut]
    certificates: list[CertificateOut]


class HoldIn(Strict):
    """Holds or releases the records of an incident, with a reason."""

    number: Name
    reason: Words


@api.get("")
@api.input(AskedIn, location="query", arg_name="asked")
@api.output(RetentionOut)
@access("read")
def show(asked: AskedIn) -> dict[str, Any]:
    """The rule, what is held, and what was removed."""
    found = rule()
    with here().database.read() as session:
        return {
            "tiers": list(found.tiers),
            "warnings": found.warnings,
            "exercises": found.exercises,
            "holds": [asdict(one) for one in views.holds(session, principal())],
            "certificates": [asdict(one) for one in views.certificates(session, principal(), before=asked.before)],
        }


@api.post("/holds")
@api.input(HoldIn, arg_name="given")
@api.output({}, status_code=204)
@access(holding.ACT)
def hold(given: HoldIn) -> tuple[str, int]:
    """Keep everything there is of an incident until it is released."""
    who = principal()
    unit(lambda session: holding.hold(session, given.number, given.reason, who))
    return "", 204


@api.post("/holds/release")
@api.input(HoldIn, arg_name="given")
@api.output({}, status_code=204)
@access(holding.ACT)
def release(given: HoldIn) -> tuple[str, int]:
    """Let the rule apply to an incident again."""
    who = principal()
    unit(lambda session: holding.release(session, given.number, given.reason, who))
    return "", 204
