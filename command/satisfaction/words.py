"""The words of surveys on pages."""

from command.core.problems import N_
from command.satisfaction.models import Result, State, Why

STATES = {
    State.PLANNED: N_("planned"),
    State.OPEN: N_("taking answers"),
    State.CLOSED: N_("answers closed"),
    State.CANCELLED: N_("survey cancelled"),
    State.VOID: N_("nobody asked"),
}
TONES = {State.PLANNED: "", State.OPEN: "warn", State.CLOSED: "ok", State.CANCELLED: "", State.VOID: ""}
VOID = {
    "fault_returned": N_("the fault came back first"),
    "incident_over": N_("the incident was cancelled or merged"),
    "nobody_told": N_("nobody was told an all-clear"),
    "rules_ask_nobody": N_("the rules ask nobody of this kind and tier"),
}
WHY = {Why.NOT_RESTORED: N_("service not back"), Why.UNSATISFIED: N_("not satisfied")}
RESULTS = {
    Result.REACHED: N_("reached"),
    Result.NOT_REACHED: N_("call not answered"),
    Result.SOLVED: N_("reached, solved"),
}
GRADES = {
    5: N_("very satisfied"),
    4: N_("satisfied"),
    3: N_("neither"),
    2: N_("dissatisfied"),
    1: N_("very dissatisfied"),
}
FIGURES = {
    "satisfied": (N_("Satisfied"), N_("Grades 4 and 5 ÷ those who gave a grade or said that service is not back.")),
    "score": (N_("Satisfaction score"), N_("Mean of the grades given, 5 is 100 and 1 is 20.")),
    "first_response": (N_("Satisfied with the first response"), N_("Grades 4 and 5 ÷ those who graded it.")),
    "confirmed": (N_("Confirmed restored"), N_("Service is back ÷ those who said whether it is.")),
    "response": (N_("Response rate"), N_("Answered ÷ asked.")),
}
"""What each figure is called, and its definition."""
