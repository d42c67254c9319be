"""The chain of custody: who has a piece of evidence, handed from one to the next with both saying so, sealed, checked, given out, returned
or destroyed. Every access is a link of it and an entry of the journal."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core import clock
from command.core.keys import Keyring
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Denied, Invalid
from command.incidents import entries, house, standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person
from command.security import agreements, store
from command.security.entries import CustodyChanged
from command.security.evidence import HASH, LONGEST
from command.security.models import CustodyLink, EvidenceItem, Held

FINAL = (Held.RETURNED, Held.DESTROYED)


@dataclass(frozen=True, slots=True)
class Doing:
    """What is said beside an act: `words` (why, or the number of the seal), where, to whom, under which agreement, which hash was taken."""

    words: str = ""
    place: str = ""
    person: Person | None = None
    agreement_id: int | None = None
    sha256: str = ""


NEXT: dict[str, tuple[Held, ...]] = {
    "hand": (Held.KEPT,),
    "accept": (Held.HANDED,),
    "refuse": (Held.HANDED,),
    "take-over": (Held.KEPT, Held.HANDED),
    "give-out": (Held.KEPT,),
    "take-back": (Held.OUT,),
    "seal": (Held.KEPT,),
    "unseal": (Held.KEPT,),
    "check": (Held.KEPT, Held.HANDED, Held.OUT),
    "return": (Held.KEPT,),
    "destroy": (Held.KEPT,),
}
"""What can be done with evidence, and how it must be held."""
BY_KEEPER = ("hand", "give-out", "seal", "unseal", "return", "destroy")
NEEDS_WORDS = ("refuse", "take-over", "seal", "unseal", "return", "destroy")


def possible(item: EvidenceItem, who: Principal) -> tuple[str, ...]:
    """What somebody could do with a piece of evidence as it is held now, if their post allows it."""
    found = [act for act, held in NEXT.items() if item.state in held]
    return tuple(act for act in found if _theirs(item, act, who) and not _moot(item, act))


def _theirs(item: EvidenceItem, act: str, who: Principal) -> bool:
    if act in BY_KEEPER:
        return item.keeper_id == who.person_id
    if act in ("accept", "refuse"):
        return item.to_id == who.person_id
    return act != "take-over" or item.keeper_id != who.person_id


def _moot(item: EvidenceItem, act: str) -> bool:
    return (act == "seal" and item.sealed) or (act == "unseal" and not item.sealed)


def act(
    session: Session, keyring: Keyring, incident: Incident, item: EvidenceItem, what: str, doing: Doing, who: Principal
) -> bool | None:
    """Do something with a piece of evidence of a locked incident; what a check found, else None. Raise Denied, Conflict or Invalid."""
    standing.authorise(session, incident, who, "keep_evidence")
    _allowed(session, item, what, who)
    cited = entries.note(session, masked_words(doing.words))
    if what in NEEDS_WORDS and cited is None:
        raise Invalid(N_("Say why."), field="words", remedy=N_("Write the reason in a sentence; it stays on record."))
    if len(doing.place) > LONGEST:
        raise Invalid(N_("The place is too long."), field="place", remedy=N_("Name it in a few words."))
    match what:
        case "hand":
            item.to_id, item.state = _next_keeper(session, incident, item, doing.person), Held.HANDED
            _link(session, incident, item, "handed", who, doing, cited, to_id=item.to_id)
        case "accept":
            item.keeper_id, item.to_id, item.state = who.person_id, None, Held.KEPT
            _link(session, incident, item, "accepted", who, doing, cited)
        case "refuse":
            item.to_id, item.state = None, Held.KEPT
            _link(session, incident, item, "not_accepted", who, doing, cited)
        case "take-over":
            item.keeper_id, item.to_id, item.state = who.person_id, None, Held.KEPT
            _link(session, incident, item, "taken_over", who, doing, cited)
        case "give-out":
            item.agreement_id = agreements.in_force(session, doing.agreement_id).id
            item.state = Held.OUT
            _link(session, incident, item, "given_out", who, doing, cited, agreement_id=item.agreement_id)
        case "take-back":
            given = item.agreement_id
            item.agreement_id, item.keeper_id, item.state = None, who.person_id, Held.KEPT
            _link(session, incident, item, "came_back", who, doing, cited, agreement_id=given)
        case "seal" | "unseal":
            item.sealed = what == "seal"
            _link(session, incident, item, f"{what}ed", who, doing, cited)
        case "check":
            ok = _check(session, keyring, item, doing)
            _link(session, incident, item, "checked", who, doing, cited, ok=ok)
            return ok
        case "return":
            if item.form == "file":
                raise Conflict(
                    N_("A file cannot be returned."), remedy=N_("Destroy it once it is not needed any more.")
                )
            item.state = Held.RETURNED
            _link(session, incident, item, "returned", who, doing, cited)
        case _:
            item.state = Held.DESTROYED
            _link(session, incident, item, "destroyed", who, doing, cited)
    return None


def _allowed(session: Session, item: EvidenceItem, what: str, who: Principal) -> None:
    if item.state not in NEXT[what] or _moot(item, what):
        raise Conflict(
            N_("This cannot be done with the evidence as it is held now."),
            remedy=N_("Look at its chain of custody for what happened last."),
        )
    if not _theirs(item, what, who):
        keeper = session.get_one(Person, item.to_id if what in ("accept", "refuse") and item.to_id else item.keeper_id)
        raise Denied(
            N_("Only %(name)s can do this with the evidence now."),
            remedy=N_("Ask them, or take it over with a reason where they cannot be reached."),
            name=keeper.username,
        )


def _next_keeper(session: Session, incident: Incident, item: EvidenceItem, person: Person | None) -> int:
    """Whom it is handed to: somebody active who may know of the incident. Raise Invalid."""
    if person is None or not person.active or person.id == item.keeper_id:
        raise Invalid(
            N_("Name who gets it."), field="person", remedy=N_("Give the username of somebody else who is active.")
        )
    if not visibility.known_to(session, incident, person):
        raise Invalid(
            N_("This person may not know of the incident."), field="person", remedy=N_("Have them named first.")
        )
    return person.id


def _check(session: Session, keyring: Keyring, item: EvidenceItem, doing: Doing) -> bool:
    """Whether the content still has the hash under which it was taken: a file is hashed again, of media somebody took the hash."""
    if item.form == "file":
        try:
            return store.digest(store.read(house.settings(session), keyring, item.id)) == item.sha256
        except store.Spoiled:
            return False
    taken = doing.sha256.strip().lower()
    if item.sha256 is None:
        raise Conflict(
            N_("No hash was taken of these media."), remedy=N_("Look at the seal instead, and write down what you saw.")
        )
    if not HASH.fullmatch(taken):
        raise Invalid(
            N_("This is no SHA-256."), field="sha256", remedy=N_("Give the 64 hexadecimal digits you took of it now.")
        )
    return taken == item.sha256


def read(session: Session, keyring: Keyring, incident: Incident, item: EvidenceItem, who: Principal) -> bytes:
    """The content of a file, on record. Raise Denied, or Conflict while it is sealed, out, gone or spoiled."""
    standing.authorise(session, incident, who, "keep_evidence")
    if item.form != "file" or item.sealed or item.state not in (Held.KEPT, Held.HANDED):
        raise Conflict(
            N_("The content cannot be read as the evidence is held now."),
            remedy=N_("Have its keeper break the seal, with a reason."),
        )
    try:
        body = store.read(house.settings(session), keyring, item.id)
    except store.Spoiled:
        raise Conflict(
            N_("What is kept is not what was taken, or its key is missing."),
            remedy=N_("Check it, so that this is on record, and look for another copy."),
        ) from None
    _link(session, incident, item, "read", who, Doing(), None)
    return body


def _link(
    session: Session,
    incident: Incident,
    item: EvidenceItem,
    what: str,
    who: Principal,
    doing: Doing,
    cited: entries.NoteRef | None,
    *,
    to_id: int | None = None,
    agreement_id: int | None = None,
    ok: bool | None = None,
) -> None:
    link = CustodyLink(
        evidence_id=item.id,
        act=what,
        at=clock.now(session),
        by=who.person_id,
        to_id=to_id,
        agreement_id=agreement_id,
        place=masked_words(doing.place.strip()),
        ok=ok,
        note_id=cited.id if cited else None,
        exercise=incident.exercise,
    )
    session.add(link)
    changed = CustodyChanged(
        evidence_id=item.id,
        act=what,
        person_id=who.person_id,
        to_person_id=to_id,
        agreement_id=agreement_id,
        ok=ok,
        note=cited,
    )
    entries.record(session, incident, changed)
