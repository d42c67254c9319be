"""The cycle that puts breached service levels into the register."""

from functools import partial

from command.agreements import recording
from command.core.installation import Installation

ACTOR = "system:agreements"


def run_once(installation: Installation) -> bool:
    """Record what is missing, each breach in a unit of work of its own; True while there is more to do now. Any number of engines may run
    this: the incident's lock lets one of them through."""
    with installation.database.read() as session:
        found = recording.missing(session)
    for each in found:
        installation.database.background(partial(recording.record, found=[each]), actor=ACTOR)
    return len(found) >= recording.AT_ONCE
