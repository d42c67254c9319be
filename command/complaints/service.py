"""The verbs of cases: look a caller up, take a case, hand it over, close it. Each takes a session and never commits."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import links, lookup, saying, steps, wording
from command.complaints import rules as table
from command.complaints.entries import CaseHandedOver, CaseTaken, LookedUp, record
from command.complaints.lookup import Found
from command.complaints.models import OPEN, Case
from command.core import clock
from command.core.installation import Installation, count_up
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.incidents import entries, grades, house, intake, telling, visibility
from command.incidents import service as incidents
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.messages import gateways
from command.messages import service as messages
from command.messages.models import Lane, Purpose
from command.people import limits
from command.people.access import Principal, rules
from command.people.entries import audit
from command.people.models import Person
from playbooks.templates import Language

ANSWER_WITHIN = {"regular": timedelta(hours=24), "emergency": timedelta(minutes=15), "special": None}
"""By when a caller has an answer (R13); special cases by agreement with the caller."""
SMS_VALID = timedelta(hours=12)
ORDINARY = 3
"""The severity of a complaint of which nobody says it."""
LOOK_UPS, WINDOW = 200, timedelta(minutes=15)
"""Look-ups a person may make in a window: more than anybody can answer calls, too few to copy the list of subscribers."""
OVERSEERS = frozenset({"commander", "deputy", "duty_officer"})
"""Posts that may close and hand over cases of others: an owner may be ill."""
NEW, NONE = "new", "none"
REFERENCE = re.compile(r"(?:D-)?C-\d{4}-\d{4}-\d{4,8}", re.ASCII)
"""The form of a case number."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an agent records. `number` in E.164; `incident` a number, NEW with `area` (code) for one not known yet, or NONE. `kind` is that
    of a complaint."""

    number: str
    incident: str
    channel: str = "phone"
    service_class: str = "regular"
    complaint: bool = False
    kind: str = "network"
    note: str = ""
    tell: bool = True
    language: Language = "zh"
    area: str = ""
    request_key: str | None = None


def look_up(session: Session, installation: Installation, number: str, by: Principal) -> Found:
    """What is known of a caller's number (E.164). On record: it is an access to personal data. Raise TooMany."""
    limits.hit(session, f"look-up:{by.person_id}", LOOK_UPS, WINDOW)
    index = installation.keyring.index(number)
    found = lookup.find(session, index, by)
    numbers = tuple(hit.incident.number for hit in found.hits)
    audit(session, LookedUp(number_index=index.hex(), known=found.subscriber is not None, incidents=numbers))
    return found


def take(session: Session, installation: Installation, call: Call, by: Principal) -> Case:
    """Record a call on an incident and tell the caller by SMS if they want that. `by` owns the case from now on (R14). The same
    `request_key` twice is one case, and one SMS. Raise NotFound for an incident that `by` may not know of, Conflict for one that
    goes on in another or was cancelled, Invalid."""
    if call.complaint and table.current().kind(call.kind) is None:
        known = ", ".join(kind.code for kind in table.current().kinds)
        raise Invalid(N_("This value is not allowed."), field="kind", remedy=N_("Use one of %(known)s."), known=known)
    key = f"{by.actor}/{call.request_key}" if call.request_key else None
    again = session.scalar(select(Case).where(Case.request_key == key)) if key else None
    if again is not None:
        return again
    found = lookup.find(session, installation.keyring.index(call.number), by)
    incident = _incident(session, call, by)
    case = _row(session, installation, call, by, incident, found, key)
    cited = entries.note(session, call.note)
    case.note_id = cited.id if cited else None
    if call.tell:
        case.delivery_id = _tell(session, installation, case, incident)
    if case.complaint:
        steps.begin(session, case, accepted_by=by.person_id)
    session.flush()
    taken = CaseTaken(
        case=case.reference,
        channel=case.channel,
        service_class=case.service_class,
        complaint=case.complaint,
        affected=case.affected,
        told=call.tell,
        owner_id=by.person_id,
        note=cited,
    )
    record(session, case, taken)
    if case.complaint and incident is not None:
        incident.complaints += 1
        grades.regrade(session, incident)
    return case


def _incident(session: Session, call: Call, by: Principal) -> Incident | None:
    """The incident a call is about, locked; reported now where it is new; None where it is about none."""
    if call.incident == NONE:
        return None
    if call.incident == NEW:
        key = f"case-{call.request_key}" if call.request_key else None
        given = Report("service_interruption", call.area, summary=call.note, request_key=key)
        return intake.report(session, given, by)
    incident = visibility.seen_by(session, incidents.lock(session, call.incident), by)
    if incident.state in ("cancelled", "merged"):
        raise Conflict(
            N_("The incident is %(state)s."),
            field="incident",
            remedy=N_("Look the number up again and choose an incident that goes on."),
            state=incident.state,
        )
    return incident


def _row(
    session: Session,
    installation: Installation,
    call: Call,
    by: Principal,
    incident: Incident | None,
    found: Found,
    key: str | None,
) -> Case:
    now = clock.now(session)
    within = ANSWER_WITHIN[call.service_class]
    exercise = incident is not None and incident.exercise
    its = table.current().kind(call.kind) if call.complaint else None
    case = Case(
        reference=reference(session, exercise, now),
        incident_id=incident.id if incident else None,
        channel=call.channel,
        service_class=call.service_class,
        complaint=call.complaint,
        affected=incident is not None and any(hit.incident.id == incident.id and hit.sure for hit in found.hits),
        number=installation.keyring.encrypt(call.number),
        number_index=installation.keyring.index(call.number),
        subscriber_id=found.subscriber.id if found.subscriber else None,
        language=call.language,
        owner_id=by.person_id,
        taken_by=by.person_id,
        opened_at=now,
        due_at=now + within if within else None,
        request_key=key,
        exercise=exercise,
        area_id=found.area.id if found.area else None,
        tariff_plan=(found.subscriber.tariff_plan or None) if found.subscriber else None,
    )
    if its is not None:
        case.kind, case.department, case.severity, case.reach = its.code, str(its.department), ORDINARY, "one"
    session.add(case)
    session.flush()
    return case


def reference(session: Session, exercise: bool, now: datetime) -> str:
    """The next case number of the operator's day, such as C-2026-1126-0007; those of exercises count apart and begin with D-."""
    line = f"{'D-' if exercise else ''}C-{house.today(session, now):%Y-%m%d}"
    return f"{line}-{count_up(session, f'case:{line}'):04d}"


def _tell(session: Session, installation: Installation, case: Case, incident: Incident | None) -> int:
    """Queue the SMS with case number, next step and address. It goes before mass notices and behind pages; the caller asked for it, so
    an opt-out from updates does not cover it."""
    language: Language = "zh" if case.language == "zh" else "en"
    house_settings = house.settings(session)
    shown = incident if incident is not None and not incident.restricted else None
    eta = telling.moment(session, saying.eta_of(session, shown), language) if shown else None
    fields = {
        "operator": house_settings.operator_name_zh if language == "zh" else house_settings.operator_name_en,
        "hotline": house_settings.hotline,
        "case": case.reference,
        "eta": eta,
        "due": telling.moment(session, case.due_at, language) if eta is None else None,
        "link": links.address(installation, case.id) if _may_link(installation, incident) else None,
    }
    assert case.number is not None and case.number_index is not None
    body = messages.put_body(session, wording.sms(language, fields), language)
    outgoing = messages.Outgoing(
        purpose=Purpose.CASE,
        lane=Lane.CORRECTION,
        addressee=case.id,
        recipient=case.number_index,
        number=case.number,
        body_id=body,
        exercise=case.exercise,
        valid_until=clock.now(session) + SMS_VALID,
    )
    return messages.enqueue(session, outgoing)


def _may_link(installation: Installation, incident: Incident | None) -> bool:
    """Not where a gateway strips links, and never about information security: a link there looks like the attack itself."""
    given = installation.settings.gateways or (gateways.CONSOLE,)
    attack = incident is not None and incident.kind == "information_security"
    return not attack and all(gateway.url for gateway in given if gateway.channel == "sms")


def find(session: Session, reference: str, who: Principal) -> Case:
    """The case of a number, to read, if `who` may know of it; raise NotFound."""
    case = session.scalar(select(Case).where(Case.reference == reference))
    if case is None or not sees(session, case, who):
        raise unknown(reference)
    return case


def lock(session: Session, reference: str, by: Principal) -> Case:
    """The case, locked, if `by` may know of it; raise NotFound."""
    query = select(Case).where(Case.reference == reference).with_for_update().execution_options(populate_existing=True)
    case = session.scalar(query)
    if case is None or not sees(session, case, by):
        raise unknown(reference)
    return case


def sees(session: Session, case: Case, who: Principal) -> bool:
    """Its owner sees a case, and everybody who answers callers one of no incident; else those who may know of its incident."""
    if case.owner_id == who.person_id or case.incident_id is None:
        return True
    return visibility.visible(session, session.get_one(Incident, case.incident_id), who)


def unknown(reference: str) -> NotFound:
    return NotFound(
        N_("There is no case %(number)s."),
        remedy=N_("Look at your list of cases for its number."),
        number=reference[:32],
    )


def hand_over(session: Session, case: Case, to: str, reason: str, by: Principal) -> None:
    """Give a locked case to another first-contact owner (by username), on record with the reason (R14). Raise Denied, Conflict, Invalid."""
    _mine(case, by)
    person = session.scalar(select(Person).where(Person.username == to.strip(), Person.active))
    if (
        person is None
        or not rules().may_ever("take_case", {held.post for held in person.posts})
        or person.id == case.owner_id
    ):
        raise Invalid(
            N_("This person cannot take the case."), field="to", remedy=N_("Choose another person who answers callers.")
        )
    cited = _said(session, reason, "reason", N_("Say in a few words why, so that the next person can go on."))
    before = steps.accepted(session, case, by)
    case.owner_id, case.passed_on = person.id, True
    payload = CaseHandedOver(case=case.reference, from_person_id=before, to_person_id=person.id, reason=cited)
    record(session, case, payload)


def close(session: Session, case: Case, result: str, by: Principal) -> None:
    """Close a locked case with its result (R14); a complaint only after answer and follow-up. Raise Denied, Conflict, Invalid."""
    _mine(case, by)
    steps.require_done(session, case)
    cited = _said(session, result, "result", N_("Say in a few words how it ended for the caller."))
    steps.end(session, case, by.person_id, cited)


def _mine(case: Case, by: Principal) -> None:
    if case.owner_id not in (by.person_id, None) and not by.posts & OVERSEERS:
        raise Denied(
            N_("This case belongs to somebody else."),
            remedy=N_("Ask its first-contact owner or the duty officer to hand it over."),
        )
    if case.state != OPEN:
        raise Conflict(N_("This case is closed."), remedy=N_("Take a new case if the caller has called again."))


def _said(session: Session, text: str, field: str, remedy: str) -> entries.NoteRef:
    cited = entries.note(session, text)
    if cited is None:
        raise Invalid(N_("This field is missing."), field=field, remedy=remedy)
    return cited
