"""What all pages and papers of drills call subjects, modes, methods and events: English message ids, translated where they are shown."""

from command.core.problems import N_
from playbooks.scenario import Event, Method, Mode, Subject

SUBJECTS = {
    Subject.network_fault: N_("Network fault"),
    Subject.complaint: N_("Customer complaints"),
    Subject.information_security: N_("Information security"),
    Subject.weather_disaster: N_("Weather and disasters"),
    Subject.multi_department: N_("Several departments together"),
}
MODES = {Mode.tabletop: N_("Tabletop"), Mode.live: N_("Live drill"), Mode.simulation: N_("Scenario simulation")}
METHODS = {
    Method.screen: N_("on the page"),
    Method.sms: N_("as an SMS"),
    Method.phone: N_("by phone: a controller calls"),
    Method.alarms: N_("as alarms"),
    Method.discussion: N_("discussion"),
}
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
