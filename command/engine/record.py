"""The cycle that looks after the record: heads signed hourly, snapshots of boards that grew long, spent limits forgotten."""

from sqlalchemy.orm import Session

from command.boards import store
from command.core import heads
from command.core.installation import Installation
from command.people import limits

AT_ONCE = 3


def run_once(installation: Installation) -> bool:
    """Sign what is due, write a few snapshots; True when more snapshots may be due."""
    every = installation.settings.snapshot_every

    def snapshots(session: Session) -> int:
        return store.snapshot_due(session, every=every, limit=AT_ONCE)

    def sign(session: Session) -> bool:
        return heads.sign_if_due(session, installation.keyring)

    installation.database.background(sign, actor="system:record")
    installation.database.background(limits.sweep, actor="system:record")
    return installation.database.background(snapshots, actor="system:record") == AT_ONCE
