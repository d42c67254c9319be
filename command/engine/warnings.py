"""The cycles of warnings: the end of those whose time is over, and polling the CAP feeds that are set."""

from command.core.installation import Installation
from command.warnings import feeds, service

ACTOR = "system:warnings"


def expire_once(installation: Installation) -> bool:
    """End warnings whose time is over. Mostly there is none, and nothing is written then."""
    with installation.database.read() as session:
        if not service.over(session):
            return False
    installation.database.background(lambda session: len(service.expire(session)), actor=ACTOR)
    return False


def poll_once(installation: Installation) -> bool:
    """Poll every feed once."""
    for address in installation.settings.cap_feeds:
        feeds.poll(installation.database, address)
    return False
