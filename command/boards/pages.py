"""The board pages, live or as they stood at a moment, and their state as JSON for a client that has to fetch again."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from command.boards import area_map as maps
from command.boards import centres, falling, gauges, memory, on_call, render, shortages, store
from command.boards.access import may_see
from command.boards.store import Board
from command.boards.words import WORDS
from command.core import clock, names
from command.core.problems import N_, Invalid
from command.incidents import room_pages
from command.people.access import access, here, principal
from command.people.language import language, offset

pages = Blueprint("boards", __name__)


@pages.get("/board")
@access("read")
def command() -> ResponseReturnValue:
    """The command board: every active incident, worst first. With `?wall` for a screen that nobody touches."""
    return _shared("command")


@pages.get("/board/exercise")
@access("read")
def exercise() -> ResponseReturnValue:
    """The same for exercises; nothing on it is real."""
    return _shared("exercise")


@pages.get("/board/centre")
@access("read")
def own_centre() -> ResponseReturnValue:
    """The board of one's own centre, by one's area."""
    with here().database.read() as session:
        code = centres.home(session, principal().area_code)
    return redirect(f"/board/centre/{quote(code)}" if code else "/board", 303)


@pages.get("/board/centre/<code>")
@access("read")
def centre(code: str) -> ResponseReturnValue:
    """The command board of one centre: incidents that concern its area. Exercises stand on the exercise board alone."""
    name = f"{centres.PREFIX}{code}"
    with here().database.read() as session:
        area = centres.of_board(session, name)
    around = surroundings() | {"centre": area}
    return _page(name, "boards/command.html", **around, wall="wall" in request.args)


@pages.get("/incidents/<number>")
@access("read")
def incident(number: str) -> ResponseReturnValue:
    """One incident: grade, clocks, objectives, impact, tasks, people, pages, notices, latest entries; and, on the live page, what whoever
    looks may do."""
    choices = "" if request.args.get("at") else room_pages.actions(number)
    return _page(f"incident:{number}", "boards/incident.html", number=number, choices=choices)


@pages.get("/board/state/<name>")
@access("read")
def state(name: str) -> ResponseReturnValue:
    """What a page shows at first: {stream, seq, order: [card id], cards: {id: html}, gauge, now}."""
    with here().database.read() as session:
        may_see(session, principal(), name)
        return jsonify(_state(session, name, memory.of(current_app).load(session, name)))


def _shared(name: str) -> ResponseReturnValue:
    return _page(name, "boards/command.html", **surroundings(), wall="wall" in request.args)


def surroundings() -> dict[str, Any]:
    """What a shared board shows around its cards: the map, who is on call, stocks that are short, the words of its filter."""
    with here().database.read() as session:
        area_map = maps.of(current_app, session, language())
        duties = on_call.now(session, clock.now(session), language())
        short = shortages.now(session, language())
        choice = [(area.code, names.of(area, language()), area.level) for area in centres.listed(session)]
        sites = falling.any_site(session)
    return {
        "area_map": area_map,
        "duties": duties,
        "shortages": short,
        "centres": choice,
        "centre": None,
        "sites": sites,
        "tz": here().settings.tz,
        "kinds": WORDS["kind"],
    }


def _state(session: Session, name: str, board: Board) -> dict[str, Any]:
    ids = render.shown(name, render.of(current_app).narrowed(session, name, board.state))
    return {
        "stream": board.stream,
        "seq": board.state.seq,
        "order": ids,
        "cards": render.of(current_app).cards(session, name, board.state, ids, language()),
        "gauge": gauges.of_board(session, name),
        "now": clock.instant(session).isoformat(),
    }


def _page(name: str, template: str, **values: Any) -> ResponseReturnValue:
    """The page, or with `?at=` the board as it stood then, which does not move any more."""
    return page_at(name, template, moment(), **values)


def page_at(name: str, template: str, at: datetime | None, **values: Any) -> ResponseReturnValue:
    """The page of a board as it stood at an instant, or for None of the live one."""
    with here().database.read() as session:
        may_see(session, principal(), name)
        board = store.load_at(session, name, at) if at else memory.of(current_app).load(session, name)
        shown = _state(session, name, board)
    tz = here().settings.tz
    zone = offset(datetime.fromisoformat(shown["now"]).astimezone(tz))
    at_there = at.astimezone(tz) if at else None
    tiers = {tier: gettext(word) for tier, word in WORDS["tier"].items()}
    given = {"at": at_there, "zone": zone, "tiers": tiers}
    return render_template(template, board=name, **given, **shown, **values)


def moment() -> datetime | None:
    """The instant asked for by `?at=`; one without a zone is on the operator's clock. Raise Invalid."""
    asked = request.args.get("at", "")
    if not asked:
        return None
    try:
        at = datetime.fromisoformat(asked.replace(" ", "+") if "T" in asked else asked)
        tz = here().settings.tz
        return (at if at.tzinfo else at.replace(tzinfo=tz)).astimezone(UTC).astimezone(tz)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            N_("This is no date and time."),
            field="at",
            remedy=N_("Write it as 2026-11-21T14:05, with an offset such as +08:00 if it is not the operator's time."),
        ) from error
