"""What the affected are told: the plan's templates filled with what is confirmed, in both languages, by kind of notice."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import eta_window, house, measuring, places, plans
from command.incidents.models import Impact, Incident
from command.messages import policy
from command.messages.about import About
from command.network.models import Service
from command.notices import pacing
from command.notices.pacing import Facts
from playbooks.notices import NoticeKind
from playbooks.schema import Playbook, TierPlan
from playbooks.templates import Language, render

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
    session: Session,
    incident: Incident,
    kind: NoticeKind,
    rows: Sequence[Impact] | None = None,
    at: datetime | None = None,
) -> dict[str, str]:
    """The notice of a kind in both languages, filled with what is known now; raise NoPlan, or TemplateError naming a field that is not.
    `rows` are the impact it is about, where that is not all of it; `at` the time for which it is written ahead."""
    _, tier = plan_of(session, incident)
    template = tier.notices.of(kind).text
    return {
        "zh": render(template.zh, fields(session, incident, "zh", rows, at)),
        "en": render(template.en, fields(session, incident, "en", rows, at)),
    }


def fields(
    session: Session,
    incident: Incident,
    language: Language,
    rows: Sequence[Impact] | None = None,
    at: datetime | None = None,
) -> dict[str, str | None]:
    """Every field a notice may mention, as subscribers read it `at` (now); None for what is not known."""
    about_rows = measuring.last_impacts(session, incident) if rows is None else rows
    house_settings = house.settings(session)
    now = clock.now(session)
    _, tier = plan_of(session, incident)
    gap = tier.cadence_minutes
    ended = incident.restored_at or incident.quiet_at
    upcoming = (at or now) + timedelta(minutes=gap) if gap and ended is None else None
    return {
        "operator": house_settings.operator_name_zh if language == "zh" else house_settings.operator_name_en,
        "area": area_words(session, incident, language, about_rows),
        "services": service_words(session, language, about_rows),
        "since": moment(session, incident.occurred_at or incident.detected_at, language),
        "eta": moment(session, incident.eta, language) if incident.eta and incident.eta > now else None,
        "eta_window": window(session, incident.eta, language),
        "next_update": moment(session, upcoming, language),
        "restored_at": moment(session, ended or now, language),
        "hotline": house_settings.hotline,
        "case": incident.number,
        "advice": tier.advice.zh if language == "zh" else tier.advice.en,
    }


def promised(session: Session, incident: Incident, tier: TierPlan) -> datetime | None:
    """When those told expect the next news: the plan's gap after the last first notice or update that left. None where nothing was
    promised, the promise is past, or service is back."""
    due = promise(session, incident, tier)
    return due if due and due > clock.now(session) else None


def promise(session: Session, incident: Incident, tier: TierPlan) -> datetime | None:
    """The same, whether it is past or not."""
    if tier.cadence_minutes is None or incident.restored_at or incident.quiet_at:
        return None
    last = pacing.last_left(session, incident.id)
    if last is None:
        return None
    return pacing.said_at(last.created_at, last.facts) + timedelta(minutes=tier.cadence_minutes)


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


def waits(session: Session, incident: Incident, tier: TierPlan) -> bool:
    """Whether first notices and updates keep the quiet hours of those told: they do unless the plan asks to pass in a tier that may, or
    the policy lets pass what it is about."""
    asked = tier.quiet_hours == "pass"
    rule = policy.current(session).quiet
    return not rule.passes(incident.tier, incident.kind, asked=asked, emergency=_emergency_lost(session, incident))


def _emergency_lost(session: Session, incident: Incident) -> bool:
    hit = {row.service_id for row in measuring.last_impacts(session, incident)}
    return session.scalar(select(Service.id).where(Service.id.in_(hit), Service.critical).limit(1)) is not None


def facts(session: Session, incident: Incident, *, own_words: bool = False, said_at: datetime | None = None) -> Facts:
    """What is known now of what those told read: what an update is measured against."""
    hit = {row.service_id for row in measuring.last_impacts(session, incident)}
    codes = tuple(session.scalars(select(Service.code).where(Service.id.in_(hit)).order_by(Service.code)))
    eta = incident.eta.isoformat() if incident.eta and incident.eta > clock.now(session) else None
    return Facts(eta, incident.tier, codes, incident.users_now, own_words, said_at.isoformat() if said_at else None)


def window(session: Session, eta: datetime | None, language: Language) -> str | None:
    """The expected time of restoration as a range in words: "16:30–17:30", "between 16:30 and 17:30"; where the policy asks for one time,
    "17:00前", "by 17:00". None once it is past."""
    now, rule = clock.now(session), policy.current(session).eta
    found = eta_window.around(eta, now, rule) if eta else None
    if found is None:
        return None
    begins, ends = (moment(session, at, language) or "" for at in found)
    if found[0] != found[1] and house.today(session, found[0]) == house.today(session, found[1]):
        ends = f"{house.local(session, found[1]):%H:%M}"
    if begins == ends:
        return f"{ends}前" if language == "zh" else f"by {ends}"
    return f"{begins}–{ends}" if language == "zh" else f"between {begins} and {ends}"
