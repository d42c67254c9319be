"""What notices came to, added up from their tallies: by kind, and by incident where somebody has to know."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.insights.funnel import KINDS, Funnel, funnel
from command.messages.models import State, Tally
from command.notices.models import Notice, NoticeState

LEFT = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT, NoticeState.WITHDRAWN)
"""States of notices that somebody approved; a withdrawn one counts if it was approved before."""
GROWING = (NoticeState.APPROVED, NoticeState.SENDING)
"""Not all recipients are listed yet: the audience is what was approved. Afterwards it is who was listed, so that nobody counts twice
whom an incident and the one it was merged into both had in mind."""


@dataclass(slots=True)
class Told:
    """Notices of one kind, whom they were meant for, and how many of their messages are in each state."""

    notices: int = 0
    audience: int = 0
    counts: Counter[State] = field(default_factory=Counter)

    def add(self, other: "Told") -> None:
        self.notices, self.audience = self.notices + other.notices, self.audience + other.audience
        self.counts.update(other.counts)


def read(session: Session, mine: ColumnElement[bool], *by: InstrumentedAttribute[int]) -> dict[tuple[Any, ...], Told]:
    """What the approved notices among some came to: under the values of `by` and the kind."""
    mine &= Notice.exercise.is_(False) & Notice.approved_at.is_not(None) & Notice.state.in_(LEFT)
    growing = case((Notice.state.in_(GROWING), 1), else_=0)
    keys = (*by, Notice.kind)
    heads = select(*keys, growing, func.count(), func.sum(Notice.audience)).where(mine).group_by(*keys, growing)
    states = select(*keys, growing, Tally.state, func.sum(Tally.count)).where(mine)
    states = states.join(Tally, Tally.notice_id == Notice.id).group_by(*keys, growing, Tally.state)
    found: dict[tuple[Any, ...], Told] = {}
    for *key, grows, number, audience in session.execute(heads):
        one = found.setdefault(tuple(key), Told())
        one.notices += number
        one.audience += int(audience or 0) if grows else 0
    for *key, grows, state, count in session.execute(states):
        one = found[tuple(key)]
        one.counts[State(state)] += int(count)
        one.audience += 0 if grows else int(count)
    return found


def funnels(*parts: Mapping[str, Told]) -> dict[str, Funnel]:
    """Several sums by kind as funnels; kinds without any notice are left out."""
    whole = {kind: together(part[kind] for part in parts if kind in part) for kind in KINDS}
    return {kind: funnel(one.notices, one.audience, one.counts) for kind, one in whole.items() if one.notices}


def together(parts: Iterable[Told]) -> Told:
    """Several as one."""
    whole = Told()
    for one in parts:
        whole.add(one)
    return whole
