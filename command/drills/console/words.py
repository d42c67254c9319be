"""What the pages of drills call things: English message ids, translated where they are shown."""

from command.core.problems import N_
from command.drills.models import InjectState, Part, State
from command.drills.words import EVENTS, METHODS, MODES, SUBJECTS
from playbooks.scenario import Mode

__all__ = ["EVENTS", "METHODS", "MODES", "SUBJECTS"]

STATES = {
    State.PLANNED: N_("Planned"),
    State.READY: N_("Ready to begin"),
    State.RUNNING: N_("Going on"),
    State.PAUSED: N_("Paused"),
    State.ENDED: N_("Ended"),
    State.STOPPED: N_("Stopped"),
    State.EVALUATED: N_("Evaluated"),
    State.CANCELLED: N_("Cancelled"),
    State.MISSED: N_("Not held"),
}
TONES = {State.READY: "ok", State.RUNNING: "accent", State.PAUSED: "warn", State.STOPPED: "bad", State.MISSED: "bad"}
MODES_SAID = {
    Mode.tabletop: N_("Talked through at a table; no phone rings."),
    Mode.live: N_("Phones of those who take part ring, units take part."),
    Mode.simulation: N_("Played on the boards at any speed; no phone rings."),
}
PARTS = {
    Part.PLAYER: N_("Player"),
    Part.CONTROLLER: N_("Controller"),
    Part.EVALUATOR: N_("Evaluator"),
    Part.SUPERVISOR: N_("Supervisor"),
}
INJECTS = {
    InjectState.PENDING: N_("To come"),
    InjectState.DELIVERED: N_("Put to them"),
    InjectState.ANSWERED: N_("Answered"),
    InjectState.SKIPPED: N_("Left out"),
}
SKIPPED = {
    "unless": N_("the players had done it already"),
    "controller": N_("by a controller"),
    "over": N_("the drill ended before"),
}
REASONS = {
    "stop_word": N_("by the stop word"),
    "person": N_("by somebody who takes part"),
    "real_event": N_("because something real happened"),
    "not_acknowledged": N_("its supervisors did not agree in time"),
    "no_engine": N_("no engine ran when it was due"),
    "refused": N_("something stood against its beginning when it was due"),
}
"""Why a drill stopped or was not held."""
TABS = {
    "running": N_("Going on now"),
    "ahead": N_("Ahead"),
    "held": N_("Drills held"),
    "other": N_("Cancelled or not held"),
}
