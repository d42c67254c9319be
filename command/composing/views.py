"""How a notice stands, from its tally alone: however many it goes to, a look costs a dozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.incidents import house, notice_acts
from command.messages import holds, losses, second_counts
from command.messages import service as messages
from command.messages.losses import Loss
from command.messages.models import TOLD, State
from command.messages.second_counts import NONE, SecondRoad
from command.notices.living import UNDECIDED
from command.notices.models import Kind, Notice, NoticeState
from command.people.access import Principal
from command.people.models import Person

PAGE = 50
NOT_REACHED = (State.UNDELIVERED, State.FAILED, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Progress:
    """`told` of `audience` have their message, `waiting` not yet; `lost` do not get it, for the reasons in `losses`. `ends_at`: at the pace
    so far. `held`: mass messages are held, this one among them. `second`: those whom the first road did not reach."""

    audience: int
    told: int
    delivered: int
    waiting: int
    lost: int
    withdrawn: int
    counts: dict[str, int]
    ends_at: datetime | None
    losses: tuple[Loss, ...] = ()
    held: bool = False
    second: SecondRoad = NONE


def progress(session: Session, notice: Notice) -> Progress:
    """How a notice stands."""
    counts = messages.tally(session, notice.id)
    told = sum(counts.get(state, 0) for state in TOLD)
    ended = sum(number for state, number in counts.items() if state not in UNDECIDED)
    waiting = sum(counts.get(state, 0) for state in UNDECIDED)
    live = notice.state in ("approved", "sending")
    held = live and _held(session, notice)
    rest = max(waiting, notice.audience - ended) if live else waiting
    return Progress(
        audience=notice.audience,
        told=told,
        delivered=counts.get(State.DELIVERED, 0),
        waiting=rest,
        lost=sum(counts.get(state, 0) for state in NOT_REACHED),
        withdrawn=counts.get(State.WITHDRAWN, 0),
        counts={str(state): number for state, number in sorted(counts.items()) if number},
        ends_at=_ends_at(clock.now(session), notice, told, rest) if live and not held else None,
        losses=losses.of(session, notice.id),
        held=held,
        second=second_counts.of(session, notice.id),
    )


def _held(session: Session, notice: Notice) -> bool:
    found = holds.now(session).get(notice.exercise, holds.NOTHING)
    return found.mass and notice.kind != Kind.CORRECTION and notice.id not in found.through


def _ends_at(now: datetime, notice: Notice, told: int, rest: int) -> datetime | None:
    """At the pace since it might leave; None where that says nothing yet."""
    since = max(filter(None, (notice.approved_at, notice.release_at)), default=None)
    if since is None or now <= since or told == 0 or rest == 0:
        return None
    seconds = rest * (now - since).total_seconds() / told
    return now + timedelta(seconds=seconds) if seconds < 30 * 86_400 else None


def query(who: Principal, session: Session, *, exercise: bool, given: dict[str, Any]) -> Select[Notice]:
    """Notices that `who` may know of, the youngest first: of incidents they see, and of warnings."""
    found = select(Notice).where(notice_acts.known(session, who), Notice.exercise.is_(exercise))
    for name, column in (("state", Notice.state), ("kind", Notice.kind), ("incident", Notice.incident_number)):
        if given.get(name):
            found = found.where(column == given[name])
    if given.get("after"):
        found = found.where(Notice.id < given["after"])
    return found.order_by(Notice.id.desc()).limit(PAGE + 1)


def advisories(session: Session, *, exercise: bool) -> list[Notice]:
    """Advisories of warnings that wait for approval or are being sent, the oldest first."""
    open_ = Notice.state.in_((NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING))
    mine = (Notice.warning_id.is_not(None), Notice.exercise.is_(exercise), open_)
    return list(session.scalars(select(Notice).where(*mine).order_by(Notice.id).limit(PAGE)))


def called(session: Session, actors: Iterable[str | None], language: str) -> dict[str, str]:
    """Who acted, as a person calls them: people by name, plans by title, cycles and sources in words."""
    wanted = {actor for actor in actors if actor}
    ids = {int(rest) for actor in wanted if actor.startswith("person:") and (rest := actor[7:]).isdigit()}
    people = {
        f"person:{row.id}": names.of(row, language) for row in session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    return {actor: people.get(actor) or _machine(session, actor, language) for actor in wanted}


def _machine(session: Session, actor: str, language: str) -> str:
    kind, _, rest = actor.partition(":")
    if kind == "playbook":
        title = house.plan_titles(session).get(rest.partition("/")[0])
        return str(gettext("the plan “%(name)s”", name=getattr(title, language) if title else rest))
    if kind == "source":
        return str(gettext("the source “%(name)s”", name=rest))
    return str(
        gettext("Tocsin by itself") if kind == "system" else gettext("somebody who is not in the register any more")
    )
