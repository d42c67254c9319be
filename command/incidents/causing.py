"""What an incident came from, said by somebody who looked: its root, one cause under it, and whether it was a third party's failure."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core.journal import Payload
from command.core.problems import N_, Invalid
from command.incidents import entries, house
from command.incidents.models import Incident
from command.people.access import Principal

changing: list[Callable[[Session, Incident, Principal], object]] = []
"""Called with a locked incident before its causes change, by whom: whoever keeps a report of them that is signed has its word (and raises
Conflict). Joined where the application is put together."""


class CauseGiven(Payload, kind="incident.cause_given"):
    """Codes of config/causes.yaml; null: not known any more. `earlier` is what was said before."""

    root_cause: str | None
    cause_code: str | None
    from_third_party: bool
    earlier: tuple[str | None, str | None, bool]
    person_id: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Codes; empty: not known. A cause alone brings its root."""

    root: str = ""
    code: str = ""
    third_party: bool = False


def of(incident: Incident) -> Cause:
    """What is known of an incident."""
    return Cause(incident.root_cause or "", incident.cause or "", incident.third_party)


def give(session: Session, incident: Incident, given: Cause, who: Principal) -> bool:
    """Say what a locked incident came from; False where that was known. Raise Invalid naming the field, Conflict."""
    sound = checked(given)
    before = of(incident)
    if sound == before:
        return False
    for hear in changing:
        hear(session, incident, who)
    incident.root_cause, incident.cause = sound.root or None, sound.code or None
    incident.third_party = sound.third_party
    told = CauseGiven(
        root_cause=incident.root_cause,
        cause_code=incident.cause,
        from_third_party=incident.third_party,
        earlier=(before.root or None, before.code or None, before.third_party),
        person_id=who.person_id,
    )
    entries.record(session, incident, told)
    return True


def checked(given: Cause) -> Cause:
    """The same with its root; raise Invalid for codes that there are not, or that do not belong together."""
    table = house.causes()
    if given.root and given.root not in table.roots:
        raise Invalid(
            N_("There is no root cause %(code)s."),
            field="root_cause",
            remedy=N_("Choose one of the list."),
            code=given.root[:40],
        )
    if not given.code:
        return given
    known = table.causes.get(given.code)
    if known is None:
        raise Invalid(
            N_("There is no cause %(code)s."),
            field="cause_code",
            remedy=N_("Choose one of the list."),
            code=given.code[:40],
        )
    if given.root and known.root != given.root:
        raise Invalid(
            N_("This cause belongs to another root."),
            field="cause_code",
            remedy=N_("Choose a cause under the root, or leave the root to be set by the cause."),
        )
    return Cause(known.root, given.code, given.third_party)
