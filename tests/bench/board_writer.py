"""Whoever writes while boards look on: python -m tests.bench.board_writer URL KEYS DATA NUMBER RATE SECONDS. For each commit one line:
`commit <seq of the command board> <monotonic seconds>`."""

import sys
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.boards import store
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from command.incidents import service
from command.network.models import Element

CELLS = (("CELL-1", "CELL-2"), ("CELL-1",))


def main() -> None:
    url, keys, data, number, rate, seconds = sys.argv[1:7]
    settings = Settings(env="test", data=Path(data), database_url=url, keys=keys, quiet_hours=False)
    database = parts.join(Installation(settings, Database(url), parse(keys)).database)
    with database.read() as session:
        ids = dict(session.execute(select(Element.name, Element.id)).tuples().all())
    begun = time.monotonic()
    for n in range(int(rate) * int(seconds)):
        time.sleep(max(0.0, begun + n / int(rate) - time.monotonic()))
        failed = frozenset(ids[name] for name in CELLS[n % 2])

        def work(session: Session, failed: frozenset[int] = failed) -> None:
            service.set_failed(session, service.lock(session, number), failed)

        database.write(work, actor="system:correlate")
        at = time.monotonic()
        with database.read() as session:
            print("commit", store.heads(session, ["command"])["command"].seq, at, flush=True)
    database.close()


if __name__ == "__main__":
    main()
