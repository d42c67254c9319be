"""The words of service levels on pages."""

from command.agreements.attainment import Which
from command.agreements.models import Dispute, Liability
from command.core.problems import N_

LIABILITIES = {
    Liability.UNDECIDED: N_("not decided"),
    Liability.OURS: N_("ours"),
    Liability.THIRD_PARTY: N_("a third party"),
    Liability.CUSTOMER: N_("the customer"),
    Liability.FORCE_MAJEURE: N_("force majeure"),
    Liability.NONE: N_("nobody answers for it"),
}
DISPUTES = {
    Dispute.NONE: N_("no dispute"),
    Dispute.RAISED: N_("dispute raised"),
    Dispute.ACCEPTED: N_("dispute accepted"),
    Dispute.REJECTED: N_("dispute rejected"),
    Dispute.SETTLED: N_("dispute settled"),
}
TONES = {
    Dispute.NONE: "",
    Dispute.RAISED: "warn",
    Dispute.ACCEPTED: "ok",
    Dispute.REJECTED: "bad",
    Dispute.SETTLED: "ok",
}
WHICH: dict[Which, str] = {"respond": N_("Response"), "resolve": N_("Restoration")}
STANDS = {
    "undecided": N_("liability not decided"),
    "disputed": N_("dispute open"),
    "decided": N_("decided"),
}
