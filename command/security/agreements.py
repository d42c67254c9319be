"""Agreements of confidentiality: what somebody outside must have signed before evidence is given to them (R37)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import house
from command.people.access import Principal
from command.security.entries import AgreementEnded, AgreementKept
from command.security.models import Confidentiality

_HASH = re.compile(r"[0-9a-f]{64}")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, for which party, when, until when it holds, and the SHA-256 of the paper, if there is one."""

    party: str
    person: str
    signed_on: date
    valid_until: date
    sha256: str = ""


def keep(session: Session, signed: Signed, who: Principal) -> Confidentiality:
    """Put an agreement on record; raise Invalid naming the field."""
    today = house.today(session, clock.now(session))
    for field, value in (("party", signed.party), ("person", signed.person)):
        if not value.strip() or len(value) > LONGEST:
            raise Invalid(N_("Say who signed."), field=field, remedy=N_("Name the party and the person."))
    if signed.signed_on > today:
        raise Invalid(N_("This day is in the future."), field="signed_on", remedy=N_("Give the day it was signed."))
    if signed.valid_until < today:
        raise Invalid(
            N_("The agreement holds no more."), field="valid_until", remedy=N_("Have it signed anew, then keep it.")
        )
    digest = signed.sha256.strip().lower()
    if digest and not _HASH.fullmatch(digest):
        raise Invalid(
            N_("This is no SHA-256."), field="sha256", remedy=N_("Give its 64 hexadecimal digits, or leave it out.")
        )
    row = Confidentiality(
        party=masked_words(signed.party.strip()),
        person=masked_words(signed.person.strip()),
        signed_on=signed.signed_on,
        valid_until=signed.valid_until,
        sha256=digest or None,
        kept_by=who.person_id,
        kept_at=clock.now(session),
    )
    session.add(row)
    session.flush()
    kept = AgreementKept(
        agreement_id=row.id,
        person_id=who.person_id,
        signed_on=row.signed_on,
        valid_until=row.valid_until,
        sha256=row.sha256,
    )
    _record(session, kept)
    return row


def end(session: Session, agreement_id: int, who: Principal) -> Confidentiality:
    """An agreement holds no more from now on; raise NotFound, or Conflict where it has ended."""
    row = find(session, agreement_id)
    if row.ended_at is not None:
        raise Conflict(N_("The agreement has ended already."), remedy=N_("Look at the list of agreements."))
    row.ended_at = clock.now(session)
    _record(session, AgreementEnded(agreement_id=row.id, person_id=who.person_id, at=row.ended_at))
    return row


def _record(session: Session, payload: journal.Payload) -> None:
    journal.record(session, journal.month("audit", clock.now(session)), payload)


def find(session: Session, agreement_id: int) -> Confidentiality:
    """An agreement by its id; raise NotFound."""
    row = session.get(Confidentiality, agreement_id) if agreement_id < 2**62 else None
    if row is None:
        raise NotFound(N_("There is no such agreement."), remedy=N_("Look at the list of agreements."))
    return row


def holds(session: Session, row: Confidentiality) -> bool:
    """Whether an agreement is in force today."""
    return row.ended_at is None and row.valid_until >= house.today(session, clock.now(session))


def in_force(session: Session, agreement_id: int | None) -> Confidentiality:
    """The agreement under which something may be given to somebody outside; raise Invalid where none is in force."""
    row = session.get(Confidentiality, agreement_id) if agreement_id is not None and agreement_id < 2**62 else None
    if row is None or not holds(session, row):
        raise Invalid(
            N_("No agreement of confidentiality is in force for this."),
            field="agreement",
            remedy=N_("Have one signed, keep it on record, then choose it."),
        )
    return row


def listed(session: Session) -> Sequence[Confidentiality]:
    """Every agreement, those that hold longest first."""
    query = select(Confidentiality).order_by(Confidentiality.valid_until.desc(), Confidentiality.id.desc())
    return session.scalars(query.limit(500)).all()
