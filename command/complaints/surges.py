"""Surges: proposed by the engine, decided by a person, watched until they are calm. Complaints of an accepted surge belong to its
incident."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.complaints import cells
from command.complaints import rules as table
from command.complaints.entries import CaseAttached, SurgeDecided, SurgeProposed, stream
from command.complaints.models import Case, Surge
from command.complaints.rules import Dimension
from command.complaints.surge import Cell, Found, Key, counted, find, threshold
from command.core import clock, journal
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import (
    concerned,
    entries,
    grades,
    grading,
    house,
    intake,
    places,
    returning,
    standing,
    visibility,
)
from command.incidents import service as incidents
from command.incidents.grading import Facts
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.incidents.places import Tree
from command.network.models import Element, Service, Subscriber
from command.people.access import Principal
from playbooks.schema import Kind

PROPOSED, ACCEPTED, ATTACHED, DISMISSED = "proposed", "accepted", "attached", "dismissed"
SOURCE = "complaints"
INCIDENT_KIND = "complaint_surge"
OVER = (*FINAL, State.CLOSED)


def key_of(surge: Surge) -> Key:
    """By what a surge is counted."""
    return Key(surge.kind, cast(Dimension, surge.dimension), surge.value)


def get(session: Session, surge_id: int, who: Principal) -> Surge:
    """A surge, locked; raise NotFound, for one of a restricted incident too."""
    query = select(Surge).where(Surge.id == surge_id).with_for_update().execution_options(populate_existing=True)
    surge = session.scalar(query)
    if surge is None or not visible(session, surge, who):
        raise NotFound(N_("There is no such surge."), remedy=N_("Look at the list of surges."))
    return surge


def visible(session: Session, surge: Surge, who: Principal) -> bool:
    """Whether `who` may know of a surge: of one that became part of a restricted incident only those who may know of that."""
    if surge.incident_id is None:
        return True
    return visibility.visible(session, session.get_one(Incident, surge.incident_id), who)


def waiting(session: Session) -> Sequence[Surge]:
    """Proposals that nobody has decided, the oldest first."""
    return session.scalars(select(Surge).where(Surge.state == PROPOSED).order_by(Surge.id)).all()


def tier_of(surge: Surge) -> int:
    """The tier that an incident of so many complaints would have."""
    return grading.assess(house.tiers(), Facts(Kind.complaint_surge, complaints=surge.count), 0.0).worst.tier


# --- looked for, and watched


def anything(session: Session) -> bool:
    """Whether there is anything to look at: complaints in the window, or surges that are not over. A look without the write lock."""
    since = clock.now(session) - timedelta(minutes=table.current().surge.window)
    recent = select(Case.id).where(Case.complaint, Case.exercise.is_(False), Case.opened_at > since).limit(1)
    return session.scalar(recent) is not None or bool(_live(session))


def look(session: Session) -> list[Surge]:
    """Propose the surges that nothing on record explains, and bring what is known of the others up to date; return the new ones."""
    rule, tree = table.current().surge, places.tree(session)
    now, weeks = cells.now_and_before(session, rule, tree)
    live = _live(session)
    for surge in live:
        _watch(session, surge, counted(now, key_of(surge)), [counted(week, key_of(surge)) for week in weeks])
    found = find(now, weeks, [key_of(each) for each in live + _quiet(session)], rule, _order)
    made = [row for each in found if (row := _propose(session, each, tree, now)) is not None]
    if rule.accept_by_itself:
        for surge in made:
            accept(session, surge, None)
    return made


def _order(kind: str) -> Sequence[Dimension]:
    its = table.current().kind(kind)
    return its.dimensions if its is not None else ()


def _live(session: Session) -> list[Surge]:
    """Surges that wait, or whose incident is not over."""
    query = (
        select(Surge)
        .outerjoin(Incident, Incident.id == Surge.incident_id)
        .where(or_(Surge.state == PROPOSED, Surge.incident_id.is_not(None) & Incident.state.not_in(OVER)))
    )
    return list(session.scalars(query.order_by(Surge.id)))


def _quiet(session: Session) -> list[Surge]:
    """Surges dismissed a short while ago: whoever did has seen them."""
    since = clock.now(session) - timedelta(hours=table.current().surge.quiet_hours)
    query = select(Surge).where(Surge.state == DISMISSED, Surge.decided_at > since)
    return list(session.scalars(query))


def _watch(session: Session, surge: Surge, count: int, weeks: Sequence[int]) -> None:
    """While it waits the figures follow; once it has an incident what it is measured against stays, and only calm begins or ends."""
    if surge.state == PROPOSED:
        surge.threshold = threshold(weeks, table.current().surge)
        surge.count = max(surge.count, count)
    if count < surge.threshold:
        surge.calm_since = surge.calm_since or clock.now(session)
    else:
        surge.calm_since = None
        _returned(session, surge)


def _returned(session: Session, surge: Surge) -> None:
    """A surge that is back while its incident is watched opens it again, by nobody; what came since belongs to it."""
    incident = session.get(Incident, surge.incident_id) if surge.incident_id else None
    if incident is None or incident.state != State.RESTORED:
        return
    incident = standing.lock(session, incident.id)
    if returning.returned(session, incident, "complaints", [surge.kind]):
        came = _cases(session, surge, places.tree(session))
        _attach(session, surge, came, incident)
        incident.complaints += len(came)
        grades.regrade(session, incident)


def _propose(session: Session, found: Found, tree: Tree, now: dict[Cell, int]) -> Surge | None:
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    key = found.key
    hit = {c.county or c.prefecture for c in now if key.holds(c)} - {None}
    area = int(key.value) if key.dimension in ("county", "prefecture") else None
    values = {
        "kind": key.kind,
        "dimension": key.dimension,
        "value": key.value,
        "area_id": area or places.containing(tree, {each for each in hit if each is not None}) or _top(tree),
        "count": found.count,
        "threshold": found.threshold,
        "expected": found.expected,
        "state": PROPOSED,
        "proposed_at": clock.now(session),
        "exercise": False,
    }
    made = insert(Surge).values(values)
    waits = made.on_conflict_do_nothing(
        index_elements=["kind", "dimension", "value"], index_where=Surge.state == PROPOSED
    )
    surge_id = session.scalar(waits.returning(Surge.id))
    if surge_id is None:
        return None
    proposed = SurgeProposed(
        surge_id=surge_id,
        complaint_kind=key.kind,
        dimension=key.dimension,
        count=found.count,
        threshold=found.threshold,
    )
    journal.record(session, stream(session), proposed)
    return session.get_one(Surge, surge_id)


def _top(tree: Tree) -> int | None:
    return next((area.id for area in tree.values() if area.parent_id is None), None)


# --- decided


def accept(session: Session, surge: Surge, by: Principal | None) -> Incident:
    """Make a surge an incident of its own: its complaints belong to it, its audience are the subscribers it is about. `by` None: by itself.
    Raise Conflict where it is decided, Invalid where no area is imported."""
    _undecided(surge)
    tree = places.tree(session)
    if surge.area_id is None:
        raise Invalid(N_("No area is imported."), field="area", remedy=N_("Import areas first."))
    mine = _cases(session, surge, tree)
    given = Report(
        INCIDENT_KIND,
        tree[surge.area_id].code,
        detected_at=surge.proposed_at,
        complaints=len(mine),
        request_key=f"surge-{surge.id}",
    )
    incident = intake.report(session, given, by) if by else intake.open_found(session, given, SOURCE)
    surge.state, surge.incident_id = ACCEPTED, incident.id
    _attach(session, surge, mine, incident)
    concerned.add(session, incident, audience(session, surge, tree), source=SOURCE)
    _decided(session, surge, by, incident, len(mine))
    return incident


def attach(session: Session, surge: Surge, number: str, by: Principal) -> Incident:
    """Make a surge part of an incident that goes on. Raise Conflict, NotFound."""
    _undecided(surge)
    incident = visibility.seen_by(session, incidents.lock(session, number.strip()), by)
    if incident.state not in BEFORE_RESTORATION or incident.exercise:
        raise Conflict(
            N_("The incident is %(state)s."),
            field="incident",
            remedy=N_("Name a real one that is being handled."),
            state=incident.state,
        )
    mine = _cases(session, surge, places.tree(session))
    surge.state, surge.incident_id = ATTACHED, incident.id
    _attach(session, surge, mine, incident)
    incident.complaints += len(mine)
    grades.regrade(session, incident)
    _decided(session, surge, by, incident, len(mine))
    return incident


def dismiss(session: Session, surge: Surge, reason: str, by: Principal) -> None:
    """It is no emergency, with the reason. It is not proposed again for a while. Raise Conflict, Invalid."""
    _undecided(surge)
    cited = entries.note(session, reason)
    if cited is None:
        raise Invalid(N_("A reason is needed."), field="reason", remedy=N_("Say why, in a sentence."))
    surge.state, surge.reason_note_id = DISMISSED, cited.id
    _decided(session, surge, by, None, 0, cited)


def _undecided(surge: Surge) -> None:
    if surge.state != PROPOSED:
        raise Conflict(N_("This surge is decided already."), remedy=N_("Reload the page to see by whom and how."))


def _decided(
    session: Session,
    surge: Surge,
    by: Principal | None,
    incident: Incident | None,
    count: int,
    reason: entries.NoteRef | None = None,
) -> None:
    surge.decided_at, surge.decided_by = clock.now(session), by.person_id if by else None
    decided = SurgeDecided(
        surge_id=surge.id,
        decision=surge.state,
        person_id=surge.decided_by,
        incident=incident.number if incident else None,
        complaints=count,
        reason=reason,
    )
    if incident is not None:
        entries.record(session, incident, decided)
    else:
        journal.record(session, stream(session), decided)
    session.flush()


# --- whom it is about


def _cases(session: Session, surge: Surge, tree: Tree) -> list[int]:
    """Complaints of the surge, since a window before it was proposed, that belong to no incident."""
    since = surge.proposed_at - timedelta(minutes=table.current().surge.window)
    query = select(Case).where(
        Case.complaint,
        Case.exercise.is_(False),
        Case.incident_id.is_(None),
        Case.opened_at > since,
        Case.kind == surge.kind,
    )
    key = key_of(surge)
    return [case.id for case in session.scalars(query) if key.holds(cells.of_case(tree, case))]


def _attach(session: Session, surge: Surge, case_ids: list[int], incident: Incident) -> None:
    for start in range(0, len(case_ids), 500):
        some = case_ids[start : start + 500]
        session.execute(update(Case).where(Case.id.in_(some)).values(incident_id=incident.id))
    if case_ids:
        entries.record(session, incident, CaseAttached(surge_id=surge.id, count=len(case_ids)))


def join(session: Session, case: Case) -> None:
    """A new complaint like those of an accepted surge belongs to its incident, while that is being handled."""
    if case.exercise or not case.complaint:
        return
    query = (
        select(Surge)
        .join(Incident, Incident.id == Surge.incident_id)
        .where(Surge.kind == case.kind, Incident.state.in_(BEFORE_RESTORATION))
    )
    rows = session.scalars(query.order_by(Surge.id)).all()
    if rows:
        its = cells.of_case(places.tree(session), case)
        case.incident_id = next((surge.incident_id for surge in rows if key_of(surge).holds(its)), None)


def audience(session: Session, surge: Surge, tree: Tree) -> Select[int]:
    """The subscribers whom a surge is about: of its area, its service, or its tariff plan."""
    return select(Subscriber.id).where(_about(session, surge, tree))


def _about(session: Session, surge: Surge, tree: Tree) -> ColumnElement[bool]:
    if surge.dimension == "plan":
        return Subscriber.tariff_plan == surge.value
    if surge.dimension == "service":
        bit = session.scalars(select(Service.bit).where(Service.id == int(surge.value))).one()
        return Subscriber.services.bitwise_and(1 << bit) != 0
    inside = [area for area in tree if any(each.id == int(surge.value) for each in places.upward(tree, area))]
    return Subscriber.element_id.in_(select(Element.id).where(Element.area_id.in_(inside)))
