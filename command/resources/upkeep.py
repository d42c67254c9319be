"""Keeping what is in a pool fit for use: made ready, repaired, serviced, certified, checked, or written off."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.resources import finding, ledger, words
from command.resources.entries import UnitKept
from command.resources.ledger import Move
from command.resources.models import ResourceCertificate, ResourceStock, ResourceUnit
from command.resources.states import IN_POOL, Bucket


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with pieces in the pool: from which buckets they may come, where they go, and whether it takes a reason."""

    sources: tuple[Bucket, ...]
    target: Bucket
    reason: bool = False


WORKS: dict[str, Work] = {
    "ready": Work((Bucket.IN_RESERVE,), Bucket.AVAILABLE),
    "stow": Work((Bucket.AVAILABLE,), Bucket.IN_RESERVE),
    "stop": Work((Bucket.AVAILABLE, Bucket.IN_RESERVE), Bucket.OUT_OF_SERVICE, reason=True),
    "repair": Work((Bucket.OUT_OF_SERVICE,), Bucket.AVAILABLE),
    "lose": Work(IN_POOL, Bucket.LOST, reason=True),
    "use_up": Work(IN_POOL, Bucket.USED, reason=True),
}
"""By verb. What is out is lost or used up where it is given back."""


def named(verb: str) -> str:
    """One of WORKS by its name in an address; raise NotFound."""
    if verb not in WORKS:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns=", ".join(WORKS)
        )
    return verb


def do(session: Session, stock_id: int, verb: str, source: Bucket, quantity: int, reason: str = "") -> ResourceStock:
    """Do one of WORKS to counted pieces of a bucket. Raise Invalid, or Conflict where there are fewer."""
    work = WORKS[verb]
    stock = finding.stock_to_change(session, stock_id)
    if session.scalar(select(ResourceUnit.id).where(ResourceUnit.stock_id == stock.id).limit(1)) is not None:
        raise Invalid(
            N_("Each piece of this resource has a serial number."),
            field="quantity",
            remedy=N_("Choose the unit concerned, and do it on its page."),
        )
    if source not in work.sources:
        raise Invalid(
            N_("This is not done with pieces that are there."),
            field="source",
            remedy=N_("Name one of: %(known)s."),
            known=words.states(work.sources),
        )
    cited = ledger.said(session, finding.reason(reason) if work.reason else reason)
    ledger.move(session, stock, Move(verb, source, work.target, finding.pieces(quantity)), cited)
    return stock


def do_unit(session: Session, unit_id: int, verb: str, reason: str = "") -> ResourceUnit:
    """Do one of WORKS to a unit in its pool. Raise Invalid, or Conflict where it is not there."""
    work = WORKS[verb]
    stock, unit = finding.unit_to_change(session, unit_id)
    if unit.bucket not in work.sources:
        raise ledger.not_there(unit)
    cited = ledger.said(session, finding.reason(reason) if work.reason else reason)
    ledger.move(session, stock, Move(verb, Bucket(unit.bucket), work.target, 1, unit), cited)
    if verb == "repair":
        unit.condition = "good"
    return unit


def service(session: Session, unit_id: int, due_on: date) -> ResourceUnit:
    """A unit was serviced, and its next service is due on a day: one that has passed is overdue."""
    stock, unit = finding.unit_to_change(session, unit_id)
    unit.service_due_on = due_on
    _keep(session, stock, UnitKept(unit_id=unit.id, what="serviced", until=due_on.isoformat()))
    return unit


def check(session: Session, unit_id: int) -> ResourceUnit:
    """Information was looked through and is right as of now."""
    stock, unit = finding.unit_to_change(session, unit_id)
    unit.checked_at = clock.now(session)
    _keep(session, stock, UnitKept(unit_id=unit.id, what="checked", until=None))
    return unit


def certify(session: Session, unit_id: int, name: str, expires_on: date) -> ResourceCertificate:
    """A unit has a certificate to the end of a day; the one of the same name is renewed. One that has expired is kept as such, and
    stops the unit from being used. Raise Invalid."""
    stock, unit = finding.unit_to_change(session, unit_id)
    kept = finding.words(name, "name")
    query = select(ResourceCertificate).where(ResourceCertificate.unit_id == unit.id, ResourceCertificate.name == kept)
    found = session.scalar(query)
    if found is None:
        found = ResourceCertificate(unit_id=unit.id, name=kept)
        session.add(found)
    found.expires_on = expires_on
    session.flush()
    _keep(session, stock, UnitKept(unit_id=unit.id, what="certified", until=expires_on.isoformat()))
    return found


def uncertify(session: Session, unit_id: int, certificate_id: int) -> None:
    """A certificate is not asked for any more. Raise NotFound."""
    stock, unit = finding.unit_to_change(session, unit_id)
    found = session.get(ResourceCertificate, certificate_id)
    if found is None or found.unit_id != unit.id:
        raise NotFound(
            N_("This unit has no such certificate."), remedy=N_("Look at the unit's page for those that it has.")
        )
    session.delete(found)
    _keep(session, stock, UnitKept(unit_id=unit.id, what="certificate_removed", until=None))


def _keep(session: Session, stock: ResourceStock, payload: UnitKept) -> None:
    journal.record(session, ledger.stream(session, stock.pool_id), payload)


def fit(session: Session, unit: ResourceUnit) -> None:
    """Raise Conflict where a unit must not be used now: a certificate has expired, or it rests."""
    expired = session.scalar(
        select(ResourceCertificate)
        .where(ResourceCertificate.unit_id == unit.id, ResourceCertificate.expires_on < finding.today(session))
        .order_by(ResourceCertificate.expires_on)
        .limit(1)
    )
    if expired is not None:
        raise Conflict(
            N_("The certificate “%(name)s” of %(unit)s expired on %(day)s."),
            field="unit",
            remedy=N_("Renew the certificate on the unit's page, or choose another unit."),
            code="certificate-expired",
            name=expired.name,
            unit=unit.serial,
            day=expired.expires_on.isoformat(),
        )
    if unit.rest_until is not None and unit.rest_until > clock.now(session):
        raise Conflict(
            N_("%(unit)s rests until %(until)s."),
            field="unit",
            remedy=N_("Choose another unit: people who have not rested make mistakes."),
            code="resting",
            unit=unit.serial,
            until=f"{unit.rest_until.astimezone(finding.zone(session)):%m-%d %H:%M}",
        )
