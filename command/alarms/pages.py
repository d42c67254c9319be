"""The alarms page: what no incident has taken, what no record explains, and what incidents are made of."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from command.alarms import listing
from command.alarms.reports import Severity
from command.core.problems import N_
from command.people.access import access, here, principal

pages = Blueprint("alarm_pages", __name__)

_SHOWN = 200
"""Alarms of each kind on the page; the API has them all."""

SEVERITIES = {
    Severity.CRITICAL: N_("critical"),
    Severity.MAJOR: N_("major"),
    Severity.MINOR: N_("minor"),
    Severity.WARNING: N_("warning"),
    Severity.INDETERMINATE: N_("indeterminate"),
}
SECTIONS = (
    (N_("Unknown elements"), N_("No alarm on an unknown element."), listing.Wanted(unknown=True, limit=_SHOWN)),
    (N_("Alarms without an incident"), N_("No loose alarm."), listing.Wanted(loose=True, limit=_SHOWN)),
    (N_("Alarms of incidents"), N_("No alarm belongs to an incident."), listing.Wanted(attached=True, limit=_SHOWN)),
)


@pages.get("/alarms")
@access("read")
def alarms() -> ResponseReturnValue:
    """Alarms in three parts: on unknown elements, loose, and attached to incidents."""
    with here().database.read() as session:
        sections = [
            (title, nothing, listing.listed(session, wanted, principal())[0]) for title, nothing, wanted in SECTIONS
        ]
    return render_template("alarms/list.html", sections=sections, severities=SEVERITIES)
