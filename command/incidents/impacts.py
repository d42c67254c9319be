"""Who is without service because of an incident, as rows that grow and heal: from failed elements, or declared by a person.

Declared rows say what the topology cannot see (a degraded core, a fault outside the records). They are taken as covering the same
people as the topology's, so that of both figures the larger counts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import area_shares, concerned, entries, grades, house, measuring, notifying, places
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import PERSON, Impact, Incident
from command.incidents.standing import authorise
from command.network import impact as network_impact
from command.network import service as network
from command.network.models import Area, CutOff, Service
from command.people.access import Principal

ImpactKind = Literal["outage", "degradation"]
Rows = Mapping[tuple[int, int], tuple[int, float]]
"""(service id, area id) → users and their share."""


def set_failed(session: Session, incident: Incident, failed: Collection[int]) -> network.CutOffChange | None:
    """Make `failed` (element ids) the failed elements of a locked incident: impact, users and grade follow, newly affected people are
    told, and those who have service again hear of it. An incident that is not being handled any more takes none: None is returned.

    When nothing is cut off any more the incident is quiet: evidence on which a person may confirm the restoration."""
    if incident.state not in BEFORE_RESTORATION:
        return None
    responding = incident.state == State.RESPONDING
    change = take(session, incident, failed)
    if responding:
        tell(session, incident, change)
    return change


def take(session: Session, incident: Incident, failed: Collection[int]) -> network.CutOffChange:
    """As `set_failed`, of an incident that is being handled, without telling anybody yet: `tell` does."""
    now = clock.now(session)
    before = failed_now(session, incident)
    change = network.set_cut_off(session, incident.id, failed, _since(session, incident, now), incident.exercise)
    turned = before != failed_now(session, incident)
    declared = measuring.users(0, measuring.open_impacts(session, incident))
    quiet = not failed and _was_cut_off(session, incident) and not declared
    if not (change.added or change.restored or turned) and quiet == (incident.quiet_at is not None):
        return change
    incident.scope_known = incident.scope_known or bool(failed)
    if failed and incident.source != PERSON:
        incident.area_id = widest(session, incident, failed)
    measure(session, incident, change)
    _mark_quiet(session, incident, quiet, now)
    grades.regrade(session, incident)
    return change


def _since(session: Session, incident: Incident, now: datetime) -> datetime:
    """From when an outage counts: the first failures from when they occurred, later ones from now."""
    if _was_cut_off(session, incident):
        return now
    return began(incident, now)


def _was_cut_off(session: Session, incident: Incident) -> bool:
    return session.scalar(select(CutOff.id).where(CutOff.incident_id == incident.id).limit(1)) is not None


def failed_now(session: Session, incident: Incident) -> frozenset[int]:
    """The elements that have failed themselves (not those they isolate), of an incident."""
    query = select(CutOff.element_id).where(CutOff.incident_id == incident.id, CutOff.failed, CutOff.until_at.is_(None))
    return frozenset(session.scalars(query))


def measure(session: Session, incident: Incident, change: network.CutOffChange | None = None) -> None:
    """Bring rows and figures in line with what is cut off now, summing up the user-minutes until now; and journal the change."""
    now = clock.now(session)
    affected = network_impact.affected(session, incident.id)
    wanted = {(hit.service_id, hit.area_id): (hit.users, hit.share) for hit in affected.rows}
    accrue(incident, now)
    _set_rows(session, incident, wanted, now)
    area_shares.keep(session, incident, affected.areas)
    session.flush()
    incident.users_now = measuring.users(affected.total, measuring.open_impacts(session, incident))
    incident.users_peak = max(incident.users_peak, incident.users_now)
    incident.users_projected = incident.users_now
    changed = entries.ImpactChanged(
        cut_off=len(change.added) if change else 0,
        restored=len(change.restored) if change else 0,
        users_now=incident.users_now,
        users_peak=incident.users_peak,
        user_minutes=incident.user_minutes,
    )
    entries.record(session, incident, changed)


def accrue(incident: Incident, now: datetime) -> None:
    """Sum up the user-minutes until `now`. The first step counts from when the outage occurred."""
    incident.user_minutes = measuring.user_minutes(incident, now)
    incident.measured_at = now if incident.users_peak else began(incident, now)


def began(incident: Incident, now: datetime) -> datetime:
    """From when the outage counts: when it occurred, else its first sign."""
    return min(incident.occurred_at or incident.detected_at, now)


def _set_rows(session: Session, incident: Incident, wanted: Rows, now: datetime) -> None:
    """A row whose users changed ends and another begins, so that the rows tell how the impact grew and healed."""
    held = {(row.service_id, row.area_id): row for row in measuring.open_impacts(session, incident) if not row.declared}
    start = now if held else incident.measured_at or now
    for key, row in held.items():
        if key not in wanted or wanted[key][0] != row.users:
            row.until_at = now
    for (service_id, area_id), (users, share) in wanted.items():
        row_held = held.get((service_id, area_id))
        if row_held is None or row_held.users != users:
            session.add(row_of(incident, service_id, area_id, users, share, start))


def row_of(
    incident: Incident,
    service_id: int,
    area_id: int,
    users: int,
    share: float,
    start: datetime,
    *,
    declared: bool = False,
    kind: ImpactKind = "outage",
) -> Impact:
    """A row of impact, not yet in any session."""
    return Impact(
        incident_id=incident.id,
        service_id=service_id,
        area_id=area_id,
        kind=kind,
        users=users,
        share=share,
        declared=declared,
        from_at=start,
        exercise=incident.exercise,
    )


def _mark_quiet(session: Session, incident: Incident, quiet: bool, now: datetime) -> None:
    if quiet and incident.quiet_at is None:
        incident.quiet_at = now
        gone = entries.Quiet(users_peak=incident.users_peak, user_minutes=incident.user_minutes)
        entries.record(session, incident, gone)
    elif not quiet:
        incident.quiet_at = None


def tell(session: Session, incident: Incident, change: network.CutOffChange) -> None:
    """The audience lives with the outage (B12). Once nothing is cut off the all-clear waits for the restoration to be confirmed."""
    if incident.restricted or incident.state != State.RESPONDING:
        return
    if not notifying.has_first(session, incident):
        if change.added:
            notifying.first(session, incident)
        return
    if change.added:
        notifying.grow(session, incident)
    if change.restored and incident.quiet_at is None:
        incident.recovering_since = incident.recovering_since or clock.now(session)
        if gathered(session, incident):
            tell_recovered(session, incident)
        else:
            notifying.take_back(session, incident)


def gathered(session: Session, incident: Incident) -> bool:
    """Whether those who recovered have waited as long as the operator lets recoveries gather: a fault that flaps, or ends element by
    element, would else send one all-clear after the other."""
    since = incident.recovering_since
    patience = timedelta(minutes=house.settings(session).partial_all_clear_minutes)
    return since is not None and clock.now(session) - since >= patience


def tell_recovered(session: Session, incident: Incident) -> None:
    """Those who have service again while others are still cut off get the all-clear for what recovered (B12)."""
    since, incident.recovering_since = incident.recovering_since, None
    if since is None or incident.state != State.RESPONDING or incident.quiet_at is not None:
        return
    query = select(Impact).where(
        Impact.incident_id == incident.id, Impact.until_at >= since, Impact.declared.is_(False)
    )
    notifying.heal(session, incident, session.scalars(query.order_by(Impact.id)).all())


def declare(
    session: Session,
    incident: Incident,
    area: Area,
    services: Sequence[Service],
    users: int,
    by: Principal | None,
    *,
    kind: ImpactKind = "outage",
    note: str = "",
) -> None:
    """Say how many users of an area have lost services or have them worse; 0 users ends it. It replaces what was declared before
    for the same area and services."""
    authorise(session, incident, by, "raise")
    if incident.state not in BEFORE_RESTORATION:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Impact is declared while an incident is handled; reopen it first."),
            state=incident.state,
        )
    share = share_of(session, area, users)
    _replace_declared(session, incident, area, services, users, share, kind)
    cited = entries.note(session, note)
    declared = entries.ImpactDeclared(
        area_id=area.id, services=tuple(s.id for s in services), impact_kind=kind, users=users, note=cited
    )
    entries.record(session, incident, declared)
    incident.scope_known = True
    measure(session, incident)
    grades.regrade(session, incident)


def share_of(session: Session, area: Area, users: int) -> float:
    """The part (0..1) of an area's subscribers that `users` are; raise Invalid where it has fewer."""
    total = network.subscribers_total(session, area.id)
    if total and users > total:
        raise Invalid(
            N_("There are only %(total)d subscribers in this area."),
            field="users",
            remedy=N_("Give a wider area or fewer users."),
            total=total,
        )
    return users / total if total else 0.0


def _replace_declared(
    session: Session,
    incident: Incident,
    area: Area,
    services: Sequence[Service],
    users: int,
    share: float,
    kind: ImpactKind,
) -> None:
    now = clock.now(session)
    wanted = {service.id for service in services}
    for row in measuring.open_impacts(session, incident):
        if row.declared and row.area_id == area.id and row.service_id in wanted:
            row.until_at = now
    start = now if incident.users_peak else began(incident, now)
    for service_id in sorted(wanted) if users else ():
        session.add(row_of(incident, service_id, area.id, users, share, start, declared=True, kind=kind))
    session.flush()


def end_all(session: Session, incident: Incident) -> int:
    """Nobody is affected any more: cut-offs and rows end now. Return how many users that frees."""
    now = clock.now(session)
    freed = incident.users_now
    network.set_cut_off(session, incident.id, (), now, incident.exercise)
    concerned.end_all(session, incident)
    accrue(incident, now)
    for row in measuring.open_impacts(session, incident):
        row.until_at = now
    area_shares.keep(session, incident, {})
    incident.users_now = incident.users_projected = 0
    session.flush()
    return freed


def begin_again(session: Session, incident: Incident, elements: Collection[int]) -> int:
    """Open the impact again after a reopening: of `elements`, or as it was when it last ended. Return how many elements failed."""
    failed = frozenset(elements) or _failed_last(session, incident)
    now = clock.now(session)
    incident.quiet_at = None
    incident.measured_at = now
    for row in [] if elements else measuring.last_impacts(session, incident):
        if row.declared and row.until_at is not None:
            again = row_of(incident, row.service_id, row.area_id, row.users, row.share, now, declared=True)
            again.kind = row.kind
            session.add(again)
    session.flush()
    change = network.set_cut_off(session, incident.id, failed, now, incident.exercise)
    concerned.begin_again(session, incident)
    measure(session, incident, change)
    return len(failed)


def _failed_last(session: Session, incident: Incident) -> frozenset[int]:
    """The elements that were failed when the last of them recovered."""
    rows = session.execute(
        select(CutOff.element_id, CutOff.until_at).where(CutOff.incident_id == incident.id, CutOff.failed)
    ).all()
    last = max((row.until_at for row in rows if row.until_at is not None), default=None)
    return frozenset(row.element_id for row in rows if row.until_at == last)


def widest(session: Session, incident: Incident, failed: Collection[int]) -> int | None:
    """The narrowest area that holds the elements and what the incident held before."""
    ids = places.element_areas(session, failed) | ({incident.area_id} if incident.area_id is not None else set())
    return places.containing(places.tree(session), ids) or incident.area_id
