"""Words of what is said of numbers."""

from command.core.problems import N_
from command.messages.bad_rules import Reason

REASONS = {
    Reason.ABSENT: N_("there is no such number"),
    Reason.NOT_MOBILE: N_("no mobile phone"),
    Reason.BARRED: N_("barred from SMS"),
}
STATES = {"marked": N_("left out"), "cleared": N_("cleared by a person")}
