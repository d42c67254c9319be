"""What the pages of the programme call things: English message ids, translated where they are shown."""

from command.core.problems import N_
from command.drills import words
from command.drills.models import Late, State
from command.drills.programme.coverage import Stands
from command.drills.programme.series_models import OnClosed

SUBJECTS = words.SUBJECTS | {None: N_("Any subject")}
MODES = words.MODES | {None: N_("Any mode")}
STANDS = {
    Stands.OVERDUE: N_("Overdue"),
    Stands.SOON: N_("Due soon, nothing planned"),
    Stands.PLANNED: N_("Planned in time"),
    Stands.MET: N_("Held in time"),
    Stands.FREE: N_("Not due"),
}
SHORT = {
    Stands.OVERDUE: N_("Overdue"),
    Stands.SOON: N_("Due soon"),
    Stands.PLANNED: N_("Planned"),
    Stands.MET: N_("In time"),
    Stands.FREE: N_("Not due"),
}
"""For a field of the grid."""
SHAPES = {Stands.OVERDUE: "▲", Stands.SOON: "◆", Stands.PLANNED: "◐", Stands.MET: "●", Stands.FREE: "○"}
TONES = {Stands.OVERDUE: "bad", Stands.SOON: "warn", Stands.PLANNED: "accent", Stands.MET: "ok"}
STATES = {
    State.PLANNED: N_("Planned"),
    State.READY: N_("Ready to begin"),
    State.RUNNING: N_("Under way"),
    State.PAUSED: N_("Paused"),
    State.ENDED: N_("Ended"),
    State.STOPPED: N_("Stopped"),
    State.EVALUATED: N_("Evaluated"),
    State.CANCELLED: N_("Called off"),
    State.MISSED: N_("Missed, not held"),
}
STATE_TONES = {State.READY: "accent", State.RUNNING: "accent", State.MISSED: "bad", State.CANCELLED: "warn"}
LATE = {Late.MISS: N_("It is marked missed"), Late.RUN: N_("It is held late, within a day")}
CLOSED = {
    OnClosed.MOVE: N_("Held on the next free workday, at the same time of day"),
    OnClosed.SKIP: N_("Not held"),
}
BECAUSE = {
    "holiday": N_("holiday"),
    "freeze": N_("freeze"),
    "coincides": N_("no free workday before the next time"),
    "no_day": N_("no free workday within a year"),
}
PARTS = {"controller": N_("Controllers"), "evaluator": N_("Evaluators")}
