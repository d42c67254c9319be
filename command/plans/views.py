"""Plans as people and programs read them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import journal
from command.core.log import masked_words
from command.incidents.views import PersonOut, note_text, person
from command.oncall.phone_drill import groups
from command.plans import coverage, entries, gathering, readers, sayings, service, sound, words
from command.plans.asked import ListIn
from command.plans.coverage import KindCover
from command.plans.models import PlanComment, PlanWork, State
from command.plans.sound import Wrong
from playbooks.schema import Kind

NOTES = ("words", "reason")


class WrongOut(BaseModel):
    """`line` counts from 1 in the YAML; 0 is a field of the top."""

    error: bool
    line: int
    field: str
    message: str
    remedy: str


class PlanOut(BaseModel):
    """A version of a plan in short. `version` is null until it is approved; `people` have to read it, of whom `read` have."""

    id: int
    code: str
    kind: Kind
    title: dict[str, str]
    state: State
    version: int | None
    based_on: int | None
    edition: int
    owner: str
    issued: str
    expires: str
    begun_by: PersonOut | None
    changed_at: datetime
    people: int
    read: int


class MemberOut(BaseModel):
    person: PersonOut | None
    duty: str


class RiskOut(BaseModel):
    code: str
    name: str
    level: int | None


class TargetOut(BaseModel):
    target: str
    name: str


class CommentOut(BaseModel):
    id: int
    place: str
    words: str | None
    by: PersonOut | None
    at: datetime
    answer: str | None
    answered_by: PersonOut | None
    answered_at: datetime | None


class LineOut(BaseModel):
    """A line of the history."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    said: str | None
    data: dict[str, Any]


class WholeOut(PlanOut):
    """All of a version. `figures` is the census at its submission, while it is a draft of today; `digest` is what it was approved as."""

    head: dict[str, Any]
    body: str
    team: list[MemberOut]
    gathered: list[dict[str, str]]
    figures: dict[str, int]
    risks: list[RiskOut]
    assessment: str
    targets: list[TargetOut]
    wrong: list[WrongOut]
    comments: list[CommentOut]
    digest: str | None
    submitted_by: PersonOut | None
    submitted_at: datetime | None
    approved_by: PersonOut | None
    approved_at: datetime | None
    override: bool
    published_by: PersonOut | None
    published_at: datetime | None
    reason: str | None
    history: list[LineOut]


class ReaderOut(BaseModel):
    """Somebody who has to read a version: told first and last, `reached` last, when they confirmed it."""

    person: PersonOut | None
    added_at: datetime
    told_at: datetime
    reminders: int
    reached: bool
    read_at: datetime | None


class TierCoverOut(BaseModel):
    """`without`: codes of areas that have no group of the echelon, nor an area above them; `scripted`: agents have words to say."""

    tier: int
    echelon: str
    groups: int
    without: list[str]
    scripted: bool


class KindCoverOut(BaseModel):
    kind: Kind
    state: str
    code: str | None
    version: int | None
    expires: date | None
    days: int
    tiers: list[TierCoverOut]


def listed(session: Session, asked: ListIn, language: str) -> list[PlanOut]:
    """Works, the newest first."""
    query = select(PlanWork).order_by(PlanWork.id.desc())
    if asked.state is not None:
        query = query.where(PlanWork.state == asked.state)
    if asked.kind is not None:
        query = query.where(PlanWork.kind == asked.kind)
    if asked.after:
        query = query.where(PlanWork.id < asked.after)
    rows = session.scalars(query.limit(asked.limit)).all()
    return plans(session, rows, language)


def plans(session: Session, rows: Any, language: str) -> list[PlanOut]:
    """Works in short."""
    counted = readers.unread(session, [row.id for row in rows])
    return [PlanOut(**_short(session, row, counted.get(row.id, (0, 0)), language)) for row in rows]


def _short(session: Session, row: PlanWork, read: tuple[int, int], language: str) -> dict[str, Any]:
    plain = ("id", "code", "kind", "state", "version", "based_on", "edition", "changed_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "title": row.head.get("title", {"zh": "", "en": ""}),
        "owner": str(row.head.get("owner", "")),
        "issued": str(row.head.get("issued", "")),
        "expires": str(row.head.get("expires", "")),
        "begun_by": person(session, row.begun_by, language),
        "people": read[0],
        "read": read[1],
    }


def whole(session: Session, row: PlanWork, language: str) -> WholeOut:
    """All of a version of a plan."""
    known = {risk["code"]: risk for risk in gathering.risks(session)}
    wrong = sound.examine(session, sound.draft(session, row))[1] if row.state in (State.DRAFT, State.REVIEW) else []
    plain = ("head", "body", "gathered", "assessment", "digest", "override")
    people = ("submitted_by", "approved_by", "published_by")
    return WholeOut(
        **_short(session, row, readers.unread(session, [row.id]).get(row.id, (0, 0)), language),
        **{name: getattr(row, name) for name in plain},
        **{name: person(session, getattr(row, name), language) for name in people},
        submitted_at=row.submitted_at,
        approved_at=row.approved_at,
        published_at=row.published_at,
        team=[MemberOut(person=person(session, m["person_id"], language), duty=m["duty"]) for m in row.team],
        figures=row.figures if row.state != State.DRAFT else gathering.figures(session),
        risks=[
            RiskOut(code=code, name=risk[f"name_{language}"], level=int(risk["level"]))
            if (risk := known.get(code))
            else RiskOut(code=code, name=code, level=None)
            for code in row.risks
        ],
        targets=[_target(session, each, language) for each in row.targets],
        wrong=[wrong_out(each) for each in wrong],
        comments=[_comment(session, each, language) for each in service.comments(session, row.id)],
        reason=note_text(session, row.reason_note_id),
        history=list(_history(session, row, language)),
    )


def _target(session: Session, target: str, language: str) -> TargetOut:
    written = groups.written(session, target)
    if target.startswith(readers.AREA):
        return TargetOut(target=target, name=readers.area_name(session, target, language))
    return TargetOut(target=written, name=groups.named(session, target, language, gettext))


def wrong_out(wrong: Wrong) -> WrongOut:
    """A fault in the reader's language."""
    return WrongOut(
        error=wrong.error,
        line=wrong.line,
        field=wrong.field,
        message=sayings.message(wrong),
        remedy=sayings.remedy(wrong),
    )


def _comment(session: Session, row: PlanComment, language: str) -> CommentOut:
    return CommentOut(
        id=row.id,
        place=row.place,
        words=note_text(session, row.note_id),
        by=person(session, row.by, language),
        at=row.at,
        answer=note_text(session, row.answer_note_id),
        answered_by=person(session, row.answered_by, language),
        answered_at=row.answered_at,
    )


def _history(session: Session, row: PlanWork, language: str) -> Iterator[LineOut]:
    for entry in journal.entries(session, entries.stream(row.id)):
        payload = journal.Payload.registry[entry.kind].model_validate_json(entry.data)
        data = payload.model_dump(mode="json")
        told = data | {
            "steps": gettext(", ").join(gettext(words.PARTS[each]) for each in data.get("steps", ())),
            "place": data.get("place") or gettext("the whole plan"),
        }
        note_id = next((data[name]["id"] for name in NOTES if data.get(name)), None)
        scheme, _, name = entry.actor.partition(":")
        by = person(session, int(name), language) if scheme == "person" and name.isdigit() else None
        yield LineOut(
            seq=entry.seq,
            at=entry.at,
            by=by.name if by else entry.actor,
            kind=entry.kind,
            text=masked_words(gettext(words.SENTENCES[entry.kind]) % told),
            said=note_text(session, note_id),
            data=data,
        )


def reader_outs(session: Session, row: PlanWork, language: str) -> list[ReaderOut]:
    """Everybody who was told of a version, who has not confirmed first."""
    plain = ("added_at", "told_at", "reminders", "reached", "read_at")
    return [
        ReaderOut(person=person(session, each.person_id, language), **{name: getattr(each, name) for name in plain})
        for each in readers.of(session, row.id)
    ]


def cover_outs(session: Session) -> list[KindCoverOut]:
    """How every kind of event stands today."""
    return [_cover(each) for each in coverage.cover(session)]


def _cover(each: KindCover) -> KindCoverOut:
    return KindCoverOut(
        kind=each.kind,
        state=each.state,
        code=each.plan.code if each.plan else None,
        version=each.plan.version if each.plan else None,
        expires=each.plan.expires if each.plan else None,
        days=each.days,
        tiers=[
            TierCoverOut(
                tier=tier.tier,
                echelon=tier.echelon,
                groups=tier.groups,
                without=[area.code for area in tier.without],
                scripted=tier.scripted,
            )
            for tier in each.tiers
        ],
    )
