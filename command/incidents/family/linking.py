"""Making one incident part of another, and parting them again. Verbs; rows are locked from the child upward."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import (
    entries,
    house,
    impacts,
    intake,
    measuring,
    notifying,
    places,
    standing,
    visibility,
)
from command.incidents.family import kin, minutes, rules
from command.incidents.family.entries import Adopted, Joined, Left, SplitOff
from command.incidents.family.models import Kinship
from command.incidents.guards import State
from command.incidents.models import Incident
from command.network.models import Area
from command.people.access import Principal

LINK = "link_incidents"
MOST = 20
"""Children that one request makes parts of a parent."""


def locked(session: Session, child: str, parent: str, who: Principal) -> tuple[Incident, Incident]:
    """Child and parent, locked in this order, as far as `who` may know of them; raise NotFound."""
    return (
        visibility.seen_by(session, standing.lock(session, child), who),
        visibility.seen_by(session, standing.lock(session, parent), who),
    )


def adopt(
    session: Session, parent: Incident, child: Incident, by: Principal, reason: str = "", *, override: bool = False
) -> None:
    """Make a locked incident part of another: it keeps its tier, tasks and commander, and its people are counted in the parent's figures,
    each once. Raise Denied, or Conflict naming what is in the way."""
    for each in (child, parent):
        standing.authorise(session, each, by, LINK, override=override, reason=reason)
    check(session, parent, child)
    tie(session, parent, child, by)
    _join_minutes(session, parent, child)
    cited = entries.note(session, reason)
    entries.record(session, child, Joined(into=parent.number, reason=cited))
    impacts.follow(session, parent.id)
    entries.record(session, parent, Adopted(other=child.number, users=parent.users_now, reason=cited))
    _recount(session, parent, child)


def _recount(session: Session, *incidents: Incident) -> None:
    """In ascending id, for each locks notices of its own."""
    session.flush()
    for incident in sorted(incidents, key=lambda each: each.id):
        notifying.recount(session, incident)


def check(session: Session, parent: Incident, child: Incident) -> None:
    """Raise Conflict where the child may not be part of the parent."""
    depth = house.settings(session).family_depth
    one, other = member(session, child), member(session, parent)
    key = rules.refusal(one, other, depth)
    if key is None:
        return
    why, remedy = rules.REASONS[key]
    raise Conflict(
        why,
        field="child",
        remedy=remedy,
        code=key.replace("_", "-"),
        child=child.number,
        parent=parent.number,
        other=one.above[0] if one.above else "",
        depth=depth,
    )


def member(session: Session, incident: Incident) -> rules.Member:
    """An incident as the rules see it."""
    return rules.Member(
        incident.number,
        State(incident.state),
        incident.exercise,
        incident.restricted,
        tuple(each.number for each in kin.ancestors(session, incident)),
        kin.height(session, incident.id),
    )


def tie(session: Session, parent: Incident, child: Incident, by: Principal) -> None:
    """Write that a child is part of a parent from now on."""
    child.parent_id = parent.id
    row = Kinship(child_id=child.id, parent_id=parent.id, from_at=clock.now(session), by=by.actor)
    row.exercise = child.exercise
    session.add(row)
    session.flush()


def _join_minutes(session: Session, parent: Incident, child: Incident) -> None:
    """Count what the child has cost its people so far, less what the parent counted of the same people at the same time."""
    now = clock.now(session)
    before = select(Kinship.minutes_until).where(
        Kinship.child_id == child.id, Kinship.parent_id == parent.id, Kinship.until_at.is_not(None)
    )
    counted = session.scalar(before.order_by(Kinship.id.desc()).limit(1)) or 0.0
    mine = {child.id, *kin.descendants(session, child.id)}
    others = {parent.id, *kin.descendants(session, parent.id)} - mine
    measuring.accrue(parent, now)
    fresh = max(measuring.user_minutes(child, now) - counted, 0.0)
    shared = minutes.shared(session, mine, others, now) if fresh else 0.0
    parent.user_minutes = minutes.joined(parent.user_minutes, fresh, shared)
    parent.measured_at = now
    parent.users_peak = max(parent.users_peak, child.users_peak)


def split(session: Session, child: Incident, by: Principal, reason: str = "", *, override: bool = False) -> Incident:
    """Part a locked incident from the one it is a part of, which keeps what it counted until now; return that one. Raise Denied, or
    Conflict where it is part of none."""
    standing.authorise(session, child, by, LINK, override=override, reason=reason)
    if child.parent_id is None:
        raise Conflict(
            N_("%(child)s is part of no other incident."), remedy=N_("There is nothing to do."), child=child.number
        )
    parent = standing.lock(session, child.parent_id)
    standing.authorise(session, parent, by, LINK, override=override, reason=reason)
    open_row = select(Kinship).where(Kinship.child_id == child.id, Kinship.until_at.is_(None))
    for row in session.scalars(open_row):
        row.until_at = clock.now(session)
        row.minutes_until = measuring.user_minutes(child, row.until_at)
    child.parent_id = None
    session.flush()
    cited = entries.note(session, reason)
    entries.record(session, child, Left(other=parent.number, reason=cited))
    impacts.follow(session, parent.id)
    entries.record(session, parent, SplitOff(other=child.number, users=parent.users_now, reason=cited))
    _recount(session, parent, child)
    return parent


def over(
    session: Session,
    children: Sequence[Incident],
    by: Principal,
    *,
    area: str = "",
    summary: str = "",
    override: bool = False,
) -> Incident:
    """A new incident of which the locked `children` (the oldest first) are parts: of the first one's kind, since the earliest first sign,
    in the area given or the narrowest that holds them all. Raise Denied, Conflict or Invalid naming the field."""
    if not 1 <= len(children) <= MOST:
        raise Invalid(
            N_("Name 1 to %(most)d incidents."),
            field="children",
            remedy=N_("Add others once the parent is there."),
            most=MOST,
        )
    for child in children:
        standing.authorise(session, child, by, LINK, override=override)
    first = children[0]
    occurred = [child.occurred_at for child in children if child.occurred_at]
    given = intake.Report(
        kind=first.kind,
        area=(places.named(session, area) if area else _around(session, children)).code,
        occurred_at=min(occurred, default=None),
        detected_at=min(child.detected_at for child in children),
        summary=summary,
        restricted=first.restricted,
        exercise=first.exercise,
    )
    parent = intake.report(session, given, by, vouched=True)
    for child in children:
        adopt(session, parent, child, by, summary, override=override)
    return parent


def _around(session: Session, children: Sequence[Incident]) -> Area:
    areas = {child.area_id for child in children if child.area_id is not None}
    found = places.containing(places.tree(session), areas)
    if found is None:
        raise Invalid(
            N_("No area holds these incidents."), field="area", remedy=N_("Name the area of the whole event.")
        )
    return session.get_one(Area, found)
