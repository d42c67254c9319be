"""What the person paged does about it, step by step: pure rules of one page's response."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from command.core.problems import N_, Conflict


class Response(StrEnum):
    """acknowledged → en_route → on_scene → done; each may be skipped but the first, which the others bring with them. Until on_scene it
    may become declined, and declined may still become any but done."""

    ACKNOWLEDGED = "acknowledged"  # knows of it
    EN_ROUTE = "en_route"  # on the way, perhaps with the minutes it takes
    ON_SCENE = "on_scene"  # there
    DONE = "done"  # has done their part; the incident goes on until somebody restores it
    DECLINED = "declined"  # cannot come: the next step of the chain is paged at once


class Verb(StrEnum):
    """What a person says of their page. Help may be asked for in any state; it changes none, but for acknowledging an open page."""

    ACKNOWLEDGE = "acknowledge"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    HELP = "help"
    DECLINE = "decline"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """What a verb makes of a response: `to` is the state after it, `takes` that it is the first answer and takes the page (its chain
    must still wait for one), `escalates` that the next step is paged at once."""

    to: Response | None
    takes: bool = False
    escalates: bool = False


_PROGRESS = (Response.ACKNOWLEDGED, Response.EN_ROUTE, Response.ON_SCENE, Response.DONE)
_REACHED = {
    Verb.ACKNOWLEDGE: Response.ACKNOWLEDGED,
    Verb.HELP: Response.ACKNOWLEDGED,
    Verb.EN_ROUTE: Response.EN_ROUTE,
    Verb.ON_SCENE: Response.ON_SCENE,
    Verb.DONE: Response.DONE,
}
_UNTAKEN = (None, Response.DECLINED)
_THERE = (Response.ON_SCENE, Response.DONE)


def step(at: Response | None, verb: Verb) -> Step:
    """What `verb` makes of a response that is `at` (None: not answered). Saying a thing twice changes nothing; raise Conflict for a step
    back, for done without an answer, and for declining when already there."""
    if verb == Verb.DECLINE:
        return _declined(at)
    to = _REACHED[verb]
    if at in _UNTAKEN:
        if to == Response.DONE:
            raise Conflict(N_("This page is not acknowledged yet."), remedy=N_("Acknowledge it first."))
        return Step(to, takes=True, escalates=verb == Verb.HELP)
    return Step(_forward(at, to), escalates=verb == Verb.HELP)


def _forward(at: Response, to: Response) -> Response:
    if to == Response.ACKNOWLEDGED:
        return at
    if _PROGRESS.index(to) < _PROGRESS.index(at):
        raise Conflict(N_("You are further than that already."), remedy=N_("Reload to see where you stand."))
    return to


def _declined(at: Response | None) -> Step:
    if at in _THERE:
        raise Conflict(N_("You are on scene already."), remedy=N_("Ask for help if somebody has to take over."))
    return Step(Response.DECLINED, escalates=at != Response.DECLINED)


def next_verbs(at: Response | None) -> tuple[Verb, ...]:
    """What is offered next, the likeliest first."""
    match at:
        case None:
            return (Verb.ACKNOWLEDGE, Verb.EN_ROUTE, Verb.ON_SCENE, Verb.HELP, Verb.DECLINE)
        case Response.DECLINED:
            return (Verb.ACKNOWLEDGE, Verb.EN_ROUTE, Verb.ON_SCENE)
        case Response.ACKNOWLEDGED:
            return (Verb.EN_ROUTE, Verb.ON_SCENE, Verb.DONE, Verb.HELP, Verb.DECLINE)
        case Response.EN_ROUTE:
            return (Verb.ON_SCENE, Verb.EN_ROUTE, Verb.DONE, Verb.HELP, Verb.DECLINE)
        case Response.ON_SCENE:
            return (Verb.DONE, Verb.HELP)
        case _:
            return (Verb.HELP,)


def arrival(said_at: datetime, minutes: int) -> datetime:
    """When somebody who said at `said_at` that their way takes `minutes` will be there."""
    return said_at + timedelta(minutes=minutes)
