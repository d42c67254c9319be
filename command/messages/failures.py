"""What went wrong with messages, in classes that a person can act on, from the codes gateways give. Pure.

Source of Twilio's codes: its public dictionary of errors; SMPP's are read by notifiers/smpp_codes."""

from collections.abc import Mapping

from command.core.problems import N_
from command.messages.bad_rules import WHY
from notifiers import smpp_codes

INVALID, MARKED, UNREACHABLE, REFUSED, RATE, BLOCKED, GATEWAY, LATE, OTHER = (
    "invalid",
    "marked",
    "unreachable",
    "refused",
    "rate",
    "blocked",
    "gateway",
    "late",
    "other",
)
WORDS: Mapping[str, str] = {
    INVALID: N_("No such number"),
    MARKED: N_("Left out: the number takes no SMS"),
    UNREACHABLE: N_("Phone off or out of reach"),
    REFUSED: N_("The recipient takes none"),
    RATE: N_("Too fast for the provider"),
    BLOCKED: N_("Text or sender refused"),
    GATEWAY: N_("No answer, or none in time"),
    LATE: N_("Too late to be of use"),
    OTHER: N_("Something else"),
}
REMEDIES: Mapping[str, str] = {
    INVALID: N_("The register of subscribers wants cleaning."),
    MARKED: N_("Clean the number in the register, or clear the mark where it is wrong."),
    UNREACHABLE: N_("Tried again by itself where that helps; the status page and the hotline say it too."),
    REFUSED: N_("They opted out or their phone takes no SMS."),
    RATE: N_("It slows down by itself; lower the rate in the settings if it stays."),
    BLOCKED: N_("Have text and sender approved by the provider, or take another road."),
    GATEWAY: N_("Ask the provider; meanwhile others carry what this road does not."),
    LATE: N_("The next notice tells them; where it happens often, look at the roads."),
    OTHER: N_("Look the code up at the provider."),
}
_CODES: Mapping[str, str] = {
    **dict.fromkeys(("21211", "21614", "30005"), INVALID),
    WHY: MARKED,
    **dict.fromkeys(("30003", "30006", "30008", "30036", "busy", "no-answer"), UNREACHABLE),
    **dict.fromkeys(("21610", "30004", "opted_out"), REFUSED),
    **dict.fromkeys(("20429", "21611", "30001", "30500"), RATE),
    **dict.fromkeys(("20003", "21212", "21408", "21606", "21612", "30002", "30007", "30034"), BLOCKED),
    **dict.fromkeys(("not_sent", "timeout", "reset", "error", "500", "502", "503", "504"), GATEWAY),
    **dict.fromkeys(("validity_over",), LATE),
}
_FAULTS: Mapping[smpp_codes.Fault, str] = {
    "number": INVALID,
    "passing": UNREACHABLE,
    "rate": RATE,
    "way": BLOCKED,
    "account": BLOCKED,
}


def of(code: str) -> str:
    """The class of a code."""
    whose = smpp_codes.fault(code)
    return _CODES.get(code, OTHER) if whose is None else _FAULTS[whose]
