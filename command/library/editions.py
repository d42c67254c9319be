"""Every edition of every plan: those in the files now, and those that incidents keep because they were used. Known by their digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.incidents import house, visibility
from command.incidents.guards import LIVE
from command.incidents.models import Incident, PlaybookVersion
from command.people.access import Principal
from playbooks.checks import WARN_DAYS
from playbooks.loader import UnknownPlaybook
from playbooks.schema import Kind, Playbook, from_canonical

MARK = 12
"""Digits of the digest by which an edition is known in addresses."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: `id` is the beginning of its digest. `in_files`: it is in the library now; `first_used_at`: an incident that
    whoever asks may know of follows it since.
    `current`: a response that begins today follows it. `running`: the numbers of incidents that follow it and are not over."""

    id: str
    digest: str
    plan: Playbook
    in_files: bool
    first_used_at: datetime | None
    current: bool
    running: Sequence[str]


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a plan holds on a day: `state` is valid, early, expiring (30 days or fewer left) or expired; `days` to its last day, negative
    once that is past."""

    state: str
    days: int


def validity(plan: Playbook, on: date) -> Validity:
    """How a plan stands on a day."""
    days = (plan.expires - on).days
    if days < 0:
        return Validity("expired", days)
    if on < plan.issued:
        return Validity("early", days)
    return Validity("expiring" if days <= WARN_DAYS else "valid", days)


def today(session: Session) -> date:
    """The operator's date."""
    return house.today(session, clock.now(session))


def everything(session: Session, who: Principal) -> list[Edition]:
    """All editions, by plan; the newest version first, and of one version the one in the files first."""
    on, sheets = today(session), house.library(session).sheets
    kept = {row.digest: row for row in session.scalars(select(PlaybookVersion).order_by(PlaybookVersion.id))}
    plans = {digest: _read(row.content) for digest, row in kept.items()} | {s.digest: s.playbook for s in sheets}
    files, running = {sheet.digest for sheet in sheets}, _running(session, who)
    used = _used(session, who)
    current = {(plan.code, plan.version) for kind in Kind if (plan := _current(session, kind, on))}
    found = [
        Edition(
            id=digest[:MARK],
            digest=digest,
            plan=plan,
            in_files=digest in files,
            first_used_at=used.get(kept[digest].id) if digest in kept else None,
            current=digest in files and (plan.code, plan.version) in current,
            running=running.get(kept[digest].id, ()) if digest in kept else (),
        )
        for digest, plan in plans.items()
    ]
    order = list(Kind)
    return sorted(found, key=lambda e: (order.index(e.plan.kind), e.plan.code, -e.plan.version, not e.in_files, e.id))


def of_plan(session: Session, who: Principal, code: str) -> list[Edition]:
    """The editions of one plan, the newest first; raise NotFound."""
    found = [edition for edition in everything(session, who) if edition.plan.code == code]
    if not found:
        raise NotFound(
            N_("There is no playbook %(name)s."), remedy=N_("Choose one of the list of playbooks."), name=code[:64]
        )
    return found


def current(editions: Sequence[Edition]) -> Edition:
    """The edition a response that begins today follows, else the newest."""
    return next((edition for edition in editions if edition.current), editions[0])


def chosen(editions: Sequence[Edition], mark: str) -> Edition:
    """The edition of an id; raise NotFound."""
    found = next((edition for edition in editions if edition.id == mark), None)
    if found is None:
        raise NotFound(
            N_("There is no version %(name)s of this playbook."),
            remedy=N_("Choose one of its list of versions."),
            name=mark[:64],
        )
    return found


def _current(session: Session, kind: Kind, on: date) -> Playbook | None:
    try:
        return house.library(session).current(kind, on)
    except UnknownPlaybook:
        return None


def _running(session: Session, who: Principal) -> Mapping[int | None, Sequence[str]]:
    query = select(Incident).where(Incident.state.in_(LIVE), Incident.playbook_id.is_not(None)).order_by(Incident.id)
    found: dict[int | None, list[str]] = {}
    for incident in session.scalars(visibility.only_visible(session, query, who)):
        found.setdefault(incident.playbook_id, []).append(incident.number)
    return found


def _used(session: Session, who: Principal) -> Mapping[int | None, datetime | None]:
    query = select(Incident).where(Incident.playbook_id.is_not(None), Incident.responding_at.is_not(None))
    known = visibility.only_visible(session, query, who)
    first = known.with_only_columns(Incident.playbook_id, func.min(Incident.responding_at))
    return dict(session.execute(first.group_by(Incident.playbook_id)).tuples().all())


@lru_cache(maxsize=64)
def _read(content: str) -> Playbook:
    return from_canonical(content.encode())
