"""Parts of the command board that are not in its room: what is personal, and what changes with the hour and not with an incident."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from command.boards import decisions, falling, on_call, render, shortages
from command.boards.names import Names
from command.core import clock
from command.people.access import access, here, principal
from command.people.language import language

pages = Blueprint("board_fragments", __name__, url_prefix="/board/part")


@pages.get("/decisions")
@access("read")
def waiting() -> ResponseReturnValue:
    """What waits for whoever asks, of live incidents or (`?exercise`) of exercises."""
    with here().database.read() as session:
        found = decisions.of(session, principal(), exercise="exercise" in request.args)
        names: Names = render.of(current_app).names(session, language())
        bad = decisions.degradations(session, principal(), exercise="exercise" in request.args)
        return render_template("boards/decisions.html", waiting=found, proposals=bad, names=names)


@pages.get("/on-call")
@access("read")
def duties() -> ResponseReturnValue:
    """Who holds each duty now, until when, and who is next."""
    with here().database.read() as session:
        found = on_call.now(session, clock.now(session), language())
        return render_template("boards/on_call.html", duties=found, tz=here().settings.tz)


@pages.get("/shortages")
@access("read")
def stocks() -> ResponseReturnValue:
    """Stocks under their minimum."""
    with here().database.read() as session:
        return render_template("boards/shortages.html", shortages=shortages.now(session, language()))


@pages.get("/falling")
@access("read")
def sites() -> ResponseReturnValue:
    """Sites that fall next, real ones or (`?exercise`) as drills have them."""
    with here().database.read() as session:
        found = falling.now(session, language(), exercise="exercise" in request.args)
        return render_template("boards/falling.html", falling=found, tz=here().settings.tz)
