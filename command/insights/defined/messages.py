"""How notices reached people. Pure."""

from command.core.problems import N_
from command.insights.defined.shape import PRACTICE, Definition

FIGURES = (
    Definition(
        "notices_delivered",
        "messages",
        N_("Notices delivered"),
        N_("Messages delivered by receipt ÷ messages sent (taken by a gateway, or unknown)."),
        PRACTICE,
    ),
    Definition(
        "notices_sent_out",
        "messages",
        N_("Time to send notices out"),
        N_(
            "Approval → the last message of the notice has left or ended, mean over notices. Withdrawn notices are left out."
        ),
        PRACTICE,
        "seconds",
        "less",
    ),
    Definition(
        "delivery_time",
        "messages",
        N_("Time to deliver"),
        N_(
            "Approval → delivered by receipt, mean over messages. Of very many messages an even part is looked at, and how many."
        ),
        PRACTICE,
        "seconds",
        "less",
    ),
)
