"""Warnings as lists ask for them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.warnings import covering
from command.warnings.colours import RANK, Colour
from command.warnings.flags import parents
from command.warnings.models import State, Warning, WarningFeed

SHOWN = timedelta(days=30)
"""How long one that is over stays in the list of the page."""
MOST = 200


def warnings(session: Session, state: str = "live", *, exercise: bool = False, area: str = "") -> Sequence[Warning]:
    """Those that are live, the gravest first, then those that end first; or (`ended`) those that are over, the newest first; or all.
    `area`: those that overlap it. MOST at most."""
    query = select(Warning).where(Warning.exercise.is_(exercise))
    if state == "live":
        query = query.where(Warning.state == State.LIVE)
    elif state == "ended":
        query = query.where(Warning.state != State.LIVE)
    rows = list(session.scalars(query.order_by(Warning.id.desc()).limit(MOST)))
    if area:
        above = parents(session)
        rows = [row for row in rows if covering.overlap(above, row.areas, [area])]
    live = [row for row in rows if row.state == State.LIVE]
    live.sort(key=lambda row: (-RANK[Colour(row.colour)], row.until_at, row.id))
    return live + [row for row in rows if row.state != State.LIVE]


def lately_over(session: Session, *, exercise: bool) -> Sequence[Warning]:
    """Those that ended in the last thirty days, the newest first."""
    since = clock.now(session) - SHOWN
    query = select(Warning).where(Warning.state != State.LIVE, Warning.exercise.is_(exercise), Warning.ended_at > since)
    return session.scalars(query.order_by(Warning.ended_at.desc(), Warning.id.desc()).limit(MOST)).all()


def of_risk(session: Session, risk: str) -> Sequence[Warning]:
    """The warnings that were raised from a risk, the newest first."""
    return session.scalars(select(Warning).where(Warning.risk == risk).order_by(Warning.id.desc()).limit(20)).all()


def polled(session: Session) -> Sequence[WarningFeed]:
    """The CAP feeds as they were polled last."""
    return session.scalars(select(WarningFeed).order_by(WarningFeed.address)).all()
