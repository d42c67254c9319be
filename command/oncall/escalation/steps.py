"""The steps of a chain of pages, and when each is due if nobody answers. Pure: what runs and what is foreseen read the same functions.

A step is {"target", "after_minutes" since the step before, "ack_minutes"}; one that calls several at once has them all in "targets", the
first in "target" too."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Step = Mapping[str, object]
T = TypeVar("T")

LAST_RESORT = "post:duty_officer"
"""The duty manager's post: nobody's chain ends before its holder was asked."""
ACK_MINUTES = 5.0
"""Minutes the last step waits for an answer where the plan does not say. (Ours.)"""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A step as it falls due: its place in the chain (from 0), when, and whom each of its targets means then."""

    step: int
    at: datetime
    reached: tuple[tuple[str, tuple[T, ...]], ...]


def targets_of(step: Step) -> list[str]:
    """Whom a step calls, in order."""
    several = step.get("targets")
    return [str(each) for each in several] if isinstance(several, list) else [str(step["target"])]


def with_last_resort(steps: Sequence[Step]) -> list[dict[str, object]]:
    """The steps, with one more that calls the duty officer where none does."""
    chain = [dict(step) for step in steps]
    if all(LAST_RESORT not in targets_of(step) for step in chain):
        wait = chain[-1].get("ack_minutes", ACK_MINUTES)
        chain.append({"target": LAST_RESORT, "after_minutes": wait, "ack_minutes": wait})
    return chain


def delay(steps: Sequence[Step]) -> timedelta:
    """From the beginning of a chain to its first step."""
    return timedelta(minutes=float(str(steps[0]["after_minutes"])))


def wait(steps: Sequence[Step], paged: int) -> timedelta:
    """From a step that reached somebody to the next one, or to the end of the chain; `paged` steps are behind it then."""
    if paged < len(steps):
        minutes = steps[paged]["after_minutes"]
    else:
        minutes = steps[-1].get("ack_minutes", ACK_MINUTES)
    return timedelta(minutes=float(str(minutes)))


def timeline(
    steps: Sequence[Step],
    begins: datetime,
    reach: Callable[[list[str], datetime], Sequence[tuple[str, Sequence[T]]]],
) -> Iterator[Call[T]]:
    """Every step as it falls due if the chain begins at `begins` and nobody answers. `reach` says whom targets mean at an instant; a step
    that reaches nobody lets the next fall due at once."""
    at = begins + delay(steps)
    for place, step in enumerate(steps):
        reached = tuple((target, tuple(people)) for target, people in reach(targets_of(step), at))
        yield Call(place, at, reached)
        if any(people for _, people in reached):
            at += wait(steps, place + 1)


def minutes(begins: datetime, at: datetime) -> float:
    """How long after its beginning a chain is at an instant, in minutes."""
    return (at - begins).total_seconds() / 60
