"""Escalation policies as rows: reading them, which one stands for an incident, what a chain becomes by it, and changing them.

A chain is frozen when it starts, so a change of a policy reaches only those that start after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.network.models import Area
from command.oncall.duties.cover import EDITORS
from command.oncall.duties.plan_models import EscalationPolicy
from command.oncall.escalation import holes, policy, steps, targets
from command.oncall.escalation import target_names as names
from command.oncall.escalation.hole_words import refusal
from command.oncall.escalation.policy import Draft
from command.oncall.escalation.policy_entries import PolicyRemoved, PolicySet, record
from command.oncall.escalation.steps import Call, Step
from command.oncall.models import Schedule
from command.people.access import Principal
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Planned:
    """The steps a chain runs by, and the policy they came from, if one did."""

    steps: list[dict[str, object]]
    policy_id: int | None = None
    version: int | None = None


def planned(session: Session, given: Sequence[Step], tier: int, area_codes: Sequence[str]) -> Planned:
    """What a chain of these steps becomes: those of the closest policy for the duty the first one names, with the last resort; else the
    steps themselves."""
    asked_first = str(given[0]["target"])
    found = closest(session, department_of(session, asked_first), tier, area_codes)
    if found is None:
        return Planned(steps.with_last_resort(given))
    made = policy.chain(policy.from_rows(found.steps), found.repeat)
    made[0]["asked"] = asked_first
    return Planned(made, found.id, found.version)


def asked(chain: Sequence[Step]) -> str:
    """The target with which the plan asked for a chain, also where a policy stands in its place."""
    return str(chain[0].get("asked", chain[0]["target"]))


def department_of(session: Session, target: str) -> str | None:
    """The department whose duty a target names; None where it names none."""
    scheme, _, code = target.partition(":")
    if scheme != "oncall":
        return None
    return session.scalar(select(Schedule.department).where(Schedule.code == code))


def closest(session: Session, department: str | None, tier: int, area_codes: Sequence[str]) -> EscalationPolicy | None:
    """The policy that fits an incident best: the nearest area first, then the tier, then the department alone."""
    if department is None:
        return None
    rows = session.scalars(select(EscalationPolicy).where(EscalationPolicy.department == department)).all()
    ranked = [(place, row.id, row) for row in rows if (place := policy.rank(row, tier, area_codes)) is not None]
    return min(ranked)[2] if ranked else None


def run(session: Session, chain: Sequence[Step], area_codes: Sequence[str], begins: datetime) -> list[Call[Person]]:
    """Whom a chain would call, when, if it began at an instant and nobody answered: by the functions that page. Nothing is written."""

    def reach(wanted: list[str], at: datetime) -> list[tuple[str, list[Person]]]:
        return [(each.target, each.people) for each in targets.behind(session, wanted, area_codes, at)]

    return list(steps.timeline(chain, begins, reach))


def foreseen(
    session: Session, given: Sequence[Step], tier: int, area_codes: Sequence[str], at: datetime
) -> list[tuple[float, str, list[Person]]]:
    """Whom a chain of these steps would page if it began at `at`: minutes from then, target, and the people behind it."""
    calls = run(session, planned(session, given, tier, area_codes).steps, area_codes, at)
    return [(steps.minutes(at, call.at), target, list(people)) for call in calls for target, people in call.reached]


def codes_upward(session: Session, code: str | None) -> list[str]:
    """An area and those that contain it, the nearest first; none for no area. Raise Invalid for an unknown one."""
    found = _upward(session, code)
    if code is not None and not found:
        raise Invalid(
            N_("There is no area %(code)s."),
            field="area",
            remedy=N_("Use the code of an imported area, or leave it empty for every area."),
            code=code,
        )
    return found


def _upward(session: Session, code: str | None) -> list[str]:
    found: list[str] = []
    area = session.scalar(select(Area).where(Area.code == code)) if code is not None else None
    while area is not None:
        found.append(area.code)
        area = session.get(Area, area.parent_id) if area.parent_id is not None else None
    return found


def find(session: Session, policy_id: int, *, lock: bool = False) -> EscalationPolicy:
    """The policy of an id; raise NotFound."""
    row = session.get(EscalationPolicy, policy_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(N_("There is no such policy."), remedy=N_("List the policies to see what there is."))
    return row


def draft_of(row: EscalationPolicy) -> Draft:
    """A kept policy as a value."""
    return Draft(row.department, row.tier, row.area_code, policy.from_rows(row.steps), row.repeat)


def holes_of(session: Session, draft: Draft) -> list[holes.Hole]:
    """Where a policy would reach nobody as things stand now."""
    codes = _upward(session, draft.area_code) or ([draft.area_code] if draft.area_code else [])
    return holes.found(session, draft, codes, clock.now(session))


def save(
    session: Session,
    draft: Draft,
    by: Principal,
    *,
    row: EscalationPolicy | None = None,
    version: int | None = None,
    accept_gaps: bool = False,
) -> EscalationPolicy:
    """Keep a policy, new or in the place of `row`. Raise Denied; Invalid naming its first hole (`accept_gaps` lets spans pass in which
    nobody holds a duty; they stay named with the policy); Conflict where another stands for the same scope, or `row` is no longer of
    `version`."""
    _editor(by)
    if row is not None and version is not None and row.version != version:
        raise Conflict(
            N_("Somebody has changed this policy meanwhile."),
            field="version",
            remedy=N_("Read it again, then change it."),
        )
    other = session.scalar(select(EscalationPolicy).where(EscalationPolicy.scope == draft.scope))
    if other is not None and other is not row:
        raise _taken()
    codes_upward(session, draft.area_code)
    found = holes_of(session, draft)
    for hole in found:
        if hole.why != holes.Why.GAP or not accept_gaps:
            raise refusal(hole, draft, names.written(session, hole.target or ""))
    return _keep(session, draft, by, row, len(found))


def _keep(session: Session, draft: Draft, by: Principal, row: EscalationPolicy | None, gaps: int) -> EscalationPolicy:
    made = row or EscalationPolicy(version=0)
    made.scope, made.department, made.tier, made.area_code = draft.scope, draft.department, draft.tier, draft.area_code
    made.steps, made.repeat, made.version = policy.as_rows(draft.steps), draft.repeat, made.version + 1
    made.changed_by, made.changed_at = by.person_id, clock.now(session)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:  # two at once
        raise _taken() from error
    said = PolicySet(
        policy_id=made.id,
        version=made.version,
        department=made.department,
        tier=made.tier,
        area_code=made.area_code,
        steps=made.steps,
        repeat=made.repeat,
        open_gaps=gaps,
    )
    record(session, said)
    return made


def remove(session: Session, policy_id: int, by: Principal) -> None:
    """End a policy: the next less specific one, or the playbook's own steps, stand again. Raise Denied or NotFound."""
    _editor(by)
    row = find(session, policy_id, lock=True)
    record(session, PolicyRemoved(policy_id=row.id, version=row.version))
    session.delete(row)
    session.flush()


def _taken() -> Conflict:
    return Conflict(
        N_("There is a policy for this department, tier and area already."),
        field="department",
        remedy=N_("Change that one, or choose another scope."),
    )


def _editor(by: Principal) -> None:
    if not by.posts & EDITORS:
        raise Denied(
            N_("Only a commander, a deputy, a duty officer or an administrator changes a policy."),
            remedy=N_("Ask one of them."),
        )
