"""What a request does to an incident's information security: one unit of work each, for pages and the API alike."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid, NotFound
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal, here, principal, unit
from command.people.models import Person
from command.security import concern, custody, evidence, flows, looking_in, names, restricting, store, telling
from command.security.asked import CustodyIn, FlowIn, LookInIn, NameIn, RestrictionIn, StepIn, TellingIn

T = TypeVar("T")


def locked(number: str, verb: Callable[[Session, Incident, Principal], T]) -> T:
    """Do something to a locked incident that whoever asks may know of; raise NotFound."""
    who = principal()

    def work(session: Session) -> T:
        return verb(session, visibility.seen_by(session, standing.lock(session, number), who), who)

    return unit(work)


def _person(session: Session, username: str) -> Person:
    found = session.scalar(select(Person).where(Person.username == username))
    if found is None:
        raise Invalid(
            N_("There is nobody of this username."), field="person", remedy=N_("Choose somebody from the list.")
        )
    return found


def add_name(number: str, asked: NameIn) -> None:
    """Name somebody."""
    locked(number, lambda s, incident, who: names.add(s, incident, _person(s, asked.person), asked.reason, who))


def remove_name(number: str, asked: NameIn) -> None:
    """Take somebody off the list."""
    locked(number, lambda s, incident, who: names.remove(s, incident, _person(s, asked.person), asked.reason, who))


def restrict(number: str, asked: RestrictionIn) -> None:
    """Restrict it, or lift that."""
    verb = restricting.restrict if asked.restricted else restricting.lift
    locked(number, lambda s, incident, who: verb(s, incident, asked.reason, who))


def look_in(asked: LookInIn) -> list[str]:
    """Look in; the numbers of what can be seen now."""
    who = principal()
    return unit(lambda s: [each.number for each in looking_in.look_in(s, asked.number, asked.reason, who)])


def choose(number: str, asked: FlowIn) -> None:
    """Choose the flow."""
    locked(number, lambda s, incident, who: flows.choose(s, incident, asked.flow, who, override=asked.override))


def step(number: str, code: str, asked: StepIn) -> None:
    """Say how a step stands."""
    locked(number, lambda s, incident, who: flows.settle(s, incident, code, asked.state, asked.words, who))


def take(number: str, given: evidence.Given) -> int:
    """Take evidence into custody; its number within the incident."""
    keyring = here().keyring
    return locked(number, lambda s, incident, who: evidence.take(s, keyring, incident, given, who).label)


def custody_act(number: str, label: int, act: str, asked: CustodyIn) -> bool | None:
    """Do something with a piece of evidence; what a check found. A file that was destroyed is deleted once that is on record."""
    if act not in custody.NEXT:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Open the incident and choose an action."))

    def verb(session: Session, incident: Incident, who: Principal) -> tuple[int, bool | None]:
        item = evidence.find(session, incident, label, who)
        doing = custody.Doing(
            words=asked.words,
            place=asked.place,
            person=_person(session, asked.person) if asked.person else None,
            agreement_id=asked.agreement,
            sha256=asked.sha256,
        )
        return item.id, custody.act(session, here().keyring, incident, item, act, doing, who)

    evidence_id, found = locked(number, verb)
    if act == "destroy":
        store.destroy(here().settings, evidence_id)
    return found


def content(number: str, label: int) -> tuple[str, bytes]:
    """The name and content of a file, on record."""

    def verb(session: Session, incident: Incident, who: Principal) -> tuple[str, bytes]:
        item = evidence.find(session, incident, label, who)
        return item.file_name, custody.read(session, here().keyring, incident, item, who)

    return locked(number, verb)


def bring(number: str, body: bytes) -> concern.Outcome:
    """Bring in the list of those concerned."""
    keyring = here().keyring
    return locked(number, lambda s, incident, who: concern.bring(s, keyring, incident, body, who))


def decide(number: str, asked: TellingIn) -> None:
    """Decide whether those concerned are told."""
    locked(number, lambda s, incident, who: telling.decide(s, incident, asked.choice(), who))
