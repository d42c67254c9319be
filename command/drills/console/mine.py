"""The drills that go on and in which the visitor takes part: what every page's frame shows them."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from command.drills.runs import views
from command.drills.runs.views import DrillView
from command.people.access import here, visitor

log = structlog.get_logger()


def going_on() -> list[DrillView]:
    """Those of the visitor; none where the database does not answer, for the frame stands around refusals too."""
    who = visitor()
    if who is None or who.source is not None:
        return []
    try:
        with here().database.read() as session:
            return views.going_on_for(session, who)
    except SQLAlchemyError:
        log.warning("drills.frame_failed")
        return []
