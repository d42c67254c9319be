"""One press of "Seen" in the room: POST /api/v1/incidents/<number>/actions/seen."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.incidents import alerts, service, views
from command.incidents.api import Strict
from command.incidents.views import PersonOut
from command.people.access import access, principal, unit
from command.people.language import language

api = APIBlueprint("alerts_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Incident actions")


class SeenIn(Strict):
    """Nothing to say but that it was seen."""


class AlertOut(BaseModel):
    """The alert of a tier I or II incident: since when it sounded, who saw it first."""

    number: str
    tier: int
    since: datetime
    seen_at: datetime | None
    seen_by: PersonOut | None


@api.post("/actions/seen")
@api.input(SeenIn)
@api.output(AlertOut)
@access("report_incident")
def seen(number: str, json_data: SeenIn) -> Any:
    """The alert was seen: its banner and sound end on every board. Once for the room; who comes second changes nothing."""
    who, tongue = principal(), language()

    def work(session: Session) -> AlertOut:
        incident = service.seen_by(session, service.lock(session, number), who)
        alert = alerts.see(session, incident, who)
        first = views.person(session, alert.seen_by, tongue)
        return AlertOut(number=number, tier=alert.tier, since=alert.since, seen_at=alert.seen_at, seen_by=first)

    return unit(work)
