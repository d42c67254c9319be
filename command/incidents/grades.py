"""The tier of an incident: raised by itself as the facts grow, raised or lowered by a person with a reason (I7), every grade kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import activation, clock_rows, conditions, entries, house, measuring, regrading
from command.incidents.grading import Assessment, ResponseLevel, Tier
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.lifecycle import Action
from command.incidents.models import PERSON, GradeChange, Impact, Incident
from command.incidents.standing import authorise, standing, step
from command.people.access import Principal
from command.resources import requests


def regrade(session: Session, incident: Incident) -> bool:
    """Grade a locked incident again from its facts; True if the tier rose. Nothing is written when nothing changed.

    The plan of a higher tier is taken up at once: its tasks, pages and clocks are added to those there are."""
    if incident.state not in BEFORE_RESTORATION:
        return False
    session.flush()
    now = clock.now(session)
    held = cast(Tier, incident.tier) if incident.rules else None
    before = _picture(incident)
    assessment, rises = settle(session, incident, now)
    if _picture(incident) == before:
        return False
    _keep(session, incident, assessment, None, now)
    entries.record(
        session,
        incident,
        entries.Graded(
            before=held,
            tier=incident.tier,
            current_tier=incident.current_tier,
            projected_tier=incident.projected_tier,
            rules=tuple(incident.rules),
            response_level=incident.response_level,
        ),
    )
    _follow(session, incident, held)
    return rises and held is not None


def settle(
    session: Session, incident: Incident, now: datetime, rows: Sequence[Impact] | None = None
) -> tuple[Assessment, bool]:
    """Put the grade that follows from the facts into the incident's own fields; return both grades and whether the tier rises. Nothing
    else is touched, so that a report not yet made (with `rows` as its impact) is graded by the same rules."""
    assessment, level = measuring.judge(session, incident, now, rows)
    held = cast(Tier, incident.tier) if incident.rules else None
    rises = isinstance(regrading.decide(held, assessment), regrading.Raise)
    _figures(incident, assessment, level)
    if rises or assessment.worst.tier == incident.tier:
        incident.tier, incident.rules = assessment.worst.tier, list(assessment.worst.matched)
    return assessment, rises


def is_behind(session: Session, incident: Incident) -> bool:
    """Whether grading again would change anything, asked without writing: minutes alone can raise a tier."""
    found = measuring.assess(session, incident, clock.now(session))
    if (found.current.tier, found.projected.tier) != (incident.current_tier, incident.projected_tier):
        return True
    worst = found.worst
    return worst.tier < incident.tier or (worst.tier == incident.tier and list(worst.matched) != incident.rules)


def _picture(incident: Incident) -> tuple[object, ...]:
    return (
        incident.tier,
        incident.current_tier,
        incident.projected_tier,
        tuple(incident.rules),
        incident.response_level,
    )


def _figures(incident: Incident, assessment: Assessment, level: ResponseLevel | None) -> None:
    incident.current_tier = assessment.current.tier
    incident.projected_tier = assessment.projected.tier
    if level is not None and (incident.response_level is None or level.level < incident.response_level):
        incident.response_level = level.level


def _keep(
    session: Session, incident: Incident, assessment: Assessment, reason: entries.NoteRef | None, now: datetime
) -> None:
    session.add(
        GradeChange(
            incident_id=incident.id,
            at=now,
            tier=incident.tier,
            current_tier=assessment.current.tier,
            projected_tier=assessment.projected.tier,
            rules=list(dict.fromkeys((*assessment.projected.matched, *assessment.current.matched))),
            by=session.info["actor"],
            reason_note_id=reason.id if reason else None,
            exercise=incident.exercise,
        )
    )


def _follow(session: Session, incident: Incident, held: int | None) -> None:
    """What a new grade brings: another priority of its requests, clocks of the tier and, where a response runs and the tier rose, the rest
    of its plan."""
    if held is not None and incident.tier < held and incident.state == State.RESPONDING:
        activation.widen(session, incident)
    if held is not None and incident.tier != held:
        requests.follow_tier(session, incident.id, incident.tier)
        conditions.tell(session, incident, Action.REGRADE)
    clock_rows.refresh(session, incident)
    if incident.source != PERSON:
        activation.go_on(session, incident)


def change(
    session: Session, incident: Incident, to: int, reason: str, by: Principal, *, override: bool = False
) -> None:
    """Raise or lower the tier by a person's judgement. Lowering needs a reason and overrules the rules that ask for more by name;
    raise Invalid, Denied, Conflict or lifecycle.Forbidden."""
    held = cast(Tier, incident.tier)
    if to == held:
        raise Conflict(
            N_("The incident is of tier %(tier)d already."), remedy=N_("Name another tier, 1 to 4."), tier=held
        )
    authorise(session, incident, by, "raise" if to < held else "lower", override=override, reason=reason)
    if to > held and not reason.strip():
        raise Invalid(
            N_("A tier is lowered with a reason."), field="reason", remedy=N_("Say why the lower tier is right.")
        )
    at = standing(session, incident, by, reason=reason, lowering=to > held)
    step(session, incident, Action.REGRADE, at)
    now = clock.now(session)
    assessment = measuring.assess(session, incident, now)
    cited = entries.note(session, reason)
    incident.tier = to
    if to < held:
        entries.record(session, incident, entries.RaisedByPerson(before=held, tier=to, reason=cited))
    else:
        _lower(session, incident, held, cast(Tier, to), reason, assessment, cited)
    _keep(session, incident, assessment, cited, now)
    _follow(session, incident, held)


def _lower(
    session: Session,
    incident: Incident,
    held: Tier,
    to: Tier,
    reason: str,
    assessment: Assessment,
    cited: entries.NoteRef | None,
) -> None:
    found = regrading.lower(held, to, by_person=True, reason=reason, table=house.tiers(), assessment=assessment)
    incident.overruled = sorted({*incident.overruled, *found.overruled})
    _figures(incident, *measuring.judge(session, incident, clock.now(session)))
    payload = entries.Lowered(before=held, tier=to, overruled=tuple(sorted(found.overruled)), reason=cited)
    entries.record(session, incident, payload)
