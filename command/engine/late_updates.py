"""The cycle that has due updates drafted, and looks for those that were promised by now and have not left."""

from functools import partial

from command.core.installation import Installation
from command.incidents import due_updates, late_updates
from command.incidents.due_updates import ACTOR


def run_once(installation: Installation) -> bool:
    """Draft each update that is due, and put on record each that is late. Mostly there is none, and nothing is written then."""
    with installation.database.read() as session:
        owed, late = due_updates.due(session), late_updates.due(session)
    for number in owed:
        installation.database.background(partial(due_updates.draft, number=number), actor=ACTOR)
    for number in late:
        installation.database.background(partial(late_updates.note, number=number), actor=ACTOR)
    return False
