"""Who may see which board: asked at connect, on every event, and again and again of whoever stays."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards import centres
from command.core.problems import N_, NotFound
from command.incidents import visibility
from command.incidents.models import Incident
from command.people import identity
from command.people.access import Principal

SHARED = ("command", "exercise")
OF_INCIDENT = "incident:"


def may_see(session: Session, who: Principal, board: str) -> None:
    """Raise NotFound for a board that is not there, or that this person may not know of."""
    if board in SHARED:
        return
    if centres.is_centre(board):
        centres.of_board(session, board)
        return
    if not board.startswith(OF_INCIDENT):
        raise NotFound(
            N_("There is no board %(board)s."),
            remedy=N_("Open the command board and choose from it."),
            board=board[:64],
        )
    number = board.removeprefix(OF_INCIDENT)
    incident = session.scalar(select(Incident).where(Incident.number == number))
    if incident is None:
        raise visibility.unknown(number)
    visibility.seen_by(session, incident, who)


def staying(session: Session, seen: Collection[tuple[Principal, str]]) -> frozenset[tuple[Principal, str]]:
    """Of people and the boards they look at: those whose session still holds and who may still see the board."""
    hold = identity.standing(session, {who for who, _ in seen})
    restricted = _restricted(session, {board for _, board in seen})
    return frozenset(
        (who, board)
        for who, board in seen
        if who in hold and (board not in restricted or visibility.visible(session, restricted[board], who))
    )


def _restricted(session: Session, boards: Collection[str]) -> dict[str, Incident]:
    numbers = [board.removeprefix(OF_INCIDENT) for board in boards if board.startswith(OF_INCIDENT)]
    if not numbers:
        return {}
    query = select(Incident).where(Incident.number.in_(numbers), Incident.restricted)
    return {OF_INCIDENT + incident.number: incident for incident in session.scalars(query)}
