"""Drills, and what became of improvement actions. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import ALL, HANDBOOK, HOUSE, PRACTICE, Definition
from command.insights.measures import Aim

FIGURES = (
    Definition(
        "drills_held",
        "improvement",
        N_("Drills held"),
        N_("Drills held ÷ drills due in the period, held or missed. Called-off ones are counted beside."),
        HANDBOOK,
        aim=ALL,
        narrowed=False,
        behind="/drills/programme",
    ),
    Definition(
        "drill_subjects",
        "improvement",
        N_("Subjects of drills covered"),
        N_("Of the five subjects those on which a drill was held within the year that ends with the period."),
        HANDBOOK,
        aim=ALL,
        narrowed=False,
        behind="/drills/programme",
    ),
    Definition(
        "drill_results",
        "improvement",
        N_("Results of drills"),
        N_("Objectives with this rating ÷ objectives rated, in drills of the period whose evaluation is signed."),
        PRACTICE,
        better="neither",
        narrowed=False,
        behind="/drills",
    ),
    Definition(
        "actions_in_time",
        "improvement",
        N_("Improvement actions done in time"),
        N_("Verified by their day ÷ actions whose day lies in the period and is over, or that were verified."),
        HANDBOOK,
        aim=ALL,
        narrowed=False,
        behind="/improvement",
    ),
    Definition(
        "actions_open",
        "improvement",
        N_("Improvement actions open"),
        N_("Not verified and not dropped today."),
        HOUSE,
        "count",
        "neither",
        narrowed=False,
        today=True,
        behind="/improvement?undone=1",
    ),
    Definition(
        "actions_late",
        "improvement",
        N_("Improvement actions late"),
        N_("Open today though their day is past."),
        HANDBOOK,
        "count",
        "less",
        Aim(0, "at_most"),
        narrowed=False,
        today=True,
        behind="/improvement?late=1",
    ),
)
