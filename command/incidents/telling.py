"""What the affected are told: the plan's templates filled with what is confirmed, in both languages, by kind of notice."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house, measuring, places, plans
from command.incidents.models import Impact, Incident
from command.messages.about import About
from command.network.models import Service
from command.notices.models import Kind, Notice, NoticeState
from playbooks.notices import NoticeKind
from playbooks.schema import Playbook, TierPlan
from playbooks.templates import Language, render

NIGHT = (time(22, 0), time(7, 0))
"""Quiet hours on the operator's wall clock: from, until. Ours, from the operators' habit not to text at night."""
AND: Mapping[Language, str] = {"zh": "、", "en": ", "}
SOME_SERVICES: Mapping[Language, str] = {"zh": "相关业务", "en": "some services"}
SOME_AREA: Mapping[Language, str] = {"zh": "部分地区", "en": "some areas"}
MOST = 3
"""Areas or services named in one text; more are named by the area around them, or counted as others."""


class NoPlan(LookupError):
    """The incident follows no plan, so there is no text to send."""


def about(session: Session, incident: Incident) -> About:
    """The incident as the rooms below see it."""
    return About(
        incident_id=incident.id,
        number=incident.number,
        tier=incident.tier,
        kind=incident.kind,
        exercise=incident.exercise,
        area_level=places.level_of(session, incident.area_id) or "country",
        restricted=incident.restricted,
    )


def plan_of(session: Session, incident: Incident) -> tuple[Playbook, TierPlan]:
    """The plan and what it does for the incident's tier; raise NoPlan."""
    plan = plans.of(session, incident)
    if plan is None:
        raise NoPlan(incident.kind)
    return plan, plan.tier(incident.tier)


def texts(
    session: Session, incident: Incident, kind: NoticeKind, rows: Sequence[Impact] | None = None
) -> dict[str, str]:
    """The notice of a kind in both languages, filled with what is known now; raise NoPlan, or TemplateError naming a field that is not.
    `rows` are the impact it is about, where that is not all of it."""
    _, tier = plan_of(session, incident)
    template = tier.notices.of(kind).text
    return {
        "zh": render(template.zh, fields(session, incident, "zh", rows)),
        "en": render(template.en, fields(session, incident, "en", rows)),
    }


def fields(
    session: Session, incident: Incident, language: Language, rows: Sequence[Impact] | None = None
) -> dict[str, str | None]:
    """Every field a notice may mention, as subscribers read it; None for what is not known."""
    about_rows = measuring.last_impacts(session, incident) if rows is None else rows
    house_settings = house.settings(session)
    now = clock.now(session)
    _, tier = plan_of(session, incident)
    gap = tier.cadence_minutes
    ended = incident.restored_at or incident.quiet_at
    upcoming = now + timedelta(minutes=gap) if gap and ended is None else None
    return {
        "operator": house_settings.operator_name_zh if language == "zh" else house_settings.operator_name_en,
        "area": area_words(session, incident, language, about_rows),
        "services": service_words(session, language, about_rows),
        "since": moment(session, incident.occurred_at or incident.detected_at, language),
        "eta": moment(session, incident.eta, language) if incident.eta and incident.eta > now else None,
        "next_update": moment(session, upcoming, language),
        "restored_at": moment(session, ended or now, language),
        "hotline": house_settings.hotline,
        "case": incident.number,
        "advice": tier.advice.zh if language == "zh" else tier.advice.en,
    }


def promised(session: Session, incident: Incident, tier: TierPlan) -> datetime | None:
    """When those told expect the next news: the plan's gap after the last first notice or update that left. None where nothing was
    promised, the promise is past, or service is back."""
    if tier.cadence_minutes is None or incident.restored_at or incident.quiet_at:
        return None
    query = select(func.max(Notice.created_at)).where(
        Notice.incident_id == incident.id,
        Notice.kind.in_((Kind.FIRST, Kind.UPDATE)),
        Notice.state.in_((NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)),
    )
    last = session.scalar(query)
    due = last + timedelta(minutes=tier.cadence_minutes) if last else None
    return due if due and due > clock.now(session) else None


def moment(session: Session, at: datetime | None, language: Language) -> str | None:
    """A time as a message says it: 14:05, with the date when it is not today."""
    if at is None:
        return None
    there = house.local(session, at)
    if there.date() == house.today(session, clock.now(session)):
        return f"{there:%H:%M}"
    if language == "zh":
        return f"{there.month}月{there.day}日{there:%H:%M}"
    return f"{there.day} {_MONTHS[there.month - 1]} {there:%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def area_words(session: Session, incident: Incident, language: Language, rows: Sequence[Impact]) -> str:
    """The areas hit, by the narrowest level of which at most MOST names are needed; the incident's own area without impact."""
    tree = places.tree(session)
    hit = {row.area_id for row in rows} or {incident.area_id or 0}
    chosen = [tree[each] for each in sorted(hit) if each in tree]
    while len(chosen) > MOST:
        wider = {area.parent_id for area in chosen if area.parent_id is not None}
        if not wider or len(wider) == len(chosen):
            break
        chosen = [tree[each] for each in sorted(wider) if each in tree]
    names = [area.name_zh if language == "zh" else area.name_en for area in chosen[:MOST]]
    return AND[language].join(names) or SOME_AREA[language]


def service_words(session: Session, language: Language, rows: Sequence[Impact]) -> str:
    """The services hit, those of most users first."""
    users: dict[int, int] = {}
    for row in rows:
        users[row.service_id] = users.get(row.service_id, 0) + row.users
    known = {s.id: s for s in session.scalars(select(Service))}
    ordered = sorted(users, key=lambda each: (-users[each], each))
    names = [known[each].name_zh if language == "zh" else known[each].name_en for each in ordered[:MOST]]
    words = AND[language].join(plain_name(name, language) for name in names)
    if len(ordered) > MOST:
        words += "等" if language == "zh" else " and more"
    return words or SOME_SERVICES[language]


def plain_name(name: str, language: Language) -> str:
    """A service's name inside a sentence: without numbers in brackets (a text must not advise numbers that may be cut off)."""
    bare = name.partition("（" if language == "zh" else " (")[0]
    return bare if language == "zh" or bare.isupper() else bare[:1].lower() + bare[1:]


def release_at(session: Session, tier: TierPlan) -> datetime | None:
    """When a notice of this plan may leave: at once (None), or in the morning where the plan waits for the end of quiet hours."""
    return None if tier.quiet_hours == "pass" else after_quiet(session)


def after_quiet(session: Session) -> datetime | None:
    """When quiet hours are over; None where they are not kept, or it is day."""
    if not house.settings(session).quiet_hours:
        return None
    there = house.local(session, clock.now(session))
    begins, ends = NIGHT
    if ends <= there.time() < begins:
        return None
    day = there.date() + timedelta(days=1 if there.time() >= begins else 0)
    return datetime.combine(day, ends, tzinfo=there.tzinfo)
