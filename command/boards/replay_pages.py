"""Replay: any board as it stood at any moment (B6), with a slider over its life. Without scripts a form asks for the moment."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from command.boards import frames, render, replay
from command.boards.access import OF_INCIDENT, may_see
from command.boards.frames import ms_of
from command.boards.pages import moment, page_at, surroundings
from command.boards.replay import Window
from command.core import clock
from command.core.problems import N_, Invalid
from command.people.access import access, here, principal
from command.people.language import language

pages = Blueprint("replay", __name__)

HOURS = (1, 8, 24, 72, 168)
"""How much of a shared board's life is on the slider at once."""
LATEST_MS = 4_102_444_800_000
"""The year 2100: no board reaches further."""


@pages.get("/incidents/<number>/replay")
@access("read")
def incident(number: str) -> ResponseReturnValue:
    """One incident's whole life."""
    name = OF_INCIDENT + number
    with here().database.read() as session:
        may_see(session, principal(), name)
        window = replay.life(session, name)
    return _page(name, "boards/replay_incident.html", window, number=number, choices="")


@pages.get("/board/replay")
@access("read")
def command() -> ResponseReturnValue:
    """The command board over some hours."""
    return _page("command", "boards/replay_command.html", _window(), **surroundings(), wall=False)


@pages.get("/board/exercise/replay")
@access("read")
def exercise() -> ResponseReturnValue:
    """The exercise board over some hours."""
    return _page("exercise", "boards/replay_command.html", _window(), **surroundings(), wall=False)


@pages.get("/board/moments/<name>")
@access("read")
def moments(name: str) -> ResponseReturnValue:
    """The timeline of a board from `from` to `to` (milliseconds since 1970, UTC); an incident's whole life without them."""
    with here().database.read() as session:
        may_see(session, principal(), name)
        asked = "from" in request.args or not name.startswith(OF_INCIDENT)
        window = _stretch() if asked else replay.life(session, name)
        return jsonify(replay.timeline(session, name, window, language()))


@pages.get("/board/frames/<name>")
@access("read")
def stretch(name: str) -> ResponseReturnValue:
    """The frames of a board from `from` to `to` (milliseconds): the first whole, each later one as what changed."""
    with here().database.read() as session:
        may_see(session, principal(), name)
        window, renderer = _stretch(), render.of(current_app)
        return jsonify({"frames": replay.stretch(session, name, window, renderer, language())})


def _page(name: str, template: str, window: Window, **values: object) -> ResponseReturnValue:
    asked = moment() or (window.begin if name.startswith(OF_INCIDENT) else window.end)
    at = min(max(asked, window.begin), window.end)
    zone = here().settings.tz
    shown = {
        "at_there": at.astimezone(zone),
        "begin": window.begin.astimezone(zone),
        "end": window.end.astimezone(zone),
        "begin_ms": ms_of(window.begin),
        "end_ms": ms_of(window.end),
        "at_ms": ms_of(at),
        "zone_name": str(zone),
        "hours": HOURS,
        "asked_hours": _hours(),
    }
    return page_at(name, template, frames.instant(ms_of(at)), replay=shown, **values)


def _window() -> Window:
    """`hours` up to now, or around the moment asked for where that is earlier."""
    hours = timedelta(hours=_hours())
    with here().database.read() as session:
        now = clock.now(session)
    at = moment()
    end = min(now, at + hours / 2) if at is not None and at < now - hours else now
    return Window(_whole(end - hours), _whole(end))


def _whole(at: datetime) -> datetime:
    """Whole milliseconds, as the slider has them."""
    return frames.instant(ms_of(at))


def _hours() -> int:
    asked = request.args.get("hours", "24")
    if asked not in map(str, HOURS):
        raise Invalid(
            N_("This value is not allowed."),
            field="hours",
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(map(str, HOURS)),
        )
    return int(asked)


def _stretch() -> Window:
    begin, end = _ms("from"), _ms("to")
    if end < begin:
        raise Invalid(
            N_("The period ends before it begins."),
            field="to",
            remedy=N_("Give an end that is not before the beginning."),
        )
    return Window(frames.instant(begin), frames.instant(end))


def _ms(name: str) -> int:
    asked = request.args.get(name, "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 13 or int(asked) > LATEST_MS:
        raise Invalid(
            N_("This is no moment."),
            field=name,
            remedy=N_("Give milliseconds since 1970-01-01 UTC, as a whole number."),
        )
    return int(asked)
