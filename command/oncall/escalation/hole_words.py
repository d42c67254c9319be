"""A policy's holes in words: what is missing, at which field, and the remedy."""

from command.core.problems import N_, Invalid
from command.oncall.escalation.holes import Hole, Why
from command.oncall.escalation.policy import Draft

SAID = {
    Why.UNKNOWN: N_("Step %(step)d: there is no %(target)s."),
    Why.NOBODY: N_("Step %(step)d: nobody who can be called is behind %(target)s."),
    Why.NO_MEMBERS: N_("Step %(step)d: no rotation of %(target)s has a member who can be called."),
    Why.GAP: N_("Step %(step)d: nobody is on duty from %(start)s to %(end)s."),
    Why.CIRCLE: N_("Step %(step)d goes back to whom step %(back_to)d called."),
}
REMEDIES = {
    Why.UNKNOWN: N_(
        "Use oncall:<schedule>, post:<post>, group:<echelon or code> or person:<username> of those there are."
    ),
    Why.NOBODY: N_("Give somebody there the post or the duty, or name another target."),
    Why.NO_MEMBERS: N_("Add members to the schedule, or name another target."),
    Why.GAP: N_("Add a target that is always somebody, mend the schedule, or save it with the gap named."),
    Why.CIRCLE: N_("Let the policy repeat instead, or name somebody else."),
}


def values(hole: Hole, shown: str) -> dict[str, object]:
    """The figures of a hole's words; times are ISO 8601 in UTC. `shown` is the target as people write it."""
    return {
        "step": hole.step + 1,
        "target": shown,
        "back_to": hole.back_to + 1,
        "start": hole.start.isoformat(timespec="minutes") if hole.start else "",
        "end": hole.end.isoformat(timespec="minutes") if hole.end else "",
    }


def refusal(hole: Hole, draft: Draft, shown: str) -> Invalid:
    """Why a policy with this hole is not saved, at the field that has it. `shown` is the target as people write it."""
    return _refusal(hole, draft.steps[hole.step].targets.index(hole.target) if hole.target else None, shown)


def unknown(step: int, place: int, written: str) -> Invalid:
    """A step (from 0) names at a place (from 0) what does not exist."""
    return _refusal(Hole(step, Why.UNKNOWN, written), place, written)


def _refusal(hole: Hole, place: int | None, shown: str) -> Invalid:
    field = f"steps.{hole.step}.targets" + (f".{place}" if place is not None else "")
    code = f"policy-{hole.why.value}"
    return Invalid(SAID[hole.why], field=field, remedy=REMEDIES[hole.why], code=code, **values(hole, shown))
