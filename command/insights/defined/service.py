"""What incidents cost their users, and whether what was promised was kept. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import ALL, HANDBOOK, HOUSE, LEVELS, NATIONAL, NINETY_EIGHT, PRACTICE, Definition

FIGURES = (
    Definition(
        "restored_in_time",
        "service",
        N_("Restored in time"),
        N_(
            "Restored by the target of the tier ÷ incidents whose target has passed. One restored early counts when its target passes."
        ),
        NATIONAL,
        aim=NINETY_EIGHT,
        missed=True,
    ),
    Definition(
        "users_restored",
        "service",
        N_("Restoration rate"),
        N_(
            "Users who had service again when the target of their incident passed ÷ users at its peak, over incidents whose "
            "target has passed."
        ),
        NATIONAL,
        aim=NINETY_EIGHT,
    ),
    Definition(
        "incidents",
        "service",
        N_("Incidents"),
        N_("Reported in the period; what is left out is listed below."),
        HOUSE,
        "count",
        "less",
    ),
    Definition(
        "affected_users",
        "service",
        N_("Affected users"),
        N_("Peaks of the incidents added up: each user once an incident; hit by two incidents, twice."),
        HOUSE,
        "count",
        "less",
    ),
    Definition(
        "user_minutes",
        "service",
        N_("User-minutes lost"),
        N_("Minutes × affected users over the steps of each incident's curve; of an open incident up to now."),
        PRACTICE,
        "count",
        "less",
    ),
    Definition(
        "availability",
        "service",
        N_("Availability"),
        N_(
            "1 − user-minutes lost ÷ (subscribers × minutes of the period that are over). Every outage counts for the "
            "minutes that lie in the period, whenever it was reported; degradation does not. Subscribers as they are today; "
            "rounded down."
        ),
        LEVELS,
        "availability",
    ),
    Definition(
        "sla_respond",
        "service",
        N_("Response by service level"),
        N_(
            "Clocks of the class met ÷ (met + breached); open and overdue is breached. A breach in dispute counts as one."
        ),
        LEVELS,
        aim=ALL,
        missed=True,
    ),
    Definition(
        "sla_resolve",
        "service",
        N_("Restoration by service level"),
        N_(
            "Clocks of the class met ÷ (met + breached); open and overdue is breached. A breach in dispute counts as one."
        ),
        LEVELS,
        aim=ALL,
        missed=True,
    ),
    Definition(
        "tasks_in_time",
        "service",
        N_("Process execution: tasks of playbooks"),
        N_(
            "Tasks done by their time ÷ tasks done, or due and not done. One skipped with a reason asks for nothing and is "
            "counted beside."
        ),
        HANDBOOK,
        aim=ALL,
        missed=True,
    ),
    Definition(
        "failures",
        "service",
        N_("Failure rate"),
        N_(
            "Failures that began in the period for each 100 elements of the kind. What is cut off by another's failure is "
            "none; one that fails twice counts twice."
        ),
        LEVELS,
        "per_hundred",
        "less",
    ),
)
