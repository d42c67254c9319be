"""All looks in their order. What cannot be asked, because something before it is broken, is left out and said to be."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from command.core.database import Database
from command.core.installation import Installation
from command.core.problems import N_
from command.core.settings import Settings
from command.operating.doctor import authority, files, gateways, house, keys
from command.operating.doctor.lines import Level, Line, warning


def settings_and_files() -> tuple[Settings | None, list[Line]]:
    """What can be looked at without settings."""
    given, found = files.settings()
    return given, [*found, *files.configuration()]


def all_else(given: Settings) -> Iterator[Line]:
    """What the settings lead to: keys, database, gateways, engines, disk."""
    yield from files.own(given)
    keyring, found = keys.opened(given)
    yield from found
    database = house.database(given)
    yield from database
    whole = all(line.level is not Level.FAULT for line in database)
    if keyring is not None:
        installation = Installation(given, Database(given.url, pool=5), keyring)
        try:
            yield from gateways.looked_at(installation)
            if whole:
                yield from _inside(installation)
        except SQLAlchemyError as error:
            yield house.unanswered(error)
        finally:
            installation.database.close()
    if keyring is None or not whole:
        words = N_("clock, engines, authority, backups and what is kept were not looked at")
        yield warning("not looked at", words, N_("Mend the keys and the database first, then look again."))
    yield from house.data_folder(given)
    yield house.web(given)
    yield house.public_address(given)


def _inside(installation: Installation) -> Iterator[Line]:
    with installation.database.read() as session:
        yield from house.clocks(session, installation.settings)
        yield from keys.kept(session, installation.settings, installation.keyring)
        yield from gateways.standing(session, installation)
        yield from house.engines(session)
        yield from authority.looked_at(session)
        yield from house.disk(session, installation.settings)
        yield house.backups(session)
