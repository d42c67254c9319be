"""The page for the hotline's own people: what to say and what the app shows, to copy or to print, and who approved it."""

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from command.core import names
from command.people.access import access, here
from command.people.language import language
from command.people.models import Person
from command.status import announcing
from command.status.models import AnnouncementOut

pages = Blueprint("announcements", __name__)


@pages.get("/announcements")
@access("read")
def page() -> str:
    """What stands now, read at once and not from the cache of the public."""
    with here().database.read() as session:
        standing = announcing.now(session, here().settings)
        approvers = {each.id: _approver(session, each) for each in standing}
    return render_template("status/announcements.html", standing=standing, approvers=approvers)


def _approver(session: Session, each: AnnouncementOut) -> str:
    """Who approved the words: a name, or nothing where the plan had approved them beforehand."""
    kind, _, rest = each.approved_by.partition(":")
    person = session.get(Person, int(rest)) if kind == "person" and rest.isdigit() else None
    return names.of(person, language()) if person else ""
