"""The words of settlements on pages."""

from command.core.problems import N_
from command.settlement.models import Sort, State

SORTS = {
    Sort.COMPENSATION: N_("Compensation"),
    Sort.DATA_RECOVERY: N_("Data recovery"),
    Sort.REGULATOR: N_("Regulator"),
    Sort.ACCOUNTABILITY: N_("Accountability"),
}
STATES = {
    State.OPEN: N_("to be settled"),
    State.SETTLED: N_("settled"),
    State.WAIVED: N_("waived"),
    State.VOID: N_("void"),
}
TONES = {State.OPEN: "warn", State.SETTLED: "ok", State.WAIVED: "", State.VOID: ""}
