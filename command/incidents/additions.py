"""A second report of an event that is known already: it is added to the incident, on record, whose first-contact owner stays (R14)."""

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, facts, grades, intake, places
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.incidents.standing import authorise
from command.people.access import Principal


def add_report(session: Session, incident: Incident, given: Report, by: Principal) -> None:
    """Add what a report says to a locked incident, in the name of whoever reports.

    All of it is kept in the journal. Facts the command centre lacks (scope, feedback, measures) are taken over, none that it has is
    replaced. Raise NotFound, Denied, Invalid for what cannot be used or says nothing, Conflict once the incident is over."""
    authorise(session, incident, by, "report_incident")
    _takes_reports(incident, given)
    facts.check_time(session, given.occurred_at, "occurred_at")
    area = places.named(session, given.area) if given.area else None
    elements = places.elements_named(session, given.elements)
    services = intake.services_named(session, given.services)
    if not (given.summary or given.feedback or given.measures or given.has_scope):
        raise Invalid(
            N_("This report says nothing yet."),
            field="summary",
            remedy=N_("Write what happened, or give services, users or elements."),
        )
    before = facts.known(incident)
    notes = tuple(
        cited
        for cited in (
            entries.note(session, given.summary),
            _kept(session, incident, "feedback_note_id", given.feedback),
            _kept(session, incident, "measures_note_id", given.measures),
        )
        if cited is not None
    )
    if area is not None and given.has_scope and not incident.scope_known and incident.state in BEFORE_RESTORATION:
        incident.scope_known = True
        intake.set_impact(session, incident, area, elements, services, given.users or 0)
    now = facts.known(incident)
    payload = entries.ReportAdded(
        person_id=by.person_id,
        area_id=area.id if area else None,
        services=tuple(service.id for service in services),
        elements=tuple(element.id for element in elements),
        users=given.users,
        occurred_at=given.occurred_at,
        given=tuple(sorted(fact.value for fact in now - before)),
        notes=notes,
    )
    entries.record(session, incident, payload)
    facts.settle(session, incident, clock.now(session))
    grades.regrade(session, incident)


def _takes_reports(incident: Incident, given: Report) -> None:
    if incident.exercise != given.exercise:
        raise Conflict(
            N_("An exercise and a real event are never one."),
            remedy=N_("Report it as an incident of its own."),
        )
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Report it as an incident of its own, or reopen this one."),
            state=incident.state,
        )


def _kept(session: Session, incident: Incident, column: str, text: str) -> entries.NoteRef | None:
    """Keep a text as a note; it becomes the incident's where it has none."""
    cited = entries.note(session, text)
    if cited is not None and getattr(incident, column) is None:
        setattr(incident, column, cited.id)
    return cited
