"""What evaluators do while a drill goes on and afterwards: note what they see, and rate each objective. Each has their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.drills import entries, kept
from command.drills.evaluation import measuring
from command.drills.evaluation.entries import Rated, Remarked
from command.drills.evaluation.models import DrillRating, DrillRemark
from command.drills.evaluation.models import Remarked as What
from command.drills.evaluation.proposals import Rating
from command.drills.models import GOING_ON, HELD, Drill, DrillInject, InjectState, Part, State
from command.drills.runs import taking_part
from command.incidents.entries import NoteRef
from command.incidents.entries import note as as_note
from command.people.access import Principal
from playbooks.scenario import Objective

LONGEST = 2000
"""Characters of a note."""
BACK = timedelta(hours=12)
"""How long ago a note may have been written that reaches us now."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as it was written: about which objective and, where one is named, which delivered inject; `key` marks it for good, so that
    sending it again changes nothing; `ago_s` seconds ago, by the phone it was written on."""

    objective: str
    text: str
    key: str
    inject: int | None = None
    ago_s: float = 0.0


def must_observe(session: Session, drill: Drill, who: Principal) -> None:
    """Raise Denied unless somebody is an evaluator of the drill."""
    if not observes(session, drill, who):
        raise Denied(
            N_("You are not an evaluator of this drill."),
            remedy=N_("Ask its trainer, who names the evaluators."),
        )


def observes(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody is an evaluator of the drill."""
    return any(row.part == Part.EVALUATOR for row in taking_part.rows_of(session, drill, who.person_id))


def note(session: Session, code: str, who: Principal, noted: Noted) -> DrillRemark:
    """Keep what an evaluator saw; the same key once. Raise Denied, Conflict before the start and after the signature, Invalid."""
    drill = taking_part.find(session, code, who, lock=True)
    must_observe(session, drill, who)
    _open(drill)
    objective = objective_of(session, drill, noted.objective)
    sent = kept_before(session, drill, noted.key)
    if sent is not None:
        return sent
    _delivered(session, drill, noted.inject)
    written = written_note(session, noted.text)
    at = _written_at(session, drill, noted.ago_s)
    second = round(measuring.course(session, drill).second(at), 1)
    told = Remarked(remarked=What.SEEN, objective=objective.id, inject=noted.inject, second=second, note=written)
    entries.record(session, drill, told)
    remark = DrillRemark(
        drill_id=drill.id,
        remarked=What.SEEN,
        objective=objective.id,
        inject=noted.inject,
        second=second,
        person_id=who.person_id,
        note_id=written.id,
        key=noted.key,
        at=at,
        exercise=True,
    )
    session.add(remark)
    session.flush()
    return remark


def rate(session: Session, code: str, who: Principal, objective: str, rating: str, words: str) -> DrillRating:
    """Rate an objective as an evaluator; rated again it is their new rating. Raise as `note` does."""
    drill = taking_part.find(session, code, who, lock=True)
    must_observe(session, drill, who)
    _open(drill)
    about = objective_of(session, drill, objective)
    chosen = rating_of(rating)
    written = as_note(session, shortened(words, "words"))
    mine = (DrillRating.drill_id == drill.id, DrillRating.objective == about.id)
    row = session.scalar(select(DrillRating).where(*mine, DrillRating.person_id == who.person_id))
    before = row.rating if row else None
    now, note_id = clock.now(session), written.id if written else None
    if row is None:
        mine_now = {"drill_id": drill.id, "objective": about.id, "person_id": who.person_id, "exercise": True}
        row = DrillRating(**mine_now, rating=chosen, note_id=note_id, at=now)
        session.add(row)
    row.rating, row.note_id, row.at = chosen, note_id, now
    told = Rated(objective=about.id, rating=chosen, person_id=who.person_id, before=before, note=written)
    entries.record(session, drill, told)
    session.flush()
    return row


def objective_of(session: Session, drill: Drill, code: str) -> Objective:
    """An objective of the drill's scenario; raise NotFound naming the field."""
    for objective in kept.scenario_of(session, drill).objectives:
        if objective.id == code:
            return objective
    raise NotFound(
        N_("This drill has no such objective."), field="objective", remedy=N_("Take one that its page shows.")
    )


def rating_of(text: str) -> Rating:
    """A rating as typed; raise Invalid."""
    try:
        return Rating(text.strip().upper())
    except ValueError:
        raise Invalid(N_("No rating is chosen."), field="rating", remedy=N_("Choose P, S, M or U.")) from None


def written_note(session: Session, text: str, field: str = "text") -> NoteRef:
    """Words kept as a note by whoever acts; raise Invalid where there are none, or too many."""
    found = as_note(session, shortened(text, field))
    if found is None:
        raise Invalid(N_("There are no words yet."), field=field, remedy=N_("Write what you saw or think."))
    return found


def shortened(text: str, field: str) -> str:
    """Words as they may be kept; raise Invalid where there are too many."""
    if len(text) > LONGEST:
        raise Invalid(
            N_("This is longer than %(most)d characters."),
            field=field,
            remedy=N_("Write it in two notes."),
            most=LONGEST,
        )
    return text.replace("\x00", "")


def kept_before(session: Session, drill: Drill, key: str) -> DrillRemark | None:
    """The remark that came with this key before; raise Invalid for a key that is none."""
    if not 8 <= len(key) <= 64 or not key.isascii():
        raise Invalid(
            N_("This note has no mark of its own."), field="key", remedy=N_("Send 8 to 64 letters or digits.")
        )
    return session.scalar(select(DrillRemark).where(DrillRemark.drill_id == drill.id, DrillRemark.key == key))


def _open(drill: Drill) -> None:
    if drill.state == State.EVALUATED:
        raise Conflict(
            N_("The evaluation of this drill is signed: nothing is added any more."),
            remedy=N_("Make an improvement action of what is still to be said."),
        )
    if drill.state not in (*GOING_ON, *HELD):
        raise Conflict(
            N_("This drill has not begun."), remedy=N_("Come back when it runs; notes are kept from then on.")
        )


def _delivered(session: Session, drill: Drill, number: int | None) -> None:
    if number is None:
        return
    its = select(DrillInject.state).where(DrillInject.drill_id == drill.id, DrillInject.number == number)
    if session.scalar(its) not in (InjectState.DELIVERED, InjectState.ANSWERED):
        raise Invalid(
            N_("Inject %(number)d was not delivered."),
            field="inject",
            remedy=N_("Choose one that was, or none."),
            number=number,
        )


def _written_at(session: Session, drill: Drill, ago_s: float) -> datetime:
    now = clock.now(session)
    ago = timedelta(seconds=max(0.0, ago_s)) if ago_s < BACK.total_seconds() else timedelta(0)
    return max(now - ago, drill.began_at or now)
