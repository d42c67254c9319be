"""Pieces of evidence: a file, hashed and kept encrypted, or media elsewhere with the hash that somebody took of it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.keys import Keyring
from command.core.log import masked_words
from command.core.problems import N_, Denied, Invalid, NotFound
from command.incidents import entries, house, standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal
from command.security import flows, store
from command.security.entries import EvidenceTaken
from command.security.models import CustodyLink, EvidenceItem
from command.security.rules import rules

HASH = re.compile(r"[0-9a-f]{64}")
LONGEST = 120
"""Characters of a file's name or a place."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody takes into custody. `body` is a file's content and `name` what it was called; without a body it is media elsewhere,
    with the `sha256` that was taken of it, if any. `taken_at` is when it was secured, now by default."""

    description: str
    place: str
    body: bytes | None = None
    name: str = ""
    sha256: str = ""
    taken_at: datetime | None = None


def take(session: Session, keyring: Keyring, incident: Incident, given: Given, who: Principal) -> EvidenceItem:
    """Take evidence of a locked incident into custody: who takes it is its keeper. Raise Denied, Conflict, or Invalid naming the field."""
    known(session, incident, who)
    standing.authorise(session, incident, who, "keep_evidence")
    flows.handled(incident)
    at = _moment(session, given.taken_at)
    place = given.place.strip()
    if not place or len(place) > LONGEST:
        raise Invalid(
            N_("Say where it was taken."),
            field="place",
            remedy=N_("Name the place or system, in %(most)d characters at most."),
            most=LONGEST,
        )
    digest, size = _content(given)
    described = entries.note(session, masked_words(given.description))
    if described is None:
        raise Invalid(
            N_("Evidence needs a description."), field="description", remedy=N_("Say what it is and what it shows.")
        )
    last = session.scalar(select(func.max(EvidenceItem.label)).where(EvidenceItem.incident_id == incident.id))
    item = EvidenceItem(
        incident_id=incident.id,
        label=(last or 0) + 1,
        form="media" if given.body is None else "file",
        file_name=_name(given.name) if given.body is not None else "",
        sha256=digest,
        size=size,
        description_note_id=described.id,
        place=masked_words(place),
        taken_at=at,
        taken_by=who.person_id,
        keeper_id=who.person_id,
        exercise=incident.exercise,
    )
    session.add(item)
    session.flush()
    if given.body is not None:
        store.keep(house.settings(session), keyring, item.id, given.body)
    link = CustodyLink(
        evidence_id=item.id,
        act="taken",
        at=clock.now(session),
        by=who.person_id,
        place=item.place,
        exercise=incident.exercise,
    )
    session.add(link)
    taken = EvidenceTaken(
        evidence_id=item.id,
        person_id=who.person_id,
        form=item.form,
        sha256=digest,
        size=size,
        description=described if incident.restricted else None,
    )
    entries.record(session, incident, taken)
    return item


def _moment(session: Session, taken_at: datetime | None) -> datetime:
    now = clock.now(session)
    if taken_at is not None and taken_at > now:
        raise Invalid(
            N_("This time is in the future."), field="taken_at", remedy=N_("Give the time at which it was taken.")
        )
    return taken_at or now


def _content(given: Given) -> tuple[str | None, int | None]:
    """The hash and size of what is given; raise Invalid."""
    if given.body is None:
        digest = given.sha256.strip().lower()
        if digest and not HASH.fullmatch(digest):
            raise Invalid(
                N_("This is no SHA-256."), field="sha256", remedy=N_("Give its 64 hexadecimal digits, or leave it out.")
            )
        return digest or None, None
    most = rules().largest_mb
    if not given.body or len(given.body) > most * 1024 * 1024:
        raise Invalid(
            N_("The file is empty or larger than %(most)d MB."),
            field="file",
            remedy=N_("Keep it on media of its own, and register those with their hash."),
            most=most,
        )
    return store.digest(given.body), len(given.body)


def _name(sent: str) -> str:
    """The name of a file as it was given: no path, no signs that cannot be seen, no phone number."""
    name = PurePath(sent.replace("\\", "/")).name
    seen = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    return masked_words(seen)[-LONGEST:] or "file"


def of(session: Session, incident: Incident) -> Sequence[EvidenceItem]:
    """The evidence of an incident, in the order in which it was taken into custody."""
    mine = EvidenceItem.incident_id == incident.id
    return session.scalars(select(EvidenceItem).where(mine).order_by(EvidenceItem.label)).all()


def known(session: Session, incident: Incident, who: Principal) -> None:
    """Raise NotFound to whoever may not know of the incident, Denied to whoever does not handle it and is not named: they know of no
    evidence, whether the incident is restricted or not."""
    visibility.seen_by(session, incident, who)
    if not visibility.named(session, incident, who):
        raise Denied(
            N_("Only those who handle the incident know of its evidence."), remedy=N_("Ask who commands it for a role.")
        )


def find(session: Session, incident: Incident, label: int, who: Principal) -> EvidenceItem:
    """A piece of evidence by its number within the incident; raise NotFound, to whoever may not know of the incident too."""
    known(session, incident, who)
    query = select(EvidenceItem).where(EvidenceItem.incident_id == incident.id, EvidenceItem.label == label)
    item = session.scalar(query) if label < 2**31 else None
    if item is None:
        raise NotFound(N_("There is no such evidence."), remedy=N_("Look at the list of evidence of the incident."))
    return item


def chain(session: Session, item: EvidenceItem) -> Sequence[CustodyLink]:
    """Its chain of custody, the oldest link first."""
    return session.scalars(select(CustodyLink).where(CustodyLink.evidence_id == item.id).order_by(CustodyLink.id)).all()
