"""The figures that stand beside items as evidence: what each is called. They are counted in `figures`."""

from command.core.problems import N_

NAMES = {
    "overrides_reviewed": N_("Overrides reviewed"),
    "pages_answered": N_("Pages answered by the person paged"),
    "plans_in_force": N_("Kinds of event with a playbook in force"),
    "risks_reviewed": N_("Risks whose review is not overdue"),
    "risks_drilled": N_("Risks whose drill is not overdue"),
    "warning_tasks_done": N_("Preparedness tasks done in time"),
    "report_in_time": N_("Incidents reported to the command centre in time"),
    "response_in_time": N_("Responses begun in time"),
    "clocks_met": N_("Clocks of incidents met"),
    "resolved_in_time": N_("Incidents resolved within their service level"),
    "stocks_ready": N_("Stocks at or above their minimum"),
    "drills_held": N_("Drills held of those that were due"),
    "drills_evaluated": N_("Drills held that were evaluated"),
    "training_current": N_("People without a lacking training"),
    "notices_sent": N_("Restored incidents with a first notice"),
    "bulletins_in_time": N_("Bulletins approved in time"),
    "cases_in_time": N_("Callers' cases closed in time"),
    "settled_in_time": N_("Items settled in time"),
    "incidents_reviewed": N_("Restored incidents whose review is written"),
    "actions_verified": N_("Improvement actions verified of those that were due"),
    "actions_late": N_("Improvement actions that are late"),
    "assessments_finished": N_("Assessments finished in the period"),
}
LOWER_IS_BETTER = frozenset({"actions_late"})
"""Counts that should be zero."""
