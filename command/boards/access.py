"""Who may see which board."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.incidents import visibility
from command.incidents.models import Incident
from command.people.access import Principal

SHARED = ("command", "exercise")


def may_see(session: Session, who: Principal, board: str) -> None:
    """Raise NotFound for a board that is not there, or that this person may not know of."""
    if board in SHARED:
        return
    number = board.removeprefix("incident:")
    incident = (
        session.scalar(select(Incident).where(Incident.number == number)) if board.startswith("incident:") else None
    )
    if incident is None or not visibility.visible(session, incident, who):
        raise NotFound(
            N_("There is no board %(board)s."), remedy=N_("Open the command board and choose from it."), board=board
        )
