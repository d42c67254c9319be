"""How an incident comes to be: reported by a person on any channel (R13), or opened for failed elements by correlation."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.core.marks import NUMBER
from command.core.problems import N_, Conflict, Denied, Invalid
from command.incidents import clock_rows, command_roles, entries, facts, grades, house, impacts, places
from command.incidents.guards import State
from command.incidents.models import PERSON, Incident
from command.network.models import Area, Element, Service
from command.people.access import Principal

RESTRICTED_KINDS = ("information_security",)
UNGRADED = 4


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports by hand. `detected_at` is the first known sign, `occurred_at` when it happened; both may be unknown.
    `users` lost `services` in the area, as far as the reporter knows."""

    kind: str
    area: str
    occurred_at: datetime | None = None
    detected_at: datetime | None = None
    summary: str = ""
    feedback: str = ""
    measures: str = ""
    elements: tuple[str, ...] = ()
    users: int | None = None
    services: tuple[str, ...] = ()
    records_leaked: int = 0
    complaints: int = 0
    restricted: bool | None = None
    exercise: bool = False
    request_key: str | None = None

    @property
    def has_scope(self) -> bool:
        """Whether it says who or what is hit, beyond the area."""
        return bool(self.elements or self.services or self.users)


on_report: list[Callable[[Session, Incident], None]] = []
"""Called with a new incident once it is graded: what rooms above know of it (solved problems like it) is put on record. Joined where
the application is put together."""


def report(session: Session, given: Report, by: Principal, *, vouched: bool = False) -> Incident:
    """Take a report: number, clocks and first grade at once, the reporter as first-contact owner (R14). The same `request_key` twice
    is one incident; raise Conflict where one of the two is an exercise. `vouched`: the caller knows that they play in a drill, whatever
    their posts. Raise Invalid naming the field, or Denied."""
    again = _reported_before(session, given, by)
    if again is not None:
        return again
    check(session, given, by, vouched=vouched)
    area = places.named(session, given.area)
    elements = places.elements_named(session, given.elements)
    services = services_named(session, given.services)
    incident = _open(session, given, area.id, PERSON)
    summary = _reported(session, incident, len(elements), given.summary, by.person_id)
    command_roles.own(session, incident, by.person_id)
    incident.summary_note_id = summary.id if summary else None
    told = facts.Given(feedback=given.feedback, measures=given.measures)
    facts.write(session, incident, told)
    incident.scope_known = given.has_scope
    set_impact(session, incident, area, elements, services, given.users or 0)
    grades.regrade(session, incident)
    facts.settle(session, incident, clock.now(session))
    _tell_others(session, incident)
    return incident


def check(session: Session, given: Report, by: Principal, *, vouched: bool = False) -> None:
    """Refuse a report that cannot be: raise Denied for an exercise by others than a trainer or whom the caller vouches for, Invalid for a
    time that cannot be."""
    if given.exercise and not vouched and "trainer" not in by.posts:
        raise Denied(
            N_("Only a trainer starts an exercise."),
            field="exercise",
            remedy=N_("Leave `exercise` out for a real event."),
        )
    facts.check_time(session, given.occurred_at, "occurred_at")
    facts.check_time(session, given.detected_at, "detected_at")


def _tell_others(session: Session, incident: Incident) -> None:
    session.flush()
    for hear in on_report:
        hear(session, incident)


def _reported_before(session: Session, given: Report, by: Principal) -> Incident | None:
    if given.request_key is None:
        return None
    again = session.scalar(select(Incident).where(Incident.request_key == f"{by.actor}/{given.request_key}"))
    if again is not None and again.exercise != given.exercise:
        raise Conflict(
            N_("An exercise and a real event are never one."),
            field="exercise",
            remedy=N_("Report it under a key of its own."),
        )
    return again


def set_impact(
    session: Session,
    incident: Incident,
    area: Area,
    elements: Sequence[Element],
    services: Sequence[Service],
    users: int,
) -> None:
    """Who a report says is hit: by topology of `elements` that failed, and `users` of `services` (by default the usual ones)."""
    if elements:
        impacts.set_failed(session, incident, frozenset(e.id for e in elements))
    if users:
        impacts.declare(session, incident, area, services or usual_services(session), users, None)


def usual_services(session: Session) -> Sequence[Service]:
    """The services a report without any means: all that are not critical, or simply all."""
    everything = session.scalars(select(Service).order_by(Service.bit)).all()
    return [s for s in everything if not s.critical] or everything


def services_named(session: Session, codes: Sequence[str]) -> list[Service]:
    """The services of these codes; raise Invalid naming those that do not exist."""
    found = {s.code: s for s in session.scalars(select(Service).where(Service.code.in_(list(codes))))}
    unknown = [code for code in codes if code not in found]
    if unknown:
        known = ", ".join(session.scalars(select(Service.code).order_by(Service.bit)))
        raise Invalid(
            N_("Unknown services: %(names)s."),
            field="services",
            remedy=N_("Use some of: %(known)s."),
            names=", ".join(unknown[:10]),
            known=known,
        )
    return [found[code] for code in dict.fromkeys(codes)]


def _open(session: Session, given: Report, area_id: int | None, source: str) -> Incident:
    now = clock.now(session)
    incident = drafted(given, area_id, source, now)
    incident.number = number(session, given.exercise, now, restricted=incident.restricted)
    incident.request_key = f"{session.info['actor']}/{given.request_key}" if given.request_key else None
    session.add(incident)
    session.flush()
    return incident


def open_part(session: Session, big: Incident, area_id: int | None, by: Principal) -> Incident:
    """A new incident for a part of one that is there: of its kind, since its first sign, ungraded and not yet of any scope. Whoever
    hands it out owns it first (R14)."""
    now = clock.now(session)
    given = Report(
        kind=big.kind,
        area="",
        occurred_at=big.occurred_at,
        detected_at=big.detected_at,
        restricted=big.restricted,
        exercise=big.exercise,
    )
    part = drafted(given, area_id, PERSON, now)
    part.number = number(session, big.exercise, now)
    session.add(part)
    session.flush()
    _reported(session, part, 0, "", by.person_id)
    command_roles.own(session, part, by.person_id)
    return part


def drafted(given: Report, area_id: int | None, source: str, now: datetime) -> Incident:
    """The incident that a report would make, ungraded, without a number and in no session."""
    return Incident(
        kind=given.kind,
        state=State.REPORTED,
        tier=UNGRADED,
        current_tier=UNGRADED,
        projected_tier=UNGRADED,
        rules=[],
        overruled=[],
        area_id=area_id,
        source=source,
        restricted=given.kind in RESTRICTED_KINDS if given.restricted is None else given.restricted,
        occurred_at=given.occurred_at,
        detected_at=min(given.detected_at or now, now),
        reported_at=now,
        records_leaked=given.records_leaked,
        complaints=given.complaints,
        users_now=0,
        users_peak=0,
        users_projected=0,
        user_minutes=0.0,
        scope_known=False,
        exercise=given.exercise,
    )


def number(session: Session, exercise: bool, now: datetime, *, restricted: bool = False) -> str:
    """The next incident number of the operator's day, such as 2026-1121-007; exercises count apart and begin with D-. Restricted ones
    count apart too (2026-1121-R001), so that no gap in the numbers that everybody sees tells of one."""
    day = f"{house.today(session, now):%Y-%m%d}"
    line = f"{NUMBER}{day}" if exercise else day
    apart = "R" if restricted else ""
    return f"{line}-{apart}{count_up(session, f'incident:{line}{apart}'):03d}"


def _reported(
    session: Session, incident: Incident, elements: int, summary: str, owner_id: int | None = None
) -> entries.NoteRef | None:
    cited = entries.note(session, summary)
    payload = entries.Reported(
        event_kind=incident.kind,
        area_id=incident.area_id,
        source=incident.source,
        owner_id=owner_id,
        occurred_at=incident.occurred_at,
        detected_at=incident.detected_at,
        restricted=incident.restricted,
        elements=elements,
        summary=cited,
    )
    entries.record(session, incident, payload)
    clock_rows.refresh(session, incident)
    return cited


def open_degraded(
    session: Session, area: Area, service: Service, users: int, part: float, detected_at: datetime, source: str
) -> Incident:
    """Open a service interruption for a service that is worse than it should be in an area, for so many users, `part` (0..1) of those who
    were counted; nothing need be cut off. `source` says so (`measurements`). It goes on by itself as one born of alarms does."""
    given = Report(kind="service_interruption", area=area.code, occurred_at=detected_at, detected_at=detected_at)
    incident = _open(session, given, area.id, source)
    _reported(session, incident, 0, "")
    impacts.declare(session, incident, area, [service], users, None, kind="degradation", part=part)
    grades.regrade(session, incident)
    _tell_others(session, incident)
    return incident


def open_found(session: Session, given: Report, source: str) -> Incident:
    """Open an incident that automation found by other signs than alarms; `source` says who says so. It is graded; a person goes on."""
    area = places.named(session, given.area)
    incident = _open(session, given, area.id, source)
    _reported(session, incident, 0, given.summary)
    grades.regrade(session, incident)
    _tell_others(session, incident)
    return incident


def open_for_elements(
    session: Session, failed: Collection[int], detected_at: datetime, exercise: bool, source: str
) -> Incident:
    """Open a network fault for elements (ids) whose alarms belong together. `detected_at` is the first alarm's time, `source` who
    says so (`alarms`). It is graded, assessed and, from tier III up, activated at once: nobody has to be awake."""
    areas = places.element_areas(session, failed)
    area_id = places.containing(places.tree(session), areas)
    given = Report(kind="network_fault", area="", occurred_at=detected_at, detected_at=detected_at, exercise=exercise)
    incident = _open(session, given, area_id, source)
    _reported(session, incident, len(failed), "")
    impacts.set_failed(session, incident, failed)
    grades.regrade(session, incident)
    _tell_others(session, incident)
    return incident
