"""The hotwash: right after the end everybody who took part says what went well, what did not, and what is to be decided."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.drills import entries
from command.drills.evaluation import observing
from command.drills.evaluation.entries import Remarked
from command.drills.evaluation.models import HOTWASH, DrillRemark
from command.drills.evaluation.models import Remarked as What
from command.drills.models import HELD, Drill, State
from command.drills.runs import taking_part
from command.people.access import Principal

NOBODY = "system:hotwash"
"""Who the journal says acted where somebody wants no name: the unit of work is to run as this."""


def took_part(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody took part in a drill, whatever their part, or is its trainer."""
    return who.person_id == drill.trainer_id or bool(taking_part.rows_of(session, drill, who.person_id))


def say(session: Session, code: str, who: Principal, part: str, text: str, key: str, *, named: bool) -> DrillRemark:
    """Keep what somebody says; the same key once. Without `named` neither the row nor the journal knows who it was: run the unit of work as
    NOBODY then. Raise Denied for who took no part, Conflict before the end and after the signature, Invalid."""
    drill = taking_part.find(session, code, who, lock=True)
    if not took_part(session, drill, who):
        raise Denied(N_("You took no part in this drill."), remedy=N_("Tell its trainer what you want to say."))
    _over(drill)
    what = part_of(part)
    sent = observing.kept_before(session, drill, key)
    if sent is not None:
        return sent
    written = observing.written_note(session, text)
    entries.record(session, drill, Remarked(remarked=what, note=written))
    remark = DrillRemark(
        drill_id=drill.id,
        remarked=what,
        person_id=who.person_id if named else None,
        note_id=written.id,
        key=key,
        at=clock.now(session),
        exercise=True,
    )
    session.add(remark)
    session.flush()
    return remark


def part_of(text: str) -> What:
    """One of the three parts of a hotwash; raise Invalid."""
    if text not in HOTWASH:
        raise Invalid(
            N_("This is no part of a hotwash."), field="part", remedy=N_("Choose: went well, did not, to be decided.")
        )
    return What(text)


def said(session: Session, drill: Drill) -> Mapping[What, Sequence[DrillRemark]]:
    """What was said, by part, in order."""
    query = select(DrillRemark).where(DrillRemark.drill_id == drill.id, DrillRemark.remarked.in_(HOTWASH))
    rows = session.scalars(query.order_by(DrillRemark.id)).all()
    return {part: [row for row in rows if row.remarked == part] for part in HOTWASH}


def _over(drill: Drill) -> None:
    if drill.state == State.EVALUATED:
        raise Conflict(
            N_("The evaluation of this drill is signed: nothing is added any more."),
            remedy=N_("Make an improvement action of what is still to be said."),
        )
    if drill.state not in HELD:
        raise Conflict(N_("This drill is not over."), remedy=N_("The hotwash opens at its end."))
