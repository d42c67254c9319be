"""What a period was to those on call. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import PRACTICE, Definition

FIGURES = (
    Definition(
        "pages",
        "people",
        N_("Pages sent"),
        N_("Pages of the period, for cancelled and merged incidents too: somebody was called. Exercises are none."),
        PRACTICE,
        "count",
        "less",
        behind="/on-call",
    ),
    Definition(
        "pages_answered",
        "people",
        N_("Pages answered by the person paged"),
        N_(
            "Answered ÷ pages that are over. Still waiting, or stopped because nobody was needed any more: neither way."
        ),
        PRACTICE,
        behind="/on-call",
    ),
    Definition(
        "answer_time",
        "people",
        N_("Time to answer a page"),
        N_("Page made → answered, mean of those answered."),
        PRACTICE,
        "seconds",
        "less",
        behind="/on-call",
    ),
    Definition(
        "passed_on",
        "people",
        N_("Pages that had to be passed on"),
        N_("Chains of pages that reached a second step ÷ chains."),
        PRACTICE,
        better="less",
        behind="/on-call",
    ),
    Definition(
        "pages_at_night",
        "people",
        N_("Pages at night"),
        N_("Pages made from 22:00 to 6:00 on the operator's wall clock ÷ pages."),
        PRACTICE,
        better="less",
        behind="/on-call",
    ),
)
