"""What hand-overs and their items are called: English message ids, translated where they are shown."""

from command.core.problems import N_
from command.handover.models import Kind, Outcome, State

STATES = {
    State.OFFERED: N_("Waits to be accepted"),
    State.ACCEPTED: N_("Accepted"),
    State.DECLINED: N_("Declined"),
    State.WITHDRAWN: N_("Withdrawn"),
}
TONES = {State.OFFERED: "warn", State.ACCEPTED: "ok", State.DECLINED: "bad", State.WITHDRAWN: ""}
KINDS = {
    Kind.PAGE: N_("Page"),
    Kind.TASK: N_("Task"),
    Kind.OWNER: N_("First-contact owner"),
    Kind.INCIDENT: N_("To know"),
}
OUTCOMES = {Outcome.PASSED: N_("Passed on"), Outcome.OVER: N_("Nothing was left of it")}
RESPONSES = {
    "acknowledged": N_("Acknowledged"),
    "en_route": N_("En route"),
    "on_scene": N_("On scene"),
}
UNANSWERED = N_("Not answered yet: whoever takes over answers it by accepting")
