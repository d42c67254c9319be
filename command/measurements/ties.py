"""Which series count for which incident: they show that service is degraded, and that it is back."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as notes
from command.incidents import standing
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident
from command.measurements import course, entries, reading, series
from command.measurements.models import Series, Tie
from command.people.access import Principal
from playbooks.texts import Text

EVIDENCE = "measurement"
BEFORE_CLOSING = (*BEFORE_RESTORATION, State.RESTORED)


def of(session: Session, incident_id: int) -> list[tuple[Tie, Series]]:
    """The series of an incident, those set aside too, the first tied first."""
    query = select(Tie, Series).join(Series, Series.id == Tie.series_id).where(Tie.incident_id == incident_id)
    return list(session.execute(query.order_by(Tie.id)).tuples())


def counting(session: Session, incident_id: int) -> list[Series]:
    """The series that count for an incident."""
    return [each for tie, each in of(session, incident_id) if tie.set_aside_at is None]


def tie(session: Session, incident: Incident, found: Series) -> Tie:
    """Let a series count for a locked incident; one that did is left as it is."""
    mine = (Tie.incident_id == incident.id, Tie.series_id == found.id)
    known = session.scalar(select(Tie).where(*mine))
    if known is not None:
        return known
    made = Tie(
        incident_id=incident.id, series_id=found.id, tied_at=clock.now(session), users=0, share=0.0, exercise=False
    )
    session.add(made)
    session.flush()
    notes.record(session, incident, entries.Tied(series_id=found.id, code=found.code))
    return made


def tie_by_hand(session: Session, incident: Incident, code: str, by: Principal) -> None:
    """A person lets a series count for a locked incident, again if it was set aside; raise Invalid, Conflict or Denied."""
    standing.authorise(session, incident, by, "assess")
    if incident.exercise:
        raise Conflict(
            N_("Series measure what is real; an exercise has none."), remedy=N_("Declare the impact by hand.")
        )
    if incident.state not in BEFORE_RESTORATION:
        raise Conflict(
            N_("The incident is not being handled any more."), remedy=N_("Reopen it first, if the fault is back.")
        )
    found = session.scalar(select(Series).where(Series.code == code))
    if found is None:
        raise Invalid(
            N_("There is no series %(code)s."),
            field="series",
            remedy=N_("Look at the list of measurements for its code."),
            code=code[:64],
        )
    tied = tie(session, incident, found)
    if tied.set_aside_at is not None:
        tied.set_aside_at = tied.set_aside_by = tied.reason_note_id = None
        notes.record(session, incident, entries.Tied(series_id=found.id, code=found.code))


def set_aside(
    session: Session, incident: Incident, code: str, reason: str, by: Principal, *, override: bool = False
) -> None:
    """Say of a locked incident that a series does not count for it any more: the probe is broken, or it measures something else. Nothing
    else than this person's word may then show that service is back. Raise Invalid, or Denied."""
    standing.authorise(session, incident, by, "assess", override=override, reason=reason)
    found = next((row for row, each in of(session, incident.id) if each.code == code), None)
    if found is None or found.set_aside_at is not None:
        raise Invalid(
            N_("This series does not count for the incident."),
            field="series",
            remedy=N_("Name one of the series that the incident shows."),
        )
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    cited = notes.note(session, reason)
    found.set_aside_at, found.set_aside_by = clock.now(session), by.actor
    found.reason_note_id = cited.id if cited else None
    session.flush()
    notes.record(session, incident, entries.SetAside(series_id=found.series_id, code=code, reason=cited))


def evidence(session: Session, incident: Incident) -> str | None:
    """`measurement` where every series that counts for an incident is beyond its threshold of recovery now, for long enough, without a
    gap; see conditions.evidence."""
    counted = counting(session, incident.id)
    return EVIDENCE if counted and all(_is_back(session, each) for each in counted) else None


def _is_back(session: Session, each: Series) -> bool:
    rule = series.rule(each)
    points = reading.latest(session, each.id, rule)
    return each.active and course.back_since(points, rule, clock.now(session)) is not None


def refusals(session: Session, incident: Incident, action: Action) -> Sequence[Refusal]:
    """Nothing is restored while one of its series is bad: a silent series stays as bad as it was. See conditions.asked."""
    if action is not Action.RESTORE:
        return ()
    still = [each for each in counting(session, incident.id) if each.state == "bad"]
    if not still:
        return ()
    zh, en = "、".join(each.name_zh for each in still), ", ".join(each.name_en for each in still)
    return (
        Refusal(
            "measurement_bad",
            Text(zh=f"测量值仍未达标：{zh}", en=f"still measured as bad: {en}"),
            Text(
                zh="等待测量值持续达标；如测量有误，请在事件页注明原因后停用该测量",
                en="wait until it has been good for long enough; if it measures wrongly, set it aside on the incident with a reason",
            ),
        ),
    )


def pass_on(session: Session, child_id: int, target_id: int) -> None:
    """The series of an incident that is merged count for the other one (see incidents.service.on_merge)."""
    there = select(Tie.series_id).where(Tie.incident_id == target_id)
    moved = update(Tie).where(Tie.incident_id == child_id, Tie.series_id.not_in(there.scalar_subquery()))
    session.execute(moved.values(incident_id=target_id), execution_options={"synchronize_session": False})
