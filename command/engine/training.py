"""The cycles of training: who is to be told about a session, and of what ends soon."""

from command.core.installation import Installation
from command.training import reminding, rules

ACTOR = "system:training"


def run_once(installation: Installation) -> bool:
    """Invite and remind. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.invite, actor=ACTOR)
    return False


def remind_once(installation: Installation) -> bool:
    """Remind of what ends; looked at seldom, for it looks at everybody."""
    with installation.database.read() as session:
        if not (reminding.open_now(session) and reminding.ending(session, rules.current())):
            return False
    installation.database.background(lambda session: reminding.remind(session, rules.current()), actor=ACTOR)
    return False
