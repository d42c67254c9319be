"""A complaint opened for somebody whose service is not back, as they answered the survey after a restoration: it waits to be accepted like
any other, with its clocks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import rules as table
from command.complaints import service, steps
from command.complaints.entries import ComplaintTaken, record
from command.complaints.models import Case
from command.core import clock
from command.incidents import grades
from command.incidents.models import Incident
from command.network.models import Element, Subscriber

KIND, SOURCE, CHANNEL = "network", "survey", "self_service"


def open_case(session: Session, incident: Incident, subscriber: Subscriber, key: str) -> str:
    """Open a complaint on a locked incident and return its number; the same key again is the same complaint."""
    again = session.scalar(select(Case.reference).where(Case.request_key == f"complaint:{key}"))
    if again is not None:
        return again
    known, now = table.current(), clock.now(session)
    its = known.kind(KIND) or known.kinds[0]
    reach = "group" if subscriber.critical else "one"
    service_class = known.class_of(its.code, service.ORDINARY, reach)
    within = known.clocks(service_class).within("answer")
    case = Case(
        reference=service.reference(session, incident.exercise, now),
        incident_id=incident.id,
        channel=CHANNEL,
        service_class=service_class,
        complaint=True,
        affected=True,
        number=subscriber.number,
        number_index=subscriber.number_index,
        subscriber_id=subscriber.id,
        language=subscriber.language,
        opened_at=now,
        due_at=now + within if within else None,
        request_key=f"complaint:{key}",
        kind=its.code,
        severity=service.ORDINARY,
        reach=reach,
        department=str(its.department),
        source=SOURCE,
        area_id=session.scalar(select(Element.area_id).where(Element.id == subscriber.element_id)),
        tariff_plan=subscriber.tariff_plan or None,
        exercise=incident.exercise,
    )
    session.add(case)
    session.flush()
    steps.begin(session, case)
    received = ComplaintTaken(
        case=case.reference,
        channel=case.channel,
        complaint_kind=its.code,
        severity=service.ORDINARY,
        reach=reach,
        service_class=service_class,
        department=str(its.department),
        owner_id=None,
        note=None,
    )
    record(session, case, received)
    incident.complaints += 1
    grades.regrade(session, incident)
    return case.reference
