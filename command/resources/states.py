"""The life of a resource: where it is counted, and what may happen to what was taken from a pool. Pure.

Two pictures belong together. A *bucket* says where a unit, or a number of pieces, is counted: every piece that ever came in is in one
of them. A *state* is how far something that was taken has come; it is out until it is given back, used up or lost."""

from enum import StrEnum


class Kind(StrEnum):
    """The four kinds of emergency resources (R11)."""

    TECHNICAL = "technical"  # maintenance, protection and data recovery: tools and environments
    HUMAN = "human"  # command, technical support, customer service with surge agents
    MATERIAL = "material"  # equipment, spares, communication gear, fuel
    INFORMATION = "information"  # platforms, monitoring, maps, contact lists


class Bucket(StrEnum):
    """Where pieces are counted. `received` of a stock is the sum of all of these; none is ever below zero."""

    IN_RESERVE = "in_reserve"  # in the pool, to be made ready first
    AVAILABLE = "available"  # in the pool, can leave at once
    OUT_OF_SERVICE = "out_of_service"  # in the pool or a workshop, with a reason
    OUT = "out"  # taken: held, staged, assigned, under way, on scene, or on the way back
    USED = "used"  # used up: fuel burnt, cable laid
    LOST = "lost"  # gone, with a reason


IN_POOL = (Bucket.IN_RESERVE, Bucket.AVAILABLE, Bucket.OUT_OF_SERVICE)


class State(StrEnum):
    """How far something taken has come: held → staged → assigned → en route → on scene → released → returned. A hold that is let go
    never left the pool."""

    HELD = "held"
    STAGED = "staged"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RELEASED = "released"
    RETURNED = "returned"
    LET_GO = "let_go"


OVER = (State.RETURNED, State.LET_GO)
"""States in which nothing is out any more."""


class Step(StrEnum):
    """What is done with something taken."""

    STAGE = "stage"  # bring it near, ahead of need
    ASSIGN = "assign"  # give it to an incident
    DISPATCH = "dispatch"  # it leaves
    CHECK_IN = "check_in"  # it has arrived
    RELEASE = "release"  # it is needed no more; a hold is let go


TRANSITIONS: dict[State, dict[Step, State]] = {
    State.HELD: {
        Step.STAGE: State.STAGED,
        Step.ASSIGN: State.ASSIGNED,
        Step.RELEASE: State.LET_GO,  # it never left: it is available again at once
    },
    State.STAGED: {Step.ASSIGN: State.ASSIGNED, Step.RELEASE: State.RELEASED},
    State.ASSIGNED: {
        Step.DISPATCH: State.EN_ROUTE,
        Step.CHECK_IN: State.ON_SCENE,  # it was staged at the scene
        Step.RELEASE: State.RELEASED,
    },
    State.EN_ROUTE: {
        Step.CHECK_IN: State.ON_SCENE,
        Step.DISPATCH: State.EN_ROUTE,  # a new destination, or a new time of arrival
        Step.RELEASE: State.RELEASED,  # it turns back
    },
    State.ON_SCENE: {Step.RELEASE: State.RELEASED, Step.DISPATCH: State.EN_ROUTE},
    State.RELEASED: {},
    State.RETURNED: {},
    State.LET_GO: {},
}
"""Every step that may be taken, the usual one first. What is released comes back by being returned piece by piece, not by a step."""


class Forbidden(ValueError):
    """A step that cannot be taken from a state; `allowed` are those that can."""

    def __init__(self, state: State, step: Step) -> None:
        super().__init__(f"{step} from {state}")
        self.state, self.step, self.allowed = state, step, tuple(TRANSITIONS[state])


def after(state: State, step: Step) -> State:
    """The state after a step. Raises Forbidden."""
    try:
        return TRANSITIONS[state][step]
    except KeyError:
        raise Forbidden(state, step) from None


class Card(StrEnum):
    """What a card of the status board says."""

    IN_RESERVE = "in_reserve"
    AVAILABLE = "available"
    HELD = "held"
    STAGED = "staged"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RELEASED = "released"
    OUT_OF_SERVICE = "out_of_service"
    IN_DRILL = "in_drill"


def card(state: State, exercise: bool) -> Card | None:
    """The column in which something taken stands; None once nothing of it is out. An exercise's stands in a column of its own: it can be
    called back for a real event."""
    if state in OVER:
        return None
    return Card.IN_DRILL if exercise else Card(state)


def serves(held: int, asked: int) -> bool:
    """Whether capability type `held` does for a request of type `asked`: 1 is the most capable, 4 the least."""
    return held <= asked
