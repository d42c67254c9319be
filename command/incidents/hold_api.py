"""Holding mass messages over JSON: the hold that is on, hold, release, and let one notice through."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import holding
from command.incidents.api import Name, Strict, Words
from command.incidents.notice_acts import found
from command.messages import gateways, holds
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language

api = APIBlueprint("hold_api", __name__, url_prefix="/api/v1/messages", tag="Messages")


class HoldIn(Strict):
    """Hold for `minutes`, with a reason: mass messages, and gateways to `avoid` by name."""

    reason: Words
    minutes: Annotated[int, Field(ge=1, le=1440)]
    mass: bool = True
    avoid: Annotated[list[Name], Field(max_length=50)] = []
    exercise: bool = False
    override: bool = False


class ReleaseIn(Strict):
    """Why the hold ends before its time."""

    reason: Words
    exercise: bool = False
    override: bool = False


class ThroughIn(Strict):
    """A notice that leaves although messages are held, and why."""

    notice: Annotated[int, Field(ge=1, le=2**62)]
    reason: Words
    override: bool = False


class AskedIn(Strict):
    """`exercise=1`: of exercises."""

    exercise: bool = False


class HoldOut(BaseModel):
    """The hold that is on."""

    mass: bool
    avoid: list[str]
    by: str
    reason: str
    from_at: datetime
    until: datetime


class WaitingOut(BaseModel):
    """A mass notice with messages that have not left (`queued`); `through`: it passes the hold."""

    notice_id: int
    kind: str
    incident: str
    audience: int
    queued: int
    through: bool


class StandsOut(BaseModel):
    """Whether anything is held, what, and the mass notices under way."""

    on: bool
    hold: HoldOut | None
    waiting: list[WaitingOut]


@api.get("/hold")
@api.input(AskedIn, location="query", arg_name="asked")
@api.output(StandsOut)
@access("read")
def stands(asked: AskedIn) -> Any:
    """What is held now."""
    return _stands(asked.exercise)


@api.post("/hold")
@api.input(HoldIn, arg_name="asked")
@api.output(StandsOut)
@access(holds.ACT)
def hold(asked: HoldIn) -> Any:
    """Hold mass messages, or keep gateways out of use; it takes the place of a hold that is on."""
    set_hold(asked, principal())
    return _stands(asked.exercise)


@api.post("/release")
@api.input(ReleaseIn, arg_name="asked")
@api.output(StandsOut)
@access(holds.ACT)
def release(asked: ReleaseIn) -> Any:
    """End the hold before its time."""
    end_hold(asked, principal())
    return _stands(asked.exercise)


@api.post("/hold/let-through")
@api.input(ThroughIn, arg_name="asked")
@api.output(StandsOut)
@access(holds.ACT)
def let_through(asked: ThroughIn) -> Any:
    """Let one notice pass the hold."""
    return _stands(pass_one(asked, principal()))


def set_hold(asked: HoldIn, who: Principal) -> None:
    """Hold as asked."""
    roads = {one.name: one.channel for one in gateways.live(here().settings)}

    def work(session: Session) -> None:
        until = clock.now(session) + timedelta(minutes=asked.minutes)
        more = asked.model_dump(include={"mass", "avoid", "exercise", "override"})
        holds.hold(session, asked.reason, until, who, roads=roads, **more)

    unit(work)


def end_hold(asked: ReleaseIn, who: Principal) -> None:
    """Release as asked."""
    more = asked.model_dump(include={"exercise", "override"})
    unit(lambda session: holds.release(session, asked.reason, who, **more).id)


def pass_one(asked: ThroughIn, who: Principal) -> bool:
    """Let a notice through as asked; whether it is an exercise's."""

    def work(session: Session) -> bool:
        notice = found(session, asked.notice, who)
        holding.let_through(session, notice, asked.reason, who, override=asked.override)
        return notice.exercise

    done: bool = unit(work)
    return done


def _stands(exercise: bool) -> StandsOut:
    with here().database.read() as session:
        on = holding.shown(session, language(), exercise=exercise)
        rows = holding.waiting(session, principal(), exercise=exercise)
        return StandsOut(
            on=on is not None,
            hold=HoldOut.model_validate(on, from_attributes=True) if on else None,
            waiting=[WaitingOut.model_validate(row, from_attributes=True) for row in rows],
        )
