"""A fault that returns while its repair is watched reopens its incident by itself."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.incidents import command_roles, entries, observing, observing_rows, plans, service
from command.incidents import observing_entries as said
from command.incidents.guards import State
from command.incidents.lifecycle import Forbidden
from command.incidents.models import Incident

NAMED = 20
"""How many names of what returned the journal and the reason hold."""


def returned(
    session: Session, incident: Incident, sign: str, names: Sequence[str], elements: Collection[int] = ()
) -> bool:
    """Reopen a locked incident under observation, by nobody, because of what `sign` (alarms, measurement, complaints) shows. Its impact
    opens for `elements` (ids), or as it was. False where it is not watched any more, or where it cannot be reopened (nobody commands it):
    then what returned is on record, the observation is over, and what comes is an incident of its own unless a person reopens this one."""
    row = observing_rows.open_of(session, incident.id)
    if row is None or row.until_at <= clock.now(session) or incident.state != State.RESTORED:
        return False
    plan = plans.of(session, incident)
    if incident.commander_id is None and plan is not None:
        command_roles.appoint(session, incident, plan.tier(incident.tier).echelon, None)
    named = tuple(masked_words(name) for name in names[:NAMED])
    reopened = True
    try:
        service.reopen(session, incident, None, ", ".join(named) or sign, tuple(elements))
    except Forbidden:
        reopened = False
        observing.stop(session, incident)
    told = said.Returned(sign=sign, names=named, elements=len(elements), reopened=reopened)
    entries.record(session, incident, told)
    return reopened
