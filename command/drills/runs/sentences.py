"""The journal of a drill in words, in both languages: what its console and its report tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Entry, Note
from command.drills import entries
from command.drills.models import Drill
from command.people.models import Person

SENTENCES: dict[str, tuple[str, str]] = {
    "drill.planned": ("计划演练，场景{scenario}第{version}版", "Planned, scenario {scenario}, version {version}"),
    "drill.acknowledged": ("{person_id}确认可以开始", "{person_id} agreed to the begin"),
    "drill.announced": ("已通知{people}人", "Announced to {people} people"),
    "drill.began": (
        "开始：{players}人参演，{injects}条导调信息，晚{minutes_late}分钟{overridden}",
        "Began: {players} players, {injects} injects, {minutes_late} min late{overridden}",
    ),
    "drill.incident_joined": ("{number}属于本次演练（{by}）", "{number} belongs to the drill ({by})"),
    "drill.inject_added": ("临时增加第{number}条导调信息", "Inject {number} added"),
    "drill.inject_delivered": (
        "第{number}条导调信息已下达，{people}人，短信{texts}条，告警{alarms}条",
        "Inject {number} delivered: {people} people, {texts} texts, {alarms} alarms",
    ),
    "drill.inject_answered": (
        "第{number}条导调信息已响应：{how}{choice}{words}",
        "Inject {number} answered: {how}{choice}{words}",
    ),
    "drill.inject_skipped": ("第{number}条导调信息已跳过（{because}）", "Inject {number} skipped ({because})"),
    "drill.paused": ("暂停（{because}）", "Paused ({because})"),
    "drill.resumed": ("继续，速度{speed}倍", "Goes on, at {speed} times the clock's pace"),
    "drill.ended": (
        "结束：下达{delivered}条，响应{answered}条，跳过{skipped}条",
        "Ended: {delivered} injects delivered, {answered} answered, {skipped} skipped",
    ),
    "drill.stopped": (
        "终止（{because}），释放资源{released_units}项{incident}",
        "Stopped ({because}); {released_units} resources free again{incident}",
    ),
    "drill.cancelled": ("取消{reason}", "Cancelled{reason}"),
    "drill.missed": ("错过，已晚{minutes_late}分钟", "Missed, {minutes_late} min late"),
}
"""The words of these entries, by kind: (zh, en). Places in braces are fields of the entry, people by name, notes by their text."""
WORDS: dict[str, tuple[str, str]] = {
    "player": ("参演人员报告", "reported by a player"),
    "alarms": ("由告警产生", "opened by alarms"),
    "controller": ("导调员", "controller"),
    "unless": ("参演人员已先行处置", "players did it before"),
    "over": ("演练已结束", "the drill was over"),
    "person": ("人工操作", "somebody said so"),
    "real": ("发生Ⅰ级或Ⅱ级真实事件", "a live incident of tier I or II"),
    "stop_word": ("终止口令", "stop word"),
    "real_event": ("发生真实事件", "something real happened"),
    "proof": ("处置记录为证", "the journal shows it"),
}
"""Codes in those entries, in words."""
_NOTES = ("overridden", "words", "reason")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: when, by whom (None: by the engine), its kind, and what happened in a sentence. `second` of exercise time, where it has
    one."""

    at: datetime
    by: Person | None
    kind: str
    said: str
    second: float | None


def told(session: Session, drill: Drill, language: str, limit: int = 200) -> list[Told]:
    """The newest entries of a drill, the newest first."""
    mine = select(Entry).where(Entry.stream_id == entries.stream(drill.id), Entry.kind.in_(list(SENTENCES)))
    rows = session.scalars(mine.order_by(Entry.seq.desc()).limit(limit)).all()
    return [_told(session, row, language) for row in rows]


def _told(session: Session, row: Entry, language: str) -> Told:
    data = orjson.loads(row.data)
    scheme, _, name = row.actor.partition(":")
    by = session.get(Person, int(name)) if scheme == "person" and name.isdigit() else None
    return Told(row.at, by, row.kind, sentence(session, row.kind, data, language), data.get("second"))


def sentence(session: Session, kind: str, data: Mapping[str, Any], language: str) -> str:
    """An entry in words."""
    at = 0 if language == "zh" else 1
    values = {name: _value(session, name, value, language) for name, value in data.items()}
    if kind == "drill.inject_answered":
        values["how"] = WORDS["proof"][at] if data.get("proof") else values["person_id"]
    return SENTENCES[kind][at].format(**values)


def _value(session: Session, name: str, value: Any, language: str) -> str:
    at = 0 if language == "zh" else 1
    if name in _NOTES and isinstance(value, dict):
        note = session.get(Note, value["id"])
        return ("：%s", ": %s")[at] % (note.body if note is not None and note.body else "—")
    if name == "person_id" and value is not None:
        person = session.get(Person, value)
        return str(value) if person is None else names.of(person, language)
    if value is None:
        return ""
    if name in ("choice", "incident"):
        return f"，{value}" if language == "zh" else f", {value}"
    return WORDS[value][at] if name in ("by", "because") and value in WORDS else str(value)
