"""`fan_out`: 1,000,000 recipients materialised, against one raw INSERT … SELECT of the same rows with the same keys and indexes.

`fan_out marked`: the same to a register of whose numbers MARKED of a hundred take no SMS and are left out, against telling all of it.

`web_write_during_fan_out`: on SQLite, the p99 of a person's write in this process while another process fans out."""

import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
from sqlalchemy import text

from command.core import journal
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from command.engine import fan_out
from command.messages import service as messages
from command.messages.about import About
from command.notices import service
from command.notices.models import Kind, Notice, NoticeState
from tests.bench.ground import DIALECTS, Ground, figure, ground, growth, stopwatch

RECIPIENTS = 1_000_000
ELEMENTS = 2_500
ROUNDS = 3
"""Runs of each kind in turn; the pair with the median ratio counts."""
GOAL = {"sqlite": 2.5, "postgresql": 1.5}
MEMORY = 300.0
MARKED, MARKED_GOAL = 2, 1.1
P99 = 0.100
_TEXTS = {"zh": "【示例通信】部分用户无法上网。", "en": "[Example] Outage."}


def run() -> Iterator[dict[str, Any]]:
    for dialect in DIALECTS:
        with ground(dialect) as tenth:
            tenth.fill(ELEMENTS, RECIPIENTS // 10, cut_off=True)
            small, _ = _ours(tenth)
        with ground(dialect) as whole:
            whole.fill(ELEMENTS, RECIPIENTS, cut_off=True)
            rounds = [(_raw(whole), *_ours(whole)) for _ in range(ROUNDS)]
            raw, took, _ = sorted(rounds, key=lambda one: one[1] / one[0])[ROUNDS // 2]
            yield figure(f"fan_out {dialect}", took, "s", raw, GOAL[dialect])
            yield figure(f"fan_out memory {dialect}", max(one[2] for one in rounds), "MiB", MEMORY, 1.0)
            yield growth(f"fan_out growth {dialect}", took, small)
            pairs = [(_ours(whole, tier=3)[0], _ours(whole, tier=3, marked=True)[0]) for _ in range(ROUNDS)]
            plain, spared = sorted(pairs, key=lambda one: one[1] / one[0])[ROUNDS // 2]
            yield figure(f"fan_out marked {dialect}", spared, "s", plain, MARKED_GOAL)
            if dialect == "sqlite":
                yield from _web_write(whole)


def _notice(installation: Installation, tier: int = 2) -> int:
    about = About(1, "INC-1", tier, "network_fault", False, "province")

    def work(session: Any) -> int:
        notice = service.draft(
            session,
            about,
            Kind.FIRST,
            _TEXTS,
            validity_minutes=60,
            pre_approved_cap=10 * RECIPIENTS,
            automatic=True,
            by="system:bench",
            correction=_TEXTS,
        )
        return service.submit(session, notice, "system:bench").id

    return installation.database.write(work)


def _ours(base: Ground, tier: int = 2, *, marked: bool = False) -> tuple[float, float]:
    """(seconds, peak memory of this process in MiB)"""
    installation = base.copy()
    if marked:
        installation.database.write(_mark)
    notice = _notice(installation, tier)
    with _Peak() as peak, stopwatch() as took:
        while fan_out.run_once(installation):
            pass
    with installation.database.read() as session:
        audience = session.get_one(Notice, notice).audience
        assert sum(messages.tally(session, notice).values()) == audience == _users(session)
    base.drop(installation)
    return took[0], peak.mib


def _mark(session: Any) -> None:
    """Numbers all over the register are marked; the database knows its tables, as it does in life."""
    now = "CURRENT_TIMESTAMP"
    session.execute(
        text(
            "INSERT INTO bad_number (recipient, addressee, state, reason, last_at, marked_at) "
            f"SELECT number_index, id, 'marked', 'absent', {now}, {now} FROM subscriber WHERE id % 100 < {MARKED}"
        )
    )
    session.execute(text("ANALYZE bad_number"))


def _users(session: Any) -> int:
    return int(session.execute(text("SELECT count(*) FROM delivery")).scalar_one())


_RAW = """INSERT INTO delivery (purpose, notice_id, addressee, recipient, number, lane, body_id, state, exercise, created_at,
due_at, valid_until, fence, tries, resent)
SELECT 'notice', {notice}, s.id, s.number_index, s.number, 2, CASE s.language WHEN 'en' THEN 2 ELSE 1 END, 'ready', {no},
{now}, {now}, {now}, 0, 0, {no}
FROM cut_off c JOIN subscriber s ON s.element_id = c.element_id
WHERE c.incident_id = 1 AND c.until_at IS NULL AND (s.services & c.services) != 0"""


def _raw(base: Ground) -> float:
    """Seconds of one statement and its commit."""
    installation = base.copy()
    notice = _notice(installation)
    sqlite = base.dialect == "sqlite"
    now = "'2026-11-22 06:00:00.000000'" if sqlite else "TIMESTAMPTZ '2026-11-22 06:00:00+00'"
    statement = _RAW.format(notice=notice, no="0" if sqlite else "false", now=now)
    with stopwatch() as took:
        installation.database.write(lambda session: session.execute(text(statement)))
    base.drop(installation)
    return took[0]


class _Peak:
    """The greatest resident memory of this process while open, looked at every 50 ms."""

    def __enter__(self) -> "_Peak":
        self.mib, self._stop = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(0.05):
            self.mib = max(self.mib, process.memory_info().rss / 2**20)


def _web_write(base: Ground) -> Iterator[dict[str, Any]]:
    installation = base.copy()
    notice = _notice(installation)
    alone = _latencies(installation.database, lambda n: n < 300)
    engine = multiprocessing.get_context("spawn").Process(
        target=_engine, args=(installation.settings.url, installation.settings.keys)
    )
    engine.start()
    while _state(installation, notice) != NoticeState.SENDING:
        time.sleep(0.01)
    during = _latencies(installation.database, lambda n: _wave_open(installation))
    engine.join()
    installation.database.close()
    print(
        f"web write: {len(during)} during, alone p99 {_p99(alone) * 1000:.1f} ms, worst {max(during):.3f} s",
        file=sys.stderr,
    )
    yield figure("web_write_during_fan_out sqlite p99", _p99(during), "s", P99, 1.0)


def _state(installation: Installation, notice: int) -> str:
    with installation.database.read() as session:
        return session.get_one(Notice, notice).state


def _wave_open(installation: Installation) -> bool:
    with installation.database.read() as session:
        return bool(session.execute(text("SELECT 1 FROM wave WHERE done_at IS NULL")).first())


def _engine(url: str, keys: str) -> None:
    installation = Installation(Settings(env="test", database_url=url, keys=keys), Database(url), parse(keys))
    while fan_out.run_once(installation):
        pass


def _latencies(database: Database, more: Any) -> list[float]:
    """Seconds of each small write (a note and a journal entry), one every 10 ms."""
    found: list[float] = []
    while more(len(found)):
        with stopwatch() as took:
            database.write(_write, actor="person:1")
        found.append(took[0])
        time.sleep(0.01)
    return found


def _write(session: Any) -> None:
    journal.add_note(session, "a comment", "person:1")
    journal.record(session, "incident:INC-2", journal.Rolled(previous="x", head_seq=1, head_hash="y"))


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
