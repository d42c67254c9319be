"""`archive_search`: searches over 10,000 closed cases of six notes each, as the page asks them (a page of 25, its excerpts, the count):
the 95th percentile against 300 ms, and searches for rare words against comparing every text."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from command.archive import filters, grams, rows, search
from command.archive.models import ArchiveGram, ArchiveNote
from command.core import finding
from command.core.database import Database
from command.core.journal import Note
from command.incidents.models import Impact, Incident, Role
from command.people.access import Principal
from command.people.models import Person, PersonPost
from tests.bench.ground import DIALECTS, figure, ground

CASES, GOAL = 10_000, 0.3
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2024, 1, 1, tzinfo=UTC)
PLACES = ("梅江区", "松坪县", "云门区", "岭东省", "the old town", "the harbour", "the east exchange", "站前路机房")
THINGS = ("光缆", "基站", "核心网元", "传输设备", "power supply", "base station", "optical line terminal", "短信中心")
EVENTS = (
    "中断",
    "退服",
    "被施工挖断",
    "告警反复",
    "failed after a storm",
    "was cut by works",
    "用户投诉激增",
    "已恢复服务",
)
PARTS = ("summary", "feedback", "measures", "cause", "effect", "improvement")
SEARCHES: tuple[dict[str, Any], ...] = (
    {},
    {"sort": "users"},
    {"text": "光缆"},
    {"text": "光缆 挖断"},
    {"text": "the"},
    {"text": "optical line storm"},
    {"text": "断"},
    {"text": "无人机"},
    {"text": "案卷第777号"},
    {"number": "0042"},
    {"tier": 1, "kind": "network_fault", "exercise": "no"},
    {"area": "A3", "from": "2025-01-01", "to": "2025-12-31"},
    {"service": "S2", "text": "基站 退服"},
    {"person": "p3"},
    {"person": "p3", "text": "storm", "sort": "oldest"},
)
RARE = ("光缆 挖断", "optical line storm", "无人机", "案卷第777号")
"""Searches that few cases answer, for which an index is kept."""
KINDS = ("network_fault", "service_interruption", "natural_disaster", "complaint_surge", "information_security")


def run() -> Iterator[dict[str, Any]]:
    for dialect in DIALECTS:
        with ground(dialect) as base:
            base.fill(24, 0, cut_off=False)
            installation = base.copy()
            _fill(installation.database)
            indexed = _measure(installation.database)
            with _without_grams():
                compared = _measure(installation.database, rare_only=True)
            words = [took for asked, took in indexed if asked.get("text") in RARE]
            yield figure(f"archive_search p95 {dialect}", _p95([took for _, took in indexed]), "s", GOAL, 1.0)
            baseline = sum(took for _, took in compared) / len(compared)
            mean = sum(words) / len(words)
            yield figure(f"archive_search of rare words with index over without {dialect}", mean, "s", baseline, 1.0)
            installation.database.close()


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _measure(database: Database, *, rare_only: bool = False) -> list[tuple[dict[str, Any], float]]:
    who = Principal(1, "p1", frozenset({"duty_officer"}), None, "zh")
    found = []
    for _ in range(6):
        for asked in SEARCHES:
            if rare_only and asked.get("text") not in RARE:
                continue
            begun = time.perf_counter()
            wanted = filters.resolve(filters.checked(asked), ZONE)
            with database.read() as session:
                wanted = search.looked_up(session, wanted)
                page = search.page(session, wanted, who)
                rows.rows(session, page.cases, finding.words(asked.get("text", "")))
                search.count(session, wanted, who)
            found.append((asked, time.perf_counter() - begun))
    return found


@contextmanager
def _without_grams() -> Iterator[None]:
    """Without grams to look up, every text is compared: what the index saves."""
    with patch.object(grams, "asked", lambda word: ()):
        yield


def _write(session: Session, tables: Sequence[tuple[Any, Any]]) -> None:
    for table, given in tables:
        session.execute(insert(table), given)


def _fill(database: Database) -> None:
    dice = random.Random(1)
    people = [
        {"id": at, "username": f"p{at}", "name_zh": f"甲{at}", "name_en": f"P {at}", "created_at": START}
        for at in range(1, 9)
    ]
    database.write(lambda session: session.execute(insert(Person), people) and None)
    posts = [{"person_id": at, "post": "duty_officer"} for at in range(1, 9)]
    database.write(lambda session: session.execute(insert(PersonPost), posts) and None)
    for start in range(1, CASES + 1, 500):
        tables = _batch(range(start, min(start + 500, CASES + 1)), dice)
        database.write(partial(_write, tables=tables))
    if not database.sqlite:
        with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _batch(numbers: range, dice: random.Random) -> list[tuple[type, list[dict[str, Any]]]]:
    notes, cases, index, words, roles, impacts = ([] for _ in range(6))
    for at in numbers:
        detected = START + timedelta(hours=2 * at)
        ids = [at * 10 + place for place in range(len(PARTS))]
        for note in ids:
            first, then = (f"{dice.choice(PLACES)}{dice.choice(THINGS)}{dice.choice(EVENTS)}" for _ in range(2))
            said = f"{first}，案卷第{at}号，{then}"
            flat = finding.folded(said)
            notes.append({"id": note, "at": detected, "author": "person:1", "body": said, "salt": b"0"})
            index.append({"note_id": note, "incident_id": at, "body": flat})
            words += [{"gram": gram, "note_id": note} for gram in grams.grams(flat)]
        cases.append(
            {
                **{f"{part}_note_id": note for part, note in zip(PARTS, ids, strict=True)},
                "id": at,
                "number": f"{detected:%Y-%m%d}-{at:05}",
                "kind": dice.choice(KINDS),
                "state": "closed",
                "tier": dice.randint(1, 4),
                "current_tier": 4,
                "projected_tier": 4,
                "rules": [],
                "overruled": [],
                "source": "alarms",
                "area_id": dice.randint(1, 24),
                "exercise": dice.random() < 0.1,
                "restricted": dice.random() < 0.05,
                "detected_at": detected,
                "reported_at": detected,
                "commander_id": dice.randint(1, 8),
                "owner_id": dice.randint(1, 8),
                "users_peak": dice.randint(0, 90_000),
                "user_minutes": dice.random() * 1e6,
            }
        )
        of = {"incident_id": at, "exercise": cases[-1]["exercise"], "from_at": detected}
        roles += [{**of, "role": role, "person_id": dice.randint(1, 8)} for role in ("technical_lead", "security_lead")]
        impacts += [
            {**of, "service_id": dice.randint(1, 8), "area_id": dice.randint(1, 24), "users": 9, "share": 0.1}
            for _ in range(3)
        ]
    return [
        (Note, notes),
        (Incident, cases),
        (ArchiveNote, index),
        (ArchiveGram, words),
        (Role, roles),
        (Impact, impacts),
    ]
