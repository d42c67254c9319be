"""What a series brings about: bad for long enough it degrades a service in an incident, opens or proposes one, or reopens one that was
being watched; good again for long enough it ends the degradation and is evidence."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as notes
from command.incidents import house, impacts, intake, observing_rows, places, returning, standing
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Impact, Incident
from command.measurements import course, entries, reading, series, ties
from command.measurements.course import Measured
from command.measurements.models import Proposal, Series, Tie
from command.network.models import Area, Service
from command.people import access
from command.people.access import Principal

SOURCE = "measurements"
SIGN = "measurement"
CHANGE = 0.1
"""The part by which the users of a degradation have to change before it is declared anew: each declaration is on record."""


def follow(session: Session, each: Series) -> str | None:
    """Judge a locked series by its newest points, and let incidents follow; the number of the one that was touched."""
    rule, now = series.rule(each), clock.now(session)
    points = reading.latest(session, each.id, rule)
    if not points:
        return None
    verdict = course.judge(each.state, points, rule, now)  # type: ignore[arg-type]
    turned = verdict.state != each.state
    if turned and verdict.since is not None:
        each.state, each.state_since = verdict.state, verdict.since
        session.flush()
        value = points[-1].value
        told = entries.Turned(series_id=each.id, code=each.code, state=verdict.state, since=verdict.since, value=value)
        entries.record(session, told)
    if each.state == "bad":
        return _degrade(session, each, points[-1], verdict.since)
    return _recover(session, each, points[-1], verdict.since) if each.state == "good" and turned else None


def _degrade(session: Session, each: Series, newest: Measured, since: datetime | None) -> str | None:
    """`since` is None where the newest points are neither bad nor good for long enough: then what hangs on it follows, nothing begins."""
    share = series.rule(each).share(newest.value)
    users = max(1, round(share * series.baseline(session, each)))
    held = _tied(session, each)
    incident = _handled(session, each, held, anew=since is not None)
    if incident is None:
        return None if held or since is None else _anew(session, each, users, share, since)
    tied = ties.tie(session, incident, each)
    if tied.set_aside_at is None and abs(users - tied.users) > CHANGE * tied.users:
        _declare(session, incident, each, tied, users, share)
        return _named(incident)
    return None


def _handled(session: Session, each: Series, held: list[Tie], *, anew: bool) -> Incident | None:
    """The incident of a bad series, locked: one it hangs on, one under observation that it reopens, or one of its service and area."""
    for tied in held:
        incident = standing.lock(session, tied.incident_id)
        if incident.state in BEFORE_RESTORATION:
            return incident
        if tied.set_aside_at is None and returning.returned(session, incident, SIGN, [each.code]):
            tied.users = 0
            return incident
    fitting = None if held or not anew else _fitting(session, each)
    return standing.lock(session, fitting) if fitting is not None else None


def _tied(session: Session, each: Series) -> list[Tie]:
    """Its ties to incidents that are handled or watched, the newest first."""
    watched = observing_rows.watched(session, exercise=False)
    query = select(Tie).join(Incident, Incident.id == Tie.incident_id).where(Tie.series_id == each.id)
    alive = Incident.state.in_(BEFORE_RESTORATION) | Incident.id.in_(watched)
    return list(session.scalars(query.where(alive).order_by(Tie.id.desc())))


def _fitting(session: Session, each: Series) -> int | None:
    """The gravest incident handled now in which the same service is hit in the same area, or in one around it."""
    around = [area.id for area in places.upward(places.tree(session), each.area_id)]
    query = (
        select(Incident.id)
        .join(Impact, Impact.incident_id == Incident.id)
        .where(Incident.state.in_(BEFORE_RESTORATION), Incident.exercise.is_(False), Incident.restricted.is_(False))
        .where(Impact.until_at.is_(None), Impact.service_id == each.service_id, Impact.area_id.in_(around))
        .order_by(Incident.tier, Incident.id)
    )
    return session.scalar(query.limit(1))


def _anew(session: Session, each: Series, users: int, share: float, since: datetime) -> str | None:
    """Nothing is open for it: open an incident, or let a person decide, as the operator set it. Where somebody has ended an incident of
    the same spell a person decides in any case."""
    spell = (Tie.series_id == each.id, Tie.tied_at >= (each.state_since or since))
    ended_by_hand = session.scalar(select(Tie.id).where(*spell).limit(1)) is not None
    if house.settings(session).measurements.opens == "auto" and not ended_by_hand:
        return _named(_open(session, each, users, share, since))
    known = session.scalar(select(Proposal).where(Proposal.series_id == each.id).order_by(Proposal.id.desc()).limit(1))
    if known is not None and known.state == "open":
        known.users, known.share = users, share
    elif known is None or known.state != "dismissed" or known.bad_since < (each.state_since or since):
        made = Proposal(
            series_id=each.id, at=clock.now(session), bad_since=since, users=users, share=share, exercise=False
        )
        session.add(made)
        entries.record(session, entries.Proposed(series_id=each.id, code=each.code, users=users, share=share))
    session.flush()
    return None


def _open(session: Session, each: Series, users: int, share: float, since: datetime) -> Incident:
    area, its = session.get_one(Area, each.area_id), session.get_one(Service, each.service_id)
    incident = intake.open_degraded(session, area, its, users, share, since, SOURCE)
    tied = ties.tie(session, incident, each)
    tied.users, tied.share = users, share
    session.flush()
    return incident


def _declare(session: Session, incident: Incident, each: Series, tied: Tie, users: int, share: float) -> None:
    area, its = session.get_one(Area, each.area_id), session.get_one(Service, each.service_id)
    tied.users, tied.share = users, share
    impacts.declare(session, incident, area, [its], users, None, kind="degradation", part=share)


def _recover(session: Session, each: Series, newest: Measured, since: datetime | None) -> str | None:
    """It is good again: what it degraded ends, and its incident hears that service is back by this measure."""
    _pass(session, each)
    touched = None
    for tied in _tied(session, each):
        incident = standing.lock(session, tied.incident_id)
        if tied.set_aside_at is not None or incident.state not in BEFORE_RESTORATION or since is None:
            continue
        if tied.users:
            _declare(session, incident, each, tied, 0, 0.0)
        told = entries.Recovered(series_id=each.id, code=each.code, since=since, value=newest.value)
        notes.record(session, incident, told)
        touched = _named(incident)
    return touched


def _pass(session: Session, each: Series) -> None:
    open_ = session.scalar(select(Proposal).where(Proposal.series_id == each.id, Proposal.state == "open"))
    if open_ is not None:
        _decided(session, open_, each, "passed", session.info["actor"], None, None)


def decide(session: Session, each: Series, outcome: str, reason: str, by: Principal) -> Incident | None:
    """A person opens an incident for the proposal of a locked series, or dismisses it with a reason; raise Conflict, Invalid or Denied."""
    access.must(by, series.ACT)
    open_ = session.scalar(select(Proposal).where(Proposal.series_id == each.id, Proposal.state == "open"))
    if open_ is None:
        raise Conflict(N_("Nothing waits to be decided."), remedy=N_("Somebody may have decided before you."))
    if outcome == "dismissed" and not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    cited = notes.note(session, reason)
    incident = None
    if outcome == "taken":
        incident = _open(session, each, open_.users, open_.share, open_.bad_since)
    _decided(session, open_, each, outcome, by.actor, incident, cited)
    return incident


def _decided(
    session: Session,
    open_: Proposal,
    each: Series,
    outcome: str,
    by: str,
    incident: Incident | None,
    cited: notes.NoteRef | None,
) -> None:
    open_.state, open_.decided_at, open_.decided_by = outcome, clock.now(session), by
    open_.incident_id = incident.id if incident else None
    open_.reason_note_id = cited.id if cited else None
    session.flush()
    number = incident.number if incident else None
    told = entries.Decided(series_id=each.id, code=each.code, outcome=outcome, incident=number, reason=cited)
    entries.record(session, told)


def _named(incident: Incident) -> str | None:
    """The number of an incident, but of a restricted one: a feed is nobody who may know of it."""
    return None if incident.restricted else incident.number
