"""What becomes of several evaluators' ratings: the one they agree on, else what the trainer settles; then the signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.names import Words
from command.core.problems import N_, Conflict, Denied
from command.drills import entries, kept
from command.drills.evaluation import observing
from command.drills.evaluation.entries import Evaluated, Settled
from command.drills.evaluation.models import DrillEvaluation, DrillRating, DrillSettlement
from command.drills.evaluation.proposals import Rating
from command.drills.models import HELD, Drill, Part, State
from command.drills.runs import taking_part
from command.incidents.entries import note as as_note
from command.people.access import Principal


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the rating of an objective stands: each evaluator's, and what the trainer settled."""

    ratings: Sequence[DrillRating]
    settled: DrillSettlement | None

    @property
    def differ(self) -> bool:
        """Whether evaluators differ."""
        return len({row.rating for row in self.ratings}) > 1

    @property
    def final(self) -> Rating | None:
        """What the trainer settled, else what all evaluators say; None where they differ or nobody rated."""
        if self.settled is not None:
            return Rating(self.settled.rating)
        said = {row.rating for row in self.ratings}
        return Rating(said.pop()) if len(said) == 1 else None


def standings(session: Session, drill: Drill) -> Mapping[str, Standing]:
    """Where each objective of a drill stands, in the order of its scenario."""
    ratings = session.scalars(
        select(DrillRating).where(DrillRating.drill_id == drill.id).order_by(DrillRating.id)
    ).all()
    settled = session.scalars(select(DrillSettlement).where(DrillSettlement.drill_id == drill.id)).all()
    return {
        objective.id: Standing(
            [row for row in ratings if row.objective == objective.id],
            next((row for row in settled if row.objective == objective.id), None),
        )
        for objective in kept.scenario_of(session, drill).objectives
    }


def signature(session: Session, drill: Drill) -> DrillEvaluation | None:
    """Who signed the evaluation and when; None while it is open."""
    return session.get(DrillEvaluation, drill.id)


def settles(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody may settle ratings and sign: whoever runs drills, and did not play in this one."""
    mine = taking_part.rows_of(session, drill, who.person_id)
    played = any(row.part == Part.PLAYER for row in mine)
    return not played and taking_part.runs(session, drill, who)


def settle(session: Session, code: str, who: Principal, objective: str, rating: str, reason: str) -> DrillSettlement:
    """Settle the rating of an objective, with a reason. Raise Denied, Conflict unless the drill is over and not signed, Invalid."""
    drill = _held(session, code, who)
    about = observing.objective_of(session, drill, objective)
    chosen = observing.rating_of(rating)
    written = observing.written_note(session, reason, "reason")
    row = standings(session, drill)[about.id].settled
    before = row.rating if row else None
    now = clock.now(session)
    if row is None:
        its = {"drill_id": drill.id, "objective": about.id, "exercise": True}
        row = DrillSettlement(**its, rating=chosen, note_id=written.id, person_id=who.person_id, at=now)
        session.add(row)
    row.rating, row.note_id, row.person_id, row.at = chosen, written.id, who.person_id, now
    told = Settled(objective=about.id, rating=chosen, person_id=who.person_id, before=before, note=written)
    entries.record(session, drill, told)
    session.flush()
    return row


def sign(session: Session, code: str, who: Principal, words: str) -> DrillEvaluation:
    """Sign the evaluation: the drill is evaluated from then on. Raise Conflict naming the objectives whose rating is open."""
    drill = _held(session, code, who)
    found = standings(session, drill)
    ratings = {objective: standing.final for objective, standing in found.items()}
    missing = [
        f"{number}. {objective}" for number, (objective, final) in enumerate(ratings.items(), 1) if final is None
    ]
    if missing:
        raise Conflict(
            N_("Objectives without a rating: %(missing)s."),
            remedy=N_("Let evaluators rate them, or settle each with a reason; then sign."),
            missing=Words(missing),
        )
    written = as_note(session, observing.shortened(words, "words"))
    told = {objective: final.value for objective, final in ratings.items() if final is not None}
    entries.record(session, drill, Evaluated(person_id=who.person_id, ratings=told, note=written))
    signed = DrillEvaluation(
        drill_id=drill.id,
        person_id=who.person_id,
        note_id=written.id if written else None,
        at=clock.now(session),
        exercise=True,
    )
    session.add(signed)
    drill.state = State.EVALUATED
    session.flush()
    return signed


def _held(session: Session, code: str, who: Principal) -> Drill:
    """A drill that is over and not signed, its row locked, for somebody who may settle it."""
    drill = taking_part.find(session, code, who, lock=True)
    if not settles(session, drill, who):
        raise Denied(
            N_("You do not settle the ratings of this drill."),
            remedy=N_("Ask its trainer; nobody who played in it may."),
        )
    if drill.state == State.EVALUATED:
        raise Conflict(N_("The evaluation of this drill is signed."), remedy=N_("Look at its report."))
    if drill.state not in HELD:
        raise Conflict(N_("This drill is not over."), remedy=N_("End or stop it first."))
    return drill
