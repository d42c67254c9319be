"""The register at work (R12): risks are added, assessed, reviewed and drilled, their signs seen, and what became of them is on record."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import house
from command.incidents.entries import NoteRef, note
from command.incidents.models import Incident
from command.people.models import Person
from command.risks import entries, telling
from command.risks.entries import Added, Assessed, Changed, Drilled, Reviewed, SignGone, SignThere, Turned
from command.risks.facts import CODE, Facts, columns
from command.risks.models import Risk, State
from command.risks.words import STATES

SCALES = ("likelihood", "impact", "residual_likelihood", "residual_impact")
TURNS: Mapping[State, Collection[State]] = {
    State.OPEN: (State.WATCHED, State.OCCURRED, State.RETIRED),
    State.WATCHED: (State.OPEN, State.OCCURRED, State.RETIRED),
    State.OCCURRED: (State.OPEN, State.WATCHED, State.RETIRED),
    State.RETIRED: (State.OPEN,),
}
"""Which states follow which."""
NEW = "new"
"""No code of a risk: the form for a new one has this address."""
SUBJECTS = {
    "network_fault": ("network_fault", "service_interruption"),
    "complaint": ("complaint_surge",),
    "information_security": ("information_security",),
    "weather_disaster": ("natural_disaster",),
    "multi_department": (),
}
"""The kinds of event that a drill of a subject drills."""


def find(session: Session, code: str, *, locked: bool = False) -> Risk:
    """The risk of a code; raise NotFound."""
    query = select(Risk).where(Risk.code == code)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            N_("There is no risk %(code)s."), remedy=N_("Look it up in the register of risks."), code=code[:64]
        )
    return found


def add(
    session: Session, code: str, said: Facts, reviewed_on: date | None = None, drilled_on: date | None = None
) -> Risk:
    """Put a risk into the register, as reviewed today unless another day is given. Raise Invalid, or Conflict for a code that is taken."""
    if not CODE.match(code) or code == NEW:
        raise Invalid(
            N_("%(code)s is no code of a risk."),
            field="code",
            remedy=N_("Use small letters, figures, dashes and underscores."),
            code=code[:64],
        )
    if session.scalar(select(Risk.id).where(Risk.code == code)) is not None:
        raise Conflict(
            N_("There is a risk %(code)s already."),
            field="code",
            remedy=N_("Change that one, or use another code."),
            code=code,
        )
    today = house.today(session, clock.now(session))
    for name, day in (("reviewed_on", reviewed_on), ("drilled_on", drilled_on)):
        _past(name, day, today)
    risk = Risk(
        code=code,
        reviewed_on=reviewed_on or today,
        drilled_on=drilled_on,
        added_on=min(today, reviewed_on or today),
        changed_at=clock.now(session),
        **columns(session, said),
    )
    session.add(risk)
    session.flush()
    added = Added(
        risk_id=risk.id, event_kind=risk.kind, likelihood=risk.likelihood, impact=risk.impact, owner_id=risk.owner_id
    )
    entries.record(session, risk, added)
    return risk


def _past(name: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise Invalid(N_("This day has not come yet."), field=name, remedy=N_("Write the day on which it was done."))


def change(session: Session, risk: Risk, said: Facts, version: int | None = None) -> Risk:
    """Say something else of a locked risk; what is the same changes nothing. Raise Conflict where it is not in `version` any more: somebody
    changed it since."""
    if version is not None and version != risk.version:
        raise Conflict(
            N_("Somebody has changed this risk since you opened it."),
            remedy=N_("Look at what they wrote, and enter yours again."),
        )
    values = columns(session, said)
    changed = [name for name, value in values.items() if getattr(risk, name) != value]
    if not changed:
        return risk
    before = risk.likelihood, risk.impact
    for name in changed:
        setattr(risk, name, values[name])
    risk.version += 1
    risk.changed_at = clock.now(session)
    if {*changed} & {*SCALES}:
        scales = {name: getattr(risk, name) for name in SCALES}
        entries.record(session, risk, Assessed(**scales, likelihood_before=before[0], impact_before=before[1]))
    if rest := [name for name in changed if name not in SCALES]:
        entries.record(session, risk, Changed(fields=rest, version=risk.version))
    return risk


def review(session: Session, risk: Risk, words: str) -> None:
    """Somebody looked at a locked risk and finds that it stands as it is written."""
    risk.reviewed_on = house.today(session, clock.now(session))
    entries.record(session, risk, Reviewed(words=_note(session, words)))


def drilled(
    session: Session,
    at: datetime,
    *,
    scenario: str = "",
    playbooks: Collection[str] = (),
    subject: str = "",
    drill: str = "",
) -> list[Risk]:
    """A drill was held: the risks that it drills know the day, and are returned. A risk that names scenarios is drilled by these only; one
    that names none by a drill of its playbook; one with neither by a drill of its subject."""
    on = house.today(session, at)
    found = []
    for risk in session.scalars(select(Risk).where(Risk.state != State.RETIRED).order_by(Risk.code).with_for_update()):
        if _drills(risk, scenario, playbooks, subject) and (risk.drilled_on is None or risk.drilled_on < on):
            risk.drilled_on = on
            entries.record(session, risk, Drilled(on=on, drill=drill))
            found.append(risk)
    return found


def _drills(risk: Risk, scenario: str, playbooks: Collection[str], subject: str) -> bool:
    if risk.scenarios:
        return scenario in risk.scenarios
    return risk.plan in playbooks if risk.plan else risk.kind in SUBJECTS.get(subject, ())


def sign(session: Session, risk: Risk, words: str) -> None:
    """The early-warning sign of a locked risk is there: on record, and its owner is told when it is news. Early warnings call this too."""
    if risk.state == State.RETIRED:
        raise Conflict(N_("This risk is retired; nobody looks out for its sign."), remedy=N_("Open it again first."))
    told = False
    if risk.sign_at is None:
        risk.sign_at = clock.now(session)
        told = telling.tell(session, session.get_one(Person, risk.owner_id), risk)
    entries.record(session, risk, SignThere(words=_note(session, words), told=told))


def calm(session: Session, risk: Risk, words: str) -> None:
    """The sign of a locked risk is gone; raise Conflict where it was not there."""
    if risk.sign_at is None:
        raise Conflict(N_("The sign is not there."), remedy=N_("Nothing is left to do for it."))
    risk.sign_at = None
    entries.record(session, risk, SignGone(words=_note(session, words)))


def turn(session: Session, risk: Risk, state: State, reason: str, incident: Incident | None = None) -> None:
    """Bring a locked risk into another state. One that occurred names its incident, one that is retired the reason, and its sign is not
    looked out for any more."""
    before = State(risk.state)
    if state not in TURNS[before]:
        raise Conflict(
            N_("A risk does not go from %(before)s to %(state)s."),
            remedy=N_("Look at its history; somebody may have acted before you."),
            before=Words((STATES[before],)),
            state=Words((STATES[state],)),
        )
    if state == State.OCCURRED and incident is None:
        raise Invalid(
            N_("Which incident came of it?"), field="incident", remedy=N_("Write its number, or report it first.")
        )
    cited = _note(session, reason)
    if state == State.RETIRED:
        if cited is None:
            raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
        risk.sign_at = None
    risk.state, risk.changed_at = state, clock.now(session)
    if state == State.OCCURRED and incident is not None:
        risk.incident_id = incident.id
    kept = incident.id if incident is not None and state == State.OCCURRED else None
    entries.record(session, risk, Turned(before=before, state=state, incident_id=kept, reason=cited))


def _note(session: Session, text: str) -> NoteRef | None:
    return note(session, masked_words(text.strip()))
