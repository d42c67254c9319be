"""Whether anything of Tocsin runs on a database: engines by their beats, everything else by its connections."""

from datetime import timedelta

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import EngineBeat

FRESH = timedelta(seconds=15)
"""How old the beat of an engine that lives can be."""

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
AND application_name IN ('tocsin', current_setting('application_name'))
"""


def engines(session: Session) -> list[str]:
    """Engines that went round within the last fifteen seconds."""
    since = clock.instant(session) - FRESH
    return list(
        session.scalars(select(EngineBeat.engine).where(EngineBeat.seen_at >= since).order_by(EngineBeat.engine))
    )


def running(connection: Connection) -> list[str]:
    """What of Tocsin runs on a database, in words; empty where nothing does. SQLite tells only of engines: see `copying.moment`."""
    with Session(connection) as session:
        found = [f"engine {name}" for name in engines(session)]
    if connection.dialect.name == "postgresql":
        others = connection.exec_driver_sql(_OTHERS).scalar_one()
        found += [f"{others} connections of Tocsin's processes"] if others else []
    return found
