"""The cycle that removes points which are older than they are kept."""

from command.core.installation import Installation
from command.measurements import intake

ACTOR = "system:measurements"


def run_once(installation: Installation) -> bool:
    """Remove a chunk; True while there are more."""
    with installation.database.read() as session:
        if not intake.outlived(session):
            return False
    return installation.database.background(intake.purge, actor=ACTOR)
