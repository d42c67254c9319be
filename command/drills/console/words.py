"""What the pages of drills call things: English message ids, translated where they are shown."""

from command.core.problems import N_
from command.drills.models import InjectState, Part, State
from playbooks.scenario import Event, Method, Mode, Subject

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
MODES = {Mode.tabletop: N_("Tabletop"), Mode.live: N_("Live drill"), Mode.simulation: N_("Scenario simulation")}
MODES_SAID = {
    Mode.tabletop: N_("Talked through at a table; no phone rings."),
    Mode.live: N_("Phones of those who take part ring, units take part."),
    Mode.simulation: N_("Played on the boards at any speed; no phone rings."),
}
SUBJECTS = {
    Subject.network_fault: N_("Network fault"),
    Subject.complaint: N_("Customer complaints"),
    Subject.information_security: N_("Information security"),
    Subject.weather_disaster: N_("Weather and disasters"),
    Subject.multi_department: N_("Several departments together"),
}
PARTS = {
    Part.PLAYER: N_("Player"),
    Part.CONTROLLER: N_("Controller"),
    Part.EVALUATOR: N_("Evaluator"),
    Part.SUPERVISOR: N_("Supervisor"),
}
METHODS = {
    Method.screen: N_("on the page"),
    Method.sms: N_("by text message"),
    Method.phone: N_("by phone: a controller calls"),
    Method.alarms: N_("as alarms"),
    Method.discussion: N_("discussion"),
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
EVENTS = {
    Event.reported: N_("the incident is reported"),
    Event.graded: N_("the incident is graded"),
    Event.assessed: N_("the incident is assessed"),
    Event.activated: N_("the response is activated"),
    Event.page_acknowledged: N_("a page is acknowledged"),
    Event.task_done: N_("a task is done"),
    Event.notice_submitted: N_("a notice is submitted"),
    Event.notice_approved: N_("a notice is approved"),
    Event.resource_requested: N_("a resource is requested"),
    Event.resource_dispatched: N_("a resource is dispatched"),
    Event.eta_set: N_("an ETA is set"),
    Event.objective_set: N_("an objective is set"),
    Event.command_transferred: N_("command is transferred"),
    Event.restored: N_("restoration is confirmed"),
    Event.review_began: N_("the review begins"),
    Event.answered: N_("an inject is answered"),
}
TABS = {
    "running": N_("Going on now"),
    "ahead": N_("Ahead"),
    "held": N_("Drills held"),
    "other": N_("Cancelled or not held"),
}
