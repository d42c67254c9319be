"""Pages with charts; a table stands beside each, for those who would rather read."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from command.boards import store
from command.boards.access import may_see
from command.core import clock, web
from command.insights import curve
from command.people import language
from command.people.access import access, here, principal

TAIL = timedelta(minutes=1)
"""How far the curve of an outage that is over goes on at zero."""

pages = Blueprint("curve", __name__)


@pages.get("/incidents/<number>/curve")
@access("read")
def affected_users(number: str) -> ResponseReturnValue:
    """How many users an incident affected at each moment, and the user-minutes under the curve."""
    who = principal()
    with here().database.read() as session:
        may_see(session, who, f"incident:{number}")
        found = curve.steps(store.seen(session, f"incident:{number}", 0))
        until = clock.now(session)
    zone = language.zone()
    local = [curve.Step(step.at.astimezone(zone).replace(tzinfo=None), step.users) for step in found]
    over = bool(local) and not local[-1].users
    end = local[-1].at + TAIL if over else until.astimezone(zone).replace(tzinfo=None)
    chart = curve.figure(local, end, (_("Time"), _("Affected users")), who.theme)
    web.relax_style_attributes()
    minutes = curve.user_minutes(found, until)
    return render_template("insights/curve.html", number=number, chart=chart, steps=found, user_minutes=minutes)
