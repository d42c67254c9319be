"""What the journal keeps of incidents: ids and figures. Free text is cited by note id and salted hash."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Note, Payload
from command.incidents.models import Incident


class NoteRef(Payload):
    """A note that an entry cites: its id and the salted hash of its text."""

    id: int
    hash: str


def note(session: Session, body: str | None) -> NoteRef | None:
    """Keep free text as a note by whoever acts, and cite it; None for no text."""
    text = (body or "").strip()
    if not text:
        return None
    note_id, digest = journal.add_note(session, text, session.info["actor"])
    return NoteRef(id=note_id, hash=digest)


def cited(session: Session, note_id: int) -> NoteRef | None:
    """A note that is there already, cited once more; None where it was erased."""
    found = session.get(Note, note_id)
    if found is None or found.body is None:
        return None
    return NoteRef(id=found.id, hash=journal.salted(found))


def stream(incident: Incident) -> str:
    """The stream of an incident."""
    return f"incident:{incident.number}"


def record(session: Session, incident: Incident, payload: Payload) -> None:
    """Record an entry on the incident's own stream."""
    journal.record(session, stream(incident), payload, exercise=incident.exercise)


class Reported(Payload, kind="incident.reported"):
    event_kind: str
    area_id: int | None
    source: str
    owner_id: int | None
    occurred_at: datetime | None
    detected_at: datetime
    restricted: bool
    elements: int
    summary: NoteRef | None


class FactsGiven(Payload, kind="incident.facts"):
    """Of the five facts (R5): those given now, and those still missing."""

    given: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[NoteRef, ...]


class ReportAdded(Payload, kind="incident.report_added"):
    """A further report of the same event; `given` are those of the five facts (R5) that it brought. The first-contact owner stays."""

    person_id: int
    area_id: int | None
    services: tuple[int, ...]
    elements: tuple[int, ...]
    users: int | None
    occurred_at: datetime | None
    given: tuple[str, ...]
    notes: tuple[NoteRef, ...]


class Graded(Payload, kind="incident.graded"):
    """A grade: the first, or one that automation raised, or the same tier by other rules. `before` None: the first."""

    before: int | None
    tier: int
    current_tier: int
    projected_tier: int
    rules: tuple[str, ...]
    response_level: int | None


class RaisedByPerson(Payload, kind="incident.raised"):
    before: int
    tier: int
    reason: NoteRef | None


class Lowered(Payload, kind="incident.lowered"):
    before: int
    tier: int
    overruled: tuple[str, ...]
    reason: NoteRef | None


class Assessed(Payload, kind="incident.assessed"):
    tier: int
    judgement: NoteRef | None


class Activated(Payload, kind="incident.activated"):
    playbook_id: int
    playbook: str
    version: int
    tier: int
    commander_id: int


class ActivationWaits(Payload, kind="incident.activation_waits"):
    """Automation would have activated the response and could not."""

    tier: int
    reasons: tuple[str, ...]


class PlanWidened(Payload, kind="incident.plan_widened"):
    """A raised tier brought what its plan asks for beyond what runs already."""

    tier: int
    tasks: tuple[str, ...]
    chains: int


class AlertSeen(Payload, kind="alert.seen"):
    """Somebody saw the alert of a tier I or II incident, so many seconds after it began."""

    tier: int
    person_id: int
    seconds: int


class Restored(Payload, kind="incident.restored"):
    """`evidence`: clear (alarms), person, or what a room above measured (measurement)."""

    evidence: str
    users: int
    user_minutes: float
    note: NoteRef | None


class Quiet(Payload, kind="incident.quiet"):
    """Nothing is cut off any more."""

    users_peak: int
    user_minutes: float


class Reopened(Payload, kind="incident.reopened"):
    elements: int
    reason: NoteRef | None


class ReviewBegan(Payload, kind="incident.review_began"):
    pass


class ReviewWritten(Payload, kind="incident.review_written"):
    """Parts of the review written now: cause, effect, improvements (R7)."""

    parts: tuple[str, ...]
    notes: tuple[NoteRef, ...]


class Closed(Payload, kind="incident.closed"):
    users_peak: int
    user_minutes: float
    clocks_met: int
    clocks_breached: int


class Cancelled(Payload, kind="incident.cancelled"):
    told: int
    reason: NoteRef | None


class MergedInto(Payload, kind="incident.merged"):
    into: str
    told: int
    reason: NoteRef | None


class Absorbed(Payload, kind="incident.absorbed"):
    """Another incident was merged into this one."""

    other: str
    elements: int
    told: int


class ImpactChanged(Payload, kind="impact.changed"):
    """Elements newly cut off and restored; users affected now and at most, each counted once."""

    cut_off: int
    restored: int
    users_now: int
    users_peak: int
    user_minutes: float


class ConcernedAdded(Payload, kind="impact.concerned"):
    """Subscribers whom the incident concerns though nothing of theirs is cut off: how many came, how many there are, and where the list is
    from (`source`: list, complaints, merged, reopened)."""

    added: int
    total: int
    source: str


class ImpactDeclared(Payload, kind="impact.declared"):
    area_id: int
    services: tuple[int, ...]
    impact_kind: str
    users: int
    note: NoteRef | None


class EtaSet(Payload, kind="incident.eta"):
    eta: datetime | None
    before: datetime | None
    note: NoteRef | None


class Located(Payload, kind="incident.located"):
    """The failed part was found; `fault_class` is hardware, software, network or service (R22)."""

    fault_class: str | None
    note: NoteRef | None


class RoleTaken(Payload, kind="role.taken"):
    role: str
    person_id: int


class RoleTransferred(Payload, kind="role.transferred"):
    role: str
    from_person_id: int | None
    to_person_id: int
    briefing: NoteRef | None


class TaskGiven(Payload, kind="task.given"):
    task: str
    department: str
    due_at: datetime
    waiting: bool


class TaskChanged(Payload, kind="task.changed"):
    """A task became `state`: open, done, skipped or waiting."""

    task: str
    department: str
    state: str
    note: NoteRef | None


class TaskTaken(Payload, kind="task.taken"):
    """Somebody promised to do a task."""

    task: str
    person_id: int
    note: NoteRef | None


class TaskPassed(Payload, kind="task.passed"):
    """The promise to do a task passed on with a hand-over."""

    task: str
    from_person_id: int | None
    to_person_id: int
    note: NoteRef | None


class ClockStarted(Payload, kind="clock.started"):
    clock: str
    due_at: datetime


class ClockMoved(Payload, kind="clock.moved"):
    """A raised tier allows less time."""

    clock: str
    due_at: datetime
    before: datetime


class ClockStopped(Payload, kind="clock.stopped"):
    clock: str
    met_at: datetime
    in_time: bool


class ClockBreached(Payload, kind="clock.breached"):
    clock: str
    due_at: datetime


class ClockReopened(Payload, kind="clock.reopened"):
    clock: str
    due_at: datetime


class NotTold(Payload, kind="incident.not_told"):
    """A notice that the plan asks for was not drafted, and why."""

    notice: str
    reason: str


class Overridden(Payload, kind="authority.overridden"):
    """Somebody acted on their own word where another would have had to agree; it is reviewed afterwards, always."""

    act: str
    person_id: int
    reason: NoteRef | None


class ActedAsDeputy(Payload, kind="authority.deputised"):
    """A deputy acted because those in charge had not answered."""

    act: str
    person_id: int
    after_minutes: int


class ClockAnswered(Payload, kind="clock.answered"):
    """Somebody said that what a clock asks for was done."""

    clock: str
    note: NoteRef | None
