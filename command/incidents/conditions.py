"""What the rooms above ask of an incident before an action (a measurement above its threshold, refunds made, a settlement done), and
that they hear of it afterwards.

They append to the lists here where the application is put together (`command.parts`); nothing here knows them."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.orm import Session

from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident

Condition = Callable[[Session, Incident, Action], Sequence[Refusal]]
Evidence = Callable[[Session, Incident], str | None]
Hearer = Callable[[Session, Incident, Action], None]

asked: list[Condition] = []
"""Each gives the refusals it has against an action of an incident, none where it has nothing to say."""
evidence: list[Evidence] = []
"""Each names the positive evidence its room holds that service is back, such as `measurement`; never mere silence. The name has words in
`incidents.sentences`."""
turned: list[Hearer] = []
"""Each hears of an action that was done to a locked incident, once it is on record."""


def against(session: Session, incident: Incident, action: Action) -> tuple[Refusal, ...]:
    """Every refusal that the rooms above have."""
    return tuple(refusal for condition in asked for refusal in condition(session, incident, action))


def shown(session: Session, incident: Incident, counts: Collection[str]) -> str | None:
    """The first positive evidence of the restoration that some room above holds and that counts for an incident of its kind."""
    return next((name for holds in evidence if (name := holds(session, incident)) and name in counts), None)


def tell(session: Session, incident: Incident, action: Action) -> None:
    """Let the rooms above hear of what was done."""
    for hear in turned:
        hear(session, incident, action)
