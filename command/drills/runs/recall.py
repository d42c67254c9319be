"""Taking a unit back from a drill while it goes on, because something real needs it."""

from sqlalchemy.orm import Session

from command.core.problems import N_, Denied, NotFound
from command.drills.models import Drill
from command.drills.runs import joining, taking_part
from command.people import access
from command.people.access import Principal
from command.resources import recalling


def recall(session: Session, drill: Drill, allocation_id: int, who: Principal, reason: str = "") -> None:
    """Free something that a drill has: by who runs it, or who may take resources from one incident for another. It is in its pool at once;
    on the way it is as long as the drill's recall time says. Raise Denied, NotFound or Conflict."""
    if not taking_part.runs(session, drill, who) and not access.may(who, "preempt_resource"):
        raise Denied(
            N_("You may not take this from the drill."),
            remedy=N_("Ask the drill's trainer, or whoever may take resources from an incident."),
        )
    mine = recalling.out(session, [incident.id for incident in joining.incidents(session, drill)])
    if allocation_id not in {each.allocation_id for each in mine}:
        raise NotFound(
            N_("This drill has nothing of that kind out."),
            field="allocation",
            remedy=N_("Look at what it has on its page."),
        )
    recalling.recall(session, allocation_id, reason)
