"""Whether resources were there when they were needed. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import HOUSE, PRACTICE, Definition

FIGURES = (
    Definition(
        "requests_covered",
        "resources",
        N_("Requests covered in time"),
        N_(
            "All pieces taken or arrived when they were needed ÷ requests needed in the period. Refused and cancelled ones "
            "are counted beside."
        ),
        PRACTICE,
        behind="/resources/requests",
    ),
    Definition(
        "resource_use",
        "resources",
        N_("Resources in use"),
        N_(
            "Hours for which pieces were out ÷ hours for which pools had them, from the ledger. Out for drills is not in use."
        ),
        PRACTICE,
        better="neither",
        narrowed=False,
        behind="/resources",
    ),
    Definition(
        "readiness",
        "resources",
        N_("Readiness for the playbooks in force"),
        N_("Lines of playbooks that an area's own pools cover today ÷ all lines, over areas, playbooks and tiers."),
        HOUSE,
        narrowed=False,
        today=True,
        behind="/resources/readiness",
    ),
)
