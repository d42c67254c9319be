"""The cycle that sends: what is due leaves, over gateways that do not depend on what has failed."""

import sys
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from command.messages.sender import CutOff, Sender
from command.network.locating import areas_of
from command.network.models import CutOff as CutOffRow
from command.network.models import Element

SWITCH = 0.0005
"""Seconds a thread may keep the interpreter from the others. A database thread that waits for its turn holds SQLite's one write lock
meanwhile, so the usual 5 ms, many times a transaction, would starve everybody else."""


def sender(installation: Installation, gateways: Gateways, handlers: Handlers) -> Sender:
    """A sender that knows which of the gateways' own elements are cut off (B4). Its process switches threads faster."""
    sys.setswitchinterval(SWITCH)
    names = frozenset(name for road in gateways.roads.values() for name in road.capabilities.elements)
    return Sender(installation, gateways, handlers, _cut_off(names), areas_of)


def _cut_off(names: frozenset[str]) -> CutOff:
    query = (
        select(Element.name)
        .join(CutOffRow, CutOffRow.element_id == Element.id)
        .where(CutOffRow.until_at.is_(None), CutOffRow.exercise.is_(False), Element.name.in_(names))
    )

    def ask(session: Session) -> frozenset[str]:
        return frozenset(session.scalars(query)) if names else frozenset()

    return ask


def run_once(installation: Installation, sender: Sender, stop: Callable[[], bool] = bool) -> bool:
    """Send until nothing is due or `stop()`; return whether anything was called. May take as long as there is work."""
    return sender.run(stop)
