"""The board pages, and their cards as JSON for a client that has to fetch again."""

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from command.boards import gauges, store
from command.boards.access import may_see
from command.boards.render import Renderer, order
from command.people.access import access, here, principal

pages = Blueprint("boards", __name__)


@pages.get("/board")
@access("read")
def command() -> ResponseReturnValue:
    """The command board: every active incident, worst first."""
    return _page("command", "boards/command.html")


@pages.get("/board/exercise")
@access("read")
def exercise() -> ResponseReturnValue:
    """The same for exercises; nothing on it is real."""
    return _page("exercise", "boards/command.html")


@pages.get("/incidents/<number>")
@access("read")
def incident(number: str) -> ResponseReturnValue:
    """One incident: grade, clocks, impact, tasks, people, pages, notices, latest entries."""
    return _page(f"incident:{number}", "boards/incident.html", number=number)


@pages.get("/board/cards/<path:name>")
@access("read")
def cards(name: str) -> ResponseReturnValue:
    """{stream, seq, cards: {id: html}, order: [id]}: what a page shows, for a client too far behind to catch up."""
    return jsonify(_state(name, _language()))


def _language() -> str:
    asked = request.args.get("lang")
    if asked in ("zh", "en"):
        return asked
    return "zh" if str(get_locale()).startswith("zh") else "en"


def _state(name: str, language: str) -> dict[str, Any]:
    renderer: Renderer = current_app.extensions["tocsin.boards"]
    with here().database.read() as session:
        may_see(session, principal(), name)
        board = store.load(session, name)
        ids = order(name, board.state)
        extra = ["latest"] if name.startswith("incident:") else []
        return {
            "stream": board.stream,
            "seq": board.state.seq,
            "order": ids,
            "cards": renderer.cards(session, name, board.state, [*ids, *extra], language),
            "gauge": gauges.of_board(session, name),
            "state": board.state.cards,
        }


def _page(name: str, template: str, **values: Any) -> ResponseReturnValue:
    state = _state(name, _language())
    return render_template(template, board=name, language=_language(), **state, **values)
