"""The report upward (R31): a time limit will not be met, so the superior echelon is told at once, and a bulletin says what, why and which
help is needed. Once a clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins import approving, entries, forecast, reading, saying, service
from command.bulletins.forecast import Look, Missed
from command.bulletins.models import Kind, UpwardReport
from command.bulletins.recipients import UPWARD
from command.bulletins.service import Upward
from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Conflict, Denied, NotFound
from command.incidents import clock_rows, command_roles, house, plans, standing, telling, visibility
from command.incidents import entries as incident_entries
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.clocks import Event
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident, IncidentClock
from command.oncall.duties import telling as people_telling
from command.oncall.escalation import targets
from command.people.access import Principal
from command.people.models import Person
from playbooks.templates import LANGUAGES, Language

COMMANDERS = "post:commander"
"""Who is told where nothing stands above the echelon that handles the incident."""
TEXTS = {
    "zh": "上报：事件{number}（{kind}，{tier}）的时限“{clock}”（{due}到期）预计无法达成，{why}。",
    "en": "Report upward: incident {number} ({kind}, {tier}) will not meet “{clock}”, due {due}: {why}.",
}
ACT = {"zh": "查看并确认收到", "en": "read it and acknowledge"}
WHY = {
    "zh": "时限“{clock}”（{due}到期）预计无法达成：{why}。",
    "en": "“{clock}”, due {due}, will not be met: {why}.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A clock that will not be met and has not been reported yet."""

    row: IncidentClock
    missed: Missed
    tasks: int


def found(session: Session, incident: Incident) -> Iterator[Found]:
    """The clocks of an incident that wait for its restoration and will not be met; those that were reported are left out."""
    if incident.state not in BEFORE_RESTORATION or incident.responding_at is None or incident.quiet_at is not None:
        return
    reported = set(session.scalars(select(UpwardReport.clock).where(UpwardReport.incident_id == incident.id)))
    now, tasks = clock.now(session), len(standing.open_tasks(session, incident))
    percent = house.settings(session).upward_percent
    for row in clock_rows.rows(session, incident):
        known = clock_rows.definition(row.code)
        waits = row.met_at is None and row.state != clock_rows.VOID and row.code not in reported
        if known is None or known.stops is not Event.RESTORED or not waits:
            continue
        look = Look(row.started_at, row.due_at, incident.eta, _projected(session, incident), tasks)
        missed = forecast.missed(look, now, percent)
        if missed is not None:
            yield Found(row, missed, tasks)


def _projected(session: Session, incident: Incident) -> datetime | None:
    """When the plan expects service back, counted from the activation."""
    plan = plans.tier_plan(session, incident)
    if plan is None or incident.responding_at is None:
        return None
    return incident.responding_at + timedelta(minutes=plan.default_duration_minutes)


def report(session: Session, installation: Installation, incident: Incident, one: Found) -> UpwardReport:
    """Tell the superior echelon of a locked incident's clock, draft the bulletin, and put both on record."""
    people = superiors(session, incident)
    why = {language: _words(session, one, language) for language in LANGUAGES}
    bulletin = service.draft(session, incident, Kind.UPWARD, None, upward=Upward(why))
    row = UpwardReport(
        incident_id=incident.id,
        clock=one.row.code,
        why=one.missed.why,
        due_at=one.row.due_at,
        expected_at=one.missed.expected_at,
        used=one.missed.used,
        tasks=one.tasks,
        told=[],
        at=clock.now(session),
        bulletin_id=bulletin.id,
        exercise=incident.exercise,
    )
    if not incident.exercise:
        row.told = [person.id for person in people if _tell(session, incident, one, person)]
    session.add(row)
    session.flush()
    payload = entries.UpwardReported(
        clock=one.row.code,
        due_at=one.row.due_at,
        why=one.missed.why,
        expected_at=one.missed.expected_at,
        used=one.missed.used,
        people=len(row.told),
    )
    incident_entries.record(session, incident, payload)
    approving.approve_by_plan(session, installation, incident, bulletin)
    return row


def superiors(session: Session, incident: Incident) -> list[Person]:
    """Who answers for the echelon above the one that handles the incident: its group's commander, else whoever commands at all, but not the
    incident's own commander. Of a restricted incident only those who may know of it."""
    own = reading.echelon(session, incident)
    above = UPWARD[UPWARD.index(own) + 1 :]
    people: list[Person] = []
    for group in command_roles.groups_for(session, incident, above[0]) if above else ():
        held = command_roles.holders(session, group)
        if command_roles.COMMANDER in held:
            people = [held[command_roles.COMMANDER]]
            break
    if not people:
        without = [incident.commander_id] if incident.commander_id else []
        people = targets.resolve(session, COMMANDERS, (), clock.now(session), without)
    return [person for person in people if visibility.known_to(session, incident, person)]


def _tell(session: Session, incident: Incident, one: Found, person: Person) -> bool:
    """Queue the message by the first way of theirs that works; it does not wait for the end of anybody's quiet hours."""
    text: dict[str, str] = {}
    for language in LANGUAGES:
        at = 0 if language == "zh" else 1
        fields = {
            "number": incident.number,
            "kind": KIND_WORDS[incident.kind][at],
            "tier": TIER_WORDS[incident.tier][at],
            "clock": clock_name(one.row.code, language),
            "due": telling.moment(session, one.row.due_at, language),
            "why": _why(session, one, language),
        }
        text[language] = TEXTS[language].format_map(fields)
    said = people_telling.Said(text, clock.now(session), ACT, f"/incidents/{incident.number}/bulletins")
    return people_telling.tell(session, person, said) is not None


def _words(session: Session, one: Found, language: Language) -> str:
    due = telling.moment(session, one.row.due_at, language)
    return WHY[language].format(clock=clock_name(one.row.code, language), due=due, why=_why(session, one, language))


def _why(session: Session, one: Found, language: Language) -> str:
    expected = telling.moment(session, one.missed.expected_at, language) or ""
    return saying.why(one.missed.why, language, expected=expected, used=one.missed.used, tasks=one.tasks)


def clock_name(code: str, language: str) -> str:
    """What a clock is called; its code where the table has it no more."""
    known = clock_rows.definition(code)
    return (known.name.zh if language == "zh" else known.name.en) if known else code


def of(session: Session, incident: Incident) -> Sequence[UpwardReport]:
    """The reports upward of an incident, in order."""
    query = select(UpwardReport).where(UpwardReport.incident_id == incident.id).order_by(UpwardReport.id)
    return session.scalars(query).all()


def may_acknowledge(row: UpwardReport, incident: Incident, who: Principal) -> bool:
    """Whether somebody stands above: who was told, or in a drill and for want of anybody, who commands or deputises and does not command
    this incident."""
    if row.acknowledged_at is not None or who.source is not None or who.person_id == incident.commander_id:
        return False
    return who.person_id in row.told or bool(who.posts & {"commander", "deputy"})


def acknowledge(session: Session, incident: Incident, clock_code: str, by: Principal) -> UpwardReport:
    """The superior has it. A second time changes nothing. Raise NotFound, Denied."""
    query = select(UpwardReport).where(UpwardReport.incident_id == incident.id, UpwardReport.clock == clock_code)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound(
            N_("This time limit was not reported upward."),
            remedy=N_("Look at the incident's bulletins for those that were."),
        )
    if row.acknowledged_by == by.person_id:
        return row
    if row.acknowledged_at is not None:
        raise Conflict(N_("Somebody has acknowledged it already."), remedy=N_("Nothing is left for you to do."))
    if not may_acknowledge(row, incident, by):
        raise Denied(
            N_("Only the superior echelon acknowledges what was reported to it."),
            remedy=N_("Whoever was told, or another commander than the incident's own, acknowledges it."),
        )
    row.acknowledged_by, row.acknowledged_at = by.person_id, clock.now(session)
    payload = entries.UpwardAcknowledged(clock=row.clock, person_id=by.person_id)
    incident_entries.record(session, incident, payload)
    return row
