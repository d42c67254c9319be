"""Escalation policies over HTTP: reading and changing them, and who would be reached when."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask_babel import gettext
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.documents import filled
from command.oncall.duties.asked import Instant, NothingIn, PersonOut, Strict, person_out
from command.oncall.duties.plan_models import EscalationPolicy
from command.oncall.escalation import hole_words, policies, policy, steps, target_names
from command.oncall.escalation.holes import Hole
from command.oncall.escalation.policy import Draft, PolicyStep
from command.oncall.escalation.steps import Call
from command.people.access import access, here, principal, unit
from command.people.models import Person

api = APIBlueprint("policies", __name__, url_prefix="/api/v1", tag="On call")
Department = Literal["technical", "customer_service", "security", "operations"]
Target = Annotated[str, StringConstraints(pattern=r"^(oncall|post|group|person):[a-z][a-z0-9._-]{0,63}$")]
Tier = Annotated[int, Field(ge=1, le=4)]
Minutes = Annotated[int, Field(ge=0, le=1440)]


class StepIO(Strict):
    """`delay_minutes` after the step before has waited its `ack_minutes` for an answer, all `targets` are called: `oncall:<schedule>`,
    `post:<post>`, `group:<echelon or code>`, `person:<username>`."""

    targets: Annotated[list[Target], Field(min_length=1, max_length=policy.MOST_TARGETS)]
    delay_minutes: Minutes = 0
    ack_minutes: Annotated[int, Field(ge=1, le=1440)] = 5


class PolicyIn(Strict):
    """For a department's incidents, of one `tier` (null: all) in one `area` and what lies in it (null: everywhere). The steps run once
    and `repeat` times more, then the duty manager is called. `accept_gaps` saves it though at times nobody holds a step's duties.
    `version`: refuse (409) if it is no longer of this version."""

    department: Department
    tier: Tier | None = None
    area: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    steps: Annotated[list[StepIO], Field(min_length=1, max_length=policy.MOST_STEPS)]
    repeat: Annotated[int, Field(ge=0, lt=policy.MOST_ROUNDS)] = 0
    accept_gaps: bool = False
    version: int | None = None


class HoleOut(BaseModel):
    """Where the policy would reach nobody as things stand: `step` from 0, `why` as a code, and in words."""

    step: int
    why: str
    detail: str
    remedy: str


class PolicyOut(BaseModel):
    id: int
    department: str
    tier: int | None
    area: str | None
    steps: list[StepIO]
    repeat: int
    version: int
    changed_by: PersonOut
    changed_at: datetime
    holes: list[HoleOut]


class PolicyList(BaseModel):
    items: list[PolicyOut]
    next: None = None


class SimulateIn(Strict):
    """An incident of a department, `tier` and `area` that begins `at`. With `steps` these are tried in place of the policy that stands."""

    department: Department
    tier: Tier
    area: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    at: Instant
    steps: Annotated[list[StepIO], Field(min_length=1, max_length=policy.MOST_STEPS)] | None = None
    repeat: Annotated[int, Field(ge=0, lt=policy.MOST_ROUNDS)] = 0


class ReachedOut(BaseModel):
    target: str
    people: list[PersonOut]


class CallOut(BaseModel):
    """A step as it falls due, `minutes` after the beginning. Where it reaches nobody the next one is due at once."""

    step: int
    at: datetime
    minutes: float
    reached: list[ReachedOut]


class SimulationOut(BaseModel):
    """Who is called when, if nobody answers: by the functions that page. `policy` is the one that stands; with neither it nor steps given
    the playbook's own steps stand, and `calls` is empty."""

    policy: int | None
    calls: list[CallOut]


@api.get("/escalation-policies")
@api.output(PolicyList)
@access("read")
def all_policies() -> dict[str, Any]:
    """All policies, by department, tier and area."""
    with here().database.read() as session:
        rows = session.scalars(select(EscalationPolicy).order_by(EscalationPolicy.scope)).all()
        return {"items": [policy_out(session, row) for row in rows]}


@api.get("/escalation-policies/<int:policy_id>")
@api.output(PolicyOut)
@access("read")
def one_policy(policy_id: int) -> PolicyOut:
    """One policy, with its holes as things stand."""
    with here().database.read() as session:
        return policy_out(session, policies.find(session, policy_id))


@api.post("/escalation-policies")
@api.input(PolicyIn)
@api.output(PolicyOut, status_code=201)
@access("read")
def new_policy(json_data: PolicyIn) -> PolicyOut:
    """A new policy; chains that start from now on follow it."""
    return saved(json_data, None)


@api.put("/escalation-policies/<int:policy_id>")
@api.input(PolicyIn)
@api.output(PolicyOut)
@access("read")
def change_policy(policy_id: int, json_data: PolicyIn) -> PolicyOut:
    """Replace a policy. Chains that run are not disturbed."""
    return saved(json_data, policy_id)


@api.post("/escalation-policies/<int:policy_id>/actions/remove")
@api.input(NothingIn)
@api.output({}, status_code=204)
@access("read")
def remove_policy(policy_id: int, json_data: NothingIn) -> str:
    """End a policy: a less specific one, or the playbook's own steps, stand again."""
    who = principal()
    unit(lambda session: policies.remove(session, policy_id, who))
    return ""


@api.post("/escalation-policies/simulate")
@api.input(SimulateIn)
@api.output(SimulationOut)
@access("read")
def simulate(json_data: SimulateIn) -> SimulationOut:
    """Who would be reached when."""
    with here().database.read() as session:
        found, calls = simulated(session, json_data)
        shown = [_call_out(session, call, json_data.at) for call in calls]
    return SimulationOut(policy=found.id if found else None, calls=shown)


def saved(given: PolicyIn, policy_id: int | None) -> PolicyOut:
    """Keep a policy in one unit of work; raise as policies.save does."""
    who = principal()

    def work(session: Session) -> PolicyOut:
        row = policies.find(session, policy_id, lock=True) if policy_id is not None else None
        wanted = Draft(given.department, given.tier, given.area, steps_in(session, given.steps), given.repeat)
        made = policies.save(session, wanted, who, row=row, version=given.version, accept_gaps=given.accept_gaps)
        return policy_out(session, made)

    return unit(work)


def simulated(session: Session, given: SimulateIn) -> tuple[EscalationPolicy | None, list[Call[Person]]]:
    """The policy that stands for an incident, and whom it, or the steps given in its place, would call when."""
    codes = policies.codes_upward(session, given.area)
    found = policies.closest(session, given.department, given.tier, codes)
    if given.steps is not None:
        chain = policy.chain(steps_in(session, given.steps), given.repeat)
    elif found is not None:
        chain = policy.chain(policy.from_rows(found.steps), found.repeat)
    else:
        return None, []
    return found, policies.run(session, chain, codes, given.at)


def steps_in(session: Session, given: list[StepIO]) -> tuple[PolicyStep, ...]:
    """Steps as they are kept; raise Invalid for people who do not exist."""
    return tuple(
        PolicyStep(
            tuple(dict.fromkeys(target_names.kept(session, n, at, each) for at, each in enumerate(step.targets))),
            step.delay_minutes,
            step.ack_minutes,
        )
        for n, step in enumerate(given)
    )


def policy_out(
    session: Session, row: EscalationPolicy, named: Callable[[Session, str], str] = target_names.written
) -> PolicyOut:
    """A policy as the interface shows it; its holes name targets as programs write them, or as `named` does."""
    draft = policies.draft_of(row)
    return PolicyOut(
        id=row.id,
        department=row.department,
        tier=row.tier,
        area=row.area_code,
        steps=[
            StepIO(
                targets=[target_names.written(session, each) for each in step.targets],
                delay_minutes=step.delay_minutes,
                ack_minutes=step.ack_minutes,
            )
            for step in draft.steps
        ],
        repeat=row.repeat,
        version=row.version,
        changed_by=person_out(session.get_one(Person, row.changed_by)),
        changed_at=row.changed_at,
        holes=[_hole_out(hole, named(session, hole.target or "")) for hole in policies.holes_of(session, draft)],
    )


def _hole_out(hole: Hole, shown: str) -> HoleOut:
    figures = hole_words.values(hole, shown)
    said = filled(hole_words.SAID[hole.why], figures)
    return HoleOut(step=hole.step, why=hole.why, detail=said, remedy=gettext(hole_words.REMEDIES[hole.why]))


def _call_out(session: Session, call: Call[Person], begins: datetime) -> CallOut:
    reached = [
        ReachedOut(target=target_names.written(session, target), people=[person_out(each) for each in people])
        for target, people in call.reached
    ]
    return CallOut(step=call.step, at=call.at, minutes=steps.minutes(begins, call.at), reached=reached)
