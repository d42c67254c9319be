"""The cycle that looks for updates that were promised by now and have not left."""

from functools import partial

from command.core.installation import Installation
from command.incidents import late_updates

ACTOR = "system:notices"


def run_once(installation: Installation) -> bool:
    """Put on record each update that is late. Mostly there is none, and nothing is written then."""
    with installation.database.read() as session:
        late = late_updates.due(session)
    for number in late:
        installation.database.background(partial(late_updates.note, number=number), actor=ACTOR)
    return False
