"""States as a problem's text names them."""

from command.core.names import Words
from command.core.problems import N_
from command.drills.models import InjectState, State

STATES = {
    State.PLANNED: N_("planned"),
    State.READY: N_("ready to begin"),
    State.RUNNING: N_("running"),
    State.PAUSED: N_("paused"),
    State.ENDED: N_("ended"),
    State.STOPPED: N_("stopped"),
    State.EVALUATED: N_("evaluated"),
    State.CANCELLED: N_("called off"),
    State.MISSED: N_("not held"),
}
INJECTS = {
    InjectState.PENDING: N_("not delivered yet"),
    InjectState.DELIVERED: N_("delivered"),
    InjectState.ANSWERED: N_("answered"),
    InjectState.SKIPPED: N_("left out"),
}


def state(code: str) -> Words:
    """A drill's state, to be translated where it is shown."""
    return Words([STATES[State(code)]])


def inject(code: str) -> Words:
    """An inject's state, to be translated where it is shown."""
    return Words([INJECTS[InjectState(code)]])
