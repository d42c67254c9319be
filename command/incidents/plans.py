"""Which plan an incident follows: the one in force for its kind, then the version it started with, whatever happens to the files."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import house
from command.incidents.models import Incident, PlaybookVersion
from playbooks.loader import UnknownPlaybook
from playbooks.schema import Kind, Playbook, TierPlan, canonical, digest, from_canonical


def current(session: Session, kind: str, at: datetime) -> Playbook | None:
    """The plan in force for a kind of event; None if the library has none."""
    try:
        return house.library(session).current(Kind(kind), house.today(session, at))
    except UnknownPlaybook:
        return None


def pin(session: Session, plan: Playbook, at: datetime) -> PlaybookVersion:
    """The stored row of this very content, written the first time it is used."""
    mark = digest(plan)
    query = select(PlaybookVersion).where(
        PlaybookVersion.code == plan.code, PlaybookVersion.version == plan.version, PlaybookVersion.digest == mark
    )
    found = session.scalar(query)
    if found is None:
        content = canonical(plan).decode()
        found = PlaybookVersion(code=plan.code, version=plan.version, digest=mark, content=content, first_used_at=at)
        session.add(found)
        session.flush()
    return found


def of(session: Session, incident: Incident) -> Playbook | None:
    """The plan an incident follows: the pinned version, or the one in force before there is one."""
    if incident.playbook_id is None:
        return current(session, incident.kind, incident.reported_at)
    return _read(session.get_one(PlaybookVersion, incident.playbook_id).content)


def tier_plan(session: Session, incident: Incident) -> TierPlan | None:
    """What the incident's plan does for its tier."""
    plan = of(session, incident)
    return plan.tier(incident.tier) if plan else None


def cadence(session: Session, pinned: int | None, tier: int) -> int | None:
    """Minutes between updates to those who were told, by a pinned plan's tier; None without a plan, or where it promises none."""
    if pinned is None:
        return None
    content = session.scalar(select(PlaybookVersion.content).where(PlaybookVersion.id == pinned))
    return _read(content).tier(tier).cadence_minutes if content else None


@lru_cache(maxsize=64)
def _read(content: str) -> Playbook:
    return from_canonical(content.encode())
