"""Help from elsewhere for a request, on record: mutual aid of a partner, or an order to a vendor."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Conflict
from command.resources import finding, requests, telling, words
from command.resources.entries import Ordered, OrderTurned
from command.resources.models import ResourceOrder, ResourceRequest

TURNS: dict[str, tuple[str, ...]] = {
    "confirmed": ("ordered",),
    "arrived": ("ordered", "confirmed"),
    "cancelled": ("ordered", "confirmed"),
}
"""State → the states from which it is reached."""


def order(
    session: Session,
    request: ResourceRequest,
    source: Literal["mutual_aid", "vendor"],
    partner: str,
    quantity: int,
    *,
    reference: str = "",
    eta_at: datetime | None = None,
) -> ResourceOrder:
    """Order pieces for a locked, approved request, as many as it lacks at most. Raise Invalid or Conflict."""
    requests.may_get(session, request, finding.pieces(quantity))
    now = clock.now(session)
    made = ResourceOrder(
        request_id=request.id,
        exercise=request.exercise,
        source=source,
        partner=finding.words(partner, "partner"),
        reference=masked_words(reference.strip()),
        quantity=quantity,
        eta_at=finding.not_past(eta_at, now, "eta_at") if eta_at else None,
        state="ordered",
        ordered_at=now,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    payload = Ordered(
        order_id=made.id,
        request_id=request.id,
        resource_id=request.resource_id,
        source=source,
        quantity=quantity,
        eta_at=made.eta_at,
    )
    telling.record(session, request, payload)
    return made


def turn(
    session: Session, request: ResourceRequest, order_id: int, to: Literal["confirmed", "arrived", "cancelled"]
) -> ResourceOrder:
    """An order of a locked request was confirmed, has arrived, or is cancelled. Raise NotFound or Conflict."""
    made = finding.order_to_change(session, request, order_id)
    if made.state not in TURNS[to]:
        raise Conflict(
            N_("This cannot be done now; the order is marked: %(state)s."),
            field="state",
            remedy=N_("What has arrived or was cancelled stays so; order anew."),
            state=Words((words.ORDERS[made.state],)),
        )
    made.state, made.changed_at = to, clock.now(session)
    session.flush()
    payload = OrderTurned(
        order_id=made.id, request_id=request.id, resource_id=request.resource_id, quantity=made.quantity, state=to
    )
    telling.record(session, request, payload)
    return made
