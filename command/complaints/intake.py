"""The one intake of complaints, whatever channel they come by (R13): graded, routed, on record, their clocks running; and, where a surge
of the same has an incident, part of that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import rules as table
from command.complaints import service, steps, surges
from command.complaints.entries import ComplaintTaken, record
from command.complaints.models import CHANNELS, Case
from command.complaints.rules import REACHES
from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Denied, Invalid
from command.incidents import entries, grades, places
from command.incidents import service as incidents
from command.network.models import Area, Element, Service, Subscriber
from command.people.access import Principal
from playbooks.templates import Language

OLDEST = timedelta(days=31)
"""How long ago a complaint may have come in at its source."""
SLACK = timedelta(minutes=5)
"""How far the clock of a source may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody complains about. `number` in E.164, empty where they left none; `area`, `service` and `tariff_plan` (codes, and a
    plan's name) say it where the number does not; `received_at` is when it came in, None: now. `source` and `reference` together are one
    complaint however often they come."""

    channel: str
    kind: str
    text: str = ""
    number: str = ""
    severity: int = service.ORDINARY
    reach: str = "one"
    service: str = ""
    area: str = ""
    tariff_plan: str = ""
    language: Language = "zh"
    received_at: datetime | None = None
    source: str = ""
    reference: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A complaint on record; `new` False: it was there already."""

    case: Case
    new: bool


def take_all(
    session: Session, installation: Installation, given: Sequence[Complaint], by: Principal | None, *, own: bool = False
) -> list[Taken]:
    """Take complaints as `by`; None: the customer or a file. `own`: `by` spoke with the customer, and owns them (R14). Incidents they
    belong to are graded anew once. Raise Invalid naming the field, Denied."""
    taken = [_take(session, installation, each, by if own else None, by) for each in given]
    _count(session, (each.case for each in taken if each.new and each.case.incident_id is not None))
    return taken


def _count(session: Session, cases: Iterable[Case]) -> None:
    """Complaints that belong to incidents count there."""
    more: dict[int, int] = {}
    for case in cases:
        assert case.incident_id is not None
        more[case.incident_id] = more.get(case.incident_id, 0) + 1
    for incident_id in sorted(more):
        incident = incidents.lock(session, incident_id)
        incident.complaints += more[incident_id]
        grades.regrade(session, incident)


def _take(
    session: Session, installation: Installation, given: Complaint, owner: Principal | None, by: Principal | None
) -> Taken:
    key = f"complaint:{given.source}/{given.reference}" if given.reference else None
    again = session.scalar(select(Case).where(Case.request_key == key)) if key else None
    if again is not None:
        return Taken(again, new=False)
    _check(session, given, by)
    case = _row(session, installation, given, key)
    case.owner_id = case.taken_by = owner.person_id if owner else None
    session.add(case)
    session.flush()
    cited = entries.note(session, given.text)
    case.note_id = cited.id if cited else None
    surges.join(session, case)
    steps.begin(session, case, accepted_by=case.owner_id)
    assert case.kind and case.severity and case.reach and case.department
    received = ComplaintTaken(
        case=case.reference,
        channel=case.channel,
        complaint_kind=case.kind,
        severity=case.severity,
        reach=case.reach,
        service_class=case.service_class,
        department=case.department,
        owner_id=case.owner_id,
        note=cited,
    )
    record(session, case, received)
    return Taken(case, new=True)


def _check(session: Session, given: Complaint, by: Principal | None) -> None:
    known = table.current()
    for field, value, allowed in (
        ("channel", given.channel, CHANNELS),
        ("kind", given.kind, tuple(kind.code for kind in known.kinds)),
        ("reach", given.reach, REACHES),
        ("severity", given.severity, (1, 2, 3, 4)),
        ("language", given.language, ("zh", "en")),
    ):
        if value not in allowed:
            raise Invalid(
                N_("This value is not allowed."),
                field=field,
                remedy=N_("Use one of %(known)s."),
                known=", ".join(map(str, allowed)),
            )
    if given.exercise and (by is None or "trainer" not in by.posts):
        raise Denied(
            N_("Only a trainer starts an exercise."),
            field="exercise",
            remedy=N_("Leave `exercise` out for a real event."),
        )
    now = clock.now(session)
    if given.received_at is not None and not now - OLDEST <= given.received_at <= now + SLACK:
        raise Invalid(
            N_("A complaint comes in within the last 31 days, and not in the future."),
            field="received_at",
            remedy=N_("Check the time and its zone, or leave it out for now."),
        )


def _row(session: Session, installation: Installation, given: Complaint, key: str | None) -> Case:
    known, now = table.current(), clock.now(session)
    opened = min(given.received_at or now, now)
    its = known.kind(given.kind)
    assert its is not None
    subscriber = _subscriber(session, installation, given.number)
    service_class = known.class_of(given.kind, given.severity, _reach(given, subscriber))
    within = known.clocks(service_class).within("answer")
    return Case(
        reference=service.reference(session, given.exercise, now),
        channel=given.channel,
        service_class=service_class,
        complaint=True,
        affected=False,
        number=installation.keyring.encrypt(given.number) if given.number else None,
        number_index=installation.keyring.index(given.number) if given.number else None,
        subscriber_id=subscriber.id if subscriber else None,
        language=given.language,
        opened_at=opened,
        due_at=opened + within if within else None,
        request_key=key,
        kind=given.kind,
        severity=given.severity,
        reach=_reach(given, subscriber),
        department=str(its.department),
        source=given.source or None,
        area_id=_area(session, given, subscriber),
        service_id=_service(session, given.service),
        tariff_plan=(given.tariff_plan or (subscriber.tariff_plan if subscriber else "")) or None,
        exercise=given.exercise,
    )


def _reach(given: Complaint, subscriber: Subscriber | None) -> str:
    """A critical customer reaches as far as a group, whatever was said."""
    return "group" if given.reach == "one" and subscriber is not None and subscriber.critical else given.reach


def _subscriber(session: Session, installation: Installation, number: str) -> Subscriber | None:
    if not number:
        return None
    return session.scalar(select(Subscriber).where(Subscriber.number_index == installation.keyring.index(number)))


def _area(session: Session, given: Complaint, subscriber: Subscriber | None) -> int | None:
    """The area that was named, else that of the subscriber's element."""
    if given.area:
        return places.named(session, given.area).id
    if subscriber is None:
        return None
    return session.scalar(select(Element.area_id).where(Element.id == subscriber.element_id))


def _service(session: Session, code: str) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Service.id).where(Service.code == code))
    if found is None:
        raise Invalid(
            N_("There is no service %(code)s."),
            field="service",
            remedy=N_("Use the code of an imported service, or leave it out."),
            code=code[:64],
        )
    return found


def areas(session: Session) -> Sequence[Area]:
    """Every area, for lists to choose from."""
    return session.scalars(select(Area).order_by(Area.code)).all()
