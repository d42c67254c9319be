"""What the incident of a surge asks before it is closed: that the rate of complaints has stayed down; and that surges follow a merge."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.complaints import rules as table
from command.complaints import surges
from command.complaints.models import Surge
from command.core import clock
from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident
from playbooks.texts import Text

EVIDENCE = "rate"


def _of(session: Session, incident: Incident) -> Sequence[Surge]:
    return session.scalars(select(Surge).where(Surge.incident_id == incident.id).order_by(Surge.id)).all()


def asked(session: Session, incident: Incident, action: Action) -> Sequence[Refusal]:
    """The incident of a surge is closed once the rate has stayed under its threshold for the operator's hours."""
    if action is not Action.CLOSE:
        return ()
    hours = table.current().surge.calm_hours
    if all(_calm(session, surge) for surge in _of(session, incident)):
        return ()
    return (
        Refusal(
            "complaints_calm",
            Text(
                zh=f"投诉率尚未连续{hours}小时低于阈值",
                en=f"complaints have not stayed under the threshold for {hours} h",
            ),
            Text(zh="等待投诉率回落并保持", en="wait until the rate has fallen and stayed down"),
        ),
    )


def evidence(session: Session, incident: Incident) -> str | None:
    """That the rate has been calm so long is positive evidence that the matter is settled."""
    rows = _of(session, incident)
    own = [surge for surge in rows if surge.state == surges.ACCEPTED]
    return EVIDENCE if own and all(_calm(session, surge) for surge in rows) else None


def _calm(session: Session, surge: Surge) -> bool:
    hours = timedelta(hours=table.current().surge.calm_hours)
    return surge.calm_since is not None and clock.now(session) - surge.calm_since >= hours


def pass_on(session: Session, child_id: int, into_id: int) -> None:
    """An incident was merged: its surges go on in the other."""
    session.execute(update(Surge).where(Surge.incident_id == child_id).values(incident_id=into_id))
