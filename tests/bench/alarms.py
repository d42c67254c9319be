"""The recording's 64,598 alarms by HTTP, through dedupe, correlation and what incidents make of them, against storing the bare rows.

    python -m tests.bench.alarms [--subscribers] [--database-url URL]

Baseline: one DBAPI `executemany` of the same reports in one transaction, into a table with the keys and indexes of `alarm_event` and
`alarm`. Prints one JSON line: seconds, and their ratio (goal: at most 20)."""

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import psycopg
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.alarms import trace
from command.alarms.caller import Caller
from command.core import log, schema
from command.core.installation import Installation
from command.core.keys import new_key
from command.core.settings import read
from command.demo import load as demo
from command.people import tokens
from command.people.models import Person
from tests.bench.ground import growth

GOAL = 20.0
BATCH = 1000
PORT = 18471
_COLUMNS = "source, element, object, problem, severity, raised_at, received_at, text, exercise"


def run(subscribers: bool = False, database_url: str = "") -> Iterator[dict[str, Any]]:
    """The figure; on SQLite unless another database is given (it is emptied)."""
    log.configure(level=40)
    reports = recording()
    tenth = 0.0
    if not database_url:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/tocsin.db"
            tenth = _through_tocsin(url, Path(folder), reports[: len(reports) // 10], subscribers)
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/tocsin.db"
        bare = min(_bare(url, reports) for _ in range(3))
        whole = _through_tocsin(url, Path(folder), reports, subscribers)
    yield {
        "name": "alarms_storm",
        "value": round(whole, 2),
        "unit": "s",
        "baseline": round(bare, 3),
        "ratio": round(whole / bare, 1),
        "goal": GOAL,
        "met": whole / bare <= GOAL,
    }
    if tenth:
        yield growth("alarms_storm growth", whole, tenth)


def recording() -> list[dict[str, Any]]:
    """The whole recording at its own pace, moved so that it ended just now."""
    naming = trace.Naming(severities=trace.severities(demo.DEMO / "problems.csv"))
    said = trace.read(demo.DEMO / "trace" / "alarms.csv.gz", naming)
    end = datetime.now(UTC) - timedelta(seconds=said[-1].at)
    return [one.report(demo.SOURCE, end + timedelta(seconds=one.at)) for one in said]


def _bare(url: str, reports: Sequence[dict[str, Any]]) -> float:
    """Seconds for one executemany of the rows."""
    now = datetime.now(UTC).isoformat()
    rows = [
        (r["source"], r["element"], r["object"], r["problem"], r["severity"], r["raised_at"], now, r["text"], False)
        for r in reports
    ]
    postgresql = url.startswith("postgresql")
    marks = ", ".join(("%s" if postgresql else "?",) * 9)
    times = "timestamptz" if postgresql else "text"
    with _connection(url) as connection:
        cursor = connection.cursor()
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            f"CREATE TABLE bare (id {'bigserial' if postgresql else 'integer'} PRIMARY KEY, source text, element text, "
            f"object text, problem text, severity text, raised_at {times}, received_at {times}, text text, exercise boolean)"
        )
        cursor.execute("CREATE INDEX bare_key ON bare (source, element, object, problem, exercise)")
        cursor.execute("CREATE INDEX bare_element ON bare (element)")
        cursor.execute("CREATE INDEX bare_at ON bare (element, raised_at, severity)")
        connection.commit()
        started = time.perf_counter()
        cursor.executemany(f"INSERT INTO bare ({_COLUMNS}) VALUES ({marks})", rows)
        connection.commit()
        took = time.perf_counter() - started
        cursor.execute("DROP TABLE bare")
        connection.commit()
    return took


@contextmanager
def _connection(url: str) -> Iterator[Any]:
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
            yield connection
        return
    file = sqlite3.connect(url.removeprefix("sqlite:///"))
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    yield file
    file.close()


def _through_tocsin(url: str, folder: Path, reports: Sequence[dict[str, Any]], subscribers: bool) -> float:
    """Seconds until the last batch is answered."""
    environment = {
        "TOCSIN_CONFIG": str(demo.DEMO / "tocsin.toml"),
        "TOCSIN_DATA": str(folder),
        "TOCSIN_DATABASE_URL": url,
        "TOCSIN_KEYS": new_key(),
        "PORT": str(PORT),
    }
    os.environ.update(environment)
    schema.upgrade(url)
    bearer = _load(parts.open_installation(read()), subscribers)
    web = subprocess.Popen([sys.executable, "-m", "command.cli", "web"], env=os.environ, stderr=subprocess.DEVNULL)
    try:
        caller = Caller(f"http://127.0.0.1:{PORT}", bearer)
        caller.get("/healthz")
        bodies = [list(batch) for batch in _batches(reports)]
        started = time.perf_counter()
        for body in bodies:
            caller.post("/api/v1/alarms", body)
        return time.perf_counter() - started
    finally:
        web.terminate()
        web.wait(20)


def _batches(reports: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    each = iter(reports)
    while batch := list(itertools.islice(each, BATCH)):
        yield batch


def _load(installation: Installation, subscribers: bool) -> str:
    if subscribers:
        with Progress(disable=True) as progress:
            demo.load(installation, progress)
        return demo.driver_tokens(installation.settings.data)["alarms"]
    with Progress(disable=True) as progress:
        demo.load_network(installation, progress)
    return installation.database.write(token)


def token(session: Session) -> str:
    owner = session.scalars(select(Person).where(Person.username == demo.DUTY_OFFICER)).one()
    return tokens.create_token(session, owner, "bench", ["alarms.write"], days=1, source=demo.SOURCE)[1]


@click.command()
@click.option(
    "--subscribers", is_flag=True, help="With the demo's 200,000 subscribers, whose notices are then made too."
)
@click.option("--database-url", default="", help="Another database than SQLite; it must be empty.")
def main(subscribers: bool, database_url: str) -> None:
    """Print the figure."""
    for figure in run(subscribers, database_url):
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
