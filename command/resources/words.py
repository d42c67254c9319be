"""What states, buckets, steps and kinds are called; translated where they are shown."""

from collections.abc import Iterable

from command.core import names
from command.core.problems import N_
from command.resources.states import Bucket, Card, Kind, State, Step

KINDS = {
    Kind.TECHNICAL: N_("Technical"),
    Kind.HUMAN: N_("Human"),
    Kind.MATERIAL: N_("Material"),
    Kind.INFORMATION: N_("Information"),
}
CARDS = {
    Card.IN_RESERVE: N_("In reserve"),
    Card.AVAILABLE: N_("Available"),
    Card.HELD: N_("Held"),
    Card.STAGED: N_("Staged"),
    Card.ASSIGNED: N_("Assigned"),
    Card.EN_ROUTE: N_("En route"),
    Card.ON_SCENE: N_("On scene"),
    Card.RELEASED: N_("Released"),
    Card.OUT_OF_SERVICE: N_("Out of service"),
    Card.IN_DRILL: N_("In drill"),
}
STATES: dict[str, str] = {
    **{str(card): words for card, words in CARDS.items()},
    State.RETURNED: N_("Returned"),
    State.LET_GO: N_("Let go"),
    Bucket.OUT: N_("Out"),
    Bucket.USED: N_("Used up"),
    Bucket.LOST: N_("Lost"),
}
"""States, buckets and columns of the board."""
STEPS = {
    Step.STAGE: N_("Stage"),
    Step.ASSIGN: N_("Assign"),
    Step.DISPATCH: N_("Dispatch"),
    Step.CHECK_IN: N_("Check in"),
    Step.RELEASE: N_("Release"),
}
VERBS = {
    "receive": N_("came in"),
    "ready": N_("made ready"),
    "stow": N_("put into reserve"),
    "stop": N_("taken out of service"),
    "repair": N_("repaired"),
    "lose": N_("written off as lost"),
    "use_up": N_("used up"),
    "count": N_("stock taken"),
    "take": N_("taken"),
    "let_go": N_("let go"),
    "preempt": N_("taken for a higher tier"),
    "return": N_("given back"),
}
"""Verbs of the ledger, as what happened."""
WORKS = {
    "ready": N_("Make ready"),
    "stow": N_("Put into reserve"),
    "stop": N_("Take out of service"),
    "repair": N_("Repaired: put back"),
    "lose": N_("Write off as lost"),
    "use_up": N_("Write off as used up"),
}
"""The same as what can be done."""
KEPT = {
    "serviced": N_("serviced; next service"),
    "certified": N_("certificate given or renewed, valid until"),
    "certificate_removed": N_("certificate not needed any more"),
    "checked": N_("information checked"),
}
"""What was kept up to date of a unit, as what happened."""
REQUESTS = {
    "asked": N_("Waits for approval"),
    "approved": N_("Approved"),
    "refused": N_("Not approved"),
    "cancelled": N_("Cancelled"),
    "closed": N_("Closed"),
}
ORDERS = {
    "ordered": N_("Ordered"),
    "confirmed": N_("Confirmed"),
    "arrived": N_("Arrived"),
    "cancelled": N_("Cancelled"),
}
SOURCES = {"mutual_aid": N_("Mutual aid"), "vendor": N_("Vendor")}
SEEN = {"present": N_("Present"), "damaged": N_("Damaged"), "missing": N_("Missing")}
"""How a unit was found when stock was taken."""
CONDITIONS = {"good": N_("Good"), "worn": N_("Worn"), "damaged": N_("Damaged")}


def states(codes: Iterable[str]) -> names.Words:
    """States or buckets as a problem's text lists them."""
    return names.Words(STATES[code] for code in codes)
