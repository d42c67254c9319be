"""What happened to a series, in words: its journal, the newest first; and the words of what a plan adds to a drill's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.journal import Entry
from command.drills.models import Drill, DrillProgramme
from command.drills.programme.series_entries import stream
from command.people.models import Person

MOST = 40
SENTENCES: dict[str, tuple[str, str]] = {
    "drill_programme.kept": (
        "系列第{version}版：{starts}起（{zone}），规则{rule}",
        "Version {version}: from {starts} ({zone}), {rule}",
    ),
    "drill_programme.cancelled": ("取消系列，同时取消{drills}场演练", "Called off, with {drills} drills ahead"),
    "drill_programme.fired": (
        "{local_date}一场列为{drill_id}，定于{due_at}{because}",
        "{local_date} became {drill_id}, due {due_at}{because}",
    ),
    "drill_programme.skipped": ("{local_date}一场不举行{because}", "{local_date} is not held{because}"),
    "drill.moved": ("从{was}改到{due_at}{because}", "Moved from {was} to {due_at}{because}"),
    "drill.freeze_overridden": ("说明理由后安排在冻结期内", "Planned inside a freeze, with a reason"),
    "drill_freeze.set": (
        "设置冻结期{from_at}至{until_at}：改期{moved}场，取消{cancelled}场，仍在其中{left}场",
        "No drills from {from_at} to {until_at}: {moved} moved, {cancelled} called off, {left} still inside",
    ),
    "drill_freeze.lifted": ("解除冻结期", "Freeze lifted"),
}
"""The words of these entries, by kind: (zh, en)."""
BECAUSE: dict[str, tuple[str, str]] = {
    "holiday": ("（遇节假日）", " (a holiday)"),
    "freeze": ("（遇冻结期）", " (a freeze)"),
    "coincides": ("（下一场之前没有可用的工作日）", " (no free workday before the next one)"),
    "no_day": ("（一年内没有可用的工作日）", " (no free workday within a year)"),
    "person": ("（人工改期）", " (by a person)"),
}
TIMES = ("due_at", "was", "from_at", "until_at")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: when, by whom (None: by the engine), and what in a sentence."""

    at: datetime
    by: Person | None
    said: str


def told(session: Session, programme_id: int, language: str) -> list[Told]:
    """The newest entries of a series, on its own wall clock."""
    zone = ZoneInfo(session.get_one(DrillProgramme, programme_id).zone)
    mine = select(Entry).where(Entry.stream_id == stream(programme_id)).order_by(Entry.seq.desc()).limit(MOST)
    rows = session.scalars(mine)
    return [Told(row.at, _actor(session, row.actor), sentence(session, row, language, zone)) for row in rows]


def sentence(session: Session, entry: Entry, language: str, zone: ZoneInfo) -> str:
    """An entry in words, times on a zone's wall clock, drills by code."""
    which = 0 if language == "zh" else 1
    values: dict[str, Any] = orjson.loads(entry.data)
    values["because"] = BECAUSE.get(values.get("because") or "", ("", ""))[which]
    for key in TIMES:
        if values.get(key):
            values[key] = f"{datetime.fromisoformat(values[key]).astimezone(zone):%Y-%m-%d %H:%M}"
    if "rule" in values:
        values["rule"] = values["rule"] or ("仅一次", "once")[which]
    if "starts" in values:
        values["starts"] = values["starts"].replace("T", " ")
    if "drill_id" in values and (drill := session.get(Drill, values["drill_id"])) is not None:
        values["drill_id"] = drill.code
    return SENTENCES[entry.kind][which].format(**values)


def _actor(session: Session, actor: str) -> Person | None:
    scheme, _, name = actor.partition(":")
    return session.get(Person, int(name)) if scheme == "person" and name.isdigit() else None
