"""From planned to running: both supervisors acknowledge, then it begins, unless something stands against it."""

from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.core.problems import N_, Conflict, Denied
from command.drills import entries
from command.drills.models import AHEAD, Drill, Part, State
from command.drills.runs import injects, obstacles, phones, taking_part, words
from command.incidents.entries import note
from command.people.access import Principal
from command.warnings import entries as warnings
from command.warnings import service

SUPERVISORS = 2
LOCK = "drills:begin"
"""Drills begin one after another, so that two in one area cannot pass each other."""


def acknowledge(session: Session, drill: Drill, who: Principal) -> None:
    """Somebody who takes part in a locked drill has seen that they do; of a supervisor it means that they agree to its begin. Once both
    have, the drill is ready. Again changes nothing. Raise Denied or Conflict."""
    mine = taking_part.rows_of(session, drill, who.person_id)
    if not mine:
        raise Denied(N_("You do not take part in this drill."), remedy=N_("Ask its trainer to add you."))
    if drill.state not in AHEAD:
        raise Conflict(
            N_("This drill is not ahead any more: it is %(state)s."),
            remedy=N_("Look at its page for what can be done now."),
            state=words.state(drill.state),
        )
    now = clock.now(session)
    fresh = [row for row in mine if row.acknowledged_at is None]
    for row in fresh:
        row.acknowledged_at = now
    session.flush()
    if any(row.part == Part.SUPERVISOR for row in fresh):
        entries.record(session, drill, entries.Acknowledged(person_id=who.person_id))
    if drill.state == State.PLANNED and not waiting_for(session, drill):
        drill.state = State.READY
        session.flush()


def waiting_for(session: Session, drill: Drill) -> int:
    """How many supervisors have not agreed yet; one who is missing counts."""
    agreed = {
        row.person_id
        for row in taking_part.participants(session, drill)
        if row.part == Part.SUPERVISOR and row.acknowledged_at is not None
    }
    return max(0, SUPERVISORS - len(agreed))


def begin(session: Session, drill: Drill, who: Principal | None = None, *, override: str = "") -> None:
    """Let a locked drill run from this instant. `who` None: it is due by its plan. A shift change or a warning is overridden with a reason,
    by a person. Raise Denied, or Conflict naming what stands against it."""
    if who is not None:
        taking_part.must_run(session, drill, who)
    count_up(session, LOCK)
    _must_be_ready(session, drill)
    obstacles.require_none(session, drill, overridden=who is not None and bool(override.strip()))
    now = clock.now(session)
    changing = obstacles.shift_changes(session, drill, now) if override.strip() else []
    warned = obstacles.suspended(session, drill, now) if override.strip() else ()
    cited = note(session, override) if changing or warned else None
    drill.override_note_id = cited.id if cited else None
    drill.state, drill.began_at, drill.ticking_from, drill.elapsed_s = State.RUNNING, now, now, 0.0
    count = injects.complete(session, drill)
    phones.allow(session, drill)
    late = max(0, int((now - drill.due_at).total_seconds() // 60))
    players = len(taking_part.people(session, drill, part=Part.PLAYER))
    entries.record(session, drill, entries.Began(injects=count, players=players, minutes_late=late, overridden=cited))
    if cited is not None:
        for code in warned:
            warnings.record(session, service.find(session, code), warnings.DrillBegan(drill_id=drill.id, reason=cited))


def _must_be_ready(session: Session, drill: Drill) -> None:
    if drill.state == State.PLANNED:
        raise Conflict(
            N_("Both supervisors have to agree before it begins; %(count)d are missing."),
            remedy=N_("Ask them to acknowledge it on its page."),
            code="not-ready",
            count=waiting_for(session, drill),
        )
    if drill.state != State.READY:
        raise Conflict(
            N_("This drill cannot begin: it is %(state)s."),
            remedy=N_("Plan another one."),
            code="not-ready",
            state=words.state(drill.state),
        )
