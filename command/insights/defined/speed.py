"""How soon reports came in, handling began and service was back. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import ALL, HANDBOOK, NATIONAL, PRACTICE, Definition

FIGURES = (
    Definition(
        "report_to_centre",
        "speed",
        N_("Report to the command centre in time"),
        N_(
            "First known sign → kind, time, scope, user feedback and first measures are with the command centre, within "
            "%(minutes)s min. Met ÷ (met + late); open and overdue is late."
        ),
        HANDBOOK,
        aim=ALL,
        missed=True,
        clock="report-to-centre",
    ),
    Definition(
        "response",
        "speed",
        N_("Response in time"),
        N_(
            "Report received → handling begins, within %(minutes)s min. Met ÷ (met + late); exactly then is in time, open and "
            "overdue is late."
        ),
        NATIONAL,
        aim=ALL,
        missed=True,
        clock="first-response",
    ),
    Definition(
        "first_plan",
        "speed",
        N_("First plan in time"),
        N_(
            "Report received → every department has its tasks, within %(minutes)s min. Met ÷ (met + late); open and overdue is "
            "late."
        ),
        HANDBOOK,
        aim=ALL,
        missed=True,
        clock="first-plan",
    ),
    Definition(
        "detection",
        "speed",
        N_("Time to detect (MTTD)"),
        N_(
            "Occurred → detected, mean. Incidents of which it is not known when they occurred are left out and counted."
        ),
        PRACTICE,
        "seconds",
        "less",
    ),
    Definition(
        "acknowledgement",
        "speed",
        N_("Time to acknowledge (MTTA)"),
        N_("Detected → first answer to a page, mean. Incidents without an answer are left out and counted."),
        PRACTICE,
        "seconds",
        "less",
    ),
    Definition(
        "begun",
        "speed",
        N_("Time to respond"),
        N_("Report received → handling begins, mean. Those not begun yet are left out and counted."),
        PRACTICE,
        "seconds",
        "less",
    ),
    Definition(
        "restoration",
        "speed",
        N_("Time to restore (MTTR)"),
        N_("Occurred → restored, mean. A reopened incident goes on until it is restored again."),
        PRACTICE,
        "seconds",
        "less",
    ),
)
