"""The page of the hotwash, which works without scripts."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import Problem
from command.drills.evaluation import hotwash as saying
from command.drills.evaluation import report, words
from command.drills.models import HELD, Drill, State
from command.drills.runs import taking_part
from command.people.access import Principal, access, here, principal
from command.people.language import language

pages = Blueprint("drill_hotwash", __name__)


@pages.get("/drills/<code>/hotwash")
@access("read")
def hotwash(code: str) -> ResponseReturnValue:
    """What was said right after the end, and a form for what one has to say."""
    return _page(code, {})


@pages.post("/drills/<code>/hotwash")
@access("read")
def say(code: str) -> ResponseReturnValue:
    """Keep what somebody says; without their name unless they want it."""
    try:
        spoken(code, principal(), request.form.to_dict(), named="named" in request.form)
    except Problem as problem:
        return _page(code, request.form.to_dict(), problem)
    return redirect(f"/drills/{code}/hotwash", 303)


def spoken(code: str, who: Principal, given: dict[str, str], *, named: bool) -> int:
    """One unit of work that keeps a line of the hotwash; where no name is wanted it is nobody's."""
    actor = who.actor if named else saying.NOBODY

    def work(session: Session) -> int:
        text, key = given.get("text", ""), given.get("key", "")
        return saying.say(session, code, who, given.get("part", ""), text, key, named=named).id

    return here().database.write(work, actor=actor)


def _page(code: str, given: dict[str, str], problem: Problem | None = None) -> ResponseReturnValue:
    who = principal()
    with here().database.read() as session:
        drill = taking_part.find(session, code, who)
        if not saying.took_part(session, drill, who):
            drill = report.find(session, code, who)
        page = render_template(
            "drills/evaluation/hotwash.html",
            drill=drill,
            parts=words.HOTWASH,
            said=_remarks(session, drill),
            open=saying.took_part(session, drill, who) and drill.state in HELD and drill.state != State.EVALUATED,
            over=drill.state in HELD,
            given=given,
            problem=document(problem, "") if problem else None,
            key=secrets.token_hex(12),
        )
    return page, problem.status if problem else 200


def _remarks(session: Session, drill: Drill) -> dict[Any, Any]:
    people = report.people_of(session, drill, language())
    return {part: report.said(session, rows, people) for part, rows in saying.said(session, drill).items()}
