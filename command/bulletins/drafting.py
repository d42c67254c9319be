"""A bulletin drafted from the journal and the tables behind it: what happened, what it means, what was done, as of one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.bulletins import figures, saying
from command.bulletins.models import Kind
from command.core import clock, journal
from command.core.journal import Note
from command.core.log import masked_words
from command.incidents import entries, house, measuring, telling
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.family import kin
from command.incidents.models import Impact, Incident, Task
from command.resources.models import Resource, ResourceAllocation, ResourceRequest
from command.resources.states import State
from playbooks.notices import BulletinText
from playbooks.templates import LANGUAGES, Language, TemplateError, render

MAIN: Mapping[str, tuple[str, str]] = {
    "incident.reported": ("接报", "reported"),
    "incident.raised": ("提级为{tier}", "raised to {tier}"),
    "incident.graded": ("定级为{tier}", "graded {tier}"),
    "incident.lowered": ("降级为{tier}", "lowered to {tier}"),
    "incident.activated": ("启动{tier}响应", "response activated, {tier}"),
    "incident.located": ("故障定位", "fault located"),
    "incident.eta": ("预计恢复时间：{eta}", "service expected back: {eta}"),
    "incident.quiet": ("受影响网元全部恢复连通", "nothing is cut off any more"),
    "incident.restored": ("确认恢复服务", "restoration confirmed"),
    "incident.reopened": ("故障复发，重新处置", "the fault is back, handled again"),
    "incident.cancelled": ("事件撤销", "cancelled"),
    "incident.closed": ("办结", "closed"),
}
"""Kinds of entries that a bulletin tells, and their words."""
MOST_EVENTS, MOST_MEASURES, MOST_ROWS = 20, 12, 12
SHORT = {
    "zh": "{area}自{since}起{services}服务受影响。",
    "en": "Since {since}, {services} affected in {area}.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is drafted: which kind, its number, the plan's text, when the next is due. `asked` and `first` are lines put before what the
    journal asks and says: of a report upward, why."""

    kind: Kind
    bulletin: int
    text: BulletinText | None
    next_at: datetime | None
    corrects: int | None = None
    asked: str = ""
    why: Mapping[Language, str] | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """Texts by zh, en, short_zh and short_en, and the figures they hold."""

    texts: Mapping[str, str]
    figures: Mapping[str, int | float]
    as_of: datetime


def draft(session: Session, incident: Incident, asked: Asked) -> Drafted:
    """The texts and figures of a bulletin as of now. Phone numbers that people typed into notes are masked."""
    now = clock.now(session)
    given = figures.of(session, incident)
    events = _events(session, incident)
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        known = _known(session, incident, asked, language, given, events, now)
        texts[language], texts[f"short_{language}"] = saying.whole(known), saying.short(known)
    return Drafted({name: masked_words(text) for name, text in texts.items()}, given, now)


def _known(
    session: Session,
    incident: Incident,
    asked: Asked,
    language: Language,
    given: Mapping[str, int | float],
    events: Sequence[tuple[datetime, str, Mapping[str, Any]]],
    now: datetime,
) -> saying.Known:
    settings = house.settings(session)
    fields = _fields(session, incident, language, given)
    short = SHORT[language].format_map(fields)
    sentence = _sentence(asked.text, language, fields) or short
    if asked.why:
        sentence = f"{asked.why[language]}\n{sentence}"
    ended = incident.restored_at
    return saying.Known(
        language=language,
        operator=settings.operator_name_zh if language == "zh" else settings.operator_name_en,
        kind=asked.kind,
        bulletin=asked.bulletin,
        incident=str(fields["title"]),
        exercise=incident.exercise,
        as_of=_moment(session, now),
        sentence=sentence,
        short_sentence=short,
        figures=given,
        impact=_impact(session, incident, language),
        timeline=[f"{_moment(session, at)} {_event(session, kind, data, language)}" for at, kind, data in events],
        measures=_measures(session, incident, language),
        asked=[line for line in (asked.asked.strip(), *_lacking(session, incident, language)) if line],
        eta=_moment(session, incident.eta) if incident.eta and incident.eta > now else None,
        restored=_moment(session, ended) if ended else None,
        next=_moment(session, asked.next_at) if asked.next_at and asked.kind != Kind.FINAL else None,
        cause=note_of(session, incident.cause_note_id),
        corrects=asked.corrects,
    )


def _fields(
    session: Session, incident: Incident, language: Language, given: Mapping[str, int | float]
) -> dict[str, str | None]:
    """Every field a bulletin's template may mention; None for what is not known."""
    at = 0 if language == "zh" else 1
    try:
        found = telling.fields(session, incident, language)
    except telling.NoPlan:
        rows = measuring.last_impacts(session, incident)
        found = {
            "area": telling.area_words(session, incident, language, rows),
            "services": telling.service_words(session, language, rows),
            "since": telling.moment(session, incident.occurred_at or incident.detected_at, language),
        }
    kind = KIND_WORDS[incident.kind][at]
    area = found["area"]
    projected = incident.users_projected
    return found | {
        "title": f"{area}{kind}（{incident.number}）" if language == "zh" else f"{kind}, {area} ({incident.number})",
        "tier": TIER_WORDS[incident.tier][at],
        "users": f"{incident.users_now:,}",
        "projected_users": f"{projected:,}" if projected > incident.users_now else None,
        "user_minutes": f"{given['user_minutes']:,}",
        "measures": note_of(session, incident.measures_note_id),
        "cause": note_of(session, incident.cause_note_id),
    }


def _sentence(text: BulletinText | None, language: Language, fields: Mapping[str, str | None]) -> str:
    """The plan's own text; nothing where it needs what is not known."""
    if text is None:
        return ""
    try:
        return render(text.zh if language == "zh" else text.en, fields)
    except TemplateError:
        return ""


def _events(session: Session, incident: Incident) -> list[tuple[datetime, str, Mapping[str, Any]]]:
    """The main events of the journal in order: of many the first and the newest."""
    found = [
        (entry.at, entry.kind, orjson.loads(entry.data))
        for entry in journal.entries(session, entries.stream(incident))
        if entry.kind in MAIN
    ]
    found = [each for each in found if each[1] != "incident.graded" or each[2]["before"] not in (None, each[2]["tier"])]
    return found if len(found) <= MOST_EVENTS else [*found[:2], *found[2 - MOST_EVENTS :]]


def _event(session: Session, kind: str, data: Mapping[str, Any], language: Language) -> str:
    at = 0 if language == "zh" else 1
    eta = data.get("eta")
    said = _moment(session, datetime.fromisoformat(eta)) if eta else saying.UNKNOWN[language]
    tier = TIER_WORDS[data["tier"]][at] if data.get("tier") in TIER_WORDS else ""
    return MAIN[kind][at].format(tier=tier, eta=said)


def _impact(session: Session, incident: Incident, language: Language) -> list[str]:
    """Services by area with their users, those of most users first."""
    rows = sorted(measuring.last_impacts(session, incident), key=lambda row: (-row.users, row.id))
    sign = "：" if language == "zh" else ": "
    lines = [f"{_place(session, incident, row, language)}{sign}{_users(row, language)}" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"另有{len(rows) - MOST_ROWS}项" if language == "zh" else f"and {len(rows) - MOST_ROWS} more")
    return lines


def _place(session: Session, incident: Incident, row: Impact, language: Language) -> str:
    gap = " " if language == "en" else ""
    area = telling.area_words(session, incident, language, [row])
    return f"{area}{gap}{telling.service_words(session, language, [row])}"


def _users(row: Impact, language: Language) -> str:
    return f"{row.users:,}户" if language == "zh" else f"{row.users:,} users"


def _measures(session: Session, incident: Incident, language: Language) -> list[str]:
    """What was said to be done, tasks that are done, and what is out, by name."""
    zh = language == "zh"
    said = note_of(session, incident.measures_note_id)
    query = select(Task).where(Task.incident_id == incident.id, Task.state == "done").order_by(Task.done_at, Task.id)
    done = [
        f"{task.title_zh if zh else task.title_en}{'（完成）' if zh else ' (done)'}" for task in session.scalars(query)
    ]
    out = [
        f"已调派{piece.name_zh}{piece.pieces}" if zh else f"Deployed: {piece.pieces} × {piece.name_en}"
        for piece in figures.deployed(session, incident)
    ]
    return [*([said] if said else []), *done[-MOST_MEASURES:], *out]


def _lacking(session: Session, incident: Incident, language: Language) -> list[str]:
    """Resources that were asked for and have not been found."""
    taken = (
        select(func.coalesce(func.sum(ResourceAllocation.quantity), 0))
        .where(ResourceAllocation.request_id == ResourceRequest.id, ResourceAllocation.state != State.LET_GO)
        .scalar_subquery()
    )
    query = (
        select(Resource.name_zh, Resource.name_en, ResourceRequest.quantity - taken)
        .join(Resource, Resource.id == ResourceRequest.resource_id)
        .where(
            ResourceRequest.incident_id.in_(kin.whole(session, incident.id)),
            ResourceRequest.state.in_(("asked", "approved")),
        )
        .order_by(ResourceRequest.id)
    )
    rows = [row for row in session.execute(query).tuples() if row[2] > 0]
    return [f"{zh}尚缺{count}" if language == "zh" else f"{count} more of {en}" for zh, en, count in rows]


def note_of(session: Session, note_id: int | None) -> str | None:
    """What a note says, in one line; None where there is none or it was erased."""
    body = session.scalar(select(Note.body).where(Note.id == note_id)) if note_id else None
    return " ".join(body.split()) if body else None


def _moment(session: Session, at: datetime) -> str:
    """A time as reports say it: with its date, on the operator's clock."""
    return f"{house.local(session, at):%Y-%m-%d %H:%M}"
